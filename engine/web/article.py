"""An article beside a tour: Markdown in sections, each with the saved view that is shown while it is read.

Without a text of its own an article is the captions, a section each. `article.md` in the tour's folder says more: it is
Markdown in which a line `<!-- view 3 -->` begins a section that shows the third saved view; what stands before the
first of them is the introduction. HTML in a text is shown as it is written, never run.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt

from ..tour.schema import TourFormatError
from ..tour.tour import Tour
from ..viewer.thumbnail import thumbnail
from .images import as_webp

TEXT = "article.md"
PRINTED = (960, 600)  # pixels of a scene's picture for the printer
SCENE = re.compile(r"^<!--\s*view\s+(\d+)\s*-->\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A piece of text, and the saved view beside it, counted from 0; None where the one before stays."""

    text: str
    view: int | None


def sections_of(tour: Tour) -> tuple[Section, ...]:
    """The text in the tour's folder, or else its captions. Raises ValueError where there is neither."""
    file = tour.folder / TEXT if tour.folder else None
    if file is None or not file.is_file():
        if not tour.views:
            raise ValueError(f"{tour.name} has no saved views and no {TEXT}, so there is nothing to make an article of")
        return tuple(Section(each.caption, k) for k, each in enumerate(tour.views))
    before, *parts = SCENE.split(file.read_text(encoding="utf-8"))
    sections = [Section(before.strip(), None)] if before.strip() else []
    for number, text in zip(parts[::2], parts[1::2], strict=True):
        if not 1 <= int(number) <= len(tour.views):
            raise TourFormatError(file, f"shows view {number}, and the tour has views 1 to {len(tour.views)}")
        sections.append(Section(text.strip(), int(number) - 1))
    return tuple(sections)


def stills_of(tour: Tour, sections: Sequence[Section], kept: Sequence[int]) -> dict[int, bytes]:
    """WebP pictures of the scenes by the number of their view, in light: for print, and where nothing is drawn."""
    found = {}
    for number in sorted({each.view for each in sections if each.view is not None and each.view in kept}):
        found[number] = as_webp(thumbnail(tour, tour.views[number].view, size=PRINTED, theme="light", large=True))
    return found


def article_of(
    sections: Sequence[Section], *, title: str, kept: Sequence[int], stills: Mapping[int, tuple[str, str]]
) -> str:
    """The article as HTML.

    kept: for each saved view of the page its number in the tour. stills: address and description of a view's picture.
    """
    places = {old: new for new, old in enumerate(kept)}
    markdown = MarkdownIt("commonmark", {"html": False, "typographer": True})
    begins = sections and sections[0].text.lstrip().startswith("# ")
    parts = [] if begins else [f"<header><h1>{html.escape(title)}</h1></header>"]
    for each in sections:
        view = "" if each.view not in places else f' data-view="{places[each.view]}"'
        still = "" if each.view is None or each.view not in stills else _still(*stills[each.view])
        parts.append(f"<section{view}>\n{markdown.render(each.text)}{still}</section>")
    return '<main id="article">\n' + "\n".join(parts) + "\n</main>\n"


def _still(source: str, alt: str) -> str:
    """A picture that is fetched once it is to be seen or printed."""
    width, height = PRINTED
    described = f'src="{html.escape(source)}" alt="{html.escape(alt)}"'
    return f'<img class="still" loading="lazy" width="{width}" height="{height}" {described}>\n'


def view_numbers(manifest: dict[str, Any], tour: Tour) -> list[int]:
    """Which saved views of a tour are in a page, whose layers may be fewer."""
    names = {each["name"] for each in manifest["tours"][0]["layers"]}
    layers = [tour.layers[tour.index(v.view.layer) if isinstance(v.view.layer, str) else round(v.view.layer)].name
              for v in tour.views]  # fmt: skip
    return [k for k, name in enumerate(layers) if name in names]

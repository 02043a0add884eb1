"""A tour as a web page: a folder that any static host serves and that opens from disk, or a single file."""

import base64
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..files import whole
from ..tour.replacing import replaced
from ..tour.tour import Tour, check_tours
from .article import article_of, sections_of, stills_of, view_numbers
from .choice import Choice
from .contents import Contents, contents
from .page import as_script, document

LARGEST_FILE = 100 * 10**6  # bytes of a page in one file

log = logging.getLogger("engine")


def export(
    tour: Tour,
    other: Tour | None = None,
    *,
    out: str | Path,
    single_file: bool = False,
    article: bool = False,
    layers: Sequence[int | str] | None = None,
    max_points: int | None = None,
    title: str | None = None,
    images: bool = True,
    private: Sequence[str] = (),
) -> Path:
    """Write a tour, or two of the same points side by side, as a page for any browser; returns the page's file.

    out: a folder, or with single_file the HTML file, ".html" added where that is missing; what an earlier export wrote
    there is replaced. article: the saved views as sections of a text, their captions or the `article.md` in the tour's
    folder, with the tour beside it that flies from scene to scene as one scrolls. layers: only these. max_points: a
    fair sample, always the same. images: whether the points' images go with it. private: attributes that do not; local
    paths never do. No point moves by more than a quarter of a pixel on a page of 1,600 pixels at zoom 8. Raises
    FileExistsError where something else is in the way, ValueError where a single file would be too large for browsers.
    """
    check_tours(tour, other)
    choice = Choice(None if layers is None else tuple(layers), max_points, images, frozenset(private), title)
    what = contents(tour, other, choice=choice)
    target = Path(out).absolute()
    text, stills = _article(what, tour, inline=single_file) if article else ("", {})
    return _one_file(what, text, target) if single_file else _folder(what, text, stills, target)


def _article(what: Contents, tour: Tour, *, inline: bool) -> tuple[str, dict[str, bytes]]:
    """The article as HTML, and its pictures by the names of their files. inline: with the pictures in the HTML."""
    kept, sections = view_numbers(what.manifest, tour), sections_of(tour)
    files, described = {}, {}
    for number, picture in stills_of(tour, sections, kept).items():
        name = f"still-{number:03}.webp"
        files[name] = picture
        source = f"data:image/webp;base64,{base64.b64encode(picture).decode()}" if inline else f"data/{name}"
        described[number] = source, tour.views[number].caption
    return article_of(sections, title=str(what.manifest["title"]), kept=kept, stills=described), files


def _folder(what: Contents, text: str, files: Mapping[str, bytes], target: Path) -> Path:
    if target.exists() and not (target.is_dir() and (_is_ours(target) or not any(target.iterdir()))):
        raise FileExistsError(f"{target}: exists and is no exported page; choose another --out, or move it away")
    target.parent.mkdir(parents=True, exist_ok=True)
    with replaced(target) as staging:
        (staging / "data").mkdir()
        for name, make in what.pieces.items():
            (staging / "data" / f"{name}.js").write_text(as_script(name, make()), encoding="ascii")
        for name, content in files.items():
            (staging / "data" / name).write_bytes(content)
        (staging / "index.html").write_text(document(what.manifest, text=text), encoding="utf-8")
    return target / "index.html"


def _is_ours(folder: Path) -> bool:
    page = folder / "index.html"
    if not page.is_file():
        return False
    with page.open(encoding="utf-8", errors="replace") as stream:
        return '<meta name="generator" content="umap-tour">' in stream.read(1000)


def _one_file(what: Contents, text: str, target: Path) -> Path:
    if target.suffix.lower() not in (".html", ".htm"):  # by its name a browser knows that it is a page, and no text
        target = target.with_name(f"{target.name}.html")
    if target.is_dir():
        raise FileExistsError(f"{target}: is a folder; with --single-file, --out names a file such as tour.html")
    scripts = [f"<script>{as_script(name, make()).strip()}</script>\n" for name, make in what.pieces.items()]
    text = document(what.manifest, inline="".join(scripts), text=text)
    size = len(text.encode())
    if size > LARGEST_FILE:
        raise ValueError(
            f"in one file this would be {size / 1e6:.0f} MB, and browsers are slow beyond {LARGEST_FILE / 1e6:.0f}; "
            "take fewer layers (--layers), fewer points (--max-points), no images (--no-images), or a folder"
        )
    log.info("one file of %.1f MB", size / 1e6)
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole(target) as partial:
        partial.write_text(text, encoding="utf-8")
    return target

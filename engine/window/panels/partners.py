"""Which tour to open beside this one: those in the same folder, or this one's own layers against each other."""

from pathlib import Path

from ...tour.matching import matched
from ...tour.reading import load
from ...tour.tour import Tour
from ...viewer.theme import MARGIN, SMALL, UNDER_TOOLBAR
from ...viewer.viewer import Viewer
from ..ui import Ui
from .state import Panels

WIDTH, ROW, MOST = 280, 32, 10


def found(tour: Tour) -> list[Path]:
    """The tours beside this one on disk that have points of it, this one first; they are opened to see."""
    if tour.folder is None:
        return []
    others = sorted(each for each in tour.folder.parent.glob("*.tour") if (each / "tour.json").is_file())
    return [tour.folder, *(each for each in others if each != tour.folder and _matches(tour, each))]


def _matches(tour: Tour, folder: Path) -> bool:
    try:
        matched(tour, load(folder))
    except (OSError, ValueError):  # among them tours that cannot be read
        return False
    return True


def _seek(viewer: Viewer, panels: Panels) -> None:
    """Have them looked for; those that were found before are offered meanwhile."""
    own = [viewer.tour.folder] if viewer.tour.folder else []
    if not panels.partners or panels.partners[:1] != own:
        panels.partners = own
    panels.sought = panels.seeking = True

    def done(paths: list[Path]) -> None:
        panels.partners, panels.seeking = paths, False

    viewer.in_background(lambda: found(viewer.tour)[:MOST], done)


def draw(ui: Ui, viewer: Viewer, panels: Panels) -> Path | None:
    """Returns the tour that was picked."""
    if panels.popover != "compare":
        panels.sought = False
        return None
    if not (panels.sought or panels.seeking):
        _seek(viewer, panels)
    paths = panels.partners or []
    x = ui.size[0] - MARGIN - WIDTH
    picked = None
    with ui.panel("partners", x, UNDER_TOOLBAR, WIDTH, 48 + ROW * len(paths) + 40, front=True):
        ui.text(x + 12, UNDER_TOOLBAR + 24, "Open beside this tour", bold=True)
        for k, path in enumerate(paths):
            y = UNDER_TOOLBAR + 44 + ROW * k
            clicked, hovered, _ = ui.button(f"partner {k}", x + 4, y, WIDTH - 8, ROW)
            if hovered:
                ui.rect(x + 4, y, WIDTH - 8, ROW, ui.colors.control, radius=6)
            name = "Itself, layer against layer" if path == viewer.tour.folder else path.stem
            ui.text(x + 12, y + ROW / 2, ui.elide(name, WIDTH - 24))
            picked = path if clicked else picked
        hint = (
            "Looking at the tours in its folder\u2026"
            if panels.seeking
            else "Or drop another tour of the same images here"
        )
        ui.text(x + 12, UNDER_TOOLBAR + 48 + ROW * len(paths) + 18, hint, size=SMALL, color=ui.colors.second)
    if picked is not None:
        panels.popover = ""
    return picked

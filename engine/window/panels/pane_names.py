"""Which tour is in which pane, and which of them leads."""

from ...viewer.pair import Pair
from ...viewer.theme import ABOVE_DOCK, GAP, MARGIN, SMALL, TOOLBAR, UNDER_TOOLBAR
from ..ui import Ui
from . import compare, legend

ROOM = 140  # pixels of a gap below which the names stand under what is at the top of the window
HIGH = 32
BESIDE_LAYERS = 60  # from the window's left, where the left tour's layers stand under the legend
ROLES = ("leads", "follows")

Place = tuple[float, float, float]  # left, right, middle line


def on_top(width: float) -> bool:
    """Whether a window so wide has room for the names between what stands at its top."""
    card = (width - compare.WIDTH) / 2
    return min(card - legend.X - legend.WIDTH, width - MARGIN - TOOLBAR - card - compare.WIDTH) >= ROOM


def places(window: tuple[float, float], left_end: float, card: compare.Compare, *, story: bool) -> tuple[Place, Place]:
    """Where each name has its room. left_end: of what stands at the left of the window.

    story: whether it stands beside the left figure; then the name is at the bottom.
    """
    width, height = window
    if on_top(width):
        left = (width - compare.WIDTH) / 2
        y = MARGIN + 20.0
        return (legend.X + legend.WIDTH, left, y), (left + compare.WIDTH, width - MARGIN - TOOLBAR, y)
    under = left_end + GAP + HIGH / 2
    low = UNDER_TOOLBAR + HIGH / 2
    right = (card.right, width - MARGIN, under if 0 < under - low <= GAP else low)  # on one line where it can be
    if story:
        return (legend.X + legend.WIDTH, width / 2, height - ABOVE_DOCK - 20), right
    return (BESIDE_LAYERS, card.right - compare.WIDTH, under), right


def draw(
    ui: Ui, pair: Pair, card: compare.Compare, *, left_end: float, below: float, above: float, story: bool
) -> None:
    """In the gaps that the panels leave on top of the panes; in a narrow window under legend and toolbar.

    below: where the line between the panes begins. above: how far above the dock it ends.
    """
    with ui.behind():
        ui.line(ui.size[0] / 2, below, ui.size[0] / 2, ui.size[1] - ABOVE_DOCK - above, ui.colors.border)
    for k, (left, right, y) in enumerate(places(ui.size, left_end, card, story=story)):
        viewer = pair.viewers[k]
        role = ROLES[k != pair.lead]
        there, shown = pair.match.total[k], viewer.tour.n
        count = f"{shown:,} of {there:,} points" if there != shown else ""
        badge = ui.width(role, size=SMALL) + 16
        name = ui.elide(viewer.tour.name, right - left - badge - 40, bold=True)
        wide = ui.width(name, bold=True)
        whole = max(wide + 8 + badge, ui.width(count, size=SMALL))
        x = round((left + right - whole) / 2)
        high = HIGH + 20 if count else HIGH
        with ui.panel(f"name {k}", x - 10, y - 16, whole + 20, high, bare=True, inert=True):
            ground = (*ui.colors.canvas[:3], 0.8)  # no text stands on bare points
            ui.rect(x - 10, y - 16, whole + 20, high, ground, radius=8)
            ui.text(x, y, name, bold=True)
            ui.rect(x + wide + 8, y - 10, badge, 20, ui.colors.tint if k == pair.lead else ui.colors.control, radius=10)
            color = ui.colors.accent_text if k == pair.lead else ui.colors.second
            ui.text(x + wide + 8 + badge / 2, y, role, size=SMALL, color=color, align=0.5)
            if count:
                ui.text(x, y + 20, count, size=SMALL, color=ui.colors.second)

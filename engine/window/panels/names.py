"""Which tour is in which pane, and which of them leads."""

from ...viewer.pair import Pair
from ...viewer.theme import ABOVE_DOCK, MARGIN, SMALL, TOOLBAR
from ..ui import Ui
from . import compare, legend

ROOM = 140  # pixels of a gap below which the names stand at the bottom of their panes
ROLES = ("leads", "follows")


def draw(ui: Ui, pair: Pair, *, below: float, beside: float) -> None:
    """On top of the panes, in the gaps that the panels leave; in a narrow window under them.

    below: where the line between the panes begins. beside: the right end of what stands at the left, down to the dock.
    """
    card = (ui.size[0] - compare.WIDTH) / 2
    gaps = (
        (legend.X + legend.WIDTH, card),
        (card + compare.WIDTH, ui.size[0] - MARGIN - TOOLBAR),
    )
    on_top = min(right - left for left, right in gaps) >= ROOM
    with ui.behind():
        ui.line(ui.size[0] / 2, below, ui.size[0] / 2, ui.size[1] - ABOVE_DOCK, ui.colors.border)
    for k, (left, right) in enumerate(gaps):
        viewer = pair.viewers[k]
        role = ROLES[k != pair.lead]
        there, shown = pair.match.total[k], viewer.tour.n
        count = f"{shown:,} of {there:,} points" if there != shown else ""
        middle = (left + right) / 2 if on_top else ui.size[0] * 0.75 if k else (beside + ui.size[0] / 2) / 2
        y = MARGIN + 20 if on_top else ui.size[1] - ABOVE_DOCK - (40 if count else 20)
        badge = ui.width(role, size=SMALL) + 16
        name = ui.elide(viewer.tour.name, (right - left if on_top else ui.size[0] / 2) - badge - 40, bold=True)
        wide = ui.width(name, bold=True)
        whole = max(wide + 8 + badge, ui.width(count, size=SMALL))
        x = round(middle - whole / 2)
        with ui.panel(f"name {k}", x - 10, y - 16, whole + 20, 52 if count else 32, bare=True, inert=True):
            ground = (*ui.colors.canvas[:3], 0.8)  # no text stands on bare points
            ui.rect(x - 10, y - 16, whole + 20, 52 if count else 32, ground, radius=8)
            ui.text(x, y, name, bold=True)
            ui.rect(x + wide + 8, y - 10, badge, 20, ui.colors.tint if k == pair.lead else ui.colors.control, radius=10)
            color = ui.colors.accent_text if k == pair.lead else ui.colors.second
            ui.text(x + wide + 8 + badge / 2, y, role, size=SMALL, color=color, align=0.5)
            if count:
                ui.text(x, y + 20, count, size=SMALL, color=ui.colors.second)

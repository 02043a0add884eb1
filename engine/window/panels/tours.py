"""The choice of a tour, in the dock."""

from imgui_bundle import imgui

from ...viewer.tours import KINDS, TITLES, nothing_to_separate
from ...viewer.viewer import Viewer
from ..icons import ICON_DOWN
from ..menu import menu
from ..ui import Ui
from .state import Panels

WIDTH = 120
TIPS = (
    "Through all projections",
    "From one pair of axes to the next",
    "Around this place",
    "To where the colours or the selection part best",
)


def draw(ui: Ui, viewer: Viewer, panels: Panels, x: float, y: float) -> None:
    """Draw the control. x, y: its top left corner; it is 32 high."""
    current = KINDS.index(viewer.tour_kind)
    clicked, hovered, held = ui.button("tour", x, y, WIDTH, 32, tip=TIPS[current])
    if hovered or held:
        ui.rect(x, y, WIDTH, 32, ui.colors.pressed if held else ui.colors.control, radius=6)
    ui.text(x + 10, y + 16, TITLES[current])
    ui.text(x + WIDTH - 16, y + 16, ICON_DOWN, size=10, color=ui.colors.second, align=0.5)
    if clicked:
        imgui.open_popup("tours")
    picked = menu(
        ui, "tours", at=(x - 6, y - 14), items=TITLES, tips=TIPS, current=current, above=True, width=WIDTH + 12
    )
    if picked is not None:
        viewer.take_tour(KINDS[picked])
        viewer.playing = True
        if text := nothing_to_separate(viewer.motion, viewer.coloring):
            panels.say(text)

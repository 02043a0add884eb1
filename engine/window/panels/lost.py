"""A line above the dock where the figure has gone out of sight: what brings it back."""

from collections.abc import Sequence

from ...viewer.theme import ABOVE_DOCK
from ...viewer.viewer import Viewer
from ..ui import Ui

TEXT, KEY = "Next to nothing is in sight", "r shows the whole picture"
HEIGHT = 36.0


def draw(ui: Ui, viewers: Sequence[Viewer], *, left: float, above: float) -> None:
    """Draw it. viewers: of all panes. left: where it may begin. above: how much stands between it and the dock."""
    if any(viewer.story.playing for viewer in viewers) or not any(viewer.lost for viewer in viewers):
        return
    apart = 16.0
    wide = ui.width(TEXT), ui.width(KEY)
    width = sum(wide) + apart + 32
    x, y = max(left, (ui.size[0] - width) / 2), ui.size[1] - ABOVE_DOCK - HEIGHT - above
    with ui.panel("lost", x, y, width, HEIGHT):
        clicked, hovered, held = ui.button("whole", x + 4, y + 4, width - 8, HEIGHT - 8)
        if hovered or held:
            ui.rect(x + 4, y + 4, width - 8, HEIGHT - 8, ui.colors.pressed if held else ui.colors.control, radius=6)
        ui.text(x + 16, y + HEIGHT / 2, TEXT)
        ui.text(x + 16 + wide[0] + apart, y + HEIGHT / 2, KEY, color=ui.colors.accent_text)
        if clicked:
            for viewer in viewers:
                viewer.reset_camera()

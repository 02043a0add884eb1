"""The tools in the dock: hand, rectangle, lasso, handle."""

import math

from ...viewer.hands import Hands, Tool
from ...viewer.theme import Rgba
from .. import strokes
from ..icons import ICON_HAND, ICON_PIN
from ..ui import Ui

WIDTH = 142  # with the space before it
TOOLS: tuple[tuple[Tool, str], ...] = (
    ("hand", "Hand: pan, drag handles, click points\tv"),
    ("rectangle", "Rectangle; shift adds, alt or Ctrl takes away\tf"),
    ("lasso", "Lasso; shift adds, alt or Ctrl takes away\tg"),
    ("handle", "Handle: draw around its points\td"),
)


def draw(ui: Ui, hands: Hands, x: float, y: float) -> None:
    """Draw the buttons. x, y: of the first."""
    for k, (tool, tip) in enumerate(TOOLS):
        left, active = x + 34 * k, hands.tool == tool
        clicked, hovered, held = ui.button(tool, left, y, 32, 32, tip=tip)
        ui.button_fill(tool, left, y, hovered=hovered, held=held, active=active)
        color = ui.colors.accent_text if active else ui.colors.text if hovered else ui.colors.second
        if tool == "rectangle":
            strokes.dashed(ui, _box(left + 16, y + 16), color, 1.75)
        elif tool == "lasso":
            _lasso(ui, left + 16, y + 16, color)
        else:
            ui.text(left + 16, y + 16, ICON_HAND if tool == "hand" else ICON_PIN, size=15, color=color, align=0.5)
        if clicked:
            hands.tool = tool


def _box(x: float, y: float) -> list[tuple[float, float]]:
    return [(x - 7.5, y - 6), (x + 7.5, y - 6), (x + 7.5, y + 6), (x - 7.5, y + 6)]


def _lasso(ui: Ui, x: float, y: float, color: Rgba) -> None:
    steps = [2 * math.pi * k / 28 for k in range(28)]
    strokes.outline(ui, [(x + 7.5 * math.cos(t), y - 2 + 5 * math.sin(t)) for t in steps], color, 1.75)
    tail = [(x - 3.5, y + 2.4), (x - 5, y + 4), (x - 4.2, y + 5.6), (x - 2.4, y + 6), (x - 2.6, y + 8)]
    strokes.outline(ui, tail, color, 1.75, closed=False)

"""What a window says as it opens: the story's card, with a button that plays it, or one line of help."""

from collections.abc import Callable

from imgui_bundle import imgui

from ...viewer.theme import ABOVE_DOCK, CAPTION, GAP, MARGIN, SMALL
from ...viewer.viewer import Viewer
from ...viewer.wrap import wrapped
from ..ui import Ui
from .state import Panels

WIDTH = 480
HINT_HEIGHT = 36.0
CARD = 164.0  # pixels above the dock, at most
NAMES, NAMES_SHORT = "Drag a name to turn the tour  ·  ", "Drag a name  ·  "  # where there are any
HINT, SHORT = "j and k change the layer  ·  space plays  ·  ? for more", "j, k layers  ·  ? for more"

Box = tuple[float, float, float, float]  # x, y, width, height


def room(panels: Panels) -> float:
    """What it takes above the dock."""
    if not panels.opening:
        return 0.0
    return CARD if panels.story_waits else HINT_HEIGHT + GAP


def draw(ui: Ui, viewer: Viewer, panels: Panels, *, raised: bool) -> None:
    """Until the first action of a person, whatever it is. raised: whether a message stands above the dock."""
    if not panels.opening:
        return
    if panels.story_waits:
        x, y, width, height = _card(ui, viewer, panels)
    else:
        x, y, width, height = _hint(ui, GAP + 40.0 if raised else 0.0, named=bool(viewer.base.handles))
    over = x <= ui.mouse[0] < x + width and y <= ui.mouse[1] < y + height
    pressed = any(imgui.is_mouse_clicked(button) for button in range(3)) and not over
    if pressed or imgui.get_io().mouse_wheel or viewer.story.told is not None or panels.popover:
        panels.opening = False


def help_line(width: Callable[[str], float], room: float, *, named: bool) -> str:
    """What there is to do first, as far as a line has room. named: whether a handle's name is there to be dragged."""
    whole, short = (NAMES + HINT, NAMES_SHORT + SHORT) if named else (HINT, SHORT)
    return whole if width(whole) < room else short


def _hint(ui: Ui, above: float, *, named: bool) -> Box:
    text = help_line(ui.width, ui.size[0] - 2 * MARGIN - 56, named=named)
    width, height = ui.width(text) + 56, HINT_HEIGHT
    x, y = (ui.size[0] - width) / 2, ui.size[1] - ABOVE_DOCK - height - above
    with ui.panel("opening", x, y, width, height):
        ui.text(ui.size[0] / 2, y + height / 2, text, color=ui.colors.second, align=0.5)
    return x, y, width, height


def _card(ui: Ui, viewer: Viewer, panels: Panels) -> Box:
    """The story of the tour, and whether to play it."""
    width = min(WIDTH, ui.size[0] - 2 * MARGIN)
    story = viewer.story.story
    lines = wrapped(story[0].caption, lambda line: ui.width(line, size=CAPTION), room=width - 40, lines=2)
    height = CARD - GAP - 28 * (2 - len(lines))
    x, y = (ui.size[0] - width) / 2, ui.size[1] - ABOVE_DOCK - height
    with ui.panel("opening", x, y, width, height):
        scenes = "1 scene" if len(story) == 1 else f"{len(story)} scenes"
        ui.text(x + 20, y + 20, ui.elide(viewer.tour.name, width - 120, bold=True), bold=True)
        ui.text(x + width - 20, y + 20, scenes, size=SMALL, color=ui.colors.second, align=1.0)
        for k, line in enumerate(lines):
            ui.text(x + 20, y + 48 + 28 * k, ui.elide(line, width - 40, size=CAPTION), size=CAPTION)
        at = y + height - 46
        if _button(ui, "play story", "Play", x + 20, at, strong=True):
            panels.opening = False
            viewer.play_story()
        if _button(ui, "look around", "Look around", x + 20 + 88 + GAP, at):
            panels.opening = False
    return x, y, width, height


def _button(ui: Ui, key: str, label: str, x: float, y: float, *, strong: bool = False) -> bool:
    width = 88 if strong else ui.width(label) + 32
    clicked, hovered, held = ui.button(key, x, y, width, 32)
    fill = ui.colors.accent if strong else ui.colors.pressed if held else ui.colors.control
    ui.rect(x, y, width, 32, fill, radius=6)
    if hovered:
        ui.rect(x, y, width, 32, (1.0, 1.0, 1.0, 0.12), radius=6)
    color = ui.colors.canvas if strong else ui.colors.text
    ui.text(x + width / 2, y + 16, label, bold=strong, color=color, align=0.5)
    return clicked

"""The look of the points: class frames and density on or off, sizes, opacity, depth cue, background."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from ...tour.view import View
from ...viewer.resolve import window_look
from ...viewer.theme import MARGIN, SMALL, UNDER_TOOLBAR
from ...viewer.viewer import Viewer
from ..icons import ICON_CLOSE, ICON_RESET
from ..ui import Ui
from .state import Panels

WIDTH = 272
ROW = 32
SWITCH = 32
TRACK = 92


@dataclass(frozen=True)
class Slider:
    """One field of the view, and how its values lie along a slider's [0, 1]."""

    name: str
    label: str
    tip: str
    place: Callable[[float], float]
    value: Callable[[float], float]
    text: Callable[[float], str]


def _size(name: str, label: str, tip: str) -> Slider:
    """From a quarter to four times, once in the middle."""
    return Slider(name, label, tip, lambda v: 0.5 + 0.25 * math.log2(v), lambda p: 2.0 ** ((p - 0.5) * 4),
                  lambda v: f"{v:.1f}\u00d7")  # fmt: skip


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


SLIDERS = (
    _size("dot_size", "Dot size", "Times the size that suits the number of points and the zoom"),
    _size("image_size", "Image size", "Times the size that suits the number of points and the zoom"),
    # Its square, so that the faint end, where many points lie over each other, has the finer steps.
    Slider("opacity", "Opacity", "See-through points show where many lie", lambda v: v**0.5,
           lambda p: max(0.02, p * p), _percent),
    Slider("depth_cue", "Depth cue", "How much larger and clearer near points are", lambda v: v, lambda p: p, _percent),
    Slider("background", "Background", "Darker or lighter", lambda v: 0.5 + 0.5 * v,
           lambda p: 0.0 if abs(p - 0.5) < 0.03 else 2.0 * p - 1.0, lambda v: f"{100 * v:+.0f}" if v else "0"),
)  # fmt: skip


SWITCHES = (
    ("class_frames", "Class frames", "The colour of its class round each image\to"),
    ("density", "Density", "Shading where many points lie, and the names of dense regions\th"),
)


def draw(ui: Ui, viewer: Viewer, panels: Panels) -> None:
    if panels.popover != "look":
        return
    x = ui.size[0] - MARGIN - WIDTH
    first = {each.name: getattr(View(), each.name) for each in SLIDERS} | window_look(viewer.tour)
    switches = [each for each in SWITCHES if viewer.tour.sprites or each[0] != "class_frames"]
    height = 44 + ROW * (len(switches) + len(SLIDERS)) + 4
    with ui.panel("look of points", x, UNDER_TOOLBAR, WIDTH, height, front=True):
        ui.text(x + 12, UNDER_TOOLBAR + 22, "Look", bold=True)
        changed = any(getattr(viewer.base, name) != value for name, value in first.items())
        if changed and ui.icon_button("as it was", ICON_RESET, x + WIDTH - 68, UNDER_TOOLBAR + 6, tip="As at first"):
            viewer.change(**first)
        if ui.icon_button("close", ICON_CLOSE, x + WIDTH - 36, UNDER_TOOLBAR + 6, tip="Close\tEsc"):
            panels.popover = ""
        for k, slider in enumerate(SLIDERS):
            y = UNDER_TOOLBAR + 44 + ROW * k + ROW / 2
            value = getattr(viewer.base, slider.name)
            ui.text(x + 12, y, slider.label)
            before = slider.place(value)
            place = ui.slider(slider.name, x + 112, y, TRACK, before, tip=slider.tip)
            if abs(place - before) > 1e-9:
                value = slider.value(place)
                viewer.change(**{slider.name: value})
            ui.text(x + WIDTH - 12, y, slider.text(value), size=SMALL, color=ui.colors.second, align=1.0)
        for k, (name, label, tip) in enumerate(switches, len(SLIDERS)):
            y = UNDER_TOOLBAR + 44 + ROW * k + ROW / 2
            on = getattr(viewer.base, name)
            ui.text(x + 12, y, label)
            if ui.switch(name, x + WIDTH - 12 - SWITCH, y, on, tip=tip) != on:
                viewer.change(**{name: not on})

"""Toolbar, dock and reset."""

from ...viewer.hands import Hands
from ...viewer.theme import MARGIN, ORANGE, RESET_GLYPH, SMALL, TOOLBAR
from ...viewer.viewer import FASTEST, Viewer
from ..icons import (
    ICON_CAMERA,
    ICON_COMPARE,
    ICON_HELP,
    ICON_IMAGE,
    ICON_PAUSE,
    ICON_PLAY,
    ICON_RESET,
    ICON_SEARCH,
    ICON_SLIDERS,
    ICON_STORY,
    ICON_THEME,
)
from ..ui import Ui
from . import tools, tours
from .state import Panels, Popover, Wishes

TOURS = 127  # of the dock, the choice of a tour
DOCK = 572  # wide
NARROW = 960  # window width below which there is no room for the choice of a tour


def draw(
    ui: Ui,
    viewer: Viewer,
    hands: Hands,
    panels: Panels,
    *,
    fps: float,
    beside: bool = False,
) -> Wishes:
    """Draw the toolbar and the dock. beside: whether two panes are open."""
    wishes = _toolbar(ui, viewer, panels, fps, beside=beside)
    _dock(ui, viewer, hands, panels)
    _reset(ui, viewer)
    return wishes


def dock_width(window: float) -> int:
    """Of the dock in a window so wide: a narrow one has no choice of a tour."""
    return DOCK if window >= NARROW else DOCK - TOURS


def _toolbar(ui: Ui, viewer: Viewer, panels: Panels, fps: float, *, beside: bool) -> Wishes:
    x, y = ui.size[0] - MARGIN - TOOLBAR, MARGIN
    with ui.panel("toolbar", x, y, TOOLBAR, 40):
        if fps:
            _rate(ui, panels, fps, x + 4, y + 4)
        x, y = x + TOOLBAR - 4 - 6 * 32, y + 4
        _opener(ui, panels, "find", ICON_SEARCH, (x - 32, y), "Find points\t/")
        picture = ui.icon_button("picture", ICON_CAMERA, x, y, tip="Save a picture\ts")
        told = panels.story.shown and not panels.story.hidden
        if ui.icon_button("story", ICON_STORY, x + 32, y, tip="Story\tb", active=told):
            panels.toggle_story()
        alone = False
        if beside:
            alone = ui.icon_button("compare", ICON_COMPARE, x + 64, y, tip="One tour alone", active=True)
        else:
            _opener(ui, panels, "compare", ICON_COMPARE, (x + 64, y), "Compare with another tour")
        _opener(ui, panels, "look", ICON_SLIDERS, (x + 96, y), "Look")
        dark = viewer.base.theme == "dark"
        if ui.icon_button("theme", ICON_THEME, x + 128, y, tip=("Light" if dark else "Dark") + "\tt"):
            viewer.change(theme="light" if dark else "dark")
        _opener(ui, panels, "help", ICON_HELP, (x + 160, y), "Keys\t?")
    return Wishes(picture=picture, alone=alone)


def _opener(ui: Ui, panels: Panels, what: Popover, icon: str, at: tuple[float, float], tip: str) -> None:
    """A button that opens what stands under the toolbar, where its tooltip would cover what has opened."""
    opened = panels.popover == what
    if ui.icon_button(what, icon, *at, tip="" if opened else tip, active=opened):
        panels.toggle(what)


def share(ui: Ui, drawn: int, n: int) -> None:
    """Which share of the points is drawn, under the toolbar, where it is not all of them."""
    if drawn < n:
        percent = max(1, min(99, round(100 * drawn / n)))
        text = f"drawing {percent} % of {n:,}"
        width = ui.width(text, size=SMALL)
        x, y = ui.size[0] - MARGIN - width, MARGIN + 44
        with ui.panel("share", x, y, width, 24, bare=True):
            ui.text(x, y + 12, text, size=SMALL, color=ui.colors.second)


def _rate(ui: Ui, panels: Panels, fps: float, x: float, y: float) -> None:
    """Frames per second, or the time of one; a click changes between them."""
    texts = f"{fps:.0f} fps", f"{1e3 / fps:.0f} ms" if fps < 100 else f"{1e3 / fps:.1f} ms"
    clicked, hovered, _ = ui.button("rate", x, y, 48, 32, tip=texts[not panels.frame_time])
    color = ui.colors.text if hovered else ui.colors.second
    ui.text(x + 44, y + 16, texts[panels.frame_time], size=SMALL, color=color, align=1.0)
    if clicked:
        panels.frame_time = not panels.frame_time


def _dock(ui: Ui, viewer: Viewer, hands: Hands, panels: Panels) -> None:
    dock = dock_width(ui.size[0])
    with_tours = dock == DOCK
    x, y = (ui.size[0] - dock) / 2, ui.size[1] - MARGIN - 48
    colors = ui.colors
    with ui.panel("dock", x, y, dock, 48, radius=12):
        running = viewer.playing and not viewer.arrived
        tip = "Pause\tspace" if running else "Go on as a grand tour\tspace" if viewer.arrived else "Play\tspace"
        clicked, hovered, held = ui.button("play", x + 8, y + 8, 32, 32, tip=tip)
        ui.rect(x + 8, y + 8, 32, 32, colors.pressed if hovered or held else colors.control, radius=6)
        ui.text(x + 24, y + 24, ICON_PAUSE if running else ICON_PLAY, size=15, align=0.5)
        if clicked:
            viewer.toggle_playing()
        # The knob's place is the square root of the speed, so that slow speeds have the finer steps.
        place = ui.slider("speed", x + 56, y + 24, 88, (viewer.speed / FASTEST) ** 0.5, tip="Speed of the tour")
        viewer.speed = FASTEST * place**2
        ui.text(x + 204, y + 24, f"{viewer.speed:.1f}\u00b0/s", size=SMALL, align=1.0)
        ui.line(x + 212, y + 12, x + 212, y + 36, colors.border)
        if with_tours:
            tours.draw(ui, viewer, panels, x + 218, y + 8)
            x += TOURS
            ui.line(x + 212, y + 12, x + 212, y + 36, colors.border)
        _mode(ui, viewer, x + 221, y + 8)
        ui.line(x + 301, y + 12, x + 301, y + 36, colors.border)
        tools.draw(ui, hands, x + DOCK - TOURS - tools.WIDTH + 4, y + 8)


def _mode(ui: Ui, viewer: Viewer, x: float, y: float) -> None:
    """Dots or images: two halves of one control."""
    ui.rect(x, y, 66, 32, ui.colors.control, radius=6)
    has_images = viewer.tour.sprites is not None
    for k, mode in enumerate(("dots", "images")):
        left, on = x + 2 + 31 * k, viewer.base.mode == mode
        enabled = mode == "dots" or has_images
        tip = f"{mode.capitalize()}\ti" if enabled else "This tour has no images"
        clicked, hovered, _ = ui.button(mode, left, y + 2, 31, 28, tip=tip)
        if on:
            ui.rect(left, y + 2, 31, 28, ui.colors.pressed, radius=5)
        color = ui.colors.text if on or (hovered and enabled) else ui.colors.second
        color = color if enabled else ui.colors.disabled
        if mode == "dots":
            for dot in range(12):
                ui.disc(left + 8.5 + 4.67 * (dot % 4), y + 11 + 5 * (dot // 4), 1.7, color)
        else:
            ui.text(left + 15.5, y + 16, ICON_IMAGE, size=15, color=color, align=0.5)
        if clicked and enabled:
            viewer.change(mode=mode)


def _reset(ui: Ui, viewer: Viewer) -> None:
    x, y = ui.size[0] - 36, ui.size[1] - 36
    with ui.panel("reset", x - 21, y - 21, 42, 42, bare=True):
        clicked, hovered, held = ui.button("reset", x - 20, y - 20, 40, 40, tip="Whole picture\tr")
        ui.disc(x, y, 19 if held else 20, ORANGE)
        if hovered:
            ui.disc(x, y, 20, (1.0, 1.0, 1.0, 0.18))
        ui.text(x, y, ICON_RESET, size=16, color=RESET_GLYPH, align=0.5)
        if clicked:
            viewer.reset_camera()

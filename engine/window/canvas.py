"""The window's canvas: GLFW through vispy, with a GL context."""

import os
from typing import Any

import glfw
from vispy import app

from ..render.core_profile import settle_in
from ..render.display import NoDisplayError, check_display
from ..render.hidden_window import ask_for_profile
from ..render.offscreen import DPI

SIZE = (1280, 800)
SMALLEST = (800, 600)


def open_canvas(title: str, scale: float | None, *, size: tuple[int, int] | None) -> app.Canvas:
    """A GLFW window with a GL context, hidden still; its size suits the display unless it or a scale is given.

    It is never larger than what the screen has free, as a size kept from another screen may be. Raises NoDisplayError.
    """
    check_display()
    try:
        application = app.Application("glfw")
        _ = application.native  # which initialises GLFW
        ask_for_profile()
        glfw.window_hint(glfw.CONTEXT_ROBUSTNESS, glfw.LOSE_CONTEXT_ON_RESET)  # where the driver can tell
        glfw.window_hint(glfw.SCALE_TO_MONITOR, int(scale is None and size is None))
        usual = (int(SIZE[0] * (scale or 1.0)), int(SIZE[1] * (scale or 1.0)))
        canvas = app.Canvas(
            title, app=application, size=size or usual, show=False, vsync=True, autoswap=False, keys=None,
            dpi=DPI, config={"depth_size": 24, "double_buffer": True, "samples": 0},
        )  # fmt: skip
        settle_in(canvas)
    except Exception as error:  # vispy and GLFW raise what they like
        shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        where = f" on display {shown}" if shown else ""
        raise NoDisplayError(
            f"no window could be opened{where} "
            f"({str(error).splitlines()[0] if str(error) else type(error).__name__}); `umap-tour doctor` says more"
        ) from None
    _keep_within_bounds(canvas.native._id, scale)
    return canvas


def _keep_within_bounds(handle: Any, scale: float | None) -> None:
    """Make a new window no larger than what panels and menus leave free of the first screen, where there is one.

    And not smaller than SMALLEST pixels of the design, now and later; of its own pixels two may be one of those.
    """
    own, inner = glfw.get_window_size(handle), glfw.get_framebuffer_size(handle)
    factor = (scale or max(1.0, glfw.get_window_content_scale(handle)[0])) * own[0] / max(1, inner[0])
    least = [round(side * factor) for side in SMALLEST]
    kept = list(map(max, own, least))
    if screen := glfw.get_primary_monitor():
        room = list(map(max, glfw.get_monitor_workarea(screen)[2:], SMALLEST))
        least, kept = list(map(min, least, room)), list(map(min, kept, room))
    if kept != list(own):
        glfw.set_window_size(handle, *kept)
    glfw.set_window_size_limits(handle, least[0], least[1], glfw.DONT_CARE, glfw.DONT_CARE)

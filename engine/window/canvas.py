"""The window's canvas: GLFW through vispy, with a GL context."""

import os

import glfw
from vispy import app

from ..render.display import NoDisplayError, check_display

SIZE = (1280, 800)
SMALLEST = (800, 600)


def open_canvas(title: str, scale: float | None, *, size: tuple[int, int] | None) -> app.Canvas:
    """A GLFW window with a GL context, hidden still; its size suits the display unless it or a scale is given.

    Raises NoDisplayError.
    """
    check_display()
    try:
        application = app.Application("glfw")
        _ = application.native  # which initialises GLFW
        glfw.window_hint(glfw.CONTEXT_ROBUSTNESS, glfw.LOSE_CONTEXT_ON_RESET)  # where the driver can tell
        glfw.window_hint(glfw.SCALE_TO_MONITOR, int(scale is None and size is None))
        size = size or (int(SIZE[0] * (scale or 1.0)), int(SIZE[1] * (scale or 1.0)))
        canvas = app.Canvas(
            title, app=application, size=size, show=False, vsync=True, autoswap=False, keys=None,
            config={"depth_size": 24, "double_buffer": True, "samples": 0},
        )  # fmt: skip
    except Exception as error:  # vispy and GLFW raise what they like
        shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        raise NoDisplayError(
            f"no window could be opened on display {shown} "
            f"({str(error).splitlines()[0] if str(error) else type(error).__name__}); `umap-tour doctor` says more"
        ) from None
    glfw.set_window_size_limits(canvas.native._id, *SMALLEST, glfw.DONT_CARE, glfw.DONT_CARE)
    return canvas

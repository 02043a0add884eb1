"""A GL context of a window that is never shown, where there is no EGL: on macOS and Windows, or without libEGL."""

import sys

import glfw
from vispy import app


def ask_for_profile() -> None:
    """Have GLFW's next window be one that the shaders compile on: macOS gives OpenGL 2.1 to whoever does not ask."""
    if sys.platform == "darwin":
        glfw.window_hint(glfw.CONTEXT_VERSION_MAJOR, 3)
        glfw.window_hint(glfw.CONTEXT_VERSION_MINOR, 3)
        glfw.window_hint(glfw.OPENGL_FORWARD_COMPAT, glfw.TRUE)
        glfw.window_hint(glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE)


def open_hidden(dpi: int) -> app.Canvas:
    """A canvas to draw pictures with. On macOS from the main thread alone. Raises what vispy and GLFW raise."""
    application = app.Application("glfw")
    _ = application.native  # which initialises GLFW
    ask_for_profile()
    return app.Canvas(app=application, size=(64, 64), show=False, autoswap=False, dpi=dpi)


def let_go() -> None:
    """Make no context current."""
    glfw.make_context_current(None)  # type: ignore[arg-type]

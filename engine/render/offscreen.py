"""Drawing without a window: an OpenGL context from EGL, and a framebuffer to read a picture from.

macOS and Windows have no EGL: there the context is that of a window which is never shown.
"""

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from vispy import app, gloo
from vispy.gloo import gl

from .core_profile import is_core, settle_in
from .egl import Display, displays, open_display, why_software

log = logging.getLogger("engine")

DEPTH_COMPONENT24 = 0x81A6
ALIASED_POINT_SIZE_RANGE, POINT_SIZE_RANGE = 0x846D, 0x0B12  # of compatible profiles, and of core ones
EXTENSIONS = 0x1F03
GPU_MEMORY_INFO_TOTAL_AVAILABLE_MEMORY_NVX = 0x9048
WITHOUT_EGL = ("darwin", "win32")
DPI = 96  # of canvases: nothing here goes by it, and vispy would ask xdpyinfo, which complains of a dead display

_number: int | None = None  # of the device that `use_device` asks for


@dataclass(frozen=True)
class Driver:
    """What the current GL context is."""

    vendor: str
    renderer: str
    version: str
    max_texture: int
    max_point: float
    """The widest point it draws, in pixels."""
    memory: int | None = None
    """Bytes that it has for what is drawn, where it says so: NVIDIA's does, and Mesa's of real cards."""

    @property
    def software(self) -> bool:
        """Whether it draws on the processor."""
        return any(name in self.renderer.lower() for name in ("llvmpipe", "softpipe", "swiftshader"))


def describe() -> Driver:
    """The driver of the current context."""
    core = is_core()  # which has no list of extensions in one text
    # others than those that know it call the question a fault
    known = not core and "GL_NVX_gpu_memory_info" in str(gl.glGetParameter(EXTENSIONS))
    kilobytes = gl.glGetParameter(GPU_MEMORY_INFO_TOTAL_AVAILABLE_MEMORY_NVX) if known else None
    return Driver(
        vendor=gl.glGetParameter(gl.GL_VENDOR),
        renderer=gl.glGetParameter(gl.GL_RENDERER),
        version=gl.glGetParameter(gl.GL_VERSION),
        max_texture=int(gl.glGetParameter(gl.GL_MAX_TEXTURE_SIZE)),
        max_point=float(np.ravel(gl.glGetParameter(POINT_SIZE_RANGE if core else ALIASED_POINT_SIZE_RANGE))[-1]),
        memory=2**10 * kilobytes if isinstance(kilobytes, int) and kilobytes > 0 else None,
    )


class NoOpenGLError(RuntimeError):
    """There is no OpenGL here to draw with. The message says what to install."""


before_current: list[Callable[[], None]] = []
"""Called before the context here becomes the current one: a window lets go of its own."""


@contextmanager
def current() -> Iterator[None]:
    """Draw with the process's own context, which needs no window. Raises NoOpenGLError where there is no OpenGL.

    Afterwards no context is current: a thread that kept this one could not switch to a window's.
    """
    for let_go in before_current:
        let_go()
    canvas = _canvas()
    canvas.set_current()
    try:
        yield
    finally:
        canvas.context.flush_commands()
        _let_go(canvas)


def use_device(number: int) -> None:
    """Draw with EGL's device of that number, from 0 on, and with no other. Raises ValueError where it is not listed."""
    global _number
    listed = [each.device for each in _listed() if each.device is not None]
    if number not in listed:
        have = f"EGL lists devices 0 to {len(listed) - 1}" if listed else "EGL lists no device"
        raise ValueError(f"there is no GPU {number} to draw with: {have}; `umap-tour doctor` names them")
    if number != _number:
        _canvas.cache_clear()
    _number = number


def devices() -> list[tuple[Display, Driver | str]]:
    """Every device that EGL lists, by number, and its driver or why it does not draw. Opens them all."""
    found: list[tuple[Display, Driver | str]] = []
    for display in sorted((each for each in _listed() if each.device is not None), key=lambda each: each.device or 0):
        try:
            canvas = _opened(display)
            canvas.set_current()
            found.append((display, describe()))
            canvas.close()
        except Exception as error:
            found.append((display, _fault(error)))
    _canvas.cache_clear()
    return found


def _listed() -> list[Display]:
    try:
        return displays()
    except OSError:
        return []


@lru_cache(maxsize=1)
def _canvas() -> app.Canvas:
    faults = []
    for display in _listed():
        if _number in (None, display.device):
            try:
                canvas = _opened(display)
            except Exception as error:  # vispy raises what it likes, from ImportError to AttributeError
                faults.append(_fault(error))
                continue
            why = why_software() if describe().software else ""
            if why:
                log.warning("drawing in software: %s", why)
            return canvas
    if sys.platform in WITHOUT_EGL:
        return _hidden()
    fault = faults[0] if faults else "there is no libEGL"
    raise NoOpenGLError(
        f"no OpenGL without a display ({fault}); on Debian: apt install libegl1 libgl1-mesa-dri, "
        "and `umap-tour doctor` says what else is missing"
    )


def _opened(display: Display) -> app.Canvas:
    open_display(display)
    canvas = app.Canvas(app=app.Application("egl"), size=(64, 64), show=False, autoswap=False, dpi=DPI)
    canvas.set_current()
    settle_in(canvas)
    return canvas


def _hidden() -> app.Canvas:
    from .hidden_window import open_hidden  # which loads GLFW, and that should be the window's choice elsewhere

    try:
        canvas = open_hidden(DPI)
    except Exception as error:  # vispy and GLFW raise what they like
        raise NoOpenGLError(
            f"no OpenGL to draw with ({_fault(error)}): here pictures need a session at the screen, not ssh, and a "
            "driver with OpenGL 3.3 or newer"
        ) from None
    settle_in(canvas)
    return canvas


def _let_go(canvas: app.Canvas) -> None:
    if canvas.app.backend_name == "egl":
        from vispy.app.backends import _egl

        _egl.egl.eglMakeCurrent(_egl._EGL_DISPLAY, _egl.egl.EGL_NO_SURFACE, _egl.egl.EGL_NO_SURFACE, None)
    else:
        from .hidden_window import let_go

        let_go()


def _fault(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


@contextmanager
def framebuffer(size: tuple[int, int]) -> Iterator[Callable[[], NDArray[np.uint8]]]:
    """Draw into a picture of `size` (width, height) instead of the window.

    Yields the function that reads it: uint8 (height, width, 4), row 0 on top. Raises ValueError where the driver
    has no framebuffer of that size.
    """
    width, height = size
    largest = int(np.min(gl.glGetParameter(gl.GL_MAX_VIEWPORT_DIMS)))
    largest = min(largest, int(gl.glGetParameter(gl.GL_MAX_TEXTURE_SIZE)))
    if not (1 <= width <= largest and 1 <= height <= largest):
        raise ValueError(f"a picture here is 1 to {largest} pixels wide and high, not {width} x {height}")
    color = gloo.Texture2D(shape=(height, width, 4), format="rgba")
    depth = gloo.RenderBuffer((height, width), DEPTH_COMPONENT24)
    target = gloo.FrameBuffer(color, depth)
    with target:
        yield lambda: target.read("color")
    delete_framebuffers([target])


def delete_framebuffers(targets: Iterable[gloo.FrameBuffer]) -> None:
    """Let go of framebuffers and of what they draw into."""
    for target in targets:
        for each in filter(None, (target, target.color_buffer, target.depth_buffer)):
            each.delete()

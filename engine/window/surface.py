"""What a window is drawn on: GLFW's window with its GL context, ImGui's context, and textures that panels show."""

from typing import Any

import glfw
import numpy as np
import OpenGL
from numpy.typing import NDArray

OpenGL.ERROR_CHECKING = False  # before OpenGL.GL: each check would wait for the driver

from imgui_bundle import imgui  # noqa: E402
from OpenGL import GL  # noqa: E402
from vispy import gloo  # noqa: E402

from ..malloc import share_heaps  # noqa: E402
from .canvas import open_canvas  # noqa: E402
from .imgui_backend import Renderer  # noqa: E402
from .textures import Textures  # noqa: E402

ANOTHER = "a program shows one window at a time; close the one that is open, or open this tour with `umap-tour view`"


class ContextLostError(RuntimeError):
    """The graphics driver was reset: what was on the GPU is gone. The message says what to do."""


class Surface:
    """Owns the window, the contexts and the textures."""

    def __init__(self, title: str, *, scale: float | None, size: tuple[int, int] | None) -> None:
        """scale: framebuffer pixels to a pixel of the design, in place of what the display says. size: of the window,
        in pixels. Raises NoDisplayError.
        """
        share_heaps()
        self._fixed_scale = scale
        self.canvas = open_canvas(title, scale, size=size)
        self.handle: Any = self.canvas.native._id
        """GLFW's."""
        glfw.ERROR_REPORTING = "log"  # an empty clipboard, say, is no news; what matters of a window came before
        imgui.create_context()
        self.renderer = Renderer(self.handle, attach_callbacks=False)
        self.textures = Textures()
        self.measure()

    def measure(self) -> None:
        """Ask for its sizes, once it has others: X answers only after a way there and back, however far away it is."""
        self.size: tuple[int, int] = glfw.get_framebuffer_size(self.handle)
        """Of the framebuffer, in pixels."""
        self.window_size: tuple[int, int] = glfw.get_window_size(self.handle)
        """In the pixels that the display counts in."""

    @property
    def scale(self) -> float:
        """Framebuffer pixels to a pixel of the design."""
        return self._fixed_scale or max(1.0, float(glfw.get_window_content_scale(self.handle)[0]))

    @property
    def seen(self) -> bool:
        """Whether anything of it can be seen: not on another desktop, folded away or without an area."""
        handle = self.handle
        shown = glfw.get_window_attrib(handle, glfw.VISIBLE) and not glfw.get_window_attrib(handle, glfw.ICONIFIED)
        return bool(shown) and all(self.size)

    def begin(self) -> None:
        """Draw here from now on. Raises ContextLostError where the driver tells that it was reset; few can."""
        self.canvas.set_current()
        if GL.glGetGraphicsResetStatus and GL.glGetGraphicsResetStatus() != GL.GL_NO_ERROR:
            raise ContextLostError(
                "the graphics driver was reset, and with it went what the window had on the GPU; open the tour again: "
                "the window and an unsaved story are as they were left"
            )

    def flush(self) -> None:
        """Have vispy draw what it was told to."""
        context = self.canvas.context
        context.glir.flush(context.shared.parser)

    def draw_panels(self) -> None:
        """What ImGui was told to draw."""
        imgui.render()
        self.renderer.render(imgui.get_draw_data())

    def swap(self) -> None:
        self.canvas.swap_buffers()

    def pixels(self) -> NDArray[np.uint8]:
        """What was drawn, uint8 (height, width, 4), row 0 on top, opaque."""
        pixels: NDArray[np.uint8] = gloo.read_pixels((0, 0, *self.size)).copy()
        pixels[..., 3] = 255  # what the panels left there means nothing on a screen
        return pixels

    def close_panels(self) -> None:
        """Let go of ImGui."""
        self.textures.close()
        self.renderer.shutdown()
        imgui.destroy_context()

    def close(self) -> None:
        """Let go of the window."""
        self.canvas.close()

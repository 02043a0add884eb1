"""The window: GLFW through vispy, Dear ImGui on top, and a loop that draws only when something changes."""

import os
import threading
import time
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import glfw
import numpy as np
import OpenGL
from numpy.typing import NDArray
from PIL import Image

OpenGL.ERROR_CHECKING = False  # before OpenGL.GL: ImGui's renderer makes some hundred calls a frame

from imgui_bundle import imgui  # noqa: E402
from vispy import app, gloo  # noqa: E402

from ..motion.camera import Camera  # noqa: E402
from ..render.colors import background  # noqa: E402
from ..tour.format import TourFormatError  # noqa: E402
from ..tour.tour import Tour  # noqa: E402
from ..tour.view import View  # noqa: E402
from . import interaction, lists, panels  # noqa: E402
from .beside import Beside  # noqa: E402
from .display import NoDisplayError, check_display  # noqa: E402
from .files import free_file  # noqa: E402
from .hands import Hands  # noqa: E402
from .history import History  # noqa: E402
from .painter import Painter, check_view  # noqa: E402
from .reading import first_view, layer_title  # noqa: E402
from .remembered import recall, remember  # noqa: E402
from .textures import Textures  # noqa: E402
from .thumbnail import Thumbnails  # noqa: E402
from .ui import Ui  # noqa: E402
from .viewer import Viewer  # noqa: E402

SIZE = (1280, 800)
SMALLEST = (800, 600)
LONGEST_STEP = 0.1  # seconds; after a stall the tour goes on from where it was
SETTLE = 3  # frames drawn after the last event, in which ImGui finds its hovers
MODIFIERS = (
    (imgui.Key.mod_shift, glfw.MOD_SHIFT),
    (imgui.Key.mod_alt, glfw.MOD_ALT),
    (imgui.Key.mod_ctrl, glfw.MOD_CONTROL),
)
IDLE = 0.5  # seconds to wait for an event before looking again


_open: "weakref.WeakSet[Window]" = weakref.WeakSet()


class Window:
    """Owns the window, its GL context and ImGui's. `run` shows it until it is closed."""

    def __init__(
        self,
        tour: Tour,
        *,
        view: View | None = None,
        changes: dict[str, Any] | None = None,
        scale: float | None = None,
        reopen: bool = False,
    ) -> None:
        """view: what to begin with; changes: fields of it that are otherwise, whatever it is.

        scale: of everything, in place of what the display says. reopen: begin as the window of this tour was left,
        where no view is given, and keep how this one is left.
        """
        left = recall(tour) if reopen and view is None else None
        start = left.view if left else view or first_view(tour)
        others: dict[str, Any] = {"groups": ()} if changes and "color_by" in changes else {}
        start = replace(start, **others, **(changes or {}))
        self.viewer = Viewer.of(tour, start)
        check_view(self.viewer, self.viewer.base)
        if left:
            self.viewer.home = Camera(zoom=first_view(tour).zoom)
        self.panels = panels.Panels()
        self.hands = Hands(self.viewer)
        self._beside = Beside()
        self.viewer.beside = lambda work, then: self._beside.do(work, then, failed=self.panels.say)
        self._beside.do(lambda: self.viewer.index, lambda _: None, failed=self.panels.say)
        if left:
            left.restore(self.viewer, self.panels)
        self.history = History()
        self._reopen = reopen
        self._fixed_scale = scale
        self._canvas = _canvas(f"{tour.name} - UMAP Tour", scale, size=left.size if left else None)
        self._handle = self._canvas.native._id
        imgui.create_context()
        self.ui = Ui()
        from imgui_bundle.python_backends.glfw_backend import GlfwRenderer

        self._renderer = GlfwRenderer(self._handle, attach_callbacks=False)
        self._painter = Painter(self.viewer)
        self.viewer.ready, self.viewer.mixed = self._ready, self._painter.scene.ready
        self._textures = Textures()
        self.panels.thumbnails = Thumbnails(tour, self._textures.add)
        self._typed: list[tuple[str, bool]] = []
        self._repeat = False
        self._active = SETTLE
        self._last = time.perf_counter()
        self._fps = 0.0
        self.frames = 0
        self.closed = False
        self._attach()
        _open.add(self)

    # ------------------------------------------------------------------------------------------ events

    def _attach(self) -> None:
        """Our callbacks in place of vispy's, which drop repeated keys and the pointer over an unfocused window."""
        io, renderer, handle = imgui.get_io(), self._renderer, self._handle

        def key(window: Any, code: int, scancode: int, action: int, mods: int) -> None:
            self._active = SETTLE
            self._repeat = action == glfw.REPEAT
            renderer.keyboard_callback(window, code, scancode, action, mods)
            if action == glfw.RELEASE:
                return
            if code == glfw.KEY_ESCAPE and action == glfw.PRESS:
                self.ui.escape = True
                if self.panels.popover:
                    self.panels.popover = ""
                elif not io.want_text_input:
                    self.viewer.story.stop()
                    self.hands.escape()
            elif mods & (glfw.MOD_CONTROL | glfw.MOD_SUPER) and not io.want_text_input:
                if action == glfw.PRESS:
                    self._clipboard(code)
                self._command(glfw.get_key_name(code, scancode) or "", shift=bool(mods & glfw.MOD_SHIFT))

        def dropped(window: Any, files: list[str]) -> None:
            self._active = SETTLE
            for file in map(Path, files):
                if file.suffix.lower() == ".json":
                    panels.story.bring(self.viewer, self.panels, file)
                else:
                    lists.take(self.viewer, self._beside, file, self.panels.say)

        def character(window: Any, codepoint: int) -> None:
            renderer.char_callback(window, codepoint)  # type: ignore[no-untyped-call]
            if not io.want_text_input:
                self._typed.append((chr(codepoint), self._repeat))

        def moved(window: Any, x: float, y: float) -> None:
            self._active = SETTLE
            io.add_mouse_pos_event(x, y)

        def button(window: Any, number: int, action: int, mods: int) -> None:
            self._active = SETTLE
            for mod, bit in MODIFIERS:  # a key may have gone down before the window had the focus
                io.add_key_event(mod, bool(mods & bit))
            io.add_mouse_button_event(number, action == glfw.PRESS)

        def wheel(window: Any, x: float, y: float) -> None:
            self._active = SETTLE
            io.add_mouse_wheel_event(x, y)

        def changed(*_: Any) -> None:
            self._active = SETTLE

        def left(window: Any, entered: int) -> None:
            self._active = SETTLE
            if not entered:
                io.add_mouse_pos_event(-1e6, -1e6)

        glfw.set_drop_callback(handle, dropped)  # type: ignore[arg-type]  # the wrapper hands out a list
        glfw.set_key_callback(handle, key)
        glfw.set_char_callback(handle, character)
        glfw.set_cursor_pos_callback(handle, moved)
        glfw.set_mouse_button_callback(handle, button)
        glfw.set_scroll_callback(handle, wheel)
        glfw.set_cursor_enter_callback(handle, left)
        glfw.set_framebuffer_size_callback(handle, changed)
        glfw.set_window_refresh_callback(handle, changed)
        glfw.set_window_close_callback(handle, changed)

    def _command(self, letter: str, *, shift: bool) -> None:
        """What a letter with Ctrl (or Cmd) asks for."""
        if letter == "y" or (letter == "z" and shift):
            if not self.history.redo(self.viewer):
                self.panels.say("Nothing to do again")
        elif letter == "z":
            if not self.history.undo(self.viewer):
                self.panels.say("Nothing to take back")
        elif letter == "s":
            panels.story.save(self.viewer, self.panels)

    # ------------------------------------------------------------------------------------------ the loop

    def show(self) -> None:
        glfw.show_window(self._handle)

    def run(self) -> None:
        """Show the window until it is closed."""
        self.show()
        try:
            while not glfw.window_should_close(self._handle):
                self.step()
        finally:
            self.close()

    def step(self) -> None:
        """Take in events, let time pass, and draw a frame if anything changed."""
        hidden = glfw.get_window_attrib(self._handle, glfw.ICONIFIED) or not all(self.size)
        if hidden or not (self.viewer.moving or self.ui.moving or self._busy or self._active > 0):
            glfw.wait_events_timeout(IDLE)
            self._last = time.perf_counter()  # what was waited is no time of the tour's
            if hidden or not (self._active > 0 or self._busy):
                return
        else:
            glfw.poll_events()
        now = time.perf_counter()
        seconds, self._last = now - self._last, now
        self._active -= 1
        if self.viewer.moving and seconds > 0:
            self._fps = 1.0 / seconds if self._fps == 0 else 0.9 * self._fps + 0.1 / seconds
        self.draw(min(seconds, LONGEST_STEP))

    def _ready(self, layer: int) -> bool:
        """Whether everything that is drawn of a layer is there."""
        return self._painter.scene.ready(((layer, 1.0),)) and self.hands.handles.ready(layer)

    @property
    def _busy(self) -> bool:
        there, needed = self._painter.scene.images_arriving
        waiting = self._beside.busy or self.panels.card.waiting
        return bool(self.panels.toast) or waiting or (self.viewer.base.mode == "images" and there < needed)

    def draw(self, seconds: float) -> None:
        """Let `seconds` pass and draw one frame."""
        self._canvas.set_current()
        self._take_keys()
        self._beside.collect()
        try:
            self.viewer.advance(seconds)
        except TourFormatError as error:  # of a layer that was read only now
            self.viewer.stay()
            self.panels.say(str(error))
        self.panels.toast_left -= seconds
        if self.panels.toast_left <= 0:
            self.panels.toast = ""
        wishes = self._compose(seconds)
        if fault := self._painter.scene.fault:
            self._painter.scene.fault = ""
            self.viewer.change(mode="dots")
            self.panels.say(fault)
        self.history.watch(self.viewer, held=imgui.is_any_mouse_down())
        self._canvas.swap_buffers()
        self.frames += 1
        if wishes.picture:
            self.save_picture()
        if wishes.rows == "copy":
            self._clipboard(glfw.KEY_C)
        elif wishes.rows == "save":
            lists.save(self.viewer, self._beside, self.panels.say)

    def _compose(self, seconds: float) -> panels.Wishes:
        """Points and then panels into the back buffer."""
        width, height = self.size
        self._painter.paint((0, 0, width, height), scale=self.scale)
        context = self._canvas.context
        context.glir.flush(context.shared.parser)
        return self._chrome(seconds)

    def _chrome(self, seconds: float) -> panels.Wishes:
        self._renderer.process_inputs()  # type: ignore[no-untyped-call]
        io = imgui.get_io()
        ratio = io.display_framebuffer_scale.x or 1.0
        view = self.viewer.base
        sight = self._painter.sight(self.size, scale=self.scale)
        self.ui.begin(
            size=(io.display_size.x, io.display_size.y),
            scale=self.scale / ratio,
            theme=view.theme,
            seconds=seconds,
            canvas=(*background(view.theme, view.background), 1.0),
        )
        imgui.new_frame()
        status = panels.Status(self._fps if self.viewer.moving else 0.0, self._painter.scene.images_arriving)
        wishes = panels.draw(self.ui, self.viewer, self.hands, self.panels, status, sight)
        interaction.canvas(self.ui, self.viewer, self.hands, self.panels, sight)
        self.ui.escape = False
        imgui.render()
        self._renderer.render(imgui.get_draw_data())
        return wishes

    def _take_keys(self) -> None:
        typed, self._typed = self._typed, []
        for character, repeat in typed:
            if interaction.typed(character, self.viewer, self.hands, self.panels, repeat=repeat):
                self.save_picture()

    def _clipboard(self, code: int) -> None:
        """Copy the selected rows, or select the points that the clipboard lists."""
        if code == glfw.KEY_C:
            put = lambda text: glfw.set_clipboard_string(None, text)  # type: ignore[arg-type]  # noqa: E731
            lists.copy(self.viewer, self._beside, put, self.panels.say)
        elif code == glfw.KEY_V:
            text = glfw.get_clipboard_string(self._handle) or b""
            text = text if isinstance(text, str) else text.decode("utf-8", "replace")
            lists.take(self.viewer, self._beside, text, self.panels.say)

    # ------------------------------------------------------------------------------------------ what it is

    @property
    def size(self) -> tuple[int, int]:
        """Of the framebuffer, in pixels."""
        width, height = glfw.get_framebuffer_size(self._handle)
        return int(width), int(height)

    @property
    def scale(self) -> float:
        """Framebuffer pixels to a pixel of the design."""
        return self._fixed_scale or max(1.0, float(glfw.get_window_content_scale(self._handle)[0]))

    def screenshot(self) -> NDArray[np.uint8]:
        """What the window shows, panels and all, uint8 (height, width, 4), row 0 on top."""
        self._canvas.set_current()
        self._compose(0.0)
        pixels: NDArray[np.uint8] = gloo.read_pixels((0, 0, *self.size)).copy()
        self._canvas.swap_buffers()
        pixels[..., 3] = 255  # what the panels left there means nothing on a screen
        return pixels

    def save_picture(self) -> Path:
        """Save what the canvas shows, without panels, beside nothing of the same name; returns the file."""
        viewer = self.viewer
        pixels = self._painter.picture(self.size, scale=self.scale)
        title = layer_title(viewer.tour, viewer.layer).replace("/", "-")
        stem = f"{viewer.tour.name}-{viewer.layer}-{title}".replace(" ", "-")
        file = free_file(stem, ".png")
        try:
            file.touch()
        except OSError as error:
            self.panels.say(f"No picture saved: {error}")
            return file
        threading.Thread(target=lambda: Image.fromarray(pixels).save(file), name="picture").start()
        self.panels.say(f"Saved {file}")
        return file

    def close(self) -> None:
        """Let go of the window and everything in it."""
        if self._reopen:
            remember(self.viewer, self.panels, size=glfw.get_window_size(self._handle))
        self._canvas.set_current()
        self._beside.close()
        self.panels.card.close()
        if self.panels.thumbnails is not None:
            self.panels.thumbnails.close()
        self._textures.close()
        self._painter.scene.close()
        self._renderer.shutdown()
        imgui.destroy_context()
        self._canvas.close()
        self.closed = True
        _open.discard(self)


def _canvas(title: str, scale: float | None, *, size: tuple[int, int] | None) -> app.Canvas:
    """A GLFW window with a GL context, hidden still; its size suits the display unless it or a scale is given.

    Raises NoDisplayError.
    """
    check_display()
    try:
        application = app.Application("glfw")
        _ = application.native  # which initialises GLFW
        glfw.window_hint(glfw.SCALE_TO_MONITOR, int(scale is None and size is None))
        size = size or (int(SIZE[0] * (scale or 1.0)), int(SIZE[1] * (scale or 1.0)))
        canvas = app.Canvas(
            title, app=application, size=size, show=False, vsync=True, autoswap=False, keys=None,
            config={"depth_size": 24, "double_buffer": True, "samples": 0},
        )  # fmt: skip
    except Exception as error:  # vispy and GLFW raise what they like
        raise NoDisplayError(
            f"no window could be opened on display {os.environ.get('DISPLAY', '')} "
            f"({str(error).splitlines()[0] if str(error) else type(error).__name__}); `umap-tour doctor` says more"
        ) from None
    glfw.set_window_size_limits(canvas.native._id, *SMALLEST, glfw.DONT_CARE, glfw.DONT_CARE)
    return canvas


def let_go() -> None:
    """Make no window's context current, so that another kind of context can be."""
    if _open:
        glfw.make_context_current(None)  # type: ignore[arg-type]


def show(tour: Tour, other: Tour | None = None) -> None:
    """Open a window on a tour, as it was left the last time, and return when it is closed."""
    if other is not None:
        raise NotImplementedError("two tours side by side are not there yet; show them one after the other")
    Window(tour, reopen=True).run()

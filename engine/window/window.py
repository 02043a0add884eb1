"""The window: GLFW through vispy, Dear ImGui on top, and a loop that draws only when something changes."""

import time
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import glfw
import numpy as np
import OpenGL
from numpy.typing import NDArray

OpenGL.ERROR_CHECKING = False  # before OpenGL.GL: ImGui's renderer makes some hundred calls a frame

from imgui_bundle import imgui  # noqa: E402
from vispy import gloo  # noqa: E402

from ..render.offscreen import before_current  # noqa: E402
from ..tour.colors import background  # noqa: E402
from ..tour.format import load  # noqa: E402
from ..tour.matching import Match, matched  # noqa: E402
from ..tour.tour import Tour  # noqa: E402
from ..tour.view import View  # noqa: E402
from ..viewer.hands import Hands  # noqa: E402
from ..viewer.history import History  # noqa: E402
from ..viewer.opening import opening_view  # noqa: E402
from ..viewer.pair import Pair  # noqa: E402
from ..viewer.remembered import recall, remember  # noqa: E402
from ..viewer.resolve import check_view, first_view  # noqa: E402
from ..viewer.viewer import Viewer  # noqa: E402
from . import interaction, panels, point_lists  # noqa: E402
from .canvas import open_canvas  # noqa: E402
from .events import Events  # noqa: E402
from .panes import Panes  # noqa: E402
from .picture_file import save_picture  # noqa: E402
from .textures import Textures  # noqa: E402
from .thumbnails import Thumbnails  # noqa: E402
from .ui import Ui  # noqa: E402
from .worker import Worker  # noqa: E402

LONGEST_STEP = 0.1  # seconds; after a stall the tour goes on from where it was
IDLE = 0.5  # seconds to wait for an event before looking again


_open: "weakref.WeakSet[Window]" = weakref.WeakSet()


class Window:
    """Owns the window, its GL context and ImGui's. `run` shows it until it is closed."""

    def __init__(
        self,
        tour: Tour,
        other: Tour | None = None,
        *,
        view: View | None = None,
        changes: dict[str, Any] | None = None,
        scale: float | None = None,
        reopen: bool = False,
    ) -> None:
        """other: another tour of the same points, beside it. view: what to begin with; changes: fields of it that
        are otherwise, whatever it is.

        scale: of everything, in place of what the display says. reopen: begin as the window of this tour was left,
        where no view is given, the first time with what says most; and keep how this one is left.
        """
        left = recall(tour) if reopen and view is None else None
        start = _beginning(tour, left.view if left else view, changes or {}, reopen=reopen)
        match = None if other is None else matched(tour, other)
        viewer = Viewer.of(tour, start)
        check_view(tour, viewer.base)
        if left:
            viewer.home = None
        self.panels = panels.Panels(opening=reopen and left is None and view is None, story_waits=bool(tour.views))
        self._drawer = panels.Drawer()
        self._worker = Worker()
        if left:
            left.restore(viewer)
            self.panels.legend_open, self.panels.story.shown = left.legend_open, left.story_shown
        self.history = History()
        self._reopen = reopen
        self._fixed_scale = scale
        self._canvas = open_canvas(f"{tour.name} - UMAP Tour", scale, size=left.size if left else None)
        self._handle = self._canvas.native._id
        imgui.create_context()
        self.ui = Ui()
        from imgui_bundle.python_backends.glfw_backend import GlfwRenderer

        self._renderer = GlfwRenderer(self._handle, attach_callbacks=False)
        self._textures = Textures()
        self.panels.compare.keep = self._textures.add
        self.panels.story.thumbnails = Thumbnails(tour, self._textures.add)
        self._tour = tour
        self.panes = Panes(viewer, worker=self._worker, say=self.panels.say)
        if match is not None:
            self._open_beside(match)
        self._events = Events(
            self._handle,
            self._renderer,
            escaped=self._escape,
            tabbed=self._tab,
            commanded=self._command,
            dropped=self._dropped,
        )
        self._last = time.perf_counter()
        self._fps = 0.0
        self.frames = 0
        self.closed = False
        _open.add(self)

    # ------------------------------------------------------------------------------------------ events

    def _escape(self) -> None:
        self.ui.escape = True
        if self.ui.focused:
            self.ui.focused = ""
        elif self.panels.popover:
            self.panels.popover = ""
        elif not imgui.get_io().want_text_input:
            self.viewer.story.stop()
            self.panels.opening = False
            self.hands.escape()

    def _tab(self, by: int) -> None:
        """Tab goes to the next control, Enter (0) clicks it."""
        if by:
            self.ui.move_focus(by)
        else:
            self.ui.pressed = True

    def _command(self, code: int, letter: str, shift: bool, repeat: bool) -> None:
        """What a key with Ctrl (or Cmd) asks for."""
        if not repeat:
            self._clipboard(code)
        if letter == "y" or (letter == "z" and shift):
            if not self.history.redo(self.viewer.base, self.viewer.restore):
                self.panels.say("Nothing to do again")
        elif letter == "z":
            if not self.history.undo(self.viewer.base, self.viewer.restore):
                self.panels.say("Nothing to take back")
        elif letter == "s":
            panels.story.save(self.viewer, self.panels.story)

    def _dropped(self, files: list[str]) -> None:
        for file in map(Path, files):
            if file.suffix.lower() == ".tour" or (file / "tour.json").is_file():
                self.compare(file)
            elif file.suffix.lower() == ".json":
                panels.story.bring(self.viewer, self.panels.story, file)
            else:
                point_lists.take(self.viewer, self._worker, file, self.panels.say)

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
        seen = glfw.get_window_attrib(self._handle, glfw.VISIBLE)  # also not on another desktop
        hidden = not seen or glfw.get_window_attrib(self._handle, glfw.ICONIFIED) or not all(self.size)
        if hidden or not (self.panes.moving or self.ui.moving or self._busy or self._events.active > 0):
            glfw.wait_events_timeout(IDLE)
            self._last = time.perf_counter()  # what was waited is no time of the tour's
            if hidden or not (self._events.active > 0 or self._busy):
                return
        else:
            glfw.poll_events()
        now = time.perf_counter()
        seconds, self._last = now - self._last, now
        self._events.active -= 1
        if self.panes.moving and seconds > 0:
            self._fps = 1.0 / seconds if self._fps == 0 else 0.9 * self._fps + 0.1 / seconds
        self.draw(min(seconds, LONGEST_STEP))

    @property
    def _busy(self) -> bool:
        there, needed = self.panes.images_arriving
        waiting = self._worker.busy or self.panels.card.waiting or self.panels.hover.waiting
        return bool(self.panels.toast) or waiting or (self.viewer.base.mode == "images" and there < needed)

    def draw(self, seconds: float) -> None:
        """Let `seconds` pass and draw one frame."""
        self._canvas.set_current()
        self._take_keys()
        self._worker.collect()
        arrived = self.viewer.arrived
        self._place()
        self.panes.advance(seconds)
        if self.viewer.arrived and not arrived:
            self.panels.say("The guided tour has arrived: here the groups part best")
        self.panels.toast_left -= seconds
        if self.panels.toast_left <= 0:
            self.panels.toast = ""
        wishes = self._compose(seconds)
        self.history.watch(self.viewer.base, held=imgui.is_any_mouse_down() or self.panels.popover == "find")
        self._canvas.swap_buffers()
        self.frames += 1
        if wishes.picture:
            self.save_picture()
        if wishes.rows == "copy":
            self._clipboard(glfw.KEY_C)
        elif wishes.rows == "save":
            point_lists.save(self.viewer, self._worker, self.panels.say)
        if wishes.beside is not None:
            self.compare(wishes.beside)
        elif wishes.alone:
            self._close_beside()

    def _place(self) -> None:
        covered = panels.covered(self.size[0] / self.scale, self.panels, panes=len(self.panes.all))
        self.panes.place(self.size, scale=self.scale, covered=covered)

    def _compose(self, seconds: float) -> panels.Wishes:
        """Points and then panels into the back buffer."""
        self.panes.paint(self.size, scale=self.scale)
        context = self._canvas.context
        context.glir.flush(context.shared.parser)
        return self._chrome(seconds)

    def _chrome(self, seconds: float) -> panels.Wishes:
        self._renderer.process_inputs()  # type: ignore[no-untyped-call]
        io = imgui.get_io()
        ratio = io.display_framebuffer_scale.x or 1.0
        view = self.viewer.base
        self.ui.begin(
            size=(io.display_size.x, io.display_size.y),
            scale=self.scale / ratio,
            theme=view.theme,
            seconds=seconds,
            canvas=(*background(view.theme, view.background), 1.0),
        )
        imgui.new_frame()
        status = panels.Status(self._fps if self.panes.moving else 0.0, self.panes.images_arriving)
        wishes = panels.draw(self.ui, self.panes.all, self.panels, self._drawer, status, self.pair)
        interaction.canvases(self.ui, self.panes.all, self.panels, self.pair)
        self.ui.end()
        self.ui.escape = False
        imgui.render()
        self._renderer.render(imgui.get_draw_data())
        return wishes

    def _take_keys(self) -> None:
        for character, repeat in self._events.typed():
            if interaction.typed(character, self.viewer, self.hands, self.panels, self.pair, repeat=repeat):
                self.save_picture()

    def _clipboard(self, code: int) -> None:
        """Copy the selected rows, or select the points that the clipboard point_lists."""
        if code == glfw.KEY_C:
            put = lambda text: glfw.set_clipboard_string(None, text)  # type: ignore[arg-type]  # noqa: E731
            point_lists.copy(self.viewer, self._worker, put, self.panels.say)
        elif code == glfw.KEY_V:
            text = glfw.get_clipboard_string(self._handle) or b""
            text = text if isinstance(text, str) else text.decode("utf-8", "replace")
            point_lists.take(self.viewer, self._worker, text, self.panels.say)

    # ------------------------------------------------------------------------------------------ panes

    def compare(self, other: Tour | str | Path) -> None:
        """Open another tour of the same points beside this one; what keeps it from that is said."""

        def match() -> Match:
            return matched(self._tour, other if isinstance(other, Tour) else load(other))

        self._worker.do(match, self._open_beside, failed=self.panels.say)

    def _open_beside(self, match: Match) -> None:
        self._canvas.set_current()
        self.panes.open_beside(match, self.size)
        self._begin_anew()
        if match.partial:
            self.panels.say(f"{match.left.n:,} points are in both, by their {match.by}; the others are left out")

    def _close_beside(self) -> None:
        self.panes.close_beside()
        self._begin_anew()

    def _begin_anew(self) -> None:
        """With other panes."""
        self._canvas.title = f"{' and '.join(pane.viewer.tour.name for pane in self.panes)} - UMAP Tour"
        self.history = History()
        self.panels.compare.forget()
        for each in (self.panels.card, self.panels.hover, self._drawer):
            each.close()
        self._drawer = panels.Drawer()
        self.panels.card, self.panels.hover = panels.Card(), panels.Hover()
        self.panels.differences.close()
        self.panels.differences = panels.Differences()
        self.panels.popover = ""

    # ------------------------------------------------------------------------------------------ what it is

    @property
    def viewer(self) -> Viewer:
        """Of the pane that leads, or of the only one."""
        return self.panes.lead.viewer

    @property
    def hands(self) -> Hands:
        return self.panes.lead.hands

    @property
    def pair(self) -> Pair | None:
        """What keeps two panes together."""
        return self.panes.pair

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
        return save_picture(self.panes, self.size, scale=self.scale, worker=self._worker, say=self.panels.say)

    def close(self) -> None:
        """Let go of the window and everything in it."""
        if self._reopen and self.pair is None:
            remember(
                self.viewer,
                size=glfw.get_window_size(self._handle),
                legend_open=self.panels.legend_open,
                story_shown=self.panels.story.shown,
            )
        self._canvas.set_current()
        self._worker.close()
        self.panels.card.close()
        self.panels.hover.close()
        self._drawer.close()
        self.panels.differences.close()
        if self.panels.story.thumbnails is not None:
            self.panels.story.thumbnails.close()
        self._textures.close()
        self.panes.close()
        self._renderer.shutdown()
        imgui.destroy_context()
        self._canvas.close()
        self.closed = True
        _open.discard(self)


def _beginning(tour: Tour, view: View | None, changes: dict[str, Any], *, reopen: bool) -> View:
    """The view to begin with: a given one, else what says most or the first, with some fields otherwise."""
    view = view or (opening_view if reopen else first_view)(tour)
    others: dict[str, Any] = {"groups": ()} if "color_by" in changes else {}
    return replace(view, **others, **changes)


def _let_go() -> None:
    """Make no window's context current, so that another kind of context can be."""
    if _open:
        glfw.make_context_current(None)  # type: ignore[arg-type]


before_current.append(_let_go)


def show(tour: Tour, other: Tour | None = None) -> None:
    """Open a window on a tour, as it was left the last time, and return when it is closed.

    other: another tour of the same points, side by side with it. Raises ValueError where no point is in both.
    """
    start = {"reopen": True} if other is None else {"view": opening_view(replace(tour, views=[]))}
    Window(tour, other, **start).run()

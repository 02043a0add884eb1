"""The window: a viewer or a pair of them, shown by a loop that draws only when something changes."""

import time
import weakref
from pathlib import Path
from typing import Any

import glfw
import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from ..render.offscreen import before_current
from ..stopping import put_off
from ..tour.colors import background
from ..tour.matching import Match, matched
from ..tour.order import WHOLE
from ..tour.reading import load
from ..tour.tour import Tour, check_tours
from ..tour.view import View
from ..viewer.handles import counted
from ..viewer.hands import Hands
from ..viewer.history import History
from ..viewer.opening import beginning, opening_beside
from ..viewer.pair import Pair
from ..viewer.remembered import recall
from ..viewer.resolve import check_view
from ..viewer.viewer import Viewer
from . import interaction, panels
from .commands import Commands
from .events import Events
from .faults import Faults
from .keeping import Keeping
from .panes import Panes
from .picture_file import save_picture
from .surface import ANOTHER, Surface
from .thumbnails import Thumbnails
from .ui import Ui
from .worker import Worker

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
        whole: int = WHOLE,
    ) -> None:
        """other: another tour of the same points, beside it. view: what to begin with; changes: fields of it that
        are otherwise, whatever it is.

        scale: of everything, in place of what the display says. reopen: where no view is given, begin as the window of
        this tour was left, first with what says most, two with the first view saved of both; and keep how it is left.
        whole: points, up to which every frame draws all of a tour; of more, as many as it has time for.
        """
        if _open:
            raise RuntimeError(ANOTHER)
        beside: View | None = None
        if other is not None and reopen and view is None:
            view, beside = opening_beside(tour, other.name)
        left = recall(tour) if reopen and view is None else None
        start = beginning(tour, left.view if left else view, changes or {}, reopen=reopen)
        match = None if other is None else matched(tour, other)
        viewer = Viewer.of(tour, start)
        check_view(tour, viewer.base)
        self.panels = panels.Panels(opening=reopen and left is None and view is None, story_waits=bool(tour.views))
        self._keeping = Keeping(self.panels) if reopen else None
        words = [f"{counted(len(tour.faults), 'saved view')} left out: {tour.faults[0]}"] if tour.faults else []
        words += [self._keeping.restore(viewer, left)] if self._keeping else []
        self.faults = Faults(self.panels.say)
        self._drawer = panels.Drawer()
        self._worker = Worker(self.faults)
        self.history = History()
        self._tour = tour
        self._surface = Surface(f"{tour.name} - UMAP Tour", scale=scale, size=left.size if left else None)
        self.ui = Ui(self.faults, self._surface.textures)
        self.panels.compare.matrix.draw_into(self._surface.textures)
        self.panels.story.thumbnails = Thumbnails(tour, self._surface.textures)
        self.panes = Panes(viewer, worker=self._worker, say=self.panels.say, whole=whole)
        self._commands = Commands(self.ui, self.panes, self.panels, self.history, self._worker, self.compare)
        self._events = Events(self._surface, self._commands)
        if match is not None:
            self._open_beside(match, beside)
        if text := ". ".join(filter(None, words)):
            self.panels.say(text)
        self._last = time.perf_counter()
        self._frame = 0.0  # seconds from one to the next while something moves, averaged
        self.frames = 0
        self.closed = False
        _open.add(self)

    # ------------------------------------------------------------------------------------------ the loop

    def show(self) -> None:
        glfw.show_window(self._surface.handle)

    def run(self) -> None:
        """Show the window until it is closed, or a signal ends the program, which takes effect once all is kept.

        Raises ContextLostError where the graphics driver was reset.
        """
        with put_off() as ended:
            try:
                self.show()
                while not glfw.window_should_close(self._surface.handle) and not ended:
                    self.step()
            finally:
                self.close()

    def step(self, seconds: float | None = None) -> None:
        """Take in events, let time pass, and draw a frame if anything changed. seconds: in place of the clock's."""
        hidden = not self._surface.seen
        idle = hidden or not (self.panes.moving or self.ui.moving or self._busy or self._events.active > 0)
        with self.faults.guarded("What was done"):
            glfw.wait_events_timeout(IDLE) if idle else glfw.poll_events()
        if idle:
            self._last = time.perf_counter()  # what was waited is no time of the tour's
            if hidden or not (self._events.active > 0 or self._busy):
                return
        now = time.perf_counter()
        seconds, self._last = now - self._last if seconds is None else seconds, now
        self._events.active -= 1
        if self.panes.moving and seconds > 0:
            self._frame = seconds if self._frame == 0 else 0.9 * self._frame + 0.1 * seconds
        self.panes.took(seconds)
        self.draw(min(seconds, LONGEST_STEP))

    @property
    def _busy(self) -> bool:
        there, needed = self.panes.images_arriving
        waiting = self.panes.gathering or self._worker.busy or self.panels.card.waiting or self.panels.hover.waiting
        return bool(self.panels.toast) or waiting or (self.viewer.base.mode == "images" and there < needed)

    def draw(self, seconds: float) -> None:
        """Let `seconds` pass and draw one frame; what fails of it is said, and the rest is drawn."""
        self._surface.begin()
        picture = False
        with self.faults.guarded("What was typed"):
            picture = self._commands.typed(self._events.typed())
        self._worker.collect()
        with self.faults.guarded("The motion", mend=self._take_back):
            self._advance(seconds)
        with self.faults.guarded("The picture", mend=self._take_back):
            self._paint()
        wishes = self._chrome(seconds)
        with self.faults.guarded("The history"):
            held = imgui.is_any_mouse_down() or self.panels.popover == "find"
            self.history.watch(self.viewer.base, held=held)
            if self._keeping is not None:
                self._keeping.watch(self._viewers)
        self._surface.swap()
        self.frames += 1
        with self.faults.guarded("What was asked for"):
            if picture or wishes.picture:
                self.save_picture()
            self._grant(wishes)

    def _advance(self, seconds: float) -> None:
        arrived = self.viewer.arrived
        size = self.size[0] / self.scale, self.size[1] / self.scale
        panes, pinned, selected = len(self.panes.all), self.hands.pinned is not None, self.viewer.selection is not None
        covered = panels.cover(size, self.panels, panes=panes, pinned=pinned, selected=selected)
        self.panes.place(self.size, scale=self.scale, covered=covered)
        self.panes.advance(seconds)
        if self.viewer.arrived and not arrived:
            self.panels.say("The guided tour has arrived: here the groups part best")
        self.panels.toast_left -= seconds
        if self.panels.toast_left <= 0:
            self.panels.toast = ""

    def _take_back(self) -> None:
        """Show again what could be drawn before."""
        if self.history.now is not None and self.viewer.base is not self.history.now:
            self.viewer.restore(self.history.now)
        self.viewer.stay()
        self.viewer.story.leave()

    def _paint(self) -> None:
        """The points into the back buffer."""
        self.panes.paint(self.size, scale=self.scale)
        self._surface.flush()

    def _chrome(self, seconds: float) -> panels.Wishes:
        """The panels into the back buffer, over the points."""
        self._surface.renderer.begin(self._surface.window_size, self._surface.size)
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
        wishes = panels.Wishes()
        with self.ui.guarded("A panel"):
            fps = 1.0 / self._frame if self.panes.moving and self._frame else 0.0
            status = panels.Status(fps, self.panes.images_arriving, self.panes.drawn)
            wishes = panels.draw(self.ui, self.panes.all, self.panels, self._drawer, status, self.pair)
        with self.ui.guarded("What the mouse did"):
            interaction.canvases(self.ui, self.panes.all, self.panels, self.pair)
        with self.ui.guarded("A tooltip"):
            self.ui.end()
        self.ui.escape = False
        self._surface.draw_panels()
        return wishes

    def _grant(self, wishes: panels.Wishes) -> None:
        """What panels ask of the window."""
        if wishes.rows == "copy":
            self._commands.copy_rows()
        elif wishes.rows == "save":
            self._commands.save_rows()
        if wishes.beside is not None:
            self.compare(wishes.beside)
        elif wishes.alone:
            self._close_beside()

    # ------------------------------------------------------------------------------------------ panes

    def compare(self, other: Tour | str | Path) -> None:
        """Open another tour of the same points beside this one; what keeps it from that is said."""

        def match() -> Match:
            return matched(self._tour, other if isinstance(other, Tour) else load(other))

        self._worker.do(match, self._open_beside, failed=self.panels.say)

    def _open_beside(self, match: Match, beside: View | None = None) -> None:
        """beside: where the other tour was, if that is known."""
        self._surface.begin()
        self.panes.open_beside(match, self.size, beside)
        self._begin_anew()
        self.panels.story.shown = self.panels.story.shown or beside is not None
        if match.partial:
            self.panels.say(f"{counted(match.left.n, 'point')} in both, by their {match.by}; the others are left out")

    def _close_beside(self) -> None:
        self.panes.close_beside()
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Forget what belonged to the panes before."""
        self._surface.canvas.title = f"{' and '.join(pane.viewer.tour.name for pane in self.panes)} - UMAP Tour"
        self.history.forget()
        self.panels.compare.matrix.forget()
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
        return self._surface.size

    @property
    def scale(self) -> float:
        """Framebuffer pixels to a pixel of the design."""
        return self._surface.scale

    def screenshot(self) -> NDArray[np.uint8]:
        """What the window shows, panels and all, uint8 (height, width, 4), row 0 on top."""
        self._surface.begin()
        self._paint()
        self._chrome(0.0)
        pixels = self._surface.pixels()
        self._surface.swap()
        return pixels

    def save_picture(self) -> Path:
        """Save what the canvas shows, without panels, beside nothing of the same name; returns the file."""
        return save_picture(self.panes, self.size, scale=self.scale, worker=self._worker, say=self.panels.say)

    @property
    def _viewers(self) -> list[Viewer]:
        """The viewers of the panes, and of the tour that was alone before."""
        return [*(pane.viewer for pane in self.panes), self.panes.alone]

    def close(self) -> None:
        """Keep how the window is left, and let go of it and everything in it; what fails of that stops nothing."""
        if self.closed:
            return
        self.closed = True
        _open.discard(self)
        if (keeping := self._keeping) is not None:
            with self.faults.guarded("Keeping the story"):
                keeping.close(self._viewers)
            with self.faults.guarded("Keeping the window"):
                if self.pair is None:
                    keeping.leave(self.viewer, self._surface.window_size)
        thumbnails = self.panels.story.thumbnails
        for end in (
            self._surface.canvas.set_current, self._worker.close, self.panels.card.close, self.panels.hover.close,
            self._drawer.close, self.panels.differences.close, *([thumbnails.close] if thumbnails else []),
            self.panes.close, self._surface.close_panels, self._surface.close,
        ):  # fmt: skip
            with self.faults.guarded("Closing the window"):
                end()


def _let_go() -> None:
    """Make no window's context current, so that another kind of context can be."""
    if _open:
        glfw.make_context_current(None)  # type: ignore[arg-type]


before_current.append(_let_go)


def show(tour: Tour, other: Tour | None = None) -> None:
    """Open a window on a tour, as it was left the last time, and return when it is closed.

    other: another tour of the same points, side by side with it. Raises ValueError where no point is in both.
    """
    check_tours(tour, other)
    Window(tour, other, reopen=True).run()

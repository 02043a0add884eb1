"""Gestures of the mouse on a tour, in numbers: the tool in hand, what a press begins and a release ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..motion.selection import How, Mask, combine
from . import screen
from .brush import CLICK, Brush, Trace
from .handles import Handles
from .viewer import Viewer

Tool = Literal["hand", "rectangle", "lasso", "handle"]
Point = tuple[float, float]


@dataclass
class Hands:
    """Owned by a window, for one viewer. Pixels are those of the design, from the window's top left."""

    viewer: Viewer
    handles: Handles = field(init=False)
    tool: Tool = "hand"
    brush: Brush | None = None
    trace: Trace | None = None
    """The outline of the latest brush."""
    pressed: Point | None = None
    """Where a press with the hand tool began that may become a pan or stay a click."""
    panning: bool = False
    pointed: int | None = None
    """The point under the cursor."""
    echo: int | None = None
    """The one under the cursor in the other pane."""
    rested: object = None
    """How the cursor and what it looks at stood when that was found, or asked for."""
    looking: bool = False
    """Whether the point under the cursor is being looked for beside the drawing."""
    pinned: int | None = None
    """The point that a click has kept."""
    listed: int | None = None
    """The point under the cursor in a list."""
    singled: Mask | None = None
    """Points that a list shows alone, while it is open."""

    def __post_init__(self) -> None:
        self.handles = Handles(self.viewer)

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way."""
        return self.brush is not None or self.handles.grip is not None or self.pressed is not None

    def take(self, tool: Tool) -> None:
        """Take a tool in hand; the same one again puts it down."""
        self.tool = "hand" if tool == self.tool else tool

    def press(
        self, place: Point, size: tuple[float, float], how: How, *, rows: NDArray[np.integer] | None = None
    ) -> None:
        """Begin a gesture: drag the handle there, draw a brush, or pan.

        rows: the points that a brush looks at until it ends, where there is no time for all.
        """
        if self.tool != "hand":
            before = None if self.tool == "handle" else self.viewer.selection
            self.brush = Brush(
                place, self.tool != "rectangle", "replace" if self.tool == "handle" else how, before, rows
            )
            self.trace = None
            self.viewer.held = True
        elif handle := self.handles.at(place, size):
            self.handles.take(handle, place, size)
        else:
            self.pressed = place

    def drag(self, place: Point, size: tuple[float, float]) -> None:
        """Go on with it."""
        if self.brush is not None:
            self.brush.draw_to(place)
            self._show_caught(size)
        elif self.handles.grip is not None:
            self.handles.pull(place, size)
        elif self.pressed is not None:
            x, y = self.pressed
            self.panning = self.panning or max(abs(place[0] - x), abs(place[1] - y)) > CLICK

    def release(self, size: tuple[float, float]) -> str:
        """End it; returns what there is to say."""
        message = ""
        if self.brush is not None:
            message = self._end_brush(size)
        elif self.handles.grip is not None:
            self.handles.let_go()
        elif self.pressed is not None and not self.panning:
            self._click()
        self.pressed, self.panning = None, False
        return message

    def escape(self) -> None:
        """Put down what is in hand, one thing at a time: the gesture, the tool, the handle, the pin, the selection."""
        if self.brush is not None:
            if self.tool != "handle":
                self.viewer.selection = self.brush.before
            self.brush, self.viewer.spotlight, self.viewer.held = None, None, False
        elif self.handles.renaming is not None:
            self.handles.renaming = None
        elif self.tool != "hand":
            self.tool = "hand"
        elif self.handles.selected is not None:
            self.handles.selected = None
        elif self.pinned is not None:
            self.pinned = None
        elif self.viewer.selection is not None:
            self.viewer.select(None)
            self.trace = None

    def spotlight(self) -> Mask | None:
        """The points shown alone: those of the handle that is held, hovered or selected."""
        if self.brush is not None:
            return self.viewer.spotlight
        handles = self.handles
        handle = handles.grip.handle if handles.grip else handles.hovered or handles.selected
        return self.singled if handle is None else handles.mask(handle)

    def _show_caught(self, size: tuple[float, float]) -> None:
        assert self.brush is not None
        if self.tool == "handle":
            self.viewer.spotlight = None  # or what is greyed would be asked of what is caught
            self.viewer.spotlight = self._shown(self.brush.caught(self.viewer, size))
        else:
            self.viewer.selection = self.brush.selection(self.viewer, size)

    def _shown(self, caught: Mask) -> Mask:
        return caught if self.viewer.selection is None else caught & self.viewer.selection

    def _end_brush(self, size: tuple[float, float]) -> str:
        brush, viewer = self.brush, self.viewer
        assert brush is not None
        self.brush, viewer.held, viewer.spotlight = None, False, None
        if brush.rows is not None and not brush.is_click:
            self._end_with_all(brush.of_all, size)
            return ""
        if self.tool != "handle":
            if brush.is_click:
                viewer.select(None if brush.how == "replace" else brush.before)
                return ""
            viewer.select(brush.selection(viewer, size))
            self.trace = Trace(brush.path, screen.standing(viewer))
            return "" if brush.caught(viewer, size).any() else "No points there"
        self.tool = "hand"
        points = self._shown(brush.caught(viewer, size))
        if not points.any():
            return "No points there to make a handle of"
        self.handles.create(points, naming=True)
        return ""

    def _end_with_all(self, brush: Brush, size: tuple[float, float]) -> None:
        """The end of a brush that has looked at some of the points, as soon as it has looked at all of them."""
        viewer, seen, before = self.viewer, self.viewer.still(), self.viewer.selection
        if self.tool == "handle":
            self.tool = "hand"

            def found(caught: Mask) -> None:
                if (points := self._shown(caught)).any():
                    self.handles.create(points, naming=True)
        else:
            self.trace = Trace(brush.path, screen.standing(viewer))

            def found(caught: Mask) -> None:
                if viewer.selection is before:  # or another one has been made since
                    viewer.select(combine(brush.before, caught, brush.how))

        viewer.in_background(lambda: brush.caught(seen, size), found)

    def look(self, find: Callable[[], int | None], standing: object) -> None:
        """Find the point under the cursor beside the drawing, unless it was found otherwise until then."""
        self.looking, self.rested = True, standing

        def found(point: int | None) -> None:
            self.looking = False
            if self.rested is standing:
                self.pointed = point

        self.viewer.in_background(find, found)

    def unpoint(self) -> None:
        """The cursor is on no point and no handle."""
        self.pointed = self.rested = self.handles.hovered = None

    def _click(self) -> None:
        """On the canvas: the point there is pinned; the pinned one again, or no point, lets go."""
        self.handles.selected = None
        self.pinned = None if self.pointed == self.pinned else self.pointed

"""A viewer's present onto the screen: keeps a scene coloured and greyed as the viewer says, and draws it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..motion.shot import Shot
from ..tour.colors import Coloring
from ..tour.order import WHOLE
from ..tour.tour import Tour
from .gathering import Gathering
from .offscreen import framebuffer
from .scene import Scene
from .viewport import Rect


class Present(Protocol):
    """What a painter draws: what it reads of a viewer."""

    @property
    def tour(self) -> Tour: ...

    @property
    def coloring(self) -> Coloring: ...

    @property
    def shown_rows(self) -> NDArray[np.bool_]:
        """Which rows of the colour table are not greyed."""

    @property
    def shown_points(self) -> NDArray[np.bool_] | None:
        """Which points (n,) are not greyed; None is all."""

    def shot(self, size: tuple[int, int], *, scale: float, min_dot: float, drawn: int | None = None) -> Shot: ...


class Painter:
    """Owns the scene of one tour in the current GL context, and knows how it is dressed."""

    def __init__(self, viewer: Present, *, whole: int = WHOLE) -> None:
        """whole: points, up to which all are always drawn."""
        self.viewer = viewer
        self.scene = Scene(viewer.tour, whole=whole)
        self.gathering = Gathering(self.scene) if self.scene.ordered else None
        """Of a tour of more."""
        self._coloring: object = None
        self._rows: NDArray[np.bool_] | None = None
        self._shown: object = ()

    def paint(self, rect: Rect, *, scale: float = 1.0, min_dot: float = 1.0, wait: bool = False) -> Shot:
        """Draw the present into `rect` of the bound framebuffer; returns it as it was drawn.

        scale: pixels to a pixel of the design. min_dot: the smallest dot in pixels. wait: for images still to come.
        """
        self._dress()
        shot = self.viewer.shot(rect[2:], scale=scale, min_dot=min_dot)
        self.scene.draw(shot, rect, wait=wait)
        return shot

    def gather(self, rect: Rect, *, scale: float, drawn: int | None) -> bool:
        """Draw so many points of the present into `rect`, and all of them bit by bit while it stays the same.

        scale: pixels to a pixel of the design. Returns whether it is another one than before.
        """
        assert self.gathering is not None
        self._dress()
        return self.gathering.draw(self.viewer.shot(rect[2:], scale=scale, min_dot=1.0, drawn=drawn), rect)

    def close(self) -> None:
        """Let go of everything on the GPU."""
        if self.gathering is not None:
            self.gathering.close()
        self.scene.close()

    def _dress(self) -> None:
        """Send to the GPU what has changed of colours and of what is greyed."""
        viewer = self.viewer
        if viewer.coloring is not self._coloring:
            self.scene.looks.color(viewer.coloring)
            self._coloring, self._rows = viewer.coloring, None
        rows = viewer.shown_rows
        if self._rows is None or (rows != self._rows).any():
            self.scene.looks.show_rows(rows)
            self._rows = rows
        if viewer.shown_points is not self._shown:
            self.scene.looks.select(viewer.shown_points)
            self._shown = viewer.shown_points


def picture(
    painters: Sequence[Painter], size: tuple[int, int], *, scale: float = 1.0, min_dot: float = 1.0
) -> NDArray[np.uint8]:
    """The present of one tour or of two side by side, uint8 (height, width, 4), row 0 on top, without panels.

    Raises ValueError where images are asked for and cannot be drawn.
    """
    with framebuffer(size) as read:
        for painter, rect in zip(painters, rects(size, len(painters)), strict=True):
            painter.paint(rect, scale=scale, min_dot=min_dot, wait=True)
            if painter.scene.images.fault:
                raise ValueError(painter.scene.images.fault)
        return read()


def rects(size: tuple[int, int], count: int) -> Sequence[Rect]:
    """The parts of a framebuffer that one or two panes take: all of it, or its halves."""
    width, height = size
    half = width // 2
    return [(0, 0, width, height)] if count == 1 else [(0, 0, half, height), (half, 0, width - half, height)]

"""A viewer's state onto the screen: dresses a scene as the view says and draws it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..render.offscreen import framebuffer
from ..render.scene import Rect, Scene, Shot, dot_size, image_size
from ..tour.view import View
from .pane import rects
from .picking import Sight
from .viewer import Viewer


class Painter:
    """Owns the scene of one tour in the current GL context, and knows how it is dressed."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.scene = Scene(viewer.tour)
        self._coloring: object = None
        self._rows: NDArray[np.bool_] | None = None
        self._shown: object = ()

    def paint(self, rect: Rect, *, scale: float = 1.0, min_dot: float = 1.0, wait: bool = False) -> None:
        """Draw the present into `rect` of the bound framebuffer.

        scale: pixels to a pixel of the design. min_dot: the smallest dot in pixels. wait: for images still to come.
        """
        self._dress()
        self.scene.draw(self.shot(rect[2:], scale=scale, min_dot=min_dot), rect, wait=wait)

    def sight(self, size: tuple[int, int], *, scale: float) -> Sight:
        """How the latest frame was drawn."""
        return Sight(self.shot(size, scale=scale, min_dot=1.0), size, self.scene.level, scale)

    def _dress(self) -> None:
        viewer = self.viewer
        if viewer.coloring is not self._coloring:
            self.scene.color(viewer.coloring)
            self._coloring, self._rows = viewer.coloring, None
        rows = viewer.shown_rows
        if self._rows is None or (rows != self._rows).any():
            self.scene.show_rows(rows)
            self._rows = rows
        if viewer.shown_points is not self._shown:
            self.scene.select(viewer.shown_points)
            self._shown = viewer.shown_points

    def shot(self, size: tuple[int, int], *, scale: float, min_dot: float) -> Shot:
        viewer, view = self.viewer, self.viewer.base
        side, zoom = min(size) / scale, viewer.camera.zoom
        return Shot(
            source=viewer.transition.source,
            target=viewer.transition.target,
            mix=viewer.transition.mix,
            frame=viewer.frame,
            camera=viewer.camera,
            mode=view.mode,
            theme=view.theme,
            depth_cue=view.depth_cue,
            dot_size=dot_size(viewer.tour.n, side=side, zoom=zoom) * scale * view.dot_size,
            image_size=image_size(viewer.tour.n, side=side, zoom=zoom) * scale * view.image_size,
            min_dot=min_dot,
            opacity=view.opacity,
            background=view.background,
            isolate=view.isolate and viewer.selection is not None and viewer.spotlight is None,
        )


def picture(
    painters: Sequence[Painter], size: tuple[int, int], *, scale: float = 1.0, min_dot: float = 1.0
) -> NDArray[np.uint8]:
    """The present of one tour or of two side by side, uint8 (height, width, 4), row 0 on top, without panels."""
    with framebuffer(size) as read:
        for painter, rect in zip(painters, rects(size, len(painters)), strict=True):
            painter.paint(rect, scale=scale, min_dot=min_dot, wait=True)
        return read()


def check_view(viewer: Viewer, view: View) -> None:
    """Raises ValueError where a view wants what its tour does not have."""
    if view.mode == "images" and viewer.tour.sprites is None:
        raise ValueError(f"{viewer.tour.name} has no images; show dots, or import it again with --images")

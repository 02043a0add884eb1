"""The panes of a window: one tour, or two side by side, and how one becomes the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..motion.camera import Camera
from ..motion.framing import Area
from ..render.painter import Painter, rects
from ..tour.agreement import AGREEMENT
from ..tour.matching import Match
from ..tour.movement import MOVEMENT
from ..tour.order import WHOLE
from ..tour.point_numbers import PointNumbers
from ..tour.schema import TourFormatError
from ..tour.view import View
from ..viewer.hands import Hands
from ..viewer.pair import Pair
from ..viewer.resolve import first_view
from ..viewer.viewer import Viewer
from .pane import Pane
from .worker import Worker

Covered = tuple[float, float, float, float]  # left, top, right, bottom of a pane, in pixels of the design
LARGER = 1.25  # times, at most, that the points are enlarged where panes are higher than wide


class Panes:
    """Owns the panes and their scenes, in the current GL context."""

    def __init__(self, viewer: Viewer, *, worker: Worker, say: Callable[[str], None], whole: int = WHOLE) -> None:
        """worker: does what takes longer than a frame; say: shows a line of text for a while. whole: points of a tour,
        up to which every frame draws them all.
        """
        self._worker, self._say, self._whole = worker, say, whole
        self.alone = viewer
        """The viewer of the one tour, as it was left when another one was opened beside it."""
        self.all = [self._pane(viewer)]
        self.pair: Pair | None = None

    def __iter__(self) -> Iterator[Pane]:
        return iter(self.all)

    def _pane(self, viewer: Viewer) -> Pane:
        viewer.in_background = lambda work, then: self._worker.do(work, then, failed=self._say)
        self._worker.do(lambda: viewer.index, lambda _: None, failed=self._say)
        pane = Pane(viewer, Hands(viewer), Painter(viewer, whole=self._whole))
        pane.painter.scene.compile()
        viewer.ready, viewer.mixed = pane.ready, pane.painter.scene.ready
        return pane

    @property
    def lead(self) -> Pane:
        """The pane that leads, or the only one."""
        return self.all[self.pair.lead if self.pair else 0]

    @property
    def moving(self) -> bool:
        """Whether the next frame will differ from this one without anybody doing anything."""
        return (self.pair or self.lead.viewer).moving

    @property
    def gathering(self) -> bool:
        """Whether a pane is to show more of its points than it does."""
        return any(pane.gathering for pane in self.all)

    @property
    def drawn(self) -> tuple[int, int]:
        """Points that the leading pane shows, and points of its tour."""
        return self.lead.drawn, self.lead.viewer.tour.n

    def took(self, seconds: float) -> None:
        """Adapt how many points are drawn to how long the latest frame took."""
        for pane in self.all:
            pane.took(seconds)

    @property
    def images_arriving(self) -> tuple[int, int]:
        """Pages of images there and needed, of the pane that waits longest."""
        return min((pane.painter.scene.images.arriving for pane in self.all), key=lambda pages: pages[0] - pages[1])

    def advance(self, seconds: float) -> None:
        try:
            (self.pair or self.lead.viewer).advance(seconds)
        except TourFormatError as error:  # of a layer that was read only now
            for pane in self.all:
                pane.viewer.stay()
            self._say(str(error))

    def place(self, size: tuple[int, int], *, scale: float, covered: Sequence[Covered]) -> None:
        """Tell every pane how large it is and what panels leave of it. size: of the framebuffer."""
        for pane, rect, cover in zip(self.all, rects(size, len(self.all)), covered, strict=False):
            pane.viewer.show_on(Area((rect[2] / scale, rect[3] / scale), *cover))

    def paint(self, size: tuple[int, int], *, scale: float) -> None:
        """Draw all into the bound framebuffer of `size`. scale: its pixels to a pixel of the design."""
        for pane, rect in zip(self.all, rects(size, len(self.all)), strict=True):
            pane.paint(rect, scale=scale)
            if fault := pane.painter.scene.images.fault:  # of images that were read only now
                self.lead.viewer.change(mode="dots")
                self._say(fault)
            if fault := pane.painter.scene.layers_fault():  # of the rows after those that were drawn first
                self._say(fault)

    def open_beside(self, match: Match, size: tuple[int, int], beside: View | None = None) -> None:
        """Two panes: the tour as it is looked at now, and another one. size: of the framebuffer.

        beside: where the other one was, if that is known.
        """
        if self.pair is None:
            self.alone = self.lead.viewer
        before, width, height = self.alone, *size
        view = before.view
        if match.left.n < before.tour.n:
            view = _of_some(view, match.rows[0], before.tour.n)
        if view.color_by not in match.left.attributes:
            view = replace(view, color_by=first_view(match.left).color_by, groups=())
        taller = min(LARGER, max(1.0, 2.0 * height / width))  # a pane's shorter side decides the scale
        pair = Pair.of(match, view if view.fit else replace(view, zoom=view.zoom * taller), beside=beside)
        left, right = pair.viewers
        if match.left.n == before.tour.n:  # as far as it has been edited, and what is edited here is edited there
            left.story = right.story = before.story
        left.playing, left.speed = before.playing, before.speed
        left.home = None if before.home is None else Camera(zoom=before.home.zoom * taller)
        left.take_tour(before.tour_kind)
        pair.in_background = lambda work, then: self._worker.do(work, then, failed=self._say)
        self.close()
        self.all, self.pair = [self._pane(viewer) for viewer in (left, right)], pair

    def close_beside(self) -> None:
        """The first tour alone again, where it was, as the pair shows it now."""
        assert self.pair is not None
        left, alone = self.pair.viewers[0], self.alone
        shown = {name: getattr(left.base, name) for name in ("mode", "theme", "dot_size", "image_size", "opacity")}
        if left.base.color_by in alone.tour.attributes or left.base.color_by in (MOVEMENT, AGREEMENT):
            shown |= {"color_by": left.base.color_by, "palette": left.base.palette, "groups": left.base.groups}
        if left.tour.n == alone.tour.n:
            shown |= {"selected": left.view.selected, "handles": left.base.handles}
        alone.change(**shown)
        alone.motion.frame = left.frame
        alone.playing, alone.speed = left.playing, left.speed
        alone.go_to(left.layer)
        self.close()
        self.all, self.pair = [self._pane(alone)], None

    def close(self) -> None:
        for pane in self.all:
            pane.painter.close()


def _of_some(view: View, rows: NDArray[np.intp], n: int) -> View:
    """A view of n points as one of the points `rows` alone, renumbered in their order."""
    places = np.full(n, -1)
    places[rows] = np.arange(len(rows))

    def kept(points: Sequence[int]) -> PointNumbers:
        there = places[np.asarray(points)]
        return PointNumbers(there[there >= 0])

    left = [(each, kept(each.points)) for each in view.handles]  # type: ignore[union-attr]
    handles = tuple(replace(each, points=points) for each, points in left if points)  # type: ignore[type-var]
    selected = None if view.selected is None else kept(view.selected)
    return replace(view, selected=selected, handles=handles)

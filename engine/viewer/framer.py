"""Keeps the figure of a tour in the free area of its pane: measures what is shown, and moves the camera after it, or
along a trajectory where what will be shown is known."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..motion.camera import Camera
from ..motion.framing import SUPPORT, Area, Box, Follower, Points, is_thin, measured, projected, support
from ..motion.rotation import Array
from ..motion.selection import Mask
from ..motion.transition import Blend
from ..tour.order import SAMPLE, WHOLE, few, shuffled
from ..tour.tour import Tour

KEPT = 64  # layers whose support points are in memory, a quarter of a megabyte each


@dataclass(frozen=True, eq=False)
class Seen:
    """What the camera is to show."""

    frame: Array
    blend: Blend
    area: Area
    alone: Mask | None = None
    """The points that are shown where the others are left out; None is all."""


@dataclass
class Framer:
    """Of one tour."""

    tour: Tour
    resting: bool = False
    """Whether the camera stands where it is going, and will as long as nothing else moves."""
    off: float = 0.0
    """By how much the figure that is followed is larger than it would be at rest, as a logarithm."""
    _rows: NDArray[np.intp] | None = None
    _alone: Mask | None = None
    _points: dict[int, Points] = field(default_factory=dict)
    _thin: dict[int, bool] = field(default_factory=dict)
    _follower: Follower | None = None
    _before: tuple[Seen, Box] | None = None
    """What was seen in the frame before, and its figure."""

    def goal(self, seen: Seen) -> Camera:
        """The camera that shows all of it, as if it stood still."""
        return seen.area.fitted(self.figure(seen))

    def figure(self, seen: Seen) -> Box:
        """What is to be in the free area."""
        sides, radius = self._shown(seen)
        return measured(sides, seen.frame, radius=radius)

    def is_lost(self, camera: Camera, seen: Seen, *, reach: float) -> bool:
        """Whether next to nothing of it is in the free area. reach: half the size of a point, in pixels of the area."""
        sides, radius = self._shown(seen)
        return seen.area.is_bare(projected(sides, seen.frame, radius=radius), camera, reach=reach)

    def is_thin(self, blend: Blend, alone: Mask | None) -> bool:
        """Whether what is shown of all these layers is all but a line, or in a plane."""
        self._stand(alone)
        for layer, _ in blend:
            if layer not in self._thin:
                self._thin[layer] = is_thin(self._support(layer))
        return all(self._thin[layer] for layer, _ in blend)

    def _shown(self, seen: Seen) -> tuple[list[tuple[Points, float]], float]:
        """The support points of the layers that are seen, with their shares, and the radius."""
        self._stand(seen.alone)
        blend = [(self._stand_in(k), share) for k, share in seen.blend]
        return [(self._support(k), share) for k, share in blend], self.tour.radius(blend)

    def _stand_in(self, layer: int) -> int:
        """The nearest layer whose points are not all at one place, which no scale enlarges; itself where none is."""
        layers = self.tour.layers
        if layers[layer].placement.radius > 0.0:
            return layer
        others = [k for k, each in enumerate(layers) if each.placement.radius > 0.0]
        return min(others, key=lambda k: abs(k - layer), default=layer)

    def follow(self, camera: Camera, seen: Seen, seconds: float, *, later: Array, held: bool, hurried: bool) -> Camera:
        """The camera `seconds` later, on the way to what is seen. What a resize changes it makes at once.

        held: whether a hand holds the picture; then the camera stands still. hurried: whether a hand changes the
        figure, however fast; then the camera keeps it in sight, however fast.
        """
        figure = self.figure(seen)
        before, self._before = self._before, (seen, figure)
        if self._follower is None or self._follower.camera != camera:
            before = None
        follower = self.now(camera)
        if held or seconds <= 0.0:
            self._follower = replace(follower, speed=(0.0, 0.0, 0.0)) if held else follower
            self.resting = held and self.resting
            return self._follower.camera
        if before is not None:
            past, was = before
            if past.area.size != seen.area.size:
                follower = follower.moved(past.area.fitted(was), seen.area.fitted(was))
            if hurried and past.alone is seen.alone:
                follower = follower.swept(seen.area.fitted(was), seen.area.fitted(figure))
        goal = seen.area.fitted(figure if later is seen.frame else self.figure(replace(seen, frame=later)))
        self.resting = follower.rests_at(goal)
        self._follower = follower if self.resting else follower.followed(goal, seconds)
        self.off = math.log(self._follower.camera.zoom / seen.area.fitted(figure).zoom)
        return self._follower.camera

    def now(self, camera: Camera) -> Follower:
        """The camera and how fast it goes: at rest, where something else has brought it to where it is."""
        follower = self._follower
        return follower if follower is not None and follower.camera == camera else Follower(camera)

    def lead(self, follower: Follower) -> Camera:
        """The camera of a trajectory, from which it goes on as it goes there."""
        self._follower, self._before, self.resting, self.off = follower, None, False, 0.0
        return follower.camera

    @property
    def begun(self) -> bool:
        """Whether the camera has moved after the figure already."""
        return self._follower is not None

    def _stand(self, alone: Mask | None) -> None:
        """Choose the rows that stand for what is shown, on every layer, where that is another than before."""
        if self._rows is not None and alone is self._alone:
            return
        self._alone = alone
        self._points.clear()
        self._thin.clear()
        self._rows = standing_for(self.tour) if alone is None else some_of(alone)

    def _support(self, layer: int) -> Points:
        """Support points of a layer, centred and in the frame of layer 0, float32 (m, d)."""
        if layer not in self._points:
            if len(self._points) >= KEPT:
                del self._points[next(iter(self._points))]
            assert self._rows is not None
            turned = self.tour.layers[layer].some_aligned(self._rows).astype(np.float32)
            self._points[layer] = np.asfortranarray(turned)  # projected every frame, a coordinate at a time
        return self._points[layer]


def standing_for(tour: Tour) -> NDArray[np.intp]:
    """The rows that stand for all points: spread evenly over the last layer but one, where classes part."""
    rows = np.arange(tour.n) if tour.n <= WHOLE else few(tour.n, SAMPLE)
    return rows[support(tour.layers[max(0, len(tour.layers) - 2)].some(rows))]


def some_of(alone: Mask) -> NDArray[np.intp]:
    """The rows that stand for points alone: the first of the fair order, which a page with its own digits takes too."""
    order = shuffled(len(alone))
    first = np.sort(order[alone[order]][:SUPPORT]).astype(np.intp)
    return first if len(first) else np.arange(1)

"""A camera's trajectory along a path that is known beforehand: a scale of bounded speed that keeps the figure in sight.

Where a flight, a transition or a turn leads is known. So the figure is measured at a few moments of it, more closely
where it is flat for a moment; each part of the path is given the time that the scale needs (pace), and the scale goes
through the corridor between too small and too large as near to the best as its bound allows (the extensions of McShane
1934: the largest and the smallest function of bounded slope on one side of a given one). A mean over a moment makes its
speed smooth and keeps the bound.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .camera import Camera
from .framing import FASTEST, FILL, Area, Box, Follower
from .pace import Pace, paced
from .rotation import Array

KNOTS = 33  # moments at which a path is looked at
UNSEEN = 0.03  # of the figure's size, by which it may be smaller between two moments than at either
FINEST = 0.01  # seconds between two moments, from which on they are close enough
RATE = 0.97 * FASTEST  # of the logarithm of the scale, per second
GENTLE = 0.36  # seconds in which that speed may turn round
CORRIDOR = (math.log(0.67 / FILL), math.log(0.96 / FILL))  # how much smaller and larger than at rest, as logarithms
LONGEST = 10.0  # seconds that a path may take for the sake of the scale
COME_BACK = 2.0 / 0.5  # per second: how soon a centre that starts beside the planned one comes back to it
CATCH_UP = 2.0 / 0.3  # per second: how soon one that starts at another speed takes up the planned one
SMALLER = 5.0  # a logarithm: by how much more the figure may be too small, at most, where LONGEST does not suffice
BISECTIONS = 6  # to find by how much
_OFFSETS = np.linspace(-0.5, 0.5, 33) * GENTLE
_WEIGHTS = (0.5 * GENTLE - np.abs(_OFFSETS)) / (0.5 * GENTLE - np.abs(_OFFSETS)).sum()
INSTANT = 1.0 / 240.0  # seconds over which a speed is measured


@dataclass(frozen=True, eq=False)
class Path:
    """What is to be seen at some moments of a path, the first of them now."""

    figures: Sequence[Box]
    zooms: Sequence[float]
    """Of the cameras that show them as large as the free area allows."""
    times: Array
    """When, on the path's own clock, ascending from 0 on."""

    def closer(self) -> Array:
        """Further moments to look at: between two where the figure may be smaller than at either.

        Seen from a direction that moves straight on, a width is a convex function of time. So between two moments it
        lies above the lines that lead there from the moments before and after, and where these cross it may be least.
        """
        sizes, times = 1.0 / np.asarray(self.zooms), self.times
        slopes = np.diff(sizes) / np.diff(times)
        falls, rises, apart = slopes[:-2], slopes[2:], np.diff(times)[1:-1]
        left, right = sizes[1:-2], sizes[2:-1]
        dips = (falls < 0.0) & (rises > 0.0)
        least = (rises * left - falls * right + rises * falls * apart) / np.where(dips, rises - falls, 1.0)
        where = dips & (least < (1.0 - UNSEEN) * np.minimum(left, right)) & (apart > FINEST)
        between: Array = times[1:-2] + 0.5 * apart
        return between[where]

    def pace(self, start: Follower) -> Pace:
        """The pace at which a camera that starts like this can keep the figure in sight."""
        best, soon = np.log(self.zooms), 0.5 * GENTLE
        began = math.log(start.camera.zoom) + soon * start.speed[2]
        low, high = best + CORRIDOR[0], best + CORRIDOR[1]
        back = RATE * np.maximum(self.times - soon, 0.0)  # what is out of sight at first comes back, and nothing waits
        low -= np.maximum(0.0, low[0] - began - back)
        high += np.maximum(0.0, began - high[0] - back)
        least, most = 0.0, SMALLER
        pace = self._pace(began, low, high)
        for _ in range(BISECTIONS if pace.taken[-1] > LONGEST else 0):  # small for a moment rather than out of sight
            middle = 0.5 * (least + most)
            pace = self._pace(began, low - middle, high)
            least, most = (middle, most) if pace.taken[-1] > LONGEST else (least, middle)
        return pace.within(LONGEST)

    def _pace(self, began: float, low: Array, high: Array) -> Pace:
        """That gets a scale, whose logarithm has `began` somewhere, through such a corridor (k,)."""
        now = np.arange(len(low)) == 0
        low, high = np.where(now, began, low), np.where(now, began, high)
        return paced(self.times, low, high, rate=RATE, late=0.5 * GENTLE)


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A camera's way along a path in time."""

    start: Follower
    area: Area
    times: Array
    """Of its knots (k,), in seconds from the start."""
    scales: Array
    """The logarithm of the scale at each knot (k,)."""
    middles: Array
    """The middle of the figure at each knot (k, 2), in radii."""

    @classmethod
    def along(cls, path: Path, taken: Array, start: Follower, area: Area) -> "Trajectory":
        """From a camera as it moves now, through what is to be seen of `path` in the free area of `area`.

        taken: when the moments of the path come (k,), in seconds from now.
        """
        soon, speed = 0.5 * GENTLE, start.speed[2]  # until then the scale goes on as it went
        began = math.log(start.camera.zoom)
        later = taken > soon
        times = np.concatenate([[soon], taken[later]])
        best = np.concatenate([[began + soon * speed], np.log(path.zooms)[later]])
        scales = _bounded(times, best)
        middles = np.array([figure.center for figure in path.figures])
        before, earlier = [-soon], [began - soon * speed]
        grid = np.concatenate([before, times])
        centers = np.column_stack([np.interp(grid, taken, each) for each in middles.T])
        return cls(start, area, grid, np.concatenate([earlier, scales]), centers)

    def at(self, elapsed: float) -> Follower:
        """Where the camera is so many seconds after the start, and how fast it goes."""
        camera, just = self._camera(elapsed), self._camera(elapsed - INSTANT)
        zoom = camera.zoom
        u, v = ((a - b) * zoom / INSTANT for a, b in zip(camera.center, just.center, strict=True))
        return Follower(camera, (u, v, math.log(zoom / just.zoom) / INSTANT))

    def _camera(self, elapsed: float) -> Camera:
        zoom = math.exp(self._mean(elapsed, self.scales))
        back = (1.0 + COME_BACK * elapsed) * math.exp(-COME_BACK * elapsed)  # of a critically damped spring
        behind = elapsed * math.exp(-CATCH_UP * elapsed)
        x, y = (
            planned + (away * back + drift * behind) / zoom
            for planned, (away, drift) in zip(self._planned(elapsed, zoom), self._aside, strict=True)
        )
        return Camera((x, y), zoom)

    @cached_property
    def _aside(self) -> list[tuple[float, float]]:
        """The camera's offset from the planned centre at the start, and the speed of that, for each axis."""
        began = self.start.camera
        there, just = self._planned(0.0, began.zoom), self._planned(-INSTANT, began.zoom)
        return [
            ((place - now) * began.zoom, speed - (now - before) * began.zoom / INSTANT)
            for place, speed, now, before in zip(began.center, self.start.speed[:2], there, just, strict=True)
        ]

    def _planned(self, elapsed: float, zoom: float) -> tuple[float, float]:
        """The centre that has the figure in the middle of the free area."""
        x, y = (self._mean(elapsed, each) for each in self.middles.T)
        return self.area.centered((x, y), zoom).center

    def _mean(self, elapsed: float, values: Array) -> float:
        """Of a value at the knots, over a moment."""
        return float(_WEIGHTS @ np.interp(elapsed + _OFFSETS, self.times, values))


def _bounded(times: Array, best: Array) -> Array:
    """Logarithms of scales (k,) of bounded speed, from the first of `best` on, as near to it as goes."""
    low, high = best + CORRIDOR[0], best + CORRIDOR[1]
    low[0] = high[0] = best[0]
    apart = RATE * np.abs(times[:, None] - times)
    most, least = (high + apart).min(axis=1), (low - apart).max(axis=1)
    near = 0.5 * ((best + apart).min(axis=1) + (best - apart).max(axis=1))
    through = np.minimum(np.maximum(near, least), most)  # where it cannot be both, small rather than out of sight
    return np.clip(through, best[0] - apart[0], best[0] + apart[0])

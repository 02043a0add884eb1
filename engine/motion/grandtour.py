"""The Grand Tour: a smooth path through all two-dimensional projections, at constant speed.

The path visits Haar-uniform random planes one after the other. Bare geodesics between them kink at each; here
the path is made of short geodesics of equal length whose direction turns towards the next plane by a few
degrees at most, so it bends instead. The path depends on its own length alone, never on the frame rate.

Where a target is nearly orthogonal to the plane, rounding decides which way leads to it, and a browser rounds otherwise
than numpy: within ten minutes in 24 dimensions the two would be 1e-5 apart. So every direction is rounded to coarse
steps, a fiftieth of a degree at most, in which both agree, and rounding errors of the frame do not grow.

References: Asimov 1985 (the grand tour); Edelman, Arias & Smith 1998, section 2.5 (geodesics, logarithm and
parallel transport on the Grassmann manifold).
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from .plane_geodesic import Geodesic, logarithm, norm
from .random import Random
from .rotation import Array, as_frame, first_axes, orthonormalize, random_frame

STEP = 0.01  # radians of path: the length of one geodesic piece
TURN = math.radians(3.0)  # the most that the direction turns from one piece to the next
ARRIVED = 0.25  # radians: a plane this near is passed; wider than the turning circle STEP / TURN, or it is orbited
ACROSS = 0.02  # overlap of two planes below which they count as orthogonal: rounding would choose the way round
STRAIGHT = 0.5  # radians of path that `later` looks ahead, as if it did not bend
RENEW = 64  # pieces after which rounding is cleaned away
STEERED = 2.0**-12  # the step to which the coordinates of a direction are rounded


class GrandTour:
    """The motion along that path. `frame` is where it is now and can be assigned; `advance` moves it on.

    dims: dimensions d, at least 3. seed: which path; None for a different one each time.
    speed: radians of path per second, the root-sum-square of the principal angles of the plane of columns
    0 and 1; it can be changed at any time. Column 2 (depth) is carried by the same rotation.
    """

    resting = False  # it goes on for ever

    def __init__(self, dims: int, seed: int | None = 0, speed: float = 0.2) -> None:
        if dims < 3:
            raise ValueError(f"a tour needs at least 3 dimensions, not {dims}")
        if not math.isfinite(speed):
            raise ValueError(f"speed is a finite number of radians per second, not {speed}")
        self.dims = dims
        self.speed = speed
        self._targets = uniform_planes(Random(seed), dims)
        self._target = next(self._targets)
        self._heading = np.zeros((dims, 2))
        self.frame = first_axes(dims)

    @property
    def frame(self) -> Array:
        """The current frame, float64 (dims, 3). Assigning one continues the tour from there."""
        return self._here.copy()

    @frame.setter
    def frame(self, frame: ArrayLike) -> None:
        self._here = self._start = as_frame(frame, self.dims)
        self._heading = self._carried_over()
        self._geodesic = Geodesic(self._start, self._heading)
        self._walked = 0.0  # radians along the current piece
        self._pieces = 0

    def advance(self, seconds: float) -> Array:
        """Move on by `seconds` of time and return the frame, float64 (dims, 3)."""
        if not (seconds >= 0 and math.isfinite(seconds)):
            raise ValueError(f"the tour moves forward by a finite number of seconds, not {seconds}")
        self._walked += self.speed * seconds
        while self._walked >= STEP:
            self._walked -= STEP
            self._turn()
        self._here = self._geodesic.at(self._walked)
        return self._here.copy()

    def later(self, seconds: float) -> Array:
        """Where the frame (dims, 3) will be so much later if the path does not bend, STRAIGHT radians on at most."""
        return self._geodesic.at(self._walked + min(self.speed * seconds, STRAIGHT))

    def _turn(self) -> None:
        """End the current piece and begin the next one, bent towards the target."""
        self._start, self._heading = self._geodesic.at(STEP), self._geodesic.heading_at(STEP)
        self._pieces += 1
        if self._pieces % RENEW == 0:
            self._start = orthonormalize(self._start)
            self._heading = self._carried_over()
        self._heading = _bend(self._heading, self._homing())
        self._geodesic = Geodesic(self._start, self._heading)

    def _homing(self) -> Array:
        """The unit direction of the target, or of the next one if this one is reached."""
        plane = self._start[:, :2]
        overlap = plane.T @ self._target
        if norm(overlap) < ACROSS:  # column to column, then, until one way is nearer
            return _steered(plane, self._target - plane @ overlap)
        velocity = logarithm(plane, self._target, across=ACROSS)
        while norm(velocity) < ARRIVED:
            self._target = next(self._targets)
            velocity = logarithm(plane, self._target, across=ACROSS)
        return _steered(plane, velocity)

    def _carried_over(self) -> Array:
        """The heading as far as it moves the plane of `_start`; where it does not, the way to the target."""
        plane = self._start[:, :2]
        velocity = self._heading - plane @ (plane.T @ self._heading)
        length = norm(velocity)
        return velocity / length if length > 1e-6 else self._homing()


def uniform_planes(rng: Random, dims: int) -> Iterator[Array]:
    """Haar-uniform planes (dims, 2) without end.

    They come as the column pairs of random rotations: each is uniform by itself, and those of one rotation
    are orthogonal to each other, so that a path of any length sees all dimensions more evenly than by chance.
    """
    while True:
        rotation = random_frame(rng, dims, dims)
        for column in range(0, dims - 1, 2):
            yield rotation[:, column : column + 2]


def _steered(plane: Array, velocity: Array) -> Array:
    """The unit direction of a velocity (d, 2) that moves a plane, its coordinates rounded to steps of STEERED."""
    coarse = np.floor(velocity / (norm(velocity) * STEERED) + 0.5) * STEERED
    direction = coarse - plane @ (plane.T @ coarse)
    return direction / norm(direction)


def _bend(heading: Array, homing: Array) -> Array:
    """Turn a unit heading towards another by at most TURN."""
    cosine = float(np.vdot(heading, homing))
    if cosine >= math.cos(TURN):
        return homing
    side = homing - cosine * heading
    length = norm(side)
    if length < 1e-9:  # straight away from the target: any way round is as good, go on until one offers itself
        return heading
    return heading * math.cos(TURN) + side * (math.sin(TURN) / length)

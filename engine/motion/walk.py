"""Walking from plane to plane at constant speed: what the tours beside the grand one have in common.

Each leg is the shortest geodesic to the next plane; depth is carried by the same rotation, and within the plane
nothing turns (Buja, Cook, Asimov & Hurley 2005; the R package tourr, Wickham, Cook, Hofmann & Buja 2011).
"""

import math
from copy import copy
from typing import Protocol

from numpy.typing import ArrayLike

from .plane_geodesic import Geodesic, logarithm, norm
from .rotation import Array, as_frame, first_axes, orthonormalize

THERE = 1e-9  # radians; a plane this near is reached
TRIES = 2  # the first target may be where the motion is already


class Motion(Protocol):
    """Anything that moves a frame in time."""

    speed: float
    """Radians of path per second."""

    @property
    def frame(self) -> Array: ...

    @frame.setter
    def frame(self, frame: ArrayLike) -> None: ...

    @property
    def resting(self) -> bool: ...

    def advance(self, seconds: float) -> Array: ...

    def later(self, seconds: float) -> Array:
        """Where the frame will be so much later, as far as it goes straight on."""


class Walk:
    """Goes where `next_target` says. `frame` is where it is and can be assigned; `advance` moves it on.

    The frame does not depend on how time is cut into steps, and its columns stay orthonormal for ever.
    """

    _here: Array
    _geodesic: Geodesic
    _length: float  # radians of the present leg; 0 while it rests
    _walked: float  # radians along it

    def __init__(self, dims: int, speed: float = 0.2) -> None:
        if dims < 3:
            raise ValueError(f"a tour needs at least 3 dimensions, not {dims}")
        self.dims = dims
        self.speed = speed
        self._set_out(first_axes(dims))

    def next_target(self, frame: Array) -> Array | None:
        """The plane (d, 2) to go to from `frame`; None to stay."""
        raise NotImplementedError

    @property
    def frame(self) -> Array:
        """The current frame, float64 (dims, 3). Assigning one continues the tour from there."""
        return self._here.copy()

    @frame.setter
    def frame(self, frame: ArrayLike) -> None:
        self._set_out(as_frame(frame, self.dims))

    @property
    def resting(self) -> bool:
        """Whether it stands still until something changes."""
        return self._length == 0.0

    def advance(self, seconds: float) -> Array:
        """Move on by `seconds` of time and return the frame, float64 (dims, 3)."""
        if not (seconds >= 0 and math.isfinite(seconds)):
            raise ValueError(f"the tour moves forward by a finite number of seconds, not {seconds}")
        self._walked += self.speed * seconds
        while self._walked >= self._length > 0.0:
            rest = self._walked - self._length
            self._set_out(orthonormalize(self._geodesic.at(self._length)))
            self._walked = rest
        if not self.resting:
            self._here = self._geodesic.at(self._walked)
        return self._here.copy()

    def later(self, seconds: float) -> Array:
        """Where the frame (dims, 3) will be so much later, round its corners."""
        way = self._walked + self.speed * seconds
        if self.resting or way <= self._length:
            return self.frame if self.resting else self._geodesic.at(way)
        return self.twin().advance(seconds)

    def twin(self) -> "Walk":
        """Another one that goes on from here as this one will."""
        return copy(self)

    def _set_out(self, frame: Array) -> None:
        """Begin the leg from `frame` to the next plane, or rest where there is none elsewhere."""
        self._here, self._walked, self._length = frame, 0.0, 0.0
        for _ in range(TRIES):
            target = self.next_target(frame)
            if target is None:
                return
            velocity = logarithm(frame[:, :2], target)
            length = norm(velocity)
            if length > THERE:
                self._geodesic, self._length = Geodesic(frame, velocity / length), length
                return

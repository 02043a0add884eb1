"""The tour of a figure of two dimensions, and a drag of it: it turns in its plane, there being nothing else to see."""

import math

import numpy as np
from numpy.typing import ArrayLike

from .rotation import Array, as_frame, first_axes, orthonormalize

RENEW = 1.0  # radians after which rounding is cleaned away


def turn(frame: ArrayLike, point: ArrayLike, target: ArrayLike) -> Array:
    """The frame that shows `point` in the direction of `target`, turned in the plane of the screen alone.

    frame: (3, 3), orthonormal columns. point: (3,), a handle's centroid in centred data units. target: (2,), where the
    hand is, in the same units. What stands in the middle, or a hand there, turns nothing. Returns float64 (3, 3).
    """
    f, y = as_frame(frame, 3), np.asarray(target, dtype=np.float64)
    x = np.asarray(point, dtype=np.float64) @ f[:, :2]
    angle = math.atan2(float(x[0] * y[1] - x[1] * y[0]), float(x @ y))
    return orthonormalize(f @ _in_plane(angle))


def _in_plane(angle: float) -> Array:
    """The rotation (3, 3) of the plane of the first two axes."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


class FlatTour:
    """Turns the first two axes at constant speed, and with them whatever frame it is given.

    speed: radians of turning per second. The frame depends on the way turned alone, not on how time is cut.
    """

    resting = False

    def __init__(self, speed: float = 0.2) -> None:
        self.speed = speed
        self.frame = first_axes(3)

    @property
    def frame(self) -> Array:
        """The current frame, float64 (3, 3). Assigning one continues from there."""
        return self._turned(self._angle)

    @frame.setter
    def frame(self, frame: ArrayLike) -> None:
        self._start, self._angle = as_frame(frame, 3), 0.0

    def advance(self, seconds: float) -> Array:
        """Move on by `seconds` of time and return the frame, float64 (3, 3)."""
        if not (seconds >= 0 and math.isfinite(seconds)):
            raise ValueError(f"the tour moves forward by a finite number of seconds, not {seconds}")
        self._angle += self.speed * seconds
        while self._angle >= RENEW:
            self._start, self._angle = orthonormalize(self._turned(RENEW)), self._angle - RENEW
        return self.frame

    def later(self, seconds: float) -> Array:
        """Where the frame (3, 3) will be so much later."""
        return self._turned(self._angle + self.speed * seconds)

    def _turned(self, angle: float) -> Array:
        return _in_plane(angle) @ self._start

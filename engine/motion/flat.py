"""The tour of a figure of two dimensions: it turns in its plane, there being nothing else to see of it."""

import math

import numpy as np
from numpy.typing import ArrayLike

from .rotation import Array, as_frame, first_axes, orthonormalize

RENEW = 1.0  # radians after which rounding is cleaned away


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

    def _turned(self, angle: float) -> Array:
        c, s = math.cos(angle), math.sin(angle)
        turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
        return turn @ self._start

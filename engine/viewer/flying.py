"""What moves by itself for a while: a flight of frame and camera to another view, a turn of one tour onto another."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..motion.flight import Pose, smoothstep
from ..motion.rotation import Array


@dataclass(eq=False)
class Flying:
    """A flight under way."""

    path: Callable[[float], Pose]
    """From a share of the way in [0, 1] to where frame and camera are."""
    seconds: float
    turns: bool = True
    """Whether it moves the frame."""
    looks: bool = True
    """Whether it moves the camera; else that keeps the figure framed on the way."""
    elapsed: float = 0.0

    @property
    def over(self) -> bool:
        return self.elapsed >= self.seconds

    @property
    def pose(self) -> Pose:
        """Where it is now."""
        return self.path(self.elapsed / self.seconds)

    def later(self, seconds: float) -> Pose:
        """Where it will be."""
        return self.path(min(1.0, (self.elapsed + seconds) / self.seconds))

    def advance(self, seconds: float, frame: Array) -> Pose:
        """Where it is `seconds` later; once a hand has turned `frame` away from its path, the frame is the hand's."""
        if self.turns and not np.allclose(frame, self.pose.frame, atol=1e-9):
            self.turns = False
        self.elapsed += seconds
        return self.pose


@dataclass(eq=False)
class Turning:
    """A turn (d, d) of aligned points under way."""

    path: Callable[[float], Array]
    goal: Array
    seconds: float
    elapsed: float = 0.0

    @property
    def over(self) -> bool:
        return self.elapsed >= self.seconds

    def later(self, seconds: float) -> Array:
        """Where it will be."""
        t = (self.elapsed + seconds) / self.seconds
        return self.goal if t >= 1.0 else self.path(smoothstep(t))

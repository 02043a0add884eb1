"""The local tour: small excursions around one place, to see what is stable there and what is not.

Reference: `local_tour` of the R package tourr (Wickham, Cook, Hofmann & Buja 2011): alternately to a random plane
nearby and back.
"""

import math
from copy import copy, deepcopy

from numpy.typing import ArrayLike

from .plane_geodesic import Geodesic, norm
from .random import Random
from .rotation import Array, as_frame
from .walk import Walk

NEARBY = math.radians(25.0)  # of path, from home to a turning point


class LocalTour(Walk):
    """Stays around home: the frame that was assigned last, by a drag, a flight or a saved view.

    dims: dimensions d, at least 3. seed: where the excursions lead; None for others each time.
    speed: radians of path per second, as of the GrandTour. angle: how far from home it goes, in radians of path.
    """

    def __init__(self, dims: int, seed: int | None = 0, speed: float = 0.2, angle: float = NEARBY) -> None:
        if not 0.0 < angle <= math.pi / 2:
            raise ValueError(f"a local tour goes up to a quarter turn from home, not {angle:g} radians")
        self.angle = angle
        self._rng = Random(seed)
        self._away = False
        self._home: Array | None = None
        super().__init__(dims, speed)

    @property
    def frame(self) -> Array:
        """The current frame, float64 (dims, 3). Assigning one makes it the home."""
        return self._here.copy()

    @frame.setter
    def frame(self, frame: ArrayLike) -> None:
        self._home = None
        self._set_out(as_frame(frame, self.dims))

    def twin(self) -> "LocalTour":
        twin = copy(self)
        twin._rng = deepcopy(self._rng)
        return twin

    def next_target(self, frame: Array) -> Array:
        """Home from a turning point, a new turning point from home."""
        if self._home is None:
            self._home, self._away = frame, False
        self._away = not self._away
        if not self._away:
            return self._home[:, :2]
        return Geodesic(self._home, random_heading(self._rng, self._home[:, :2])).at(self.angle)[:, :2]


def random_heading(rng: Random, plane: Array) -> Array:
    """A uniformly random unit velocity (d, 2) of a plane (d, 2)."""
    velocity = rng.standard_normal(plane.shape)
    velocity -= plane @ (plane.T @ velocity)
    return velocity / norm(velocity)

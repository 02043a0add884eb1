"""The little tour: all pairs of axes, one after the other.

Reference: McDonald 1982; `little_tour` of the R package tourr (Wickham, Cook, Hofmann & Buja 2011), which goes
from one axis-parallel projection to the next along geodesics.
"""

import itertools

import numpy as np

from .random import Random
from .rotation import Array
from .walk import Walk


class LittleTour(Walk):
    """Goes to every pair of axes, then begins again.

    dims: dimensions d, at least 3. seed: in which order of the axes; neighbouring pairs share one wherever they can.
    speed: radians of path per second, as of the GrandTour.
    """

    def __init__(self, dims: int, seed: int | None = 0, speed: float = 0.2) -> None:
        self._pairs = axis_pairs(Random(seed), dims)
        self._begun = 0  # of them, all rounds together
        self._target: Array | None = None
        super().__init__(dims, speed)

    def next_target(self, frame: Array) -> Array:
        """The pair that it is on the way to, wherever a hand has left it, or the next one once that is reached."""
        if self._target is None or _reached(frame, self._target):
            self._target = self._pairs[self._begun % len(self._pairs)]
            self._begun += 1
        return self._target


def axis_pairs(rng: Random, dims: int) -> list[Array]:
    """The planes (dims, 2) of all pairs of axes, in the order in which they are seen."""
    axes = np.eye(dims)[rng.permutation(dims)]
    return [np.column_stack(pair) for pair in itertools.combinations(axes, 2)]


def _reached(frame: Array, target: Array) -> bool:
    """Whether the frame's plane is the target: their product has then singular values of 1."""
    return bool(np.linalg.svd(frame[:, :2].T @ target, compute_uv=False).min() > 1.0 - 1e-12)

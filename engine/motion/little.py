"""The little tour: all pairs of axes, one after the other.

Reference: McDonald 1982; `little_tour` of the R package tourr (Wickham, Cook, Hofmann & Buja 2011), which goes
from one axis-parallel projection to the next along geodesics.
"""

import itertools
from collections.abc import Iterator

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
        self._target: Array | None = None
        super().__init__(dims, speed)

    def next_target(self, frame: Array) -> Array:
        """The pair that it is on the way to, wherever a hand has left it, or the next one once that is reached."""
        if self._target is None or _reached(frame, self._target):
            self._target = next(self._pairs)
        return self._target


def axis_pairs(rng: Random, dims: int) -> Iterator[Array]:
    """The planes (dims, 2) of all pairs of axes, in an order without end."""
    axes = np.eye(dims)[rng.permutation(dims)]
    for first, second in itertools.cycle(itertools.combinations(range(dims), 2)):
        yield np.column_stack([axes[first], axes[second]])


def _reached(frame: Array, target: Array) -> bool:
    """Whether the frame's plane is the target: their product has then singular values of 1."""
    return bool(np.linalg.svd(frame[:, :2].T @ target, compute_uv=False).min() > 1.0 - 1e-12)

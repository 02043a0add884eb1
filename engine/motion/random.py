"""Random numbers that are the same in the browser: Philox 4x64-10, normal ones by Box and Muller.

NumPy has the generator, and a page does it in twenty lines (web/motion/random.js); NumPy's own normal numbers come by
tables that no page should have to carry.

References: Salmon, Moraes, Dror & Shaw 2011 (Philox); Box & Muller 1958.
"""

import secrets
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class Random:
    """One stream of random numbers. seed: which one, 0 to 2^64 - 1; None for a different one each time."""

    def __init__(self, seed: int | None = 0) -> None:
        self._bits = np.random.Philox(key=secrets.randbits(64) if seed is None else seed)

    def uniform(self, count: int) -> NDArray[np.float64]:
        """That many numbers in [0, 1): the upper 53 of 64 bits."""
        bits: NDArray[np.uint64] = self._bits.random_raw(count)
        return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def standard_normal(self, shape: Sequence[int]) -> NDArray[np.float64]:
        """Normal numbers of that shape, row by row; they are drawn in pairs, and an odd one at the end is dropped."""
        count = int(np.prod(shape))
        u = self.uniform(count + count % 2).reshape(-1, 2)
        length, angle = np.sqrt(-2.0 * np.log(1.0 - u[:, 0])), 2.0 * np.pi * u[:, 1]
        pairs = np.stack([length * np.cos(angle), length * np.sin(angle)], axis=1)
        return pairs.reshape(-1)[:count].reshape(shape)

    def permutation(self, n: int) -> NDArray[np.intp]:
        """0 to n - 1 in random order (Fisher and Yates)."""
        order = np.arange(n)
        for k, share in zip(range(n - 1, 0, -1), self.uniform(max(0, n - 1)), strict=True):
            other = int(share * (k + 1))
            order[[k, other]] = order[[other, k]]
        return order

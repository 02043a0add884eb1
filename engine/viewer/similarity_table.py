"""A table of similarities as it is shown: its colours on Viridis, and the best match of each row."""

import numpy as np
from numpy.typing import NDArray

from ..tour.colors import viridis

LEVELS = 256


def best(values: NDArray[np.float64], *, same: bool = False) -> NDArray[np.intp]:
    """The column of the largest value of each row; `same` leaves out the diagonal."""
    if same and len(values) > 1:
        values = np.where(np.eye(len(values), dtype=bool), -np.inf, values)
    return values.argmax(axis=1)


def shades(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Values in [0, 1], what lies beyond put to the nearer end, on Viridis: (rows, columns, 3)."""
    return viridis(LEVELS)[(np.clip(values, 0.0, 1.0) * (LEVELS - 1)).round().astype(int)]

"""Histograms of attributes, of a selection against all points, and brushes on them that narrow the selection."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..motion.selection import Mask
from ..tour.tour import Tour

BINS = 32  # of a number
MOST = 48  # classes that are told apart

Range = tuple[int, int]
"""Bins, the first and the last."""


@dataclass(frozen=True, eq=False)
class Binned:
    """An attribute cut into bins."""

    bins: NDArray[np.int16]
    """(n,), the bin of each point; -1 where it has no value."""
    counts: NDArray[np.intp]
    """Of all points, one for each bin."""
    names: tuple[str, ...]
    """What each bin holds."""


def binned(tour: Tour, attribute: str) -> Binned | None:
    """An attribute's values in bins: classes in their order, numbers in equal steps. None where neither suits."""
    values = tour.attributes[attribute]
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        return _of_numbers(values.to_numpy(dtype=np.float64, na_value=np.nan))
    if not isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype("string").astype("category")
    names = tuple(map(str, values.cat.categories))
    if not 1 < len(names) <= MOST:
        return None
    codes = values.cat.codes.to_numpy()
    return Binned(codes.astype(np.int16), np.bincount(codes[codes >= 0], minlength=len(names)), names)


def _of_numbers(numbers: NDArray[np.float64]) -> Binned | None:
    finite = np.isfinite(numbers)
    if not finite.any():
        return None
    low, high = float(numbers[finite].min()), float(numbers[finite].max())
    if low == high:
        return None
    share = np.where(finite, numbers - low, 0.0) / (high - low)
    bins = np.where(finite, np.clip(share * BINS, 0, BINS - 1), -1).astype(np.int16)
    edges = np.linspace(low, high, BINS + 1)
    names = tuple(f"{a:.4g} to {b:.4g}" for a, b in itertools.pairwise(edges.tolist()))
    return Binned(bins, np.bincount(bins[finite], minlength=BINS), names)


def counted(of: Binned, selection: Mask) -> NDArray[np.intp]:
    """How many of the selected points are in each bin."""
    bins = of.bins[selection]
    return np.bincount(bins[bins >= 0], minlength=len(of.counts))


def narrowed(base: Mask, brushes: Mapping[str, Range], attributes: Mapping[str, Binned]) -> Mask:
    """The points of `base` that are in the brushed bins of every attribute."""
    mask = base
    for name, (first, last) in brushes.items():
        bins = attributes[name].bins
        mask = mask & (bins >= first) & (bins <= last)
    return mask

"""The numbers of some points, of which a view may hold a million: an array inside, a tuple of ints to look at."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray


class PointNumbers(Sequence[int]):
    """Whole numbers in order, frozen. Equal to any tuple, list or array of the same ones."""

    __slots__ = ("_array",)

    def __init__(self, numbers: Iterable[int]) -> None:
        """From numbers, or from a boolean for each point. Raises ValueError where it is neither."""
        array = np.asarray(numbers if isinstance(numbers, np.ndarray | PointNumbers) else list(numbers))
        if array.dtype == bool:
            array = np.flatnonzero(array)
        if array.ndim != 1 or (array.size and not np.issubdtype(array.dtype, np.integer)):
            raise ValueError("points are a list of point numbers or a boolean for each point")
        limits = np.iinfo(np.int32)
        small = not array.size or (limits.min <= array.min() and array.max() <= limits.max)
        kind, frozen = np.dtype(np.int32 if small else np.int64), not array.flags.writeable
        self._array = array if frozen and array.dtype == kind else array.astype(kind)
        self._array.flags.writeable = False

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        same = dtype is None or np.dtype(dtype) == self._array.dtype
        return self._array if same and not copy else self._array.astype(dtype or self._array.dtype)

    @property
    def nbytes(self) -> int:
        """Of memory."""
        return int(self._array.nbytes)

    def within(self, n: int) -> bool:
        """Whether all of them number one of n points."""
        return not self._array.size or bool(self._array.min() >= 0 and self._array.max() < n)

    def __len__(self) -> int:
        return len(self._array)

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> "PointNumbers": ...
    def __getitem__(self, place: int | slice) -> "int | PointNumbers":
        return PointNumbers(self._array[place]) if isinstance(place, slice) else int(self._array[place])

    def __iter__(self) -> Iterator[int]:
        return iter(self._array.tolist())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence | np.ndarray):
            return NotImplemented
        return self is other or (len(self) == len(other) and bool((self._array == np.asarray(other)).all()))

    def __hash__(self) -> int:
        return hash(tuple(self))  # that of the tuple that it equals

    def __repr__(self) -> str:
        return repr(tuple(self)) if len(self) < 20 else f"({', '.join(map(str, self[:8]))}, ... {len(self):,} of them)"

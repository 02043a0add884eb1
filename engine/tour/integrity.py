"""Whether a file holds what was written into it: checksums, finite numbers, arrays mapped and checked."""

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..files import opened

HEADER = 10_000  # bytes of the text that describes an array; ours take 128 in all
ROWS = 1 << 16  # at a time


def checksum(file: Path) -> str:
    """SHA-256 of a regular file."""
    with opened(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def finite(points: NDArray[Any]) -> bool:
    """Whether all are finite: by the sum of squares where that tells, in one pass at memory speed."""
    if points.dtype == np.float16:  # of which a product is slow, and soon infinite
        return bool(np.isfinite(points).all())
    flat = points.reshape(-1)
    with np.errstate(all="ignore"):
        return bool(np.isfinite(np.dot(flat, flat)) or np.isfinite(flat).all())


def reach(points: NDArray[Any], mean: NDArray[np.float64]) -> float:
    """The largest distance of a point from `mean`, in float64, a part of the rows at a time."""
    largest = 0.0
    for first in range(0, len(points), ROWS):
        apart = points[first : first + ROWS] - mean
        largest = max(largest, float(np.einsum("nd,nd->n", apart, apart).max()))
    return float(np.sqrt(largest))


def mapped(file: Path, shape: tuple[int, ...], dtype: str) -> NDArray[Any]:
    """The array in an .npy file, memory-mapped. Raises ValueError where it is not the one that is promised.

    Nothing but the header is read, and nothing is mapped that is not in the file.
    """
    wanted = np.dtype(dtype)
    with opened(file) as stream:
        try:
            version = np.lib.format.read_magic(stream)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            seen, fortran, kind = read(stream, max_header_size=HEADER)
        except Exception as error:  # the header is Python source, and its reader raises whatever that leads to
            why = (str(error).splitlines() or [type(error).__name__])[0]
            raise ValueError(f"no whole .npy file ({why})") from None
        if kind.hasobject:
            raise ValueError("no whole .npy file (it holds Python objects, which are never read)")
        if any(type(each) is not int for each in seen) or tuple(seen) != shape or kind != wanted or fortran:
            raise ValueError(f"holds {kind} {seen}, and tour.json promises {wanted} {shape}")
        start, size = stream.tell(), os.fstat(stream.fileno()).st_size
        promised = start + int(np.prod(shape, dtype=object)) * wanted.itemsize
        if size != promised:
            raise ValueError("longer than its array" if size > promised else "no whole .npy file (it is cut short)")
        return np.memmap(stream, dtype=wanted, mode="r", offset=start, shape=shape)


def cut_short(array: NDArray[Any]) -> bool:
    """Whether the file of a mapped array was cut since: to touch what is missing ends the process (SIGBUS)."""
    file = getattr(array, "_mmap", None)
    return file is not None and file.size() < getattr(array, "offset", 0) + array.nbytes

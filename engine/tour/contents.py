"""What tells whether a file holds what was written into it."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def checksum(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def finite(points: NDArray[Any]) -> bool:
    """Whether all are finite: by the sum of squares where that tells, in one pass at memory speed."""
    if points.dtype == np.float16:  # of which a product is slow, and soon infinite
        return bool(np.isfinite(points).all())
    flat = points.reshape(-1)
    with np.errstate(all="ignore"):
        return bool(np.isfinite(np.dot(flat, flat)) or np.isfinite(flat).all())

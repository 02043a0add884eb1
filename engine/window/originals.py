"""The full images that the attribute `file` leads to: read and made small beside the drawing."""

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..tour.pixels import Limits, decode, grounded

SIDE = 256  # pixels of the square that an image is fitted into
KEPT = 64


class Originals:
    """Owns a thread that reads image files. Ask again until the image is there."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="originals")
        self._read: OrderedDict[str, Future[NDArray[np.uint8] | None]] = OrderedDict()

    def get(self, file: str, limits: Limits | None = None, ground: str | None = None) -> NDArray[np.uint8] | None:
        """The image in the middle of a square, uint8 RGBA (256, 256, 4); None on its way, or where there is none.

        limits, ground: what wide values are scaled by, and transparent pictures stand on.
        """
        if file not in self._read:
            for other in [name for name, future in self._read.items() if future.cancel()]:  # not begun, not wanted
                del self._read[other]
            self._read[file] = self._pool.submit(fitted, file, limits, ground)
        while len(self._read) > KEPT:
            self._read.popitem(last=False)
        future = self._read[file]
        return future.result() if future.done() else None

    @property
    def arriving(self) -> bool:
        return not all(future.done() for future in self._read.values())

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


def fitted(file: str, limits: Limits | None = None, ground: str | None = None) -> NDArray[np.uint8] | None:
    """An image file fitted into a square, uint8 RGBA (256, 256, 4), clear around it; None where it cannot be read."""
    try:
        picture = decode(Path(file), at_least=2 * SIDE, limits=limits)
        small = grounded(picture, ground).convert("RGBA")
    except ValueError:  # NUL in a name is one too
        return None
    scale = SIDE / max(small.size)
    width, height = (max(1, round(side * scale)) for side in small.size)
    small = small.resize((width, height), Image.Resampling.LANCZOS)
    square = np.zeros((SIDE, SIDE, 4), dtype=np.uint8)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    square[top : top + height, left : left + width] = np.asarray(small)
    return square

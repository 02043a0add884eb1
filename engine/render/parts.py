"""Which points are drawn together: some of them in a row, or some from a list."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vispy import gloo


@dataclass(eq=False)
class Listing:
    """Owns an index buffer: vertices one after the other."""

    places: NDArray[np.uint32]
    _buffer: gloo.IndexBuffer | None = None

    @property
    def buffer(self) -> gloo.IndexBuffer:
        if self._buffer is None:
            self._buffer = gloo.IndexBuffer(self.places if len(self.places) else np.zeros(1, dtype=np.uint32))
        return self._buffer

    def delete(self) -> None:
        """Let go of it on the GPU."""
        if self._buffer is not None:
            self._buffer.delete()
            self._buffer = None


@dataclass(frozen=True, eq=False)
class Part:
    """`count` vertices from `first` on, or that many from there on in a list."""

    greyed: bool | None
    """Only the greyed ones among them, or only the others; None where none is greyed."""
    first: int
    count: int
    listing: Listing | None = None

    @property
    def bounds(self) -> tuple[int, int]:
        """The lowest of the vertices, and one more than the highest; of a list that is sorted."""
        if self.listing is None or not self.count:
            return self.first, self.first + self.count
        places = self.listing.places[self.first : self.first + self.count]
        return int(places[0]), int(places[-1]) + 1

"""The neighbours of the next layer while the layer before is embedded, with bytes the same as one after the other.

UMAP with a seed keeps one core, and on a GPU a small part of the chip, so the products of the next layer fit beside.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from torch import Tensor

from .background import Background
from .device import Machine
from .neighbors import nearest

Neighbors = Background[tuple[Tensor, Tensor]]
"""Indices and distances of the nearest neighbours of every row of a matrix, being found."""


def neighbors(pool: ThreadPoolExecutor, matrix: Tensor, k: int, *, label: str, machine: Machine) -> Neighbors:
    """Begin to find the k nearest neighbours of the rows of a matrix in a thread of `pool`."""

    def find(advance: Callable[[int], None]) -> tuple[Tensor, Tensor]:
        return nearest(matrix, k, advance=advance)

    return Background(pool, find, total=len(matrix), label=label, machine=machine)


def ahead(
    layers: Iterable[tuple[int, Tensor]], k: int, *, labels: Sequence[str], machine: Machine
) -> Generator[tuple[int, Tensor, Neighbors]]:
    """Each layer, by number and matrix, with its neighbours, while those of the one after it are begun.

    Holds the matrices of two layers at most. Close it, so that what is begun ends with the work that it is for.
    """
    coming: deque[tuple[int, Tensor, Neighbors]] = deque()
    with ThreadPoolExecutor(1) as pool:
        try:
            for number, matrix in layers:
                coming.append((number, matrix, neighbors(pool, matrix, k, label=labels[number], machine=machine)))
                del matrix
                if len(coming) > 1:
                    yield coming.popleft()
            while coming:
                yield coming.popleft()
        finally:
            for *_, each in coming:
                each.stop()

"""The neighbours of the next layer while the layer before is embedded, with bytes the same as one after the other.

UMAP with a seed keeps one core, and on a GPU a small part of the chip, so the products of the next layer fit beside.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from torch import Tensor

from ..device import Machine
from ..neighbors import nearest
from .background import Background

Neighbors = Background[tuple[Tensor, Tensor]]
"""Indices and distances of the nearest neighbours of every row of a matrix, being found."""


def neighbors(
    pool: ThreadPoolExecutor,
    matrix: Tensor,
    k: int,
    *,
    label: str,
    machine: Machine,
    among: Callable[[Tensor], Tensor] = lambda matrix: matrix,
) -> Neighbors:
    """Begin to find the k nearest neighbours of the rows of a matrix, or of what is compared `among` them, in a thread
    of `pool`."""

    def find(advance: Callable[[int], None]) -> tuple[Tensor, Tensor]:
        return nearest(among(matrix), k, advance=advance)

    return Background(pool, find, total=len(matrix), label=label, machine=machine)


def ahead(
    layers: Iterable[tuple[int, Tensor]],
    k: int,
    *,
    labels: Sequence[str],
    machine: Machine,
    among: Callable[[int, Tensor], Tensor] = lambda number, matrix: matrix,
) -> Generator[tuple[int, Tensor, Neighbors]]:
    """Each layer's number, matrix and neighbours, those of the layer after it being searched meanwhile.

    among: what of a layer is compared; all rows as they are unless given.
    Holds the matrices of two layers at most. Close it, so that what is begun ends with the work that it is for.
    """
    coming: deque[tuple[int, Tensor, Neighbors]] = deque()
    with ThreadPoolExecutor(1) as pool:
        try:
            for number, matrix in layers:
                mine = partial(among, number)
                graph = neighbors(pool, matrix, k, label=labels[number], machine=machine, among=mine)
                coming.append((number, matrix, graph))
                del matrix, graph
                if len(coming) > 1:
                    yield coming.popleft()
            while coming:
                yield coming.popleft()
        finally:
            for *_, each in coming:
                each.stop()

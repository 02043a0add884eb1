"""The neighbours of the next layer while the layer before is embedded, with bytes the same as one after the other.

UMAP with a seed keeps one core, and on a GPU a small part of the chip, so the products of the next layer fit beside.
"""

import contextlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from ..progress import steps
from .device import Machine
from .neighbors import nearest

WAIT = 0.2  # seconds between looks at how far it is


class Neighbors:
    """The k nearest neighbours of the rows of a matrix, being found in a thread of `pool`."""

    def __init__(self, pool: ThreadPoolExecutor, matrix: Tensor, k: int, *, label: str, machine: Machine) -> None:
        self._n, self._label, self._done, self._stopped = len(matrix), label, 0, False
        self._found = pool.submit(self._find, matrix, k, machine)

    def _find(self, matrix: Tensor, k: int, machine: Machine) -> tuple[Tensor, Tensor]:
        with machine.current(), _stream_of_its_own(machine):
            return nearest(matrix, k, advance=self._advance)

    def _advance(self, rows: int) -> None:
        if self._stopped:
            raise InterruptedError("nobody waits for these neighbours any more")
        self._done += rows

    def result(self) -> tuple[Tensor, Tensor]:
        """Indices and distances, once they are there; what is left of the way is shown. Raises what finding raised."""
        if self._found.done():
            return self._found.result()
        with steps(self._label, self._n) as advance:
            told = 0
            while True:
                done = self._done
                advance(done - told)
                told = done
                with contextlib.suppress(TimeoutError):
                    return self._found.result(timeout=WAIT)

    def stop(self) -> None:
        """At the next rows. Nothing waits for it."""
        self._stopped = True
        self._found.cancel()


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
                coming.append((number, matrix, Neighbors(pool, matrix, k, label=labels[number], machine=machine)))
                del matrix
                if len(coming) > 1:
                    yield coming.popleft()
            while coming:
                yield coming.popleft()
        finally:
            for *_, each in coming:
                each.stop()


@contextlib.contextmanager
def _stream_of_its_own(machine: Machine) -> Iterator[None]:
    """On a GPU, work beside other threads' and not in turn with it; finished at the end."""
    if machine.device.type != "cuda":
        yield
        return
    stream = torch.cuda.Stream(machine.device)
    stream.wait_stream(torch.cuda.current_stream(machine.device))  # the matrix is being written there
    with torch.cuda.stream(stream):
        yield
    stream.synchronize()

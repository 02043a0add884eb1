"""Products with the centred rows of a layer, made by workers a part each; `centred` adds up what they make."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from torch import Tensor

from ...cluster.workers import Task, Workers
from ..algebra.centred import Centred, Span, product_of
from .shards import Shards, read_tensor, write_array
from .specification import told

LEAST = 256 * 2**20  # bytes of a layer, from which sending them out is worth it; what comes out is the same


def centred(shards: Shards, k: int, rows: str, file: str, workers: Workers) -> Centred:
    """Rows of layer k of a kind (`Shards.matrix`) as they lie on the disk, multiplied by the workers where many."""
    matrix = read_tensor(shards.matrix(k, rows))

    def by(kind: str, cut: Sequence[Span], mean: Tensor | None, factor: Tensor | None) -> Iterator[Tensor]:
        files = multiplied(shards, k, file, workers, (kind, rows), cut, (mean, factor))
        for each in files:
            yield read_tensor(each)
        for each in files:
            each.unlink(missing_ok=True)

    return Centred(matrix, by=by if matrix.nbytes >= LEAST else None)


def multiplied(
    shards: Shards,
    k: int,
    file: str,
    workers: Workers,
    what: tuple[str, str],
    cut: Sequence[Span],
    factors: Sequence[Tensor | None],
) -> list[Path]:
    """The files of what the workers make of each part. what: the kind of product, and that of the rows of layer k.

    factors: mean and factor, as in `product_of`.
    """
    given = [None if each is None else put(shards, k, each) for each in factors]
    name = hashlib.sha256(f"{what} {given}".encode()).hexdigest()[:16]
    made = [shards.product(k, name, first) for first, _ in cut]
    tasks = [
        Task(
            f"products of rows {part[0]} to {part[1] - 1} of layer {k}",
            (file, k, part, what, given, name),
            each.is_file,
        )
        for part, each in zip(cut, made, strict=True)
    ]
    for _ in workers.run(multiply, tasks):
        pass
    return made


def put(shards: Shards, k: int, values: Tensor) -> str:
    """Write a factor for workers to read, in a file named after its content; returns the name."""
    array = values.cpu().numpy()
    name = hashlib.sha256(array.tobytes()).hexdigest()[:16]
    if not shards.product(k, name).is_file():
        write_array(shards.product(k, name), array)
    return name


def multiply(file: str, k: int, part: Span, what: tuple[str, str], given: Sequence[str | None], name: str) -> None:
    """On a worker: what this part of the rows of layer k makes. given: the names of the mean and the factor."""
    with told(file) as spec:
        shards = Shards(spec.folder)
        kind, rows = what
        matrix = read_tensor(shards.matrix(k, rows))
        mean, factor = (None if each is None else read_tensor(shards.product(k, each)) for each in given)
        made = product_of(kind, matrix, part, mean, factor, spec.device)
        write_array(shards.product(k, name, part[0]), made.cpu().numpy())

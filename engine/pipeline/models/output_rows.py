"""Where a module's output has its rows for the pictures: in which of its tensors, and along which axis of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from torch import Tensor

Path = tuple[int | str, ...]
"""How a tensor is reached in an output of tuples, dicts and dataclasses; empty where the output is the tensor."""
Shapes = dict[Path, tuple[int, ...]]


@dataclass(frozen=True)
class Rows:
    """One tensor of an output, and the axis along which the pictures of a batch lie."""

    path: Path
    axis: int
    shape: tuple[int, ...]
    """Of what belongs to one picture."""

    def taken(self, output: Any, batch: int) -> Tensor | None:
        """These rows (batch, ...) of an output; None where it has none of that shape for a batch of that size."""
        found = dict(_tensors(output)).get(self.path)
        if found is None or found.ndim <= self.axis or found.shape[self.axis] != batch:
            return None
        found = found.movedim(self.axis, 0)
        found = found.reshape(batch, 1) if found.ndim == 1 else found
        return found if tuple(found.shape[1:]) == self.shape else None


def shapes(output: Any) -> Shapes:
    """The shapes of the floating tensors in an output of any kind."""
    return {path: tuple(tensor.shape) for path, tensor in _tensors(output)}


def rows_of(looks: tuple[Shapes, Shapes], sizes: tuple[int, int], *, answer: bool = False) -> Rows | None:
    """The rows of the first tensor with exactly one axis as long as the batch in both looks.

    looks: shapes of the same output for batches of two sizes. A time axis that happens to be as long as a batch, a
    parameter, a similarity of all pictures to all: none of them follows the batch so. answer: of a network's answer,
    what is called `logits` goes first, then rows of plain numbers.
    """
    found = []
    for path, shape in looks[0].items():
        other = looks[1].get(path, ())
        axes = [k for k, (a, b) in enumerate(zip(shape, other, strict=False)) if a != b]
        if len(shape) == len(other) and len(axes) == 1 and (shape[axes[0]], other[axes[0]]) == sizes:
            found.append(Rows(path, axes[0], (*shape[: axes[0]], *shape[axes[0] + 1 :]) or (1,)))
    if answer:
        found.sort(key=lambda each: ("logits" not in each.path, len(each.shape) != 1))
    return next(iter(found), None)


def _tensors(output: Any, path: Path = ()) -> Iterator[tuple[Path, Tensor]]:
    if isinstance(output, Tensor):
        if output.is_floating_point():
            yield path, output
        return
    parts: Any = ()
    if isinstance(output, Mapping):
        parts = output.items()
    elif isinstance(output, tuple) and hasattr(output, "_fields"):
        parts = zip(output._fields, output, strict=True)
    elif isinstance(output, tuple | list):
        parts = enumerate(output)
    elif is_dataclass(output) and not isinstance(output, type):
        parts = ((each.name, getattr(output, each.name)) for each in fields(output))
    for key, value in parts:
        yield from _tensors(value, (*path, key))

"""What a picture sets in motion in a network: every module that runs, in order, and its rows for the pictures."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakIdKeyDictionary

from ..models.output_rows import Path, Rows, Shapes, rows_of, shapes

log = logging.getLogger("engine")

SIZES = (2, 3)
"""Batches that a network is looked at with. One picture alone would hide what `squeeze` does to an axis of 1."""


@dataclass(frozen=True)
class Run:
    """One run of one module."""

    module: str
    kind: str
    call: int
    calls: int
    """How often the module runs within one pass."""
    rows: Rows | None
    """What it gives for every picture; None where its output has no such rows."""
    why: str
    """Why there are none."""
    idle: bool
    """Whether it gives back what it is given, perhaps in another shape."""
    begun: int
    """Its place in the order in which the runs begin."""
    given: int
    """Number of the tensor that it is given first; the same tensor has the same number."""

    @property
    def shape(self) -> tuple[int, ...] | None:
        return None if self.rows is None else self.rows.shape

    @property
    def name(self) -> str:
        return self.module if self.call == 0 else f"{self.module}:{self.call + 1}"


@dataclass(frozen=True, eq=False)
class Trace:
    """The runs, in the order in which they end, and what the network makes of pictures in the end."""

    runs: tuple[Run, ...]
    input: tuple[int, ...]
    answer: Rows | None

    @property
    def output(self) -> tuple[int, ...] | None:
        return None if self.answer is None else self.answer.shape

    @cached_property
    def by_module(self) -> dict[str, list[Run]]:
        found: dict[str, list[Run]] = {}
        for run in self.runs:
            found.setdefault(run.module, []).append(run)
        return found


def trace(network: nn.Module, example: Tensor) -> Trace:
    """Run the network on two batches of different sizes and see what runs, and which axes follow the batch.

    example: pictures (b, ...) that the batches are made of. Raises ValueError where the network cannot run on them.
    """
    if isinstance(network, torch.jit.ScriptModule):
        raise ValueError(
            "the network is scripted (TorchScript), and the parts of a scripted network cannot be watched; "
            "give the module that it was made from"
        )
    for name, module in network.named_modules():
        if isinstance(module, torch.jit.ScriptModule) and not isinstance(_owner(network, name), torch.jit.ScriptModule):
            log.warning("left out: %s is scripted (TorchScript), and scripted parts cannot be watched", name)
    first, second = (_Look(network, _batch(example, size)) for size in SIZES)
    later = {(run.module, run.call): run for run in second.runs}
    calls = Counter(run.module for run in first.runs)
    runs = []
    for run in first.runs:
        other = later.get((run.module, run.call))
        rows = None if other is None else rows_of((run.shapes, other.shapes), SIZES)
        why = "" if rows is not None else _why(run.shapes, None if other is None else other.shapes)
        place = (run.module, run.kind, run.call, calls[run.module])
        runs.append(Run(*place, rows, why, run.idle and rows is not None, run.begun, run.given))
    answer = rows_of((first.output, second.output), SIZES, answer=True)
    return Trace(tuple(runs), tuple(example.shape[1:]), answer)


def _owner(network: nn.Module, name: str) -> nn.Module:
    return network.get_submodule(name.rpartition(".")[0])


def _batch(example: Tensor, size: int) -> Tensor:
    return example[torch.arange(size, device=example.device) % len(example)]


def _why(shapes: Shapes, others: Shapes | None) -> str:
    if others is None:
        return "runs with some batches alone"
    if not shapes:
        return "gives no tensor of numbers"
    path: Path = next(iter(shapes))
    seen = " and ".join(" x ".join(map(str, each.get(path, ()))) or "one number" for each in (shapes, others))
    return f"has no row for each picture (its output is {seen} for {SIZES[0]} and {SIZES[1]} pictures)"


@dataclass
class _Seen:
    module: str
    kind: str
    call: int
    shapes: Shapes
    idle: bool
    begun: int
    given: int


class _Look:
    """One pass of a batch with hooks on every module. Owns the hooks, which are gone once it is made."""

    def __init__(self, network: nn.Module, batch: Tensor) -> None:
        self.runs: list[_Seen] = []
        self._begun: dict[str, list[tuple[int, int, Tensor | None, Tensor | None]]] = {}
        self._calls: Counter[str] = Counter()
        self._count = 0
        self._numbers: Any = WeakIdKeyDictionary()
        try:
            with self._hooks(network), torch.inference_mode():
                self.output = shapes(network(batch))
        except Exception as error:  # the network is the user's, and may raise anything
            if isinstance(error, torch.OutOfMemoryError | MemoryError):
                raise
            raise ValueError(_refusal(network, batch, error)) from error

    @contextmanager
    def _hooks(self, network: nn.Module) -> Iterator[None]:
        hooks = []
        try:
            for name, module in _watched(network):
                hooks.append(module.register_forward_pre_hook(self._before(name), with_kwargs=True))
                hooks.append(module.register_forward_hook(self._after(name)))
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _before(self, name: str) -> Callable[..., None]:
        def hook(module: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
            given = _first_tensor([*inputs, *named.values()])
            number = -1 if given is None else self._numbers.setdefault(given, self._count)
            self._begun.setdefault(name, []).append(
                (self._count, number, given, None if given is None else given.clone())
            )
            self._count += 1

        return hook

    def _after(self, name: str) -> Callable[..., None]:
        def hook(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            place, number, given, copy = self._begun[name].pop()
            found = _first_tensor([output])
            idle = found is not None and given is not None and copy is not None and _gave_back(given, copy, found)
            self.runs.append(_Seen(name, type(module).__name__, self._calls[name], shapes(output), idle, place, number))
            self._calls[name] += 1

        return hook


ANOTHER = "where it takes other pictures, give FILE.py:factory that returns it with its preprocessing, or a data set"


def _refusal(network: nn.Module, batch: Tensor, error: Exception) -> str:
    what = " x ".join(map(str, batch.shape[1:]))
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    try:
        with torch.inference_mode():
            network(batch[:1])
    except Exception:
        return f"the network cannot run on a picture of {what}: {reason}; {ANOTHER}"
    return f"the network runs on one picture at a time, but not on {len(batch)} of {what} together: {reason}"


def _watched(network: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The modules whose runs can be seen, by name: all but the network, and scripted ones, which take no hook."""
    for name, module in network.named_modules():
        if name and not isinstance(module, torch.jit.ScriptModule):
            yield name, module


def _first_tensor(values: Any) -> Tensor | None:
    for value in values:
        if isinstance(value, Tensor):
            return value
        if isinstance(value, tuple | list | dict):
            found = _first_tensor(value.values() if isinstance(value, dict) else value)
            if found is not None:
                return found
    return None


def _gave_back(given: Tensor, copy: Tensor, result: Tensor) -> bool:
    """Whether the result is the input itself, unchanged: dropout in evaluation, or a pure reshape."""
    if given.is_sparse or result.is_sparse:
        return False
    same_memory = given.untyped_storage().data_ptr() == result.untyped_storage().data_ptr()
    return same_memory and given.numel() == result.numel() and torch.equal(given, copy)

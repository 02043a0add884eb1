"""The places in a network that are probed: what runs, in which order, and which of it becomes a layer."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..tour.tour import nearest as nearest_name

ENDS = ("Input", "Softmax")


@dataclass(frozen=True)
class Probe:
    """One place in a network whose activations become a layer."""

    name: str
    kind: str
    """Class of the module, or Input, or Softmax."""
    module: str | None
    """Dotted name of the module; None for the input and for the softmax of the output."""
    call: int = 0
    """Which time the module runs within one pass; the first is 0."""
    shape: tuple[int, ...] = ()
    """Of the activation of one picture."""


@dataclass(frozen=True)
class Run:
    """One run of one module."""

    module: str
    kind: str
    call: int
    shape: tuple[int, ...] | None
    """Of what it gave for one picture; None where that was no tensor with a row for it."""
    idle: bool
    """Whether it gave back what it was given, perhaps in another shape."""
    begun: int
    """Its place in the order in which the runs began."""

    @property
    def name(self) -> str:
        return self.module if self.call == 0 else f"{self.module}:{self.call + 1}"


@dataclass(frozen=True, eq=False)
class Trace:
    """What one picture set in motion: the runs, in the order in which they ended."""

    runs: tuple[Run, ...]
    input: tuple[int, ...]
    output: tuple[int, ...] | None


def activation(output: Any, batch: int) -> Tensor | None:
    """The tensor of a module's output that has a row for every picture: itself, or the first one in it."""
    if isinstance(output, Tensor):
        return output if output.ndim > 1 and len(output) == batch and output.is_floating_point() else None
    values = output.values() if isinstance(output, dict) else output if isinstance(output, tuple | list) else ()
    return next((found for value in values if (found := activation(value, batch)) is not None), None)


def trace(network: nn.Module, example: Tensor) -> Trace:
    """Run the network once on a batch and see what runs. Raises ValueError where it cannot run on it."""
    runs: list[Run] = []
    begun: dict[str, list[tuple[int, Tensor | None, Tensor | None]]] = {}
    calls: Counter[str] = Counter()
    count = 0

    def before(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, inputs: tuple[Any, ...]) -> None:
            nonlocal count
            given = next((each for each in inputs if isinstance(each, Tensor)), None)
            begun.setdefault(name, []).append((count, given, given.clone() if given is not None else None))
            count += 1

        return hook

    def after(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            place, given, copy = begun[name].pop()
            found = activation(output, len(example))
            idle = found is not None and given is not None and copy is not None and _gave_back(given, copy, found)
            shape = None if found is None else tuple(found.shape[1:])
            runs.append(Run(name, type(module).__name__, calls[name], shape, idle, place))
            calls[name] += 1

        return hook

    hooks = []
    try:
        for name, module in network.named_modules():
            if name:
                hooks.append(module.register_forward_pre_hook(before(name)))
                hooks.append(module.register_forward_hook(after(name)))
        with torch.inference_mode():
            output = network(example)
    except (RuntimeError, ValueError, TypeError, NotImplementedError, AssertionError, IndexError) as error:
        what = " x ".join(map(str, example.shape[1:]))
        raise ValueError(f"the network cannot run on a picture of {what}: {str(error).splitlines()[0]}") from error
    finally:
        for hook in hooks:
            hook.remove()
    found = activation(output, len(example))
    return Trace(tuple(runs), tuple(example.shape[1:]), None if found is None else tuple(found.shape[1:]))


def _gave_back(given: Tensor, copy: Tensor, result: Tensor) -> bool:
    """Whether the result is the input itself, unchanged: dropout in evaluation, or a pure reshape."""
    same_memory = given.untyped_storage().data_ptr() == result.untyped_storage().data_ptr()
    return same_memory and given.numel() == result.numel() and torch.equal(given, copy)


def default_probes(network: nn.Module, seen: Trace) -> list[Probe]:
    """The input, the network's blocks in the order in which they run, and the softmax of its output.

    Blocks are the named children; one that is a plain sequence, or that holds exactly one sequence of blocks of
    a single kind, is opened. Left out is what changes nothing in evaluation, and what does not run.
    """
    blocks = set(_blocks(network))
    runs = [run for run in seen.runs if run.module in blocks and not run.idle and run.shape is not None]
    return _numbered(runs, seen, ends=ENDS)


def chosen_probes(seen: Trace, wanted: Sequence[str]) -> list[Probe]:
    """The probes that names and globs ask for, in the order in which they run.

    In a glob `*` stands for anything within one part of a dotted name and `**` for anything at all. `Input` and
    `Softmax` are names like any other. Raises ValueError naming what is not there or does not run.
    """
    usable = [run for run in seen.runs if run.shape is not None]
    names = [run.name for run in usable]
    keep: set[str] = set()
    for pattern in wanted:
        ends = [end for end in ENDS if end.lower() == pattern.lower()]
        found = ends or [name for name in names if _matches(pattern, name)]
        if not found:
            raise ValueError(
                f"the network has no layer '{pattern}' that runs{nearest_name(pattern, [*ENDS, *names])}"
                "; `umap-tour layers` lists them"
            )
        keep.update(found)
    if "Softmax" in keep and not _classifies(seen):
        raise ValueError("the network's output is no row of class scores, so it has no Softmax layer")
    return _numbered([run for run in usable if run.name in keep], seen, ends=[end for end in ENDS if end in keep])


def _matches(pattern: str, name: str) -> bool:
    parts = re.split(r"(\*\*|\*|\?)", pattern)
    wild = {"**": ".*", "*": r"[^.]*", "?": r"[^.]"}
    return re.fullmatch("".join(wild.get(part, re.escape(part)) for part in parts), name) is not None


def _classifies(seen: Trace) -> bool:
    return seen.output is not None and len(seen.output) == 1 and seen.output[0] > 1


def _numbered(runs: Sequence[Run], seen: Trace, *, ends: Sequence[str]) -> list[Probe]:
    """Probes of these runs between the ends asked for, each with its number before its name."""
    places: list[tuple[str, str, str | None, int, tuple[int, ...]]] = []
    if "Input" in ends:
        places.append(("Input", "Input", None, 0, seen.input))
    places += [(run.name, run.kind, run.module, run.call, run.shape or ()) for run in runs]
    if "Softmax" in ends and _classifies(seen):
        places.append(("Softmax", "Softmax", None, 0, seen.output or ()))
    return [
        Probe(f"{k}-{name}", kind, module, call, shape) for k, (name, kind, module, call, shape) in enumerate(places)
    ]


def _blocks(network: nn.Module, prefix: str = "") -> Iterator[str]:
    for name, child in network.named_children():
        if _is_sequence(child) or _holds_one_sequence(child):
            yield from _blocks(child, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _is_sequence(module: nn.Module) -> bool:
    """A plain container, or a stage: several blocks of one kind. Other subclasses are blocks of their own."""
    if type(module) in (nn.Sequential, nn.ModuleList):
        return True
    return isinstance(module, nn.Sequential) and _are_blocks(list(module.children()))


def _holds_one_sequence(module: nn.Module) -> bool:
    sequences = [list(child.children()) for child in module.children() if _is_sequence(child)]
    return sum(_are_blocks(blocks) for blocks in sequences) == 1


def _are_blocks(modules: list[nn.Module]) -> bool:
    """Two or more modules of one kind that have parts themselves."""
    return len(modules) > 1 and len({type(each) for each in modules}) == 1 and any(modules[0].children())

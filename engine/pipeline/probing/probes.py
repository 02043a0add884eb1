"""The places in a network that are probed: the default ones, or those that names and globs ask for."""

import logging
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from torch import Tensor, nn

from ...tour.tour import nearest as nearest_name
from ..models.output_rows import Path, Rows
from .blocks import default_places
from .trace import Run, Trace

log = logging.getLogger("engine")

Tokens = Literal["all", "mean", "class"]
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
    path: Path = ()
    """Which tensor of the module's output it is."""
    axis: int = 0
    """Along which the pictures lie."""
    calls: int = 1
    """How often the module runs within one pass."""
    tokens: Tokens = "all"
    """What is kept of an activation that is a sequence of tokens."""
    whole: tuple[int, ...] = ()
    """Its shape before, where that is not all of it."""

    @property
    def rows(self) -> Rows:
        return Rows(self.path, self.axis, self.whole or self.shape)

    def reduced(self, found: Tensor | None) -> Tensor | None:
        """What is kept of these rows."""
        if found is None or self.tokens == "all":
            return found
        return found.mean(dim=1) if self.tokens == "mean" else found[:, 0]


def with_tokens(probes: Sequence[Probe], tokens: Tokens) -> list[Probe]:
    """The probes with the tokens of each sequence (tokens, channels) kept whole, as their mean, or as the class token.

    The class token is the first. Where their number is a square they are places of a picture and none is a class
    token: there the mean is kept, which is said.
    """
    if tokens not in get_args(Tokens):
        raise ValueError(f"tokens is one of {', '.join(get_args(Tokens))}, not {tokens!r}")
    found = []
    for probe in probes:
        if tokens == "all" or probe.module is None or len(probe.shape) != 2:
            found.append(probe)
            continue
        square = math.isqrt(probe.shape[0]) ** 2 == probe.shape[0]
        if tokens == "class" and square:
            log.info("layer %s has no class token among its %d; their mean is kept", probe.name, probe.shape[0])
        kept: Tokens = "mean" if square else tokens
        found.append(replace(probe, shape=probe.shape[1:], whole=probe.shape, tokens=kept))
    return found


def default_probes(network: nn.Module, seen: Trace) -> list[Probe]:
    """The input, the network's blocks in the order in which they run, and the softmax of its output.

    Left out is what changes nothing in evaluation, what does not run, and, by a word, what has no row for each picture.
    """
    return _numbered(default_places(network, seen), seen, ends=ENDS)


def chosen_probes(seen: Trace, wanted: Sequence[str]) -> list[Probe]:
    """The probes that names and globs ask for, in the order in which they run.

    In a glob `*` stands for anything within one part of a dotted name and `**` for anything at all. `Input` and
    `Softmax` are names like any other. Raises ValueError naming what is not there or does not run.
    """
    usable = [run for run in seen.runs if run.rows is not None]
    names = [run.name for run in usable]
    keep: set[str] = set()
    for pattern in wanted:
        if not isinstance(pattern, str):
            raise TypeError(f"layers are names and globs of modules, not {pattern!r:.40}")
        ends = [end for end in ENDS if end.lower() == pattern.lower()]
        found = ends or [name for name in names if _matches(pattern, name)]
        if not found:
            without = next((run for run in seen.runs if _matches(pattern, run.name)), None)
            if without is not None:
                raise ValueError(f"layer '{without.name}' cannot be toured: it {without.why}")
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
    places: list[tuple[str, str, str | None, int, Rows, int]] = []
    if "Input" in ends:
        places.append(("Input", "Input", None, 0, Rows((), 0, seen.input), 1))
    places += [(run.name, run.kind, run.module, run.call, run.rows, run.calls) for run in runs if run.rows is not None]
    if "Softmax" in ends and _classifies(seen) and seen.answer is not None:
        places.append(("Softmax", "Softmax", None, 0, seen.answer, 1))
    return [
        Probe(f"{k}-{name}", kind, module, call, rows.shape, rows.path, rows.axis, calls)
        for k, (name, kind, module, call, rows, calls) in enumerate(places)
    ]

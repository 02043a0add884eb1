"""Which layers are captured in which pass: as few passes as memory allows, decided before anything runs."""

import logging
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ..device import Machine
from ..probing.pooling import width
from ..probing.probes import Probe

log = logging.getLogger("engine")

WIDE = 8192  # values in a row from which half precision halves something worth halving
SMALL = 64  # pictures at a time whose activations are little beside the matrices
GIB = 2**30
ON_DISK = "keep activations on the disk with --cluster local:1"  # what to do where memory is short
SHARED = "have fewer workers share a machine's memory"


@dataclass(frozen=True)
class Plan:
    """Passes over the pictures, each with the layers whose matrices are in memory together."""

    widths: tuple[int, ...]
    """Of every layer's rows."""
    passes: tuple[tuple[int, ...], ...]
    """Layers by number, in their order."""
    batch: int
    """Pictures at a time."""
    room: int = 0
    """Bytes that matrices may take together; a pass that fits beside what is left of the one before need not wait."""

    def half(self, layer: int) -> bool:
        return self.widths[layer] >= WIDE

    def bytes(self, layers: Sequence[int], n: int) -> int:
        return sum(n * self.widths[k] * (2 if self.half(k) else 4) for k in layers)

    def label(self, at: int) -> str:
        """What the capture of pass `at` is called."""
        count = len(self.passes)
        return "activations" if count == 1 else f"activations, pass {at + 1} of {count}"

    def smaller(self, at: int, *, captured: bool = False) -> "Plan | None":
        """The plan for a device on which pass `at` did not fit: half the layers at a time, then half the batch.

        The matrices take the room, and a batch of up to SMALL next to none of it, so that comes last; and not at all
        where the pass was `captured`, for then the batch has fitted. No pass goes on beside another. None where nothing
        is left.
        """
        layers = self.passes[at]
        if len(layers) == 1:
            return replace(self, batch=self.batch // 2, room=0) if self.batch > 1 and not captured else None
        middle = len(layers) // 2
        passes = (*self.passes[:at], layers[:middle], layers[middle:], *self.passes[at + 1 :])
        batch = self.batch if captured else max(self.batch // 2, min(self.batch, SMALL))
        return replace(self, passes=passes, batch=batch, room=0)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Plan":
        passes = tuple(tuple(each) for each in values["passes"])
        return cls(tuple(values["widths"]), passes, int(values["batch"]), int(values.get("room", 0)))


def plan(
    probes: Sequence[Probe], *, n: int, max_width: int, memory: int, batch: int, alone: int = 0, advice: str = ""
) -> Plan:
    """Fill one pass after the other with layers until `memory` bytes are used.

    alone: bytes that a layer may take that has a pass to itself, where that is more. Raises ValueError where a layer is
    beyond that, with advice.
    """
    draft = Plan(tuple(width(probe.shape, max_width) for probe in probes), (), batch, memory)
    return _filled(draft, range(len(probes)), probes, n, memory=memory, alone=alone, advice=advice)


def _filled(
    draft: Plan, layers: Iterable[int], probes: Sequence[Probe], n: int, *, memory: int, alone: int, advice: str
) -> Plan:
    """The draft with passes for these layers."""
    passes: list[list[int]] = [[]]
    for k in layers:
        takes, most = draft.bytes([k], n), max(memory, alone)
        if takes > most:
            raise ValueError(
                f"layer {probes[k].name} of {n:,} images takes {_size(takes)} by itself, and {_size(most)} may be "
                f"used; {advice}lower --max-width, or take fewer images with --sample"
            )
        if passes[-1] and draft.bytes([*passes[-1], k], n) > memory:
            passes.append([])
        passes[-1].append(k)
    return replace(draft, passes=tuple(map(tuple, passes)))


def plan_for(
    machine: Machine, probes: Sequence[Probe], *, n: int, max_width: int, memory: int | None, disk: Path | None = None
) -> Plan:
    """The plan for so much memory; unless given, for a share of what is free now, which is said where that changes it.

    disk: where activations lie, where they do, and memory is a third of what is free there.
    """
    of = partial(plan, probes, n=n, max_width=max_width, batch=machine.batch)
    if disk is not None:
        advice = "make room on the disk, " if memory is None else "raise --memory, "
        return of(memory=shutil.disk_usage(disk).free // 3 if memory is None else memory, advice=advice)
    free, alone = machine.free_memory, machine.free_memory_alone
    if memory is not None:
        if memory > max(free, alone):
            log.warning(
                "memory: %s are asked for, and %s are free for activations; what does not fit may end the build",
                _size(memory), _size(max(free, alone)),
            )  # fmt: skip
        return of(memory=memory, advice=f"raise --memory, {ON_DISK}, ")
    if (most := _fewest_passes(of, machine.memory)) and most != _fewest_passes(of, free):
        log.info(
            "memory: %s are free for activations, of the %s there are where nothing else runs",
            _size(free), _size(machine.memory),
        )  # fmt: skip
    return of(memory=free, alone=alone, advice=f"{ON_DISK}, ")


def fitting(stored: Plan, machine: Machine, probes: Sequence[Probe], n: int, *, done: Callable[[int], bool]) -> Plan:
    """The plan of an unfinished build, its passes cut anew where less memory is free than when it was made.

    done: whether a layer is. Batches stay, of which the last bits of all that is captured depend.
    """
    open_ = [[k for k in layers if not done(k)] for layers in stored.passes]
    free, alone = machine.free_memory, machine.free_memory_alone
    if all(stored.bytes(layers, n) <= (max(free, alone) if len(layers) == 1 else free) for layers in open_):
        return stored
    log.info("memory: %s are free for activations, less than when the build was begun", _size(free))
    draft = replace(stored, room=min(stored.room, free))
    layers = [k for each in open_ for k in each]
    return _filled(draft, layers, probes, n, memory=free, alone=alone, advice=f"{ON_DISK}, ")


def _fewest_passes(of: "partial[Plan]", memory: int) -> int:
    """0 where a layer is beyond that memory."""
    try:
        return len(of(memory=memory).passes)
    except ValueError:
        return 0


def describe(plan: Plan, probes: Sequence[Probe], n: int) -> list[str]:
    """The plan in words, a line for the whole and one for each pass where there are several."""
    count = len(plan.passes)
    everything = _size(plan.bytes(range(len(probes)), n))
    lines = [
        f"plan: {len(probes)} layers of {n:,} images, {everything} of activations in "
        f"{'one pass' if count == 1 else f'{count} passes'}, {plan.batch} images at a time"
    ]
    if count > 1:
        for k, layers in enumerate(plan.passes):
            ends = probes[layers[0]].name, probes[layers[-1]].name
            named = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
            lines.append(f"  pass {k + 1}: {named}, {_size(plan.bytes(layers, n))}")
    return lines


def bytes_of(text: str) -> int:
    """A number of bytes from words such as 8GB, 500 MiB, 1.5g. Raises ValueError on anything else."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*", str(text).lower())
    if not found or float(found[1]) <= 0:
        raise ValueError(f"memory is a size such as 8GB or 500MB, not {text!r}")
    return int(float(found[1]) * 1024.0 ** " kmgt".index(found[2] or " "))


def _size(count: int) -> str:
    for unit, name in ((GIB, "GiB"), (2**20, "MiB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count / 1024:.0f} KiB"

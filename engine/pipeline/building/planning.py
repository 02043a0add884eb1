"""Which layers are captured in which pass: as few passes as memory allows, decided before anything runs."""

import logging
import re
import shutil
from collections.abc import Sequence
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

    def smaller(self, at: int) -> "Plan | None":
        """The plan for a device on which pass `at` did not fit: half the layers at a time, then half the batch.

        The matrices take the room, and a batch of up to SMALL next to none of it, so that comes last. No pass goes on
        beside another. None where nothing is left.
        """
        layers = self.passes[at]
        if len(layers) == 1:
            return replace(self, batch=self.batch // 2, room=0) if self.batch > 1 else None
        middle = len(layers) // 2
        passes = (*self.passes[:at], layers[:middle], layers[middle:], *self.passes[at + 1 :])
        return replace(self, passes=passes, batch=max(self.batch // 2, min(self.batch, SMALL)), room=0)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Plan":
        passes = tuple(tuple(each) for each in values["passes"])
        return cls(tuple(values["widths"]), passes, int(values["batch"]), int(values.get("room", 0)))


def plan(probes: Sequence[Probe], *, n: int, max_width: int, memory: int, batch: int) -> Plan:
    """Fill one pass after the other with layers until `memory` bytes are used.

    Raises ValueError where a single layer is beyond that.
    """
    draft = Plan(tuple(width(probe.shape, max_width) for probe in probes), (), batch, memory)
    passes: list[list[int]] = [[]]
    for k, probe in enumerate(probes):
        alone = draft.bytes([k], n)
        if alone > memory:
            raise ValueError(
                f"layer {probe.name} of {n:,} images takes {_size(alone)} by itself, and {_size(memory)} may be used; "
                "raise --memory, lower --max-width, or take fewer images with --sample"
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
    if memory is None and disk is not None:
        memory = shutil.disk_usage(disk).free // 3
    if memory is not None:
        return of(memory=memory)
    free = machine.free_memory
    if (most := _fewest_passes(of, machine.memory)) and most != _fewest_passes(of, free):
        log.info(
            "memory: %s are free for activations, of the %s there are where nothing else runs",
            _size(free), _size(machine.memory),
        )  # fmt: skip
    return of(memory=free)


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
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*", text.lower())
    if not found or float(found[1]) <= 0:
        raise ValueError(f"memory is a size such as 8GB or 500MB, not {text!r}")
    return int(float(found[1]) * 1024.0 ** " kmgt".index(found[2] or " "))


def _size(count: int) -> str:
    for unit, name in ((GIB, "GiB"), (2**20, "MiB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count / 1024:.0f} KiB"

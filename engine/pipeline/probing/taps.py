"""Hooks on the probed modules while batches run, and the matrices that fill with what they see."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..device import out_of_memory
from ..models.borrowed import fed
from ..models.network import one_line
from .answers import shares
from .pooling import Pooling, pool
from .probes import Probe

HALF_MAX = 6e4  # what float16 holds, and a little less
HALF_ROOM = HALF_MAX / 16  # where the largest value is put that outgrew it
HALF_START = 16.0  # where the largest value of a first batch that is far from it is put: 4,000 times more still fits


@dataclass(eq=False)
class Matrix:
    """One layer's rows as they come in. Owns the memory."""

    rows: int
    half: bool
    values: Tensor | None = None
    scale: float = 1.0
    scaled: bool = False
    count: int = 0
    growths: list[float] = field(default_factory=list)
    """What rows that were there already have been multiplied by, each time that later ones outgrew them."""

    def add(self, block: Tensor, largest: float) -> None:
        """One more batch of rows; `largest` is the largest value in it, of either sign, where half precision asks.

        What outgrows half precision makes all of it smaller, by a power of two: the plan has no room for more bytes.
        """
        if not np.isfinite(largest):  # for one picture, which is left out later; the others still have a largest
            largest = float(_largest(block.nan_to_num(0.0, 0.0, 0.0)))
        if self.values is None:
            self.values = _room((self.rows, block.shape[1]), half=self.half, device=block.device)
        if 0.0 < largest < torch.inf and not self.scaled:  # nothing but zeros so far
            if not HALF_MAX / 4096 > largest > 0.1:
                self.scale = 2.0 ** round(np.log2(HALF_START / largest))
            self.scaled = True
        elif HALF_MAX < largest * self.scale < torch.inf:
            smaller = 2.0 ** -np.ceil(np.log2(largest * self.scale / HALF_ROOM))
            self.values[: self.count] *= smaller
            self.scale *= smaller
            self.growths.append(float(smaller))
        part = self.values[self.count : self.count + len(block)]
        part.copy_(block if self.scale == 1.0 else block * self.scale)
        self.count += len(block)

    def filled(self) -> Tensor:
        assert self.values is not None
        return self.values[: self.count]


def _largest(block: Tensor) -> Tensor:
    """The largest value of either sign, on the device."""
    return torch.stack(block.aminmax()).abs().max()


def _waits(block: Tensor) -> bool:
    return block.device.type != "cpu"


def _room(shape: tuple[int, int], *, half: bool, device: torch.device) -> Tensor:
    """Memory for a matrix; on a CPU NumPy's, which asks for large pages."""
    if device.type == "cpu":
        return torch.from_numpy(np.empty(shape, dtype=np.float16 if half else np.float32))
    return torch.empty(shape, dtype=torch.float16 if half else torch.float32, device=device)


@dataclass(eq=False)
class Taps:
    """What each probe sees of the batch at hand goes into its matrix, pooled."""

    probes: Sequence[Probe]
    matrices: dict[str, Matrix]
    max_width: int
    pooling: Pooling
    device: torch.device
    """Where the matrices lie; a network that is spread over several devices has what it says brought there."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Probes that some batch had no rows for, and why; their matrices are gone."""
    pictures: int = 0
    batch: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    kept: set[str] = field(default_factory=set)
    blocks: list[tuple[Matrix, Tensor]] = field(default_factory=list)

    @contextmanager
    def on(self, network: nn.Module) -> Iterator[None]:
        modules = {each.module for each in self.probes if each.module}
        hooks = [network.get_submodule(name).register_forward_hook(self._hook(name)) for name in modules]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _hook(self, module: str) -> Callable[[nn.Module, Any, Any], None]:
        wanted = {each.call: each for each in self.probes if each.module == module}

        def hook(_: nn.Module, inputs: Any, output: Any) -> None:
            probe = wanted.get(self.calls[module])
            self.calls[module] += 1
            if probe is not None:
                rows = probe.rows.taken(output, self.batch)
                self._keep(probe, probe.reduced(rows))  # now: the next module may work in place

        return hook

    def _keep(self, probe: Probe, found: Tensor | None) -> None:
        if found is not None and probe.name in self.matrices:
            block = pool(found[: self.pictures], self.max_width, self.pooling).to(self.device)
            if _waits(block):  # for the host's question how large they are, asked of all layers of a batch at once
                own = block.untyped_storage().data_ptr() != found.untyped_storage().data_ptr()
                self.blocks.append((self.matrices[probe.name], block if own else block.clone()))
            else:
                matrix = self.matrices[probe.name]
                matrix.add(block, float(_largest(block)) if matrix.half else 0.0)
            self.kept.add(probe.name)

    def _write(self) -> None:
        """The blocks of a batch into their matrices; the host waits once for the device, however many layers."""
        if self.blocks:
            sizes = torch.stack([_largest(block) for _, block in self.blocks]).tolist()
            for (matrix, block), largest in zip(self.blocks, sizes, strict=True):
                matrix.add(block, largest if matrix.half else 0.0)
            self.blocks.clear()

    def run(self, network: nn.Module, batch: Tensor) -> Any:
        """The network's output for a batch of which every probe gets its rows; of two pictures where there is one.

        A picture alone would lose its axis where a network squeezes, so it runs beside a copy of itself. A GPU's errors
        come to light when the host next waits for it, so those of the network may come with what its probes have seen.
        Raises ValueError where no probe has had rows for all batches, or the network fails.
        """
        self.pictures = len(batch)
        batch = batch if len(batch) > 1 else torch.cat([batch, batch])
        self.batch = len(batch)
        self.calls.clear()
        self.kept.clear()
        self.blocks.clear()
        try:
            output = network(fed(network, batch))
            self._keep_ends(batch, output)
            self._write()
        except Exception as error:
            if out_of_memory(error) or isinstance(error, ValueError):
                raise
            what = f"{len(batch):,} pictures of {' x '.join(map(str, batch.shape[1:]))}"
            raise ValueError(f"the network failed at {what}: {type(error).__name__}: {one_line(error)}") from error
        self._check()
        return output

    def _keep_ends(self, batch: Tensor, output: Any) -> None:
        """What the network was given, and what it says, where those are asked for."""
        for probe in self.probes:
            if probe.kind == "Input" and not probe.module:
                self._keep(probe, batch)
            elif not probe.module:
                scores = probe.rows.taken(output, self.batch)
                self._keep(probe, None if scores is None else shares(scores))

    def _check(self) -> None:
        for probe in self.probes:
            if probe.name in self.left_out:
                continue
            runs = self.calls[probe.module] if probe.module else probe.calls
            if runs <= probe.call:
                why = "did not run with every picture"
            elif runs != probe.calls:
                why = f"runs {probe.calls} times with some pictures and {runs} times with others"
            elif probe.name not in self.kept:
                why = f"has no row of {' x '.join(map(str, probe.shape))} values for some pictures"
            else:
                continue
            self.left_out[probe.name] = why
            self.matrices.pop(probe.name, None)
        if self.probes and not self.matrices:
            name, why = next(iter(self.left_out.items()))
            raise ValueError(f"layer {name} {why}, and no other layer is left")

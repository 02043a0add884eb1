"""What the probes see of the first picture of a batch, and whether it is that picture's alone."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ..models.borrowed import fed
from .probes import Probe

VALUES = 4096  # of a row that are compared
FAR = 1e-2  # relative; batches of one size are computed in one way, so rounding is far below


def watch(
    network: nn.Module, batch: Sequence[Tensor], probes: Sequence[Probe], see: Callable[[str, Tensor], None]
) -> Any:
    """Run the network on pictures of one shape; as each probe runs, `see` its name and its row of the first picture.

    Returns the network's output. A row is to be read at once: the next module may work in place.
    """
    wanted = {(probe.module, probe.call): probe for probe in probes if probe.module}
    calls: Counter[str] = Counter()

    def hook_of(module: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(_: nn.Module, inputs: Any, output: Any) -> None:
            probe = wanted.get((module, calls[module]))
            calls[module] += 1
            rows = None if probe is None else probe.rows.taken(output, len(batch))
            if probe is not None and rows is not None:
                see(probe.name, rows[0])

        return hook

    names = dict.fromkeys(probe.module for probe in probes if probe.module)
    hooks = [network.get_submodule(name).register_forward_hook(hook_of(name)) for name in names]
    try:
        with torch.inference_mode():
            return network(fed(network, torch.stack(list(batch))))
    finally:
        for each in hooks:
            each.remove()


def unsteady(network: nn.Module, inputs: Sequence[Tensor], probes: Sequence[Probe]) -> list[str]:
    """Probes that make something else of a picture when another one is beside it, or when they are asked again.

    inputs: a few pictures on the network's device. The first is run beside itself and beside another of its shape, or
    itself again where there is none. Statistics of the batch and dice are found so; so rows are compared, in order of
    the probes, by the size of their difference.
    """
    one = inputs[0]
    other = next((each for each in inputs[1:] if each.shape == one.shape and not torch.equal(each, one)), one)
    alone: dict[str, Tensor] = {}
    beside: dict[str, Tensor] = {}
    watch(network, [one, one], probes, lambda name, row: alone.update({name: _some(row)}))
    watch(network, [one, other], probes, lambda name, row: beside.update({name: _some(row)}))
    return [each.name for each in probes if each.name in alone and _differ(alone[each.name], beside.get(each.name))]


def _some(row: Tensor) -> Tensor:
    """Up to VALUES values, spread over all of the row, float64."""
    values = row.flatten()
    return values[:: max(1, -(-len(values) // VALUES))].to(torch.float64, copy=True)


def _differ(a: Tensor, b: Tensor | None) -> bool:
    return b is not None and bool((a - b).norm() > FAR * a.norm())

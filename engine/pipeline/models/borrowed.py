"""Somebody's module for as long as a build needs it: in evaluation, on the device, and given back as it was."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext

import torch
from torch import Tensor, nn

from ..device import ended_by


@contextmanager
def borrowed(module: nn.Module, device: torch.device) -> Iterator[nn.Module]:
    """The module in evaluation on `device`; afterwards, even after an error, in its own mode on its own device.

    Each part's mode is its own: a backbone may be frozen in evaluation while the rest trains. A module that lies on
    several devices stays there. Parts that torch.compile made run as they were written, so that their parts are seen.
    Raises ValueError where weights are on the meta device.
    """
    training = [(part, part.training) for part in module.modules()]
    homes = {value.device for value in (*module.parameters(), *module.buffers())}
    if torch.device("meta") in homes:
        raise ValueError("some of the network's weights are on the meta device, which holds none; load them first")
    home = next(iter(homes), device)
    moves = len(homes) == 1 and home != device
    with ExitStack() as stack:
        if any(hasattr(part, "_orig_mod") for part in module.modules()):
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        try:
            with ended_by(lambda: module.to(home)) if moves else nullcontext():
                module.eval()
                yield module.to(device) if moves else module
        finally:
            for part, mode in training:
                part.training = mode


def fed(module: nn.Module, batch: Tensor) -> Tensor:
    """A batch in the number type that the module computes with: half, bfloat16 and double ones get their own."""
    kind = next((value.dtype for value in module.parameters() if value.is_floating_point()), torch.float32)
    return batch.to(kind)

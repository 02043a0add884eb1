"""Somebody's module for as long as a build needs it: in evaluation, on the device, and given back as it was."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import torch
from torch import Tensor, nn


@contextmanager
def borrowed(module: nn.Module, device: torch.device) -> Iterator[nn.Module]:
    """The module in evaluation on `device`; afterwards, even after an error, in its own mode on its own device.

    Each part's mode is its own: a backbone may be frozen in evaluation while the rest trains. A module that lies on
    several devices stays there. Parts that torch.compile made run as they were written, so that their parts are seen.
    """
    training = [(part, part.training) for part in module.modules()]
    homes = {value.device for value in (*module.parameters(), *module.buffers())}
    moves = len(homes) == 1 and homes != {device}
    with ExitStack() as stack:
        if any(hasattr(part, "_orig_mod") for part in module.modules()):
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        try:
            module.eval()
            yield module.to(device) if moves else module
        except BaseException:
            with suppress(RuntimeError):  # a device that has failed gives nothing back, and the error at hand says why
                _give_back(module, homes if moves else set())
            raise
        else:
            _give_back(module, homes if moves else set())
        finally:
            for part, mode in training:
                part.training = mode


def _give_back(module: nn.Module, homes: set[torch.device]) -> None:
    for home in homes:
        module.to(home)


def fed(module: nn.Module, batch: Tensor) -> Tensor:
    """A batch in the number type that the module computes with: half, bfloat16 and double ones get their own."""
    kind = next((value.dtype for value in module.parameters() if value.is_floating_point()), torch.float32)
    return batch.to(kind)

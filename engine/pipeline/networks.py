"""What somebody calls a network, a name or a module of their own, to one that is ready to run."""

from typing import Any

from torch import nn

from .network import Network, to_tensor
from .torchvision_models import from_torchvision


def as_network(
    network: "str | nn.Module | Network", *, weights: str = "default", loose: bool = False, seed: int | None = 0
) -> Network:
    """A network by its name in torchvision, or a module as it is, which is given pixels in [0, 1].

    weights: "default" downloads the best that torchvision has, "none" leaves them random (seeded), anything else
    is a file. loose: it may have another class head, lack some weights or have some beyond. Raises ValueError where
    there is no such network or the weights do not fit it, OSError where they cannot be had.
    """
    if isinstance(network, Network):
        return network
    if isinstance(network, nn.Module):
        return Network(type(network).__name__, unwrapped(network), to_tensor)
    if not isinstance(network, str):
        raise TypeError(f"a network is a name or a torch.nn.Module, not {type(network).__name__}")
    return from_torchvision(network, weights=weights, loose=loose, seed=seed)


def unwrapped(module: nn.Module) -> nn.Module:
    """What DataParallel, DistributedDataParallel or torch.compile was given: the same network, as it was written."""
    while True:
        inner: Any = getattr(module, "_orig_mod", None)
        if inner is None and isinstance(module, nn.DataParallel | nn.parallel.DistributedDataParallel):
            inner = module.module
        if not isinstance(inner, nn.Module):
            return module
        module = inner

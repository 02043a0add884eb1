"""What somebody calls a network, a name or a module of their own, to one that is ready to run."""

import copy
from pathlib import Path
from typing import Any

from torch import nn

from .models.factories import from_factory
from .models.hf_models import from_hf, names_of
from .models.network import Network, to_tensor
from .models.open_clip_models import from_open_clip
from .models.timm_models import from_timm
from .models.torchvision_models import from_torchvision
from .models.weights import load_weights

HOMES = {"timm": from_timm, "hf": from_hf, "open_clip": from_open_clip, "torchvision": from_torchvision}


def as_network(
    network: "str | nn.Module | Network", *, weights: str = "default", loose: bool = False, seed: int | None = 0
) -> Network:
    """A network by its name, or a module as it is, which is given pixels in [0, 1].

    A name is torchvision's, `timm:NAME`, `hf:NAME_OR_FOLDER`, `open_clip:ARCH/TAG`, or a factory's: `FILE.py:factory`,
    `package.module:factory`. weights: "default" are its own, downloaded where need be; "none" leaves them random
    (seeded); anything else is a file. loose: it may have another class head, lack some weights or have some beyond.
    Raises ValueError where there is no such network or the weights do not fit it, OSError where they cannot be had.
    """
    if isinstance(network, Network):
        return network
    if isinstance(network, nn.Module):
        module, said = unwrapped(network), "its own"
        if weights not in ("default", "none"):
            module, said = copy.deepcopy(module), Path(weights).name
            load_weights(module, Path(weights), name=type(module).__name__, loose=loose)
        return Network(type(network).__name__, module, to_tensor, classes_of(module), said)
    if not isinstance(network, str):
        raise TypeError(f"a network is a name or a torch.nn.Module, not {type(network).__name__}")
    home, colon, name = network.partition(":")
    if not colon:
        return from_torchvision(network, weights=weights, loose=loose, seed=seed)
    if home in HOMES:
        return HOMES[home](name, weights=weights, loose=loose, seed=seed)
    made = from_factory(network, weights=weights, loose=loose, seed=seed)
    module = unwrapped(made.module)
    return Network(made.name, module, made.preprocess, classes_of(module), made.weights)


def classes_of(module: nn.Module) -> tuple[str, ...]:
    """Names of its outputs that a module brings along: a list `classes`, or the `id2label` of its `config`."""
    names = getattr(module, "classes", None)
    if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names):
        return tuple(names)
    table = getattr(getattr(module, "config", None), "id2label", None)
    return names_of(table) if isinstance(table, dict) else ()


def unwrapped(module: nn.Module) -> nn.Module:
    """What DataParallel, DistributedDataParallel or torch.compile was given: the same network, as it was written."""
    while True:
        inner: Any = getattr(module, "_orig_mod", None)
        if inner is None and isinstance(module, nn.DataParallel | nn.parallel.DistributedDataParallel):
            inner = module.module
        if not isinstance(inner, nn.Module):
            return module
        module = inner

"""Networks of timm by name: its builders, the preprocessing of its data configs, its names of classes."""

import math
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ...tour.tour import nearest as nearest_name
from .network import Network, one_line, required, tensors_alone
from .preset import preprocessing
from .torchvision_models import keep_signal, torchvision_models
from .weights import load_weights


def from_timm(name: str, *, weights: str, loose: bool, seed: int | None) -> Network:
    """A network that timm knows, as `vit_small_patch14_dinov2` or with a tag of its weights behind a dot.

    Raises ValueError where there is none or timm is missing, OSError where its weights cannot be had.
    """
    torchvision_models()  # which timm imports, and which may need help to be imported
    timm = required("timm", "timm", f"timm:{name}")
    known = timm.list_models()
    architecture = name.partition(".")[0]
    if architecture not in known and not timm.is_model(name):
        raise ValueError(f"timm has no network '{name}'{nearest_name(architecture, known)}")
    if seed is not None:
        torch.manual_seed(seed)
    module = _made(timm, name, weights)
    config = timm.data.resolve_model_data_config(module)
    preprocess = preprocessing(timm.data.create_transform(**config, is_training=False))
    classes, said = _classes(timm, module), "none (random)"
    if weights == "none":
        classes = ()
        keep_signal(module.eval(), config["input_size"])
    elif weights == "default":
        said = name
    else:
        said = Path(weights).name
        classes = classes if load_weights(module, Path(weights), name=name, loose=loose) else ()
    side = math.ceil(max(config["input_size"][1:]) / config["crop_pct"])
    return Network(f"timm:{name}", module.eval(), preprocess, classes, said, side=side)


def _made(timm: Any, name: str, weights: str) -> nn.Module:
    try:
        with tensors_alone():
            module: nn.Module = timm.create_model(name, pretrained=weights == "default")
    except Exception as error:  # of the hub, the network, or timm's builders
        if weights != "default":
            raise ValueError(f"timm cannot make {name}: {one_line(error)}") from error
        raise OSError(
            f"the weights of timm:{name} cannot be had ({one_line(error)}); give a file with --weights FILE, "
            "or --weights none for random ones"
        ) from error
    return module


def _classes(timm: Any, module: nn.Module) -> tuple[str, ...]:
    """Names of the classes that the published weights tell apart, in their order."""
    published: Any = module.pretrained_cfg
    own = published.get("label_names")
    if own:
        return tuple(map(str, own))
    subset = timm.data.infer_imagenet_subset(module)
    if not subset:
        return ()
    info = timm.data.ImageNetInfo(subset)
    return tuple(info.index_to_description(k) for k in range(info.num_classes()))

"""The image encoders of OpenCLIP's models by architecture and tag: ViT-B-32/laion2b_s34b_b79k."""

from pathlib import Path
from typing import Any

import torch
from PIL import Image

from ...tour.tour import nearest as nearest_name
from .network import Network, one_line, required, tensors_alone
from .preset import preprocessing
from .torchvision_models import keep_signal, torchvision_models
from .weights import load_weights


def from_open_clip(name: str, *, weights: str, loose: bool, seed: int | None) -> Network:
    """The part that looks at pictures, of an architecture and, for its own weights, a tag: ARCH/TAG.

    Raises ValueError where there is none or open_clip is missing, OSError where its weights cannot be had.
    """
    torchvision_models()
    open_clip = required("open_clip", "openclip", f"open_clip:{name}")
    architecture, _, tag = name.partition("/")
    known = open_clip.list_models()
    if architecture not in known:
        raise ValueError(f"open_clip has no architecture '{architecture}'{nearest_name(architecture, known)}")
    tags = open_clip.list_pretrained_tags_by_model(architecture)
    if tag and tag not in tags:
        raise ValueError(f"open_clip has no weights '{tag}' of {architecture}{nearest_name(tag, tags)}")
    if weights == "default" and not tag:
        raise ValueError(f"which weights of {architecture}? open_clip:{architecture}/TAG, one of {', '.join(tags[:6])}")
    if seed is not None:
        torch.manual_seed(seed)
    try:
        with tensors_alone():
            own = tag if weights == "default" else None
            model, _, transform = open_clip.create_model_and_transforms(architecture, pretrained=own)
    except Exception as error:  # of the hub, the network, or the library's builders
        raise OSError(f"open_clip:{name} cannot be had ({one_line(error)}); or --weights none, or a FILE") from None
    module, preprocess = model.visual, preprocessing(transform)
    said = tag
    if weights == "none":
        said = "none (random)"
        keep_signal(module.eval(), preprocess(Image.new("RGB", (600, 600))).shape)
    elif weights != "default":
        said = Path(weights).name
        load_weights(model if loose else module, Path(weights), name=f"open_clip:{name}", loose=loose)
    return Network(f"open_clip:{name}", module.eval(), preprocess, (), said, side=_side(transform))


def _side(transform: Any) -> int | None:
    """The shorter side to which a transform resizes pictures."""
    sizes = [each.size for each in getattr(transform, "transforms", ()) if type(each).__name__ == "Resize"]
    return max(sizes[0]) if sizes and isinstance(sizes[0], list | tuple) else next(iter(sizes), None)

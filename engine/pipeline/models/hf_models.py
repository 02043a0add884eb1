"""Networks of Hugging Face transformers, by name or from a folder: model, image processor, names of classes."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from ...tour.pixels import grounded
from .checkpoint import State
from .network import Network, Preprocess, one_line, required, tensors_alone
from .torchvision_models import keep_signal, torchvision_models
from .weights import load_weights

log = logging.getLogger("engine")

SIDE = 224
MEAN, SPREAD = (
    np.array((0.485, 0.456, 0.406)),
    np.array((0.229, 0.224, 0.225)),
)  # ImageNet's, where a model brings no image processor


def from_hf(name: str, *, weights: str, loose: bool, seed: int | None) -> Network:
    """A vision model, or the image encoder of CLIP and its like: by name on the hub, or a `save_pretrained` folder.

    Code beside a model is never run. Raises ValueError where there is no such model or transformers is missing,
    OSError where its files cannot be had.
    """
    torchvision_models()  # which image processors import, and which may need help to be imported
    transformers = required("transformers", "hf", f"hf:{name}")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        config = transformers.AutoConfig.from_pretrained(name, trust_remote_code=False)
    except Exception as error:  # the library raises whatever its readers met
        raise _refusal(name, error) from None
    if seed is not None:
        torch.manual_seed(seed)
    kind = _class_of(transformers, config)
    module, said = _made(transformers, kind, config, name, weights)
    preprocess, side = _preprocess(transformers, name, config)
    classes = names_of(config.id2label) if "Classification" in type(module).__name__ else ()
    if weights == "none":
        classes = ()
        keep_signal(module.eval(), preprocess(Image.new("RGB", (SIDE, SIDE))).shape)
    elif weights != "default":
        said = Path(weights).name
        own = load_weights(
            module, Path(weights), name=f"hf:{name}", loose=loose, renamed=lambda state: _renamed(kind, config, state)
        )
        classes = classes if own else ()
    return Network(
        f"hf:{Path(name).name if Path(name).is_dir() else name}", module.eval(), preprocess, classes, said, side=side
    )


def _class_of(transformers: Any, config: Any) -> Any:
    """The class that the model was saved from; of a model of pictures and text that of its image encoder."""
    family = type(config).__name__.removesuffix("Config")
    if hasattr(config, "vision_config"):
        vision = (f"{family}VisionModelWithProjection", f"{family}VisionModel")
        found = next((getattr(transformers, each) for each in vision if hasattr(transformers, each)), None)
        if found is not None:
            return found
    named = (config.architectures or [""])[0]
    return getattr(transformers, named, None) or transformers.AutoModel


def _own_config(kind: Any, config: Any) -> Any:
    """The part of a config that is the class's own, with the width of an image encoder's output from the whole."""
    if "VisionModel" not in kind.__name__ or not hasattr(config, "vision_config"):
        return config
    vision = config.vision_config
    if hasattr(config, "projection_dim") and hasattr(vision, "projection_dim"):
        vision.projection_dim = config.projection_dim
    return vision


def _made(transformers: Any, kind: Any, config: Any, name: str, weights: str) -> tuple[nn.Module, str]:
    try:
        if weights == "default":
            with tensors_alone():
                module, told = kind.from_pretrained(
                    name, config=_own_config(kind, config), output_loading_info=True, trust_remote_code=False
                )
            missing = sorted(told.get("missing_keys", ()))
            if missing:
                log.warning("hf:%s has no weights for %s; they are random", name, ", ".join(missing[:3]))
            return module, name
        if kind is transformers.AutoModel:
            return kind.from_config(config), "none (random)"
        return kind(_own_config(kind, config)), "none (random)"
    except Exception as error:  # the library raises whatever its readers met
        raise _refusal(name, error) from None


def _renamed(kind: Any, config: Any, state: State) -> State:
    """Tensors under the names that the modules have now: files keep those of older versions, for ever."""
    try:
        module, told = kind.from_pretrained(
            None,
            config=_own_config(kind, config),
            state_dict=dict(state),
            output_loading_info=True,
            ignore_mismatched_sizes=True,
        )
    except Exception:  # another network's; what does not fit is said where the names are looked at
        return state
    of_the_file = {each[0] for each in told.get("mismatched_keys", ())} | set(told.get("unexpected_keys", ()))
    missing = set(told.get("missing_keys", ()))
    now = {key: value for key, value in module.state_dict().items() if key not in missing | of_the_file}
    return now | {key: state[key] for key in of_the_file if key in state}


def _preprocess(transformers: Any, name: str, config: Any) -> tuple[Preprocess, int | None]:
    """What the image processor beside the model makes of a picture, and the shorter side to which it resizes it."""
    try:
        processor = transformers.AutoImageProcessor.from_pretrained(name, trust_remote_code=False)
    except Exception:  # there is none beside the model, and the library says so in many ways
        return _plain(name, config)

    def preprocess(image: Image.Image) -> Tensor:
        tensor: Tensor = processor(images=grounded(image).convert("RGB"), return_tensors="pt")["pixel_values"][0]
        return tensor

    sizes = [each for each in dict(getattr(processor, "size", None) or {}).values() if isinstance(each, int)]
    return preprocess, max(sizes) if sizes and getattr(processor, "do_resize", False) else None


def _plain(name: str, config: Any) -> tuple[Preprocess, int]:
    size = getattr(getattr(config, "vision_config", config), "image_size", None) or SIDE
    height, width = (size, size) if isinstance(size, int) else tuple(size)
    log.warning(
        "hf:%s brings no image processor; pictures are made %d x %d, normalised as ImageNet's", name, width, height
    )

    def preprocess(image: Image.Image) -> Tensor:
        resized = grounded(image).convert("RGB").resize((width, height), Image.Resampling.BICUBIC)
        pixels = (np.asarray(resized, dtype=np.float32) / 255.0 - MEAN) / SPREAD
        return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1), dtype=np.float32))

    return preprocess, max(height, width)


def names_of(table: dict[int, str]) -> tuple[str, ...]:
    """The names of classes in a config's id2label; none where they are the ones it makes up."""
    names = [str(table[k]) for k in sorted(table)]
    return () if all(name == f"LABEL_{k}" for k, name in enumerate(names)) else tuple(names)


def _refusal(name: str, error: Exception) -> Exception:
    if Path(name).is_dir():
        return ValueError(f"{name}: holds no model that transformers can read ({one_line(error)})")
    return OSError(f"hf:{name} cannot be had ({one_line(error)}); give a folder that save_pretrained made, hf:FOLDER")

"""Networks of torchvision by name: their builders, weights from its cache checked by hash, presets, random weights."""

import contextlib
import hashlib
import inspect
import logging
import re
import warnings
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.error import URLError

import torch
from PIL import Image, ImageOps
from torch import Tensor, nn

from ...tour.pixels import grounded
from ...tour.tour import nearest as nearest_name
from .network import Network, tensors_alone
from .preset import Preset
from .weights import load_weights

log = logging.getLogger("engine")

FITTED = 520  # pixels


@cache
def torchvision_models() -> Any:
    """`torchvision.models`.

    torchvision as the package index has it is compiled against torch for CUDA. Beside a torch for the CPU its
    compiled part does not load, and importing it then fails with "operator torchvision::nms does not exist",
    because it registers shapes for operators that were never declared. Declaring them is enough: networks that
    classify never call them.
    """
    spec = find_spec("torchvision")
    if spec is None or not spec.submodule_search_locations:
        raise ValueError("torchvision is not installed: pip install torchvision, or run make setup")
    library = next(Path(spec.submodule_search_locations[0]).glob("_C*.so"), None)
    try:
        if library is not None:
            torch.ops.load_library(library)
    except OSError:
        boxes = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        declared = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            declared.define(name + boxes)
        torchvision_models.declared = declared  # type: ignore[attr-defined]  # they last as long as this object
    import torchvision.models

    return torchvision.models


def from_torchvision(name: str, *, weights: str, loose: bool, seed: int | None) -> Network:
    """A network that torchvision knows. Raises ValueError where it does not, or it is shown films."""
    models = torchvision_models()
    known = models.list_models()
    if name.lower() not in known:
        raise ValueError(f"torchvision has no network '{name}'{nearest_name(name.lower(), known)}")
    name = name.lower()
    best = models.get_model_weights(name.removeprefix("quantized_")).DEFAULT
    preset = best.transforms()
    looks_at = getattr(best.transforms, "func", best.transforms).__name__
    if looks_at in ("VideoClassification", "OpticalFlow"):
        raise ValueError(f"{name} looks at moving pictures; a tour needs a network that is shown one picture at a time")
    classes = tuple(best.meta.get("categories") or ())
    if seed is not None:
        torch.manual_seed(seed)
    if weights == "default":
        module, said = _pretrained(models, name, best), str(best)
    elif weights == "none":
        module, classes, said = _blank(models, name), (), "none (random)"
        keep_signal(module.eval(), preset(Image.new("RGB", (600, 600))).shape)
    else:
        module, said = _blank(models, name), Path(weights).name
        classes = classes if load_weights(module, Path(weights), name=name, loose=loose) else ()

    if looks_at != "ImageClassification":  # segments or detects, and takes pictures of any shape: one, for a batch

        def preprocess(image: Image.Image) -> Tensor:
            tensor: Tensor = preset(ImageOps.fit(grounded(image).convert("RGB"), (FITTED, FITTED)))
            return tensor

        return Network(name, module.eval(), preprocess, classes, said, side=FITTED)
    side = max(preset.resize_size or (0,)) or None
    return Network(name, module.eval(), _in_parts(preset), classes, said, side=side, preprocess_pixels=preset)


def _in_parts(preset: Any) -> Preset:
    """torchvision's `ImageClassification`, whose first two steps are done to an image.

    They are Pillow's, called as torchvision does, which takes two to three times as long under Python's lock.
    """
    from torchvision.transforms import functional

    (short,), (side,) = preset.resize_size, preset.crop_size
    resample = Image.Resampling[preset.interpolation.name]

    def cut(image: Image.Image) -> Image.Image:
        longer = int(short * max(image.size) / min(image.size))
        size = (short, longer) if image.width <= image.height else (longer, short)
        resized = image if image.size == size else image.resize(size, resample)
        if short < side:  # something is put round it
            square: Image.Image = functional.center_crop(resized, [side])
            return square
        left, top = (round((length - side) / 2) for length in resized.size)
        return resized.crop((left, top, left + side, top + side))

    return Preset(cut, tuple(preset.mean), tuple(preset.std))


def _blank(models: Any, name: str) -> nn.Module:
    """The network with random weights, of a backbone as well, which torchvision would download."""
    known = inspect.signature(models.get_model_builder(name)).parameters
    options = {"weights_backbone": None} if "weights_backbone" in known else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of two networks, about their initial weights to come
        module: nn.Module = models.get_model(name, weights=None, **options)
    return module


def _pretrained(models: Any, name: str, best: Any) -> nn.Module:
    try:
        file = _downloaded(best.url)
    except (URLError, ConnectionError, TimeoutError) as error:
        raise OSError(
            f"the weights of {name} cannot be downloaded ({error}); give a file with --weights FILE, "
            "or --weights none for random ones"
        ) from None
    log.info("weights: %s, from %s, its checksum checked", best, best.url)
    try:
        with tensors_alone():
            module: nn.Module = models.get_model(name, weights=best)
    except Exception as error:  # torch raises whatever its reader met
        raise ValueError(f"{file}: no readable file of weights ({str(error).splitlines()[0]}); delete it") from None
    return module


def _downloaded(url: str) -> Path:
    """The file of these weights in torch's cache, fetched unless it is there; its checksum is as its name says.

    Raises ValueError where it is not, OSError where it cannot be had.
    """
    file = Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[-1]
    found = re.search(r"-([0-9a-f]{8,})\.", file.name)
    expected = found[1] if found else ""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(url, str(file), expected or None, progress=False)
    with file.open("rb") as stream:
        checksum = hashlib.file_digest(stream, "sha256").hexdigest()
    if not checksum.startswith(expected):
        raise ValueError(
            f"{file}: is not what torchvision publishes: its checksum begins with {checksum[: len(expected)]}, "
            f"not {expected}; delete it, and it is fetched again"
        )
    return file


def keep_signal(module: nn.Module, shape: Sequence[int]) -> None:
    """Scale random weights so that every layer's output has a variance of 1, on noise of a picture's shape.

    As they are initialised, the signal of deep networks dies or explodes where batch normalisation has not learned
    its statistics: GoogLeNet then gives all images the same scores, to the bit.
    Layer-sequential unit variance: Mishkin & Matas 2016, All you need is a good init.
    """
    seen: set[nn.Module] = set()

    def hook(layer: Any, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        if layer in seen:
            return output
        seen.add(layer)
        if not layer.weight.any():  # a vision transformer's head begins with zeros
            nn.init.kaiming_normal_(layer.weight)
            output = layer.forward(*inputs)
        spread = output.std().clamp(min=1e-12)
        layer.weight /= spread
        if layer.bias is not None:
            layer.bias /= spread
        return output / spread

    layers = [each for each in module.modules() if isinstance(each, nn.Conv2d | nn.Linear)]
    hooks = [each.register_forward_hook(hook) for each in layers]
    with torch.no_grad():
        with contextlib.suppress(RuntimeError, NotImplementedError):  # of compiled steps that may lack
            module(torch.randn(2, *shape))
        for each in hooks:
            each.remove()

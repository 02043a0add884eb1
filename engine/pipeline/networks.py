"""A name, or a module of one's own, to a network that is ready to run: weights, preprocessing, classes."""

import contextlib
import hashlib
import logging
import pickle
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn

from ..tour.tour import nearest as nearest_name

log = logging.getLogger("engine")

Preprocess = Callable[[Image.Image], Tensor]


@dataclass(frozen=True, eq=False)
class Network:
    """A module in evaluation, and what belongs to it."""

    name: str
    module: nn.Module
    preprocess: Preprocess
    """A decoded picture to the tensor (channels, height, width) that the module is given."""
    classes: tuple[str, ...] = ()
    """Names of its outputs, where they are known."""
    weights: str = "its own"
    """Where its weights come from, in words."""

    def fingerprint(self) -> str:
        """A digest of structure and weights: two networks with the same one give the same activations."""
        digest = hashlib.sha256(repr(self.module).encode())
        for name, value in self.module.state_dict().items():
            digest.update(name.encode())
            digest.update(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
        return digest.hexdigest()[:16]


def as_network(network: "str | nn.Module | Network", *, weights: str = "default", seed: int | None = 0) -> Network:
    """A network by its name in torchvision, or a module as it is, which is given pixels in [0, 1].

    weights: "default" downloads the best that torchvision has, "none" leaves them random (seeded), anything else
    is a file. Raises ValueError where there is no such network or the weights do not fit it, OSError where they
    cannot be had.
    """
    if isinstance(network, Network):
        return network
    if isinstance(network, nn.Module):
        return Network(type(network).__name__, network.eval(), to_tensor)
    if not isinstance(network, str):
        raise TypeError(f"a network is a name or a torch.nn.Module, not {type(network).__name__}")
    return _from_torchvision(network, weights, seed)


def to_tensor(image: Image.Image) -> Tensor:
    """Pixels as they are, float32 (channels, height, width) in [0, 1]; what is transparent stands on white."""
    pixels = np.asarray(opaque(image), dtype=np.float32) / 255.0
    return torch.from_numpy(pixels[None] if pixels.ndim == 2 else np.ascontiguousarray(pixels.transpose(2, 0, 1)))


def opaque(image: Image.Image) -> Image.Image:
    """The same picture without alpha, on white."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


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


def _from_torchvision(name: str, weights: str, seed: int | None) -> Network:
    models = torchvision_models()
    known = models.list_models()
    if name.lower() not in known:
        raise ValueError(f"torchvision has no network '{name}'{nearest_name(name.lower(), known)}")
    name = name.lower()
    best = models.get_model_weights(name.removeprefix("quantized_")).DEFAULT
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
        _keep_signal(module.eval(), best.transforms()(Image.new("RGB", (600, 600))).shape)
    else:
        module, same = _loaded(models, name, Path(weights))
        classes, said = classes if same else (), Path(weights).name
    preset = best.transforms()

    def preprocess(image: Image.Image) -> Tensor:
        image = opaque(image).convert("RGB")
        if looks_at != "ImageClassification":  # segments or detects, and takes pictures of any shape: one, for a batch
            image = ImageOps.fit(image, (520, 520))
        tensor: Tensor = preset(image)
        return tensor

    return Network(name, module.eval(), preprocess, classes, said)


def _blank(models: Any, name: str, **options: Any) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of two networks, about their initial weights to come
        module: nn.Module = models.get_model(name, weights=None, **options)
    return module


def _keep_signal(module: nn.Module, shape: Sequence[int]) -> None:
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


def _pretrained(models: Any, name: str, best: Any) -> nn.Module:
    try:
        module: nn.Module = models.get_model(name, weights=best)
    except (URLError, ConnectionError, TimeoutError) as error:
        raise OSError(
            f"the weights of {name} cannot be downloaded ({error}); give a file with --weights FILE, "
            "or --weights none for random ones"
        ) from None
    return module


def _loaded(models: Any, name: str, file: Path) -> tuple[nn.Module, bool]:
    """The network with the weights of a file, and whether it still has as many classes as torchvision's own."""
    state = _state(file)
    module = _blank(models, name)
    expected = {key: value.shape for key, value in module.state_dict().items()}
    # A network trained on for other classes differs in the rows of its last layer alone, and in auxiliary ones.
    others = {len(state[key]) for key, shape in expected.items() if key in state and _other_rows(state[key], shape)}
    same = not others
    if len(others) == 1:
        try:
            module = _blank(models, name, num_classes=others.pop())
            expected = {key: value.shape for key, value in module.state_dict().items()}
        except (TypeError, ValueError):
            same = True
    # Auxiliary classifiers only run in training, and weights are often passed on without them.
    missing = [key for key in expected if key not in state and not key.lower().startswith("aux")]
    unknown = [key for key in state if key not in expected]
    wrong = [key for key, shape in expected.items() if key in state and state[key].shape != shape]
    for what, keys in (("lacks", missing), ("has, beyond those of the network,", unknown)):
        if keys:
            raise ValueError(f"{file}: does not fit {name}: it {what} {_some(keys)}")
    if wrong:
        seen, needed = tuple(state[wrong[0]].shape), tuple(expected[wrong[0]])
        raise ValueError(f"{file}: does not fit {name}: {_some(wrong)} has shape {seen} where {needed} is needed")
    module.load_state_dict(state, strict=False)
    return module, same


def _other_rows(value: Tensor, shape: torch.Size) -> bool:
    return value.ndim > 0 and value.shape != shape and value.shape[1:] == shape[1:]


def _some(keys: list[str]) -> str:
    more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
    return ", ".join(keys[:3]) + more


def _state(file: Path) -> dict[str, Tensor]:
    """The tensors of a weights file by name. Never unpickles anything else."""
    if not file.is_file():
        raise FileNotFoundError(f"{file}: no such file of weights (--weights takes default, none, or a file)")
    try:
        if file.suffix == ".safetensors":
            from safetensors.torch import load_file

            values: Any = load_file(file)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about old pickles; what cannot be read says so below
                values = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # torch and safetensors raise whatever their readers met
        if isinstance(error, pickle.UnpicklingError) and re.search("Unsupported (global|class)", str(error)):
            raise ValueError(
                f"{file}: holds more than tensors, and unpickling that could run anything; save network.state_dict()"
            ) from None
        why = str(error).split(". ")[0].splitlines()
        raise ValueError(f"{file}: no readable file of weights ({why[0] if why else type(error).__name__})") from None
    for wrapper in ("state_dict", "model", "model_state_dict"):
        if isinstance(values, dict) and isinstance(values.get(wrapper), dict):
            values = values[wrapper]
    if not isinstance(values, dict) or not all(isinstance(value, Tensor) for value in values.values()):
        raise ValueError(f"{file}: no table of tensors; save network.state_dict()")
    return {key.removeprefix("module."): value for key, value in values.items()}  # DataParallel's prefix

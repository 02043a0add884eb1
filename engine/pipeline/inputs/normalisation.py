"""Tensors that were normalised for a network, back to colours that a person knows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .jpegs import Jpeg

EXACT = 0.02  # of a grey level: bytes that went through float32 come back closer than that


@dataclass(frozen=True)
class Normalisation:
    """tensor = (pixels - mean) / spread, a number for every channel or one for all."""

    mean: tuple[float, ...]
    spread: tuple[float, ...]

    def undone(self, tensor: Tensor) -> Tensor:
        """The pixels (channels, height, width) in [0, 1]."""
        mean, spread = (torch.tensor(values)[:, None, None] for values in (self.mean, self.spread))
        pixels: Tensor = (tensor.float() * spread + mean).clamp(0.0, 1.0)
        return pixels


BYTES = Normalisation((0.0,), (1 / 255,))
"""Of tensors that hold pixels from 0 to 255."""
USUAL = (
    BYTES,
    Normalisation((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),  # ImageNet
    Normalisation((0.5,), (0.5,)),
    Normalisation((127 / 255,), (128 / 255,)),  # EfficientNet-Lite
    Normalisation((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),  # CLIP
    Normalisation((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),  # CIFAR-10, as written in several ways
    Normalisation((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)),
    Normalisation((0.5071, 0.4867, 0.4408), (0.2675, 0.2565, 0.2761)),  # CIFAR-100
    Normalisation((0.1307,), (0.3081,)),  # MNIST
    Normalisation((0.2860,), (0.3530,)),  # Fashion-MNIST
)


def is_raw(tensors: Iterable[Tensor]) -> bool:
    """Whether these pictures are pixels: bytes, or numbers in [0, 1]."""
    return all(each.dtype == torch.uint8 or (float(each.min()) >= 0.0 and float(each.max()) <= 1.0) for each in tensors)


def normalisation_of(tensors: Sequence[Tensor], transform: Any = None) -> Normalisation | None:
    """What these pictures went through: as a transform says, as it can be told from them, or their common range.

    It can be told where undoing one of the usual ones gives bytes back, every pixel of every picture. None for pixels.
    """
    for step in _steps(transform):
        if type(step).__name__ == "Normalize" and hasattr(step, "mean") and hasattr(step, "std"):
            return Normalisation(_numbers(step.mean), _numbers(step.std))
    if not tensors or is_raw(tensors):
        return None
    fitting = [each for each in USUAL if len(each.mean) in (1, len(tensors[0]))]
    found = next((each for each in fitting if all(_gives_bytes(each, tensor) for tensor in tensors)), None)
    if found is not None:
        return found
    low = min(float(each.min()) for each in tensors)
    high = max(float(each.max()) for each in tensors)
    return Normalisation((-low / max(high - low, 1e-12),), (1.0 / max(high - low, 1e-12),))


def shown(picture: Image.Image | Tensor | Jpeg, normalisation: Normalisation | None = None) -> Image.Image:
    """A picture as an image: a tensor of bytes or of [0, 1] as it is, any other denormalised or stretched."""
    if isinstance(picture, Jpeg):
        return picture.by_pillow()
    if isinstance(picture, Image.Image):
        return picture
    values = picture.detach().cpu()
    if values.ndim == 2:
        values = values[None]
    if values.dtype != torch.uint8:
        values = values.float()
        if normalisation is not None and len(normalisation.mean) in (1, len(values)):
            values = normalisation.undone(values)
        low, high = float(values.min()), float(values.max())
        if low < 0.0 or high > 1.0:
            values = (values - low) / max(high - low, 1e-12)
        values = (values * 255.0).round().to(torch.uint8)
    if len(values) not in (1, 3, 4):
        values = values[:1]
    pixels: np.ndarray[Any, Any] = values.numpy()
    return Image.fromarray(pixels[0] if len(pixels) == 1 else np.ascontiguousarray(pixels.transpose(1, 2, 0)))


def _gives_bytes(normalisation: Normalisation, tensor: Tensor) -> bool:
    mean, spread = (torch.tensor(values)[:, None, None] for values in (normalisation.mean, normalisation.spread))
    levels = (tensor.float() * spread + mean) * 255.0
    inside = float(levels.min()) > -EXACT and float(levels.max()) < 255.0 + EXACT
    return inside and float((levels - levels.round()).abs().max()) < EXACT


def _steps(transform: Any) -> Iterator[Any]:
    """The steps of a transform, those of composed ones one by one, the last first."""
    parts = getattr(transform, "transforms", None)
    if parts is None:
        yield transform
    else:
        for part in reversed(list(parts)):
            yield from _steps(part)


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in np.ravel(np.asarray(values)))

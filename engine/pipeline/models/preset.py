"""Preprocessing in two parts: Pillow resizes and cuts an image, torch scales its numbers, a batch at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ...tour.pixels import four_bytes, grounded

Pixels = NDArray[np.uint8]
"""An image's, (height, width, 4), of which the first three count."""


@dataclass(frozen=True, eq=False)
class Preset:
    """(pixels / 255 - mean) / spread of an image that was resized and cut; called with one, it does both parts.

    Threads that decode share Python's lock, which each operation of torch takes anew: so they make pixels, and whole
    batches of pixels become numbers, on the device. The numbers are the same to the bit.
    """

    cut: Callable[[Image.Image], Image.Image]
    """An RGB image to one of the size that the network is given."""
    mean: tuple[float, ...]
    spread: tuple[float, ...]

    def __call__(self, image: Image.Image) -> Tensor:
        return self.numbers(torch.from_numpy(self.pixels(image)[None].copy()))[0]

    def pixels(self, image: Image.Image) -> Pixels:
        """What is transparent stands on white."""
        opaque = grounded(image)
        return four_bytes(self.cut(opaque if opaque.mode == "RGB" else opaque.convert("RGB")))

    def numbers(self, pixels: Tensor) -> Tensor:
        """uint8 (n, height, width, 4) to float32 (n, 3, height, width), on the device that they are on."""
        numbers = pixels.permute(0, 3, 1, 2)[:, :3].to(torch.float32, memory_format=torch.contiguous_format)
        # 255 as a tensor there: CUDA multiplies by the reciprocal of a plain number, which rounds otherwise.
        levels, mean, spread = (_there(each, pixels.device) for each in ((255.0,), self.mean, self.spread))
        return numbers.div_(levels).sub_(mean).div_(spread)


@cache
def _there(values: tuple[float, ...], device: torch.device) -> Tensor:
    """A number for every channel, on a device; kept, since the host waits when they are sent."""
    with torch.inference_mode(False):
        return torch.tensor(values, dtype=torch.float32, device=device)[:, None, None]


def preprocessing(transform: Any) -> Callable[[Image.Image], Tensor]:
    """A transform for RGB images as preprocessing; in two parts where its last steps are torchvision's for numbers."""
    steps = list(getattr(transform, "transforms", ()))
    if [type(step).__name__ for step in steps[-2:]] in (["ToTensor", "Normalize"], ["MaybeToTensor", "Normalize"]):
        mean, spread = (tuple(torch.as_tensor(each).flatten().tolist()) for each in (steps[-1].mean, steps[-1].std))
        if len(mean) == len(spread) == 3:
            return Preset(lambda image: reduce(lambda made, step: step(made), steps[:-2], image), mean, spread)

    def preprocess(image: Image.Image) -> Tensor:
        tensor: Tensor = transform(grounded(image).convert("RGB"))
        return tensor

    return preprocess

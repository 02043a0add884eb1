"""A network that is ready to run, as a value: its module, what a picture becomes for it, its classes, its weights."""

import contextlib
import hashlib
import importlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from ...tour.pixels import grounded
from .output_rows import Rows

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
    answer: Rows | None = None
    """Where its output has a row for every picture, once it has been seen to run."""
    side: int | None = None
    """Pixels of the shorter side that its preprocessing makes a picture; None where that is not known."""
    ground: str = "white"
    """The colour that transparent pictures stand on."""
    preprocess_pixels: Callable[[Tensor], Tensor] | None = None
    """`preprocess` of pixels, uint8 (3, height, width), on whatever device; None where it takes images alone."""

    def fingerprint(self) -> str:
        """A digest of structure and weights: two networks with the same one give the same activations."""
        digest = hashlib.sha256(_without_addresses(repr(self.module)).encode())
        for name, value in self.module.state_dict().items():
            digest.update(name.encode())
            _add(digest, value)
        return digest.hexdigest()[:16]


def _add(digest: Any, value: Any) -> None:
    """Add tensors by their bytes, inside any nesting, and other values by their text."""
    if isinstance(value, Tensor):
        plain = value.detach().cpu()
        plain = (
            plain.dequantize() if plain.is_quantized else plain.to_dense() if plain.layout != torch.strided else plain
        )
        digest.update(plain.contiguous().reshape(-1).view(torch.uint8).numpy().data)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            digest.update(str(key).encode())
            _add(digest, each)
    elif isinstance(value, tuple | list):
        for each in value:
            _add(digest, each)
    else:
        digest.update(_without_addresses(repr(value)).encode())


def _without_addresses(text: str) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def to_tensor(image: Image.Image) -> Tensor:
    """Pixels as they are, float32 (channels, height, width) in [0, 1]; what is transparent stands on white."""
    pixels = np.asarray(grounded(image), dtype=np.float32) / 255.0
    return torch.from_numpy(pixels[None] if pixels.ndim == 2 else np.ascontiguousarray(pixels.transpose(2, 0, 1)))


@contextlib.contextmanager
def tensors_alone() -> Iterator[None]:
    """torch.load reads tensors and nothing else, whoever calls it: eight digits of a checksum can be forged."""
    name = "TORCH_FORCE_WEIGHTS_ONLY_LOAD"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def required(package: str, extra: str, what: str) -> Any:
    """An optional library. Raises ValueError naming the extra that brings it."""
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise ValueError(f"{what} needs {package}, which is not installed: pip install 'umap-tour[{extra}]'") from None


def one_line(error: BaseException) -> str:
    """The first line of what a library says went wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__

"""Pictures in arrays and tensors, in memory or in a .npy file: bytes or numbers, colours last or first."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ...files import opened, why
from ...tour.pixels import Limits, scaled
from .files import stamp
from .images import Decoded, Images, digest_of

MAGIC = b"\x93NUMPY"
COLOURS = (1, 3, 4)


def from_array(pixels: "np.ndarray[Any, Any] | Tensor", *, limits: Limits | None = None) -> Images:
    """Pictures (n, height, width) or with 1, 3 or 4 channels, last or first; bytes, numbers in [0, 1], or 16 bits.

    Where channels may be first or last, they are first in a tensor and last in an array. limits: what 16-bit numbers
    are scaled by, their range unless given. Floats are given to the network as they are, unless limits are given.
    Raises ValueError on anything else.
    """
    if isinstance(pixels, Tensor):
        plain = pixels.detach().cpu()
        values = (plain.float() if plain.dtype == torch.bfloat16 else plain).numpy()  # which numpy does not know
    else:
        values = np.asarray(pixels)
    first = _channels_first(values, tensor=isinstance(pixels, Tensor))
    contents = [np.ascontiguousarray(values).reshape(-1).view(np.uint8).data] if values.size else []
    origin = f"array {values.shape}, {digest_of(contents)}"
    return _images_of(values, origin, first, limits)


def from_npy(file: Path, *, limits: Limits | None = None) -> Images:
    """The pictures in a .npy file, read from disk when each is wanted. Raises ValueError naming the file."""
    try:
        with opened(file) as stream:
            if stream.read(len(MAGIC)) != MAGIC:
                raise ValueError("it does not begin as numpy.save writes one")
        with np.errstate(over="ignore"):  # of a shape that is too large, which is said in words
            values: np.ndarray[Any, Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # the header is Python source, and its reader raises whatever that leads to
        if isinstance(error, OSError):
            raise
        raise ValueError(f"{file}: no readable .npy file ({why(error)})") from None
    origin = f"array {values.shape} in a file, {digest_of([stamp(file)])}"
    try:
        return _images_of(values, origin, _channels_first(values), limits)
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None


def picture_of(pixels: "np.ndarray[Any, Any]") -> Decoded:
    """One picture (height, width[, channels]) or (channels, height, width). Raises TypeError where it is none."""
    try:
        return _reader(pixels[None], _channels_first(pixels[None]), None)(0)
    except ValueError:
        raise TypeError(f"an array {pixels.dtype} {pixels.shape}, which is no picture") from None


def colours_first(pixels: Tensor) -> Tensor:
    """One picture as a network takes it, (channels, height, width). Raises TypeError where it is none.

    Colours last are moved; other numbers of channels are the network's own affair.
    """
    if pixels.ndim == 2:
        return pixels[None]
    if pixels.ndim != 3:
        raise TypeError(f"a tensor of shape {tuple(pixels.shape)}, which is no picture; pictures come first in an item")
    last = pixels.shape[0] not in COLOURS and pixels.shape[2] in COLOURS
    return pixels.permute(2, 0, 1) if last else pixels


def _images_of(values: "np.ndarray[Any, Any]", origin: str, first: bool, limits: Limits | None) -> Images:
    """first: whether channels come before rows and columns."""
    if len(values) == 0:
        raise ValueError("there are no images in that array")
    read = _reader(values, first, limits)
    return Images(n=len(values), read=lambda i: (read(i), None), origin=origin)


def _reader(values: "np.ndarray[Any, Any]", first: bool, limits: Limits | None) -> Callable[[int], Decoded]:
    if values.dtype.kind == "f" and limits is None:
        return lambda i: _tensor(values[i], first)
    if values.dtype == np.uint8:
        return lambda i: _image(values[i], first)
    if values.dtype == np.bool_:
        return lambda i: _image(values[i] * np.uint8(255), first)
    ends = limits or _range(values)
    return lambda i: _image(scaled(values[i], ends), first)


def _channels_first(values: "np.ndarray[Any, Any]", *, tensor: bool = False) -> bool:
    """Whether channels come before rows and columns. Raises ValueError where these are no pictures.

    tensor: whether they do where they may: torch has them first, though pictures may be 3 or 4 pixels wide.
    """
    shape = values.shape
    first = values.ndim == 4 and shape[1] in COLOURS
    last = values.ndim == 4 and shape[3] in COLOURS
    if values.dtype.kind not in "uifb" or values.dtype.itemsize > 8 or not (values.ndim == 3 or first or last):
        raise ValueError(
            "images in an array are uint8, 16-bit or floats in [0, 1], (n, height, width) or with 1, 3 or 4 channels, "
            f"last or first, not {values.dtype} {shape}"
        )
    return first and (tensor or not last)


def _image(pixels: "np.ndarray[Any, Any]", first: bool) -> Image.Image:
    if pixels.ndim == 3:
        pixels = pixels.transpose(1, 2, 0) if first else pixels
        pixels = pixels[..., 0] if pixels.shape[2] == 1 else pixels
    return Image.fromarray(np.ascontiguousarray(pixels))


def _tensor(pixels: "np.ndarray[Any, Any]", first: bool) -> Tensor:
    """As a network takes it, float32 (channels, height, width)."""
    if pixels.ndim == 2:
        pixels = pixels[None]
    elif not first:
        pixels = pixels.transpose(2, 0, 1)
    return torch.from_numpy(np.array(pixels, dtype=np.float32, order="C"))


def _range(values: "np.ndarray[Any, Any]") -> Limits:
    """The least and the largest value, a block at a time: an array on disk is not to be in memory at once.

    Bytes in a wider type, which is what numpy makes of them, are bytes.
    """
    ends = [(int(block.min()), int(block.max())) for block in np.array_split(values, max(1, values.nbytes // 2**26))]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return (0.0, 255.0) if values.dtype.itemsize > 2 and 0 <= low and high <= 255 else (float(low), float(high))

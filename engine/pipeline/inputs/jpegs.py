"""JPEGs decoded on a GPU, a batch at a time, by torchvision's nvJPEG; one that is odd in any way is left to Pillow."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from ..device import out_of_memory
from ..models.network import Network
from ..models.torchvision_models import torchvision_models

LARGEST = 2**26  # pixels of one picture
TOGETHER = 2**28  # pixels decoded at a time: 0.8 GB
AT_ONCE = 2**26  # pixels prepared for the network at a time: 0.8 GB of float32
END = b"\xff\xd9"
RGB_NAMES = [ord(letter) for letter in "RGB"]
ORIENTATION = 0x0112
FLIPS = {1: (), 2: (2,), 3: (1, 2), 4: (1,), 5: (), 6: (2,), 7: (1, 2), 8: (1,)}
"""By EXIF orientation: the axes to flip of (channels, height, width); from 5 on, once height and width are swapped."""


@dataclass(frozen=True, eq=False)
class Jpeg:
    """A plain JPEG file, read and yet to be decoded."""

    data: bytes
    size: tuple[int, int]
    """Width and height as stored."""
    orientation: int
    """EXIF's, 1 to 8."""
    by_pillow: Callable[[], Image.Image]
    """Decodes it without a GPU. Raises BrokenImageError."""


def plain_jpeg(data: bytes, by_pillow: Callable[[], Image.Image], *, pixels: int | None = None) -> Jpeg | None:
    """The bytes of a file as a JPEG for the GPU; None where Pillow had better see to it.

    Plain is baseline, of 8 bits, grey or YCbCr, whole, and of no more than `pixels`.
    """
    if not data.startswith(b"\xff\xd8") or not data.rstrip(b"\0").endswith(END):
        return None
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            orientation = image.getexif().get(ORIENTATION, 1)
            names = [layer[0] for layer in image.layer]  # type: ignore[attr-defined]
            plain = (
                image.format == "JPEG"  # and no MPO
                and image.mode in ("L", "RGB")
                and image.bits == 8  # type: ignore[attr-defined]
                and not image.info.get("progressive")
                and names != RGB_NAMES
                and (image.mode == "L" or image.info.get("adobe_transform") != 0)
                and image.width * image.height <= min(LARGEST, pixels or LARGEST)
                and orientation in FLIPS
            )
    except Exception:  # whatever broken headers lead Pillow to; it says so when it decodes the picture
        return None
    return Jpeg(data, image.size, int(orientation), by_pillow) if plain else None


@cache
def decoder() -> Any:
    """torchvision's `decode_jpeg`. Raises ValueError where its compiled part does not load, or has none for a GPU."""
    torchvision_models()
    from torchvision.io import decode_jpeg

    if not hasattr(torch.ops.image, "decode_jpegs_cuda"):
        raise ValueError("--decode gpu needs a torchvision made for CUDA that fits this torch; leave it out")
    return decode_jpeg


def check_device(device: torch.device) -> None:
    """Raises ValueError where JPEGs cannot be decoded on this device."""
    if device.type != "cuda":
        raise ValueError("--decode gpu needs a CUDA device, and this build runs on the CPU; leave it out")
    decoder()


def check_network(network: Network) -> None:
    """Raises ValueError where this network is given nothing but Pillow's pictures."""
    if network.preprocess_pixels is None:
        raise ValueError(
            f"--decode gpu is for torchvision's networks by name that classify; {network.name} prepares its pictures "
            "with Pillow, so leave it out"
        )


def decoded(jpegs: Sequence[Jpeg], device: torch.device) -> list[Tensor | None]:
    """Pixels of each on the device, uint8 (3, height, width), the right way up; None where they cannot be decoded."""
    found: list[Tensor | None] = []
    for group in _groups(jpegs):
        found += _together(group, device)
    return found


def alike(pictures: Sequence[Tensor], way: Callable[[Tensor], Tensor]) -> list[Tensor]:
    """`way` of every picture (3, height, width), given those of one size together, (n, 3, height, width).

    What the host has to say for a picture takes longer than what the device does for it.
    """
    places: dict[torch.Size, list[int]] = {}
    for place, each in enumerate(pictures):
        places.setdefault(each.shape, []).append(place)
    found: dict[int, Tensor] = {}
    for shape, same in places.items():
        several = max(1, AT_ONCE // (shape[1] * shape[2]))
        for first in range(0, len(same), several):
            part = same[first : first + several]
            found |= zip(part, way(torch.stack([pictures[place] for place in part])), strict=True)
    return [found[place] for place in range(len(pictures))]


def squares(pictures: Sequence[Tensor], tile: int) -> NDArray[np.uint8]:
    """The largest central square of each, resampled to `tile` pixels, uint8 RGBA (n, tile, tile, 4)."""
    tiles = torch.stack(alike(pictures, lambda batch: _square(batch, tile))).clamp(0, 255).round().to(torch.uint8)
    opaque = torch.full_like(tiles[:, :1], 255)
    rgba: NDArray[np.uint8] = torch.cat([tiles, opaque], dim=1).permute(0, 2, 3, 1).cpu().numpy()
    return rgba


def _square(pixels: Tensor, tile: int) -> Tensor:
    height, width = pixels.shape[2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = pixels[:, :, top : top + side, left : left + side].float()
    return functional.interpolate(square, (tile, tile), mode="bicubic", antialias=True)


def _groups(jpegs: Sequence[Jpeg]) -> Iterator[list[Jpeg]]:
    """As many at a time as `TOGETHER` allows."""
    group: list[Jpeg] = []
    room = TOGETHER
    for each in jpegs:
        pixels = each.size[0] * each.size[1]
        if group and pixels > room:
            yield group
            group, room = [], TOGETHER
        group.append(each)
        room -= pixels
    if group:
        yield group


def _together(jpegs: Sequence[Jpeg], device: torch.device) -> list[Tensor | None]:
    """One call for all of them; where it fails, which does not say at which, a call for each half.

    torchvision takes memory for the pixels from the current stream and has nvJPEG write them in another, which does
    not wait for it: what was let go of there may still be read. So it is waited for first.
    """
    if device.type == "cuda":
        torch.cuda.current_stream(device).synchronize()
    try:
        data = [torch.frombuffer(bytearray(each.data), dtype=torch.uint8) for each in jpegs]
        pictures = decoder()(data, mode="RGB", device=device)
    except RuntimeError as error:
        if out_of_memory(error):
            raise
        if len(jpegs) == 1:
            return [None]
        half = len(jpegs) // 2
        return _together(jpegs[:half], device) + _together(jpegs[half:], device)
    return [_upright(pixels, each) for pixels, each in zip(pictures, jpegs, strict=True)]


def _upright(pixels: Tensor, jpeg: Jpeg) -> Tensor | None:
    """The right way up; None where another picture came than the header promised."""
    width, height = jpeg.size
    if pixels.shape != (3, height, width):
        return None
    turned = pixels.transpose(1, 2) if jpeg.orientation >= 5 else pixels
    return turned.flip(FLIPS[jpeg.orientation]) if FLIPS[jpeg.orientation] else turned

"""Pictures decoded in threads, a batch ahead of the network, or a batch at a time on a GPU; batches sent there."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeVar

import numpy as np
import torch
from threadpoolctl import ThreadpoolController
from torch import Tensor

from ..tour.pixels import grounded
from ..tour.tiles import tile_of
from .inputs.images import BrokenImageError, Images, Picture
from .inputs.jpegs import Jpeg, alike, decoded, squares
from .inputs.normalisation import shown
from .models.network import Network
from .models.preset import Pixels, Preset

log = logging.getLogger("engine")

T = TypeVar("T")
Attempts = list[tuple[int, Callable[[], T]]]
"""Pictures by number, and what reads each; it may raise BrokenImageError."""


@dataclass(frozen=True, eq=False)
class Read:
    """A picture that was read."""

    number: int
    given: Tensor | Pixels
    """What the network is given, or the pixels that a preset makes that of, a batch at a time."""
    sprite: Any
    """uint8 (tile, tile, 4), or None where none is asked for."""
    label: Any


@dataclass(frozen=True, eq=False)
class Undecoded:
    """A picture that a GPU is to decode."""

    number: int
    jpeg: Jpeg
    label: Any


def batches(n: int, batch: int, skip: Collection[int]) -> Iterator[list[int]]:
    """The numbers of n pictures in batches: skipped ones leave gaps, so that the others stay in their batches."""
    for first in range(0, n, batch):
        yield [i for i in range(first, min(n, first + batch)) if i not in skip]


def ahead(
    images: Images, read: Callable[[int], Read | Undecoded], *, numbers: Iterable[list[int]]
) -> "Iterator[Attempts[Read | Undecoded]]":
    """Read pictures in threads, batch by batch, the next batch already begun."""
    with ThreadPoolExecutor(images.workers, initializer=_on_one_core) as pool:
        before: Attempts[Read | Undecoded] | None = None
        try:
            for each in numbers:
                begun: Attempts[Read | Undecoded] = [(i, pool.submit(read, i).result) for i in each]
                if before is not None:
                    yield before
                before = begun
            if before is not None:
                yield before
        finally:
            pool.shutdown(cancel_futures=True)


def _on_one_core() -> None:
    """Keep what torch does in this thread to it: there are as many such threads as cores."""
    torch.get_num_threads()  # sets torch up for the thread, which would undo what follows if it came later
    _libraries().limit(limits=1, user_api="openmp")


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def reader(network: Network, images: Images, tile: int | None) -> Callable[[int], Read | Undecoded]:
    """Reads picture i for the network, and where there is a `tile`, its side in pixels, for the screen."""

    def read(i: int) -> Read | Undecoded:
        picture, label = images.read(i)
        if isinstance(picture, Jpeg):
            return Undecoded(i, picture, label)
        return Read(i, *_both(network, images, picture, tile), label)

    return read


def _both(network: Network, images: Images, picture: Picture, tile: int | None) -> tuple[Tensor | Pixels, Any]:
    """What the network is given of a picture, or pixels for that, and what is shown of it where there is a `tile`."""
    sprite = None if tile is None else tile_of(images.sprite(picture), tile)
    if isinstance(network.preprocess, Preset) and not isinstance(picture, Tensor):
        return network.preprocess.pixels(grounded(shown(picture), network.ground)), sprite
    return as_input(network, picture), sprite


def on_device(
    network: Network, images: Images, reads: Sequence[Read | Undecoded], tile: int | None, device: torch.device
) -> "Attempts[Read]":
    """The same pictures, those that a GPU is to decode decoded there; one that it refuses is read by Pillow."""
    jpegs = [each for each in reads if isinstance(each, Undecoded)]
    prepare, found = network.preprocess_pixels, dict[int, tuple[Tensor | Pixels, Any]]()
    if jpegs and prepare is not None:
        pixels = decoded([each.jpeg for each in jpegs], device)
        there = {each.number: rgb for each, rgb in zip(jpegs, pixels, strict=True) if rgb is not None}
        seen = list(there.values())
        sprites = squares(seen, tile) if tile is not None and seen else [None] * len(seen)
        found = dict(zip(there, zip(alike(seen, prepare), sprites, strict=True), strict=True))

    def read(each: Read | Undecoded) -> Read:
        if isinstance(each, Read):
            return each
        both = found.get(each.number) or _both(network, images, each.jpeg.by_pillow(), tile)
        return Read(each.number, *both, each.label)

    return [(each.number, partial(read, each)) for each in reads]


def readable(attempts: "Attempts[T]", broken: dict[int, str], *, strict: bool) -> list[T]:
    """What can be read; the others are said, and noted in `broken`. strict: the first of them is raised."""
    good = []
    for i, attempt in attempts:
        try:
            good.append(attempt())
        except BrokenImageError as error:
            if strict:
                raise
            broken[i] = str(error)
            log.warning("left out: %s", error)
    return good


def as_input(network: Network, picture: Picture) -> Tensor:
    """A decoded picture as the network is given it; a tensor as it is, bytes in [0, 1]."""
    if not isinstance(picture, Tensor):
        return network.preprocess(grounded(shown(picture), network.ground))
    return picture.float() / 255.0 if picture.dtype == torch.uint8 else picture.float()


def sent(network: Network, pictures: Sequence[Tensor | Pixels], device: torch.device) -> Tensor:
    """The pictures as one batch on the device, where a preset makes numbers of pixels.

    To a GPU from pinned memory, which its copy engine reads by itself: the host goes on meanwhile. torch hands that
    memory out again once it has been read.
    """
    pixels = [each for each in pictures if not isinstance(each, Tensor)]
    tensors = [each for each in pictures if isinstance(each, Tensor)]
    if not pixels:
        return _sent(tensors, device)
    assert isinstance(network.preprocess, Preset)
    batch = torch.empty((len(pixels), *pixels[0].shape), dtype=torch.uint8, pin_memory=device.type == "cuda")
    np.stack(pixels, out=batch.numpy())
    numbers = network.preprocess.numbers(batch.to(device, non_blocking=True))
    if not tensors:
        return numbers
    rows = iter(numbers)
    return torch.stack(
        [each.to(device, non_blocking=True) if isinstance(each, Tensor) else next(rows) for each in pictures]
    )


def check_shapes(images: Images, reads: Sequence[Read]) -> None:
    """Raises ValueError naming a picture whose shape is not that of the others."""
    shapes = [
        tuple(each.given.shape) if isinstance(each.given, Tensor) else (3, *each.given.shape[:2]) for each in reads
    ]
    usual, *others = [shape for shape, _ in Counter(shapes).most_common()]
    if others:
        said = (
            f"{images.name_of(reads[shapes.index(each)].number)} is {' x '.join(map(str, each))}"
            for each in (others[-1], usual)
        )
        raise ValueError(
            f"the images differ in shape ({', '.join(said)}), and this network brings no resizing of its own; give "
            "them one size and one kind of colour first"
        )


def _sent(tensors: list[Tensor], device: torch.device) -> Tensor:
    if device.type != "cuda":
        return torch.stack(tensors)
    if any(each.device.type == "cuda" for each in tensors):
        return torch.stack([each.to(device, non_blocking=True) for each in tensors])
    batch = torch.empty((len(tensors), *tensors[0].shape), dtype=tensors[0].dtype, pin_memory=True)
    return torch.stack(tensors, out=batch).to(device, non_blocking=True)

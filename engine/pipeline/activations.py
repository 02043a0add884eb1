"""Network and pictures to one matrix per probe: every picture is decoded once, every layer of a pass seen once."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .inputs.images import Images, none_readable
from .loader import Read, batches, check_shapes, on_device, readable, reader, sent
from .models.borrowed import borrowed
from .models.network import Network
from .probing.answers import shares
from .probing.pooling import Pooling
from .probing.probes import Probe
from .probing.taps import Matrix, Taps
from .processes import decoded, worthwhile

log = logging.getLogger("engine")


@dataclass(frozen=True)
class Settings:
    """How pictures are run through a network, in every pass alike."""

    device: torch.device
    max_width: int
    pooling: Pooling = "average"
    batch: int = 64
    """Pictures at a time."""
    halves: Collection[str] = ()
    """Probes whose matrix is kept in half precision."""
    strict: bool = False
    """Whether a broken picture is an error; else it is left out."""
    part: bool = False
    """Whether the pictures are a part of more, of which none need be readable."""
    scales: Mapping[str, float] = field(default_factory=dict)
    """What matrices in half precision are multiplied by from the beginning, where pictures before decided that."""


@dataclass(frozen=True, eq=False)
class Captured:
    """What one pass saw, rows in the order of the pictures that could be read."""

    matrices: dict[str, Tensor]
    """By probe name, (n, width) on the device, float32; or float16, times a power of two of its own."""
    rows: list[int]
    """Which pictures they are."""
    broken: dict[int, str]
    """Pictures that could not be read, and why."""
    labels: list[Any]
    """What reading brought along, None where it brought nothing."""
    answers: "Answers | None"
    """None where the network's output is no row of class scores."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Probes without a row for every picture, and why; they have no matrix."""
    scales: dict[str, float | None] = field(default_factory=dict)
    """What each matrix is multiplied by in the end; None where that is not decided yet."""
    growths: dict[str, list[float]] = field(default_factory=dict)
    """What the rows of pictures before would have been multiplied by meanwhile, one after the other."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What the network said about every picture."""

    classes: int
    prediction: NDArray[np.int64]
    confidence: NDArray[np.float32]
    """In its prediction."""
    truth: NDArray[np.float32]
    """In the true class, NaN where that is not known."""


def capture(
    network: Network,
    images: Images,
    probes: Sequence[Probe],
    *,
    how: Settings,
    tiles: "NDArray[np.uint8] | None" = None,
    skip: Collection[int] = (),
    advance: Callable[[int], None] = lambda pictures: None,
) -> Captured:
    """Run the network once over all pictures and keep what every probe saw.

    The matrices stay on the device. tiles: (n, tile, tile, 4), filled from the top with the sprites of the pictures
    read. skip: pictures known to be broken. Batches are cut from all pictures, broken ones counted, so that a second
    pass computes what the first did, to the bit. advance: told of pictures as they are done.
    Raises ValueError naming a layer where none has rows for all pictures, or where the pictures make no batch, and
    BrokenImageError for a picture that cannot be read where `how` is strict.
    """
    matrices = {
        each.name: Matrix(
            images.n, each.name in how.halves, scale=how.scales.get(each.name, 1.0), scaled=each.name in how.scales
        )
        for each in probes
    }
    taps = Taps(probes, matrices, how.max_width, how.pooling, how.device)
    answer = network.answer or next((each.rows for each in probes if each.kind == "Softmax" and not each.module), None)
    rows: list[int] = []
    labels: list[Any] = []
    broken: dict[int, str] = {}
    said: list[Tensor] = []
    classes = 0
    tile = None if tiles is None else tiles.shape[1]
    read = reader(network, images, tile)
    numbers = batches(images.n, how.batch, skip)
    reading = decoded(images, read, numbers=numbers, apart=worthwhile(images, network, how.device, tile or 0))
    with borrowed(network.module, how.device) as module, taps.on(module), torch.inference_mode(), closing(reading):
        for number, attempts in enumerate(reading):
            begun = readable(attempts, broken, strict=how.strict)
            there = on_device(network, images, begun, tile, how.device)
            good = readable(there, broken, strict=how.strict)
            if good:
                check_shapes(images, good)
                output = taps.run(module, sent(network, [each.given for each in good], how.device))
                scores = None if answer is None else answer.taken(output, taps.batch)
                if scores is not None and scores.ndim == 2 and scores.shape[1] > 1:
                    classes = scores.shape[1]
                    said.append(_answers(scores[: len(good)], good, images))
                if tiles is not None:
                    tiles[len(rows) : len(rows) + len(good)] = np.stack([each.sprite for each in good])
                rows += [each.number for each in good]
                labels += [each.label for each in good]
            advance(min(how.batch, images.n - number * how.batch))
    if not rows and not how.part:
        raise none_readable(images, next(iter(broken.values()), ""))
    for name, why in taps.left_out.items():
        log.warning("left out: layer %s %s", name, why)
    filled = {name: each.filled() for name, each in matrices.items() if rows}
    scales = {name: each.scale if each.scaled else None for name, each in matrices.items()}
    growths = {name: each.growths for name, each in matrices.items()}
    return Captured(filled, rows, broken, labels, _on_host(said, classes), taps.left_out, scales, growths)


def _answers(scores: Tensor, pictures: list[Read], images: Images) -> Tensor:
    """Prediction, confidence in it and in the truth, float64 (3, pictures), on the device; NaN for no known truth."""
    parts = shares(scores)
    top = parts.max(dim=1)
    truth = torch.tensor([_truth(each, images) for each in pictures]).to(scores.device, non_blocking=True)[:, None]
    known = (truth >= 0) & (truth < scores.shape[1])
    right = torch.where(known, parts.gather(1, torch.where(known, truth, 0)), torch.nan)
    return torch.stack([top.indices.double(), top.values.double(), right[:, 0].double()])


def _truth(picture: Read, images: Images) -> int:
    """Which output is a picture's own class; -1 where nobody knows."""
    if images.counted and isinstance(picture.label, int):
        return picture.label
    return int(images.truth[picture.number]) if images.truth is not None else -1


def _on_host(said: list[Tensor], classes: int) -> Answers | None:
    """What was said of all pictures, copied from the device once."""
    if not said:
        return None
    prediction, confidence, truth = torch.cat(said, dim=1).cpu().numpy()
    return Answers(classes, prediction.astype(np.int64), confidence.astype(np.float32), truth.astype(np.float32))

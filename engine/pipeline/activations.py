"""Network and pictures to one matrix per probe: every picture is decoded once, every layer of a pass seen once."""

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..progress import steps
from ..tour.thumbnails import thumbnail
from .answers import shares
from .borrowed import borrowed
from .images import BrokenImageError, Images, Picture, none_readable
from .network import Network
from .pooling import Pooling
from .probes import Probe
from .taps import Matrix, Taps

log = logging.getLogger("engine")


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
    device: torch.device,
    max_width: int,
    pooling: Pooling = "average",
    halves: Collection[str] = (),
    batch_size: int = 64,
    tiles: "NDArray[np.uint8] | None" = None,
    skip: Collection[int] = (),
    strict: bool = False,
    label: str = "activations",
) -> Captured:
    """Run the network once over all pictures and keep what every probe saw.

    The matrices stay on `device`. halves: probes whose matrix is kept in half precision. tiles: (n, tile, tile, 4),
    filled from the top with the sprites of the pictures read. skip: pictures known to be broken. strict: raise
    BrokenImageError at the first broken one instead of going on. Batches are cut from all pictures, broken ones
    counted, so that a second pass computes what the first did, to the bit.
    Raises ValueError naming a layer where none has rows for all pictures, or where the pictures make no batch.
    """
    matrices = {each.name: Matrix(images.n, each.name in halves) for each in probes}
    taps = Taps(probes, matrices, max_width, pooling)
    answer = network.answer or next((each.rows for each in probes if each.kind == "Softmax" and not each.module), None)
    rows: list[int] = []
    broken: dict[int, str] = {}
    labels: list[Any] = []
    parts: list[tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]] = []
    classes = 0

    def prepared(i: int) -> tuple[Tensor, NDArray[np.uint8] | None, Any]:
        picture, known = images.read(i)
        small = None if tiles is None else thumbnail(images.sprite(picture), tiles.shape[1])
        return as_input(network, picture), small, known

    with (
        borrowed(network.module, device) as module,
        taps.on(module),
        torch.inference_mode(),
        steps(label, images.n) as advance,
    ):
        for first, numbers, futures in _ahead(prepared, images.n, batch_size, images.workers, skip):
            good: list[tuple[int, Tensor, NDArray[np.uint8] | None, Any]] = []
            for i, future in zip(numbers, futures, strict=True):
                try:
                    good.append((i, *future.result()))
                except BrokenImageError as error:
                    if strict:
                        raise
                    broken[i] = str(error)
                    log.warning("left out: %s", error)
            if good:
                if tiles is not None:
                    tiles[len(rows) : len(rows) + len(good)] = np.stack(
                        [each[2] for each in good if each[2] is not None]
                    )
                batch = _stacked([tensor for _, tensor, _, _ in good]).to(device)
                output = taps.run(module, batch)
                here = [i for i, _, _, _ in good]
                scores = None if answer is None else answer.taken(output, taps.batch)
                scores = None if scores is None else scores[: len(batch)]
                if scores is not None and scores.ndim == 2 and scores.shape[1] > 1:
                    classes = scores.shape[1]
                    parts.append(_answers(scores, [known for *_, known in good], images, here))
                rows += here
                labels += [known for *_, known in good]
            advance(min(batch_size, images.n - first))
    if not rows:
        raise none_readable(images, next(iter(broken.values()), ""))
    answers = Answers(classes, *(np.concatenate(each) for each in zip(*parts, strict=True))) if parts else None
    for name, why in taps.left_out.items():
        log.warning("left out: layer %s %s", name, why)
    filled = {name: each.filled() for name, each in matrices.items()}
    return Captured(filled, rows, broken, labels, answers, taps.left_out)


def _ahead(
    prepared: Callable[[int], Any], n: int, size: int, workers: int, skip: Collection[int]
) -> Iterator[tuple[int, list[int], list[Future[Any]]]]:
    """Where a batch begins, its picture numbers, and their readings under way, the next batch's already begun."""
    with ThreadPoolExecutor(workers) as pool:
        waiting: list[tuple[int, list[int], list[Future[Any]]]] = []
        try:
            for first in range(0, n, size):
                numbers = [i for i in range(first, min(n, first + size)) if i not in skip]
                waiting.append((first, numbers, [pool.submit(prepared, i) for i in numbers]))
                if len(waiting) > 1:
                    yield waiting.pop(0)
            yield from waiting
        finally:
            pool.shutdown(cancel_futures=True)


def as_input(network: Network, picture: Picture) -> Tensor:
    """A decoded picture as the network is given it; a tensor as it is, bytes in [0, 1]."""
    if not isinstance(picture, Tensor):
        return network.preprocess(picture)
    return picture.float() / 255.0 if picture.dtype == torch.uint8 else picture.float()


def _stacked(pictures: list[Tensor]) -> Tensor:
    shapes = {tuple(each.shape) for each in pictures}
    if len(shapes) > 1:
        a, b = sorted(shapes)[:2]
        raise ValueError(
            f"the images differ in shape ({' x '.join(map(str, a))} and {' x '.join(map(str, b))}), and this network "
            "brings no resizing of its own; give them one size and one kind of colour first"
        )
    return torch.stack(pictures)


def _answers(
    scores: Tensor, labels: list[Any], images: Images, rows: list[int]
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """Prediction, confidence in it, and confidence in the truth: three numbers a picture leave the device."""
    parts = shares(scores)
    top = parts.max(dim=1)
    truth = np.array([_truth(label, images, row) for label, row in zip(labels, rows, strict=True)], dtype=np.int64)
    known = (truth >= 0) & (truth < scores.shape[1])
    places = torch.as_tensor(np.where(known, truth, 0), device=scores.device)[:, None]
    right = parts.gather(1, places)[:, 0].cpu().numpy()
    return top.indices.cpu().numpy(), top.values.cpu().numpy(), np.where(known, right, np.nan).astype(np.float32)


def _truth(label: Any, images: Images, row: int) -> int:
    """Which output is a picture's own class; -1 where nobody knows."""
    if images.counted and isinstance(label, int):
        return label
    return int(images.truth[row]) if images.truth is not None else -1

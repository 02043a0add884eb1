"""Network and pictures to one matrix per probe: every picture is decoded once, every layer of a pass seen once."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..progress import steps
from ..tour.thumbnails import thumbnail
from .networks import Network
from .pooling import Pooling, pool
from .probes import Probe, activation
from .sources import BrokenImageError, Images, Picture, none_readable, shown

log = logging.getLogger("engine")

HALF_MAX = 6e4  # what float16 holds, and a little less
HALF_START = 16.0  # where the largest value of a first batch that is far from it is put: 4,000 times more still fits


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


@dataclass(frozen=True, eq=False)
class Answers:
    """What the network said about every picture."""

    classes: int
    prediction: NDArray[np.int64]
    confidence: NDArray[np.float32]
    """In its prediction."""
    truth: NDArray[np.float32]
    """In the true class, NaN where that is not known."""


@dataclass(eq=False)
class _Matrix:
    """One layer's rows as they come in. Owns the memory."""

    rows: int
    half: bool
    values: Tensor | None = None
    scale: float = 1.0
    count: int = 0

    def add(self, block: Tensor) -> None:
        largest = float(torch.stack(block.aminmax()).abs().max()) if self.half else 0.0
        if self.values is None:
            self.values = _room((self.rows, block.shape[1]), half=self.half, device=block.device)
            if 0.0 < largest < torch.inf and not HALF_MAX / 4096 > largest > 0.1:
                self.scale = 2.0 ** round(np.log2(HALF_START / largest))
        elif largest * self.scale > HALF_MAX:
            self.values = self.values.float()
            self.half = False
        part = self.values[self.count : self.count + len(block)]
        part.copy_(block if self.scale == 1.0 else block * self.scale)
        self.count += len(block)

    def filled(self) -> Tensor:
        assert self.values is not None
        return self.values[: self.count]


def _room(shape: tuple[int, int], *, half: bool, device: torch.device) -> Tensor:
    """Memory for a matrix; on a CPU NumPy's, which asks for large pages."""
    if device.type == "cpu":
        return torch.from_numpy(np.empty(shape, dtype=np.float16 if half else np.float32))
    return torch.empty(shape, dtype=torch.float16 if half else torch.float32, device=device)


@dataclass(eq=False)
class _Taps:
    """Hooks on the probed modules: what each sees of the batch at hand goes into its matrix, pooled."""

    probes: Sequence[Probe]
    matrices: dict[str, _Matrix]
    max_width: int
    pooling: Pooling
    batch: int = 0
    calls: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def on(self, network: nn.Module) -> Iterator[None]:
        modules = {each.module for each in self.probes if each.module}
        hooks = [network.get_submodule(name).register_forward_hook(self._hook(name)) for name in modules]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _hook(self, module: str) -> Callable[[nn.Module, Any, Any], None]:
        wanted = {each.call: each.name for each in self.probes if each.module == module}

        def hook(_: nn.Module, inputs: Any, output: Any) -> None:
            call = self.calls[module]
            self.calls[module] += 1
            found = activation(output, self.batch) if call in wanted else None
            if found is not None:
                self._keep(wanted[call], found)  # here and now: the next module may work in place

        return hook

    def _keep(self, name: str, found: Tensor) -> None:
        self.matrices[name].add(pool(found, self.max_width, self.pooling))

    def run(self, network: nn.Module, batch: Tensor) -> Any:
        """The network's output for a batch of which every probe gets its rows."""
        self.batch = len(batch)
        self.calls.clear()
        output = network(batch)
        for probe in self.probes:
            if not probe.module:
                found = batch if probe.kind == "Input" else activation(output, len(batch))
                assert found is not None
                self._keep(probe.name, found if probe.kind == "Input" else found.float().softmax(dim=1))
            elif self.calls[probe.module] <= probe.call:
                raise ValueError(f"layer {probe.name} did not run in this network")
        return output


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
    Raises ValueError naming the layer where one did not run, or where the pictures make no batch.
    """
    module = network.module.to(device).eval()
    matrices = {each.name: _Matrix(images.n, each.name in halves) for each in probes}
    taps = _Taps(probes, matrices, max_width, pooling)
    rows: list[int] = []
    broken: dict[int, str] = {}
    labels: list[Any] = []
    parts: list[tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]] = []
    classes = 0

    def prepared(i: int) -> tuple[Tensor, NDArray[np.uint8] | None, Any]:
        picture, known = images.read(i)
        small = None if tiles is None else thumbnail(images.draw(shown(picture)), tiles.shape[1])
        return as_input(network, picture), small, known

    with taps.on(module), torch.inference_mode(), steps(label, images.n) as advance:
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
                scores = activation(output, len(batch))
                if scores is not None and scores.ndim == 2 and scores.shape[1] > 1:
                    classes = scores.shape[1]
                    parts.append(_answers(scores, [known for *_, known in good], images, here))
                rows += here
                labels += [known for *_, known in good]
            advance(min(batch_size, images.n - first))
    if not rows:
        raise none_readable(images, next(iter(broken.values()), ""))
    answers = Answers(classes, *(np.concatenate(each) for each in zip(*parts, strict=True))) if parts else None
    return Captured({name: each.filled() for name, each in matrices.items()}, rows, broken, labels, answers)


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
    shares = scores.float().softmax(dim=1)
    top = shares.max(dim=1)
    truth = np.array([_truth(label, images, row) for label, row in zip(labels, rows, strict=True)], dtype=np.int64)
    known = (truth >= 0) & (truth < scores.shape[1])
    places = torch.as_tensor(np.where(known, truth, 0), device=scores.device)[:, None]
    right = shares.gather(1, places)[:, 0].cpu().numpy()
    return top.indices.cpu().numpy(), top.values.cpu().numpy(), np.where(known, right, np.nan).astype(np.float32)


def _truth(label: Any, images: Images, row: int) -> int:
    """Which output is a picture's own class; -1 where nobody knows."""
    if images.counted and isinstance(label, int):
        return label
    return int(images.truth[row]) if images.truth is not None else -1

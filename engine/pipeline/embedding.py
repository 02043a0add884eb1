"""Neighbours and the layer before to a 15-D UMAP embedding.

umap-learn rescales every axis of an initial array to [0, 10], which undoes the point of starting from the layer
before; so its graph and its optimiser are called directly, and the start is left as it is. cuML takes an initial
array without touching it. Reference: McInnes, Healy & Melville 2018 (UMAP); Rauber et al. 2016 (start where the
frame before ended).
"""

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
import torch.utils.dlpack
from numpy.typing import NDArray
from torch import Tensor

from .algebra.centred import Centred
from .algebra.principal import principal_axes
from .device import Machine
from .neighbors import nearest

NOISE = 1e-4  # standard deviation of what is added to a start, so that coincident points can part
EXTENT = 10.0  # largest coordinate of the first start
EQUAL = "all its rows are equal, so there is nothing to embed; leave it out with --layers"


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a layer is optimised."""

    epochs: int
    rate: float


def schedule(n: int, *, first: bool) -> Schedule:
    """UMAP's own schedule for the first layer; fewer, gentler epochs for one that starts from the layer before.

    The trade between steadiness and truth is measured in docs/embedding.md.
    """
    epochs = 500 if n <= 10_000 else 200
    return Schedule(epochs, 1.0) if first else Schedule(epochs // 4, 0.25)


def principal_start(matrix: "Tensor | Centred", dims: int, *, seed: int | None) -> Tensor:
    """The start of the first layer: its `dims` principal components, float32 (n, dims) on the device of `matrix`.

    One factor for all axes makes the largest coordinate 10; the largest loading of each axis is positive; a layer
    with fewer than `dims` components has noise alone in the others. Raises ValueError where all rows are equal.
    """
    rows = Centred.of(matrix)
    n, width = rows.matrix.shape
    keep = min(dims, width, n)
    values, axes = principal_axes(rows, keep)
    axes = axes * (values > values[0] * 1e-12)
    largest = axes.gather(0, axes.abs().argmax(dim=0, keepdim=True))
    scores = rows.times(axes * torch.where(largest < 0, -1.0, 1.0))
    reach = scores.abs().max()
    if not reach > 0:
        raise ValueError(EQUAL)
    start = torch.zeros((n, dims), dtype=torch.float64, device=scores.device)
    start[:, :keep] = scores * (EXTENT / reach)
    return _with_noise(start, seed)


def following_start(before: Tensor, *, seed: int | None) -> Tensor:
    """The start of a later layer: the layer before, unscaled."""
    return _with_noise(before, seed)


def _with_noise(start: Tensor, seed: int | None) -> Tensor:
    noise = np.random.default_rng(seed).normal(scale=NOISE, size=start.shape)
    return (start.double() + torch.from_numpy(noise).to(start.device)).float()


def embed(
    graph: tuple[Tensor, Tensor],
    start: Tensor,
    *,
    how: Schedule,
    min_dist: float,
    seed: int | None,
    machine: Machine,
    advance: Callable[[int], None] = lambda epochs: None,
) -> Tensor:
    """UMAP of a neighbour graph from a start, float32 (n, dims) on the device of the graph.

    graph: indices and distances (n, k), self in column 0. seed: repeatable on one machine; None is faster and is not.
    advance: told of epochs as they are done, where that is known. Raises RuntimeError where cuML's are not finite.
    """
    if machine.cuml:
        points = _cuml(*graph, start, how, min_dist, seed)
        if not torch.isfinite(points).all():
            raise RuntimeError("cuML's UMAP made numbers that are not finite; --device cpu embeds with umap-learn")
        return points
    indices, distances = graph
    there = indices.cpu().numpy(), distances.cpu().numpy()
    with threads_kept():
        embedding = _umap_learn(*there, start.cpu().numpy(), how, min_dist, seed, advance)
    return torch.from_numpy(embedding).to(indices.device)


@contextlib.contextmanager
def threads_kept() -> Iterator[None]:
    """Within this, numba may run: it gives the OpenMP that it shares with torch its own number of threads at first."""
    threads = torch.get_num_threads()
    yield
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)


def _umap_learn(
    indices: NDArray[np.int64],
    distances: NDArray[np.float32],
    start: NDArray[np.float32],
    how: Schedule,
    min_dist: float,
    seed: int | None,
    advance: Callable[[int], None],
) -> NDArray[np.float32]:
    prepare_umap()
    from sklearn.utils import check_random_state
    from umap.layouts import optimize_layout_euclidean
    from umap.umap_ import find_ab_params, fuzzy_simplicial_set, make_epochs_per_sample

    random = check_random_state(seed)
    n, k = indices.shape
    # The points themselves are asked for their number alone, once neighbours are given.
    graph = fuzzy_simplicial_set(
        np.empty((n, 1), dtype=np.float32), k, random, "euclidean", knn_indices=indices, knn_dists=distances
    )[0].tocoo()
    graph.sum_duplicates()
    graph.data[graph.data < graph.data.max() / how.epochs] = 0.0  # what would not be sampled once
    graph.eliminate_zeros()
    a, b = find_ab_params(1.0, min_dist)
    embedding = np.ascontiguousarray(start, dtype=np.float32).copy()
    optimize_layout_euclidean(
        embedding,
        embedding,
        graph.row,
        graph.col,
        how.epochs,
        n,
        make_epochs_per_sample(graph.data, how.epochs),
        a,
        b,
        random.randint(np.iinfo(np.int32).min + 1, np.iinfo(np.int32).max - 1, 3).astype(np.int64),
        initial_alpha=how.rate,
        parallel=seed is None,
        move_other=True,
        tqdm_kwds={"disable": False, "file": _Epochs(advance), "bar_format": "{n}", "mininterval": 0.2},
    )
    return embedding


@cache
def prepare_umap() -> None:
    """Have numba compile umap-learn's functions so that they let go of Python's lock, and keep them on disk.

    They work on arrays alone; holding the lock through every epoch, they let no other thread begin anything. The next
    process on a processor like this one finds them beside umap-learn, or in the user's folder for such things, or has
    to compile them anew where neither can be written.
    """
    try:
        import umap.layouts
        import umap.umap_
    except RuntimeError as error:  # umap-learn insists on a folder, as for a user without a home in a container
        if "cannot cache" not in str(error):
            raise
        sys.modules["numba"].config.CACHE_DIR = _scratch().name
        import umap.layouts
        import umap.umap_

    for module in (umap.layouts, umap.umap_):
        for function in vars(module).values():
            if hasattr(function, "enable_caching"):  # one that numba compiles
                function.targetoptions["nogil"] = True
                with contextlib.suppress(RuntimeError):  # no folder that can be written
                    function.enable_caching()


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for as long as this process."""
    return tempfile.TemporaryDirectory(prefix="umap-tour-")


class _Epochs:
    """What tqdm writes to: the number of epochs done, which `advance` is told of as they grow."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self._advance = advance
        self._done = 0

    def write(self, text: str) -> None:
        count = text.strip()
        if count.isdigit() and int(count) > self._done:
            self._advance(int(count) - self._done)
            self._done = int(count)

    def flush(self) -> None:
        pass


def cuml_umap() -> Any:
    """The class; its libraries are loaded when it is first asked for, which takes seconds."""
    from cuml.manifold import UMAP

    return UMAP


def try_out(machine: Machine) -> Tensor:
    """A UMAP of 200 points on a ring, (200, 5), to see that this machine's libraries work. Raises what they do."""
    n, dims = 200, 5
    angle = torch.arange(n, dtype=torch.float64, device=machine.device) * (2 * torch.pi / n)
    points = torch.stack([angle.cos(), angle.sin()], dim=1).float()
    graph = nearest(points, 15)
    start = principal_start(points, dims, seed=0)
    found = embed(graph, start, how=Schedule(50, 1.0), min_dist=0.1, seed=0, machine=machine)
    if found.shape != (n, dims):
        raise ValueError(f"a UMAP of {n} points in {dims} dimensions came out as {tuple(found.shape)}")
    return found


def _cuml(
    indices: Tensor, distances: Tensor, start: Tensor, how: Schedule, min_dist: float, seed: int | None
) -> Tensor:
    """The same on the GPU: graph and start come and the embedding goes through DLPack, without a copy."""
    import cupy

    UMAP = cuml_umap()  # noqa: N806
    model = UMAP(
        n_neighbors=indices.shape[1],
        n_components=start.shape[1],
        min_dist=min_dist,
        n_epochs=how.epochs,
        learning_rate=how.rate,
        init=cupy.from_dlpack(start.contiguous()),
        random_state=seed,
        force_serial_epochs=True,  # no outliers from the parallel kernel's batches
        precomputed_knn=(cupy.from_dlpack(indices.contiguous()), cupy.from_dlpack(distances.contiguous())),
        output_type="cupy",
    )
    rows = cupy.zeros((indices.shape[0], 1), dtype=cupy.float32)  # asked for their number alone
    embedding: Tensor = torch.utils.dlpack.from_dlpack(cupy.ascontiguousarray(model.fit_transform(rows)))
    return embedding

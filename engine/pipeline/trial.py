"""The pipeline tried out on a GPU: cuML's contract, and a small build on GPU and CPU compared. For `doctor --gpu`."""

import inspect
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..tour.alignment import procrustes
from ..tour.tour import Tour
from .build import build
from .device import machine
from .digits import DigitNet
from .embedding import cuml_umap

IMAGES = 2000
LAYERS = ["conv1", "conv4", "dense"]
LOSS = 0.005  # of trustworthiness, at most
NEEDED = ("n_neighbors", "n_components", "min_dist", "n_epochs", "learning_rate", "init", "random_state",
          "force_serial_epochs", "precomputed_knn", "output_type")  # fmt: skip

Attempt = tuple[str, Callable[[], str]]


def has_gpu() -> bool:
    """Whether torch can use one."""
    return torch.cuda.is_available()


def attempts(folder: Path) -> Iterator[Attempt]:
    """What is tried, one after the other, each with its name: it returns what was found, and raises where it is wrong.

    The same build twice on the GPU, which has to repeat it, and once on the CPU, where numba compiles UMAP first if
    no build has run here yet.
    """
    yield "cuML's contract", _contract
    pixels, network = _pixels(), _network()
    tours: dict[tuple[str, str], Tour] = {}
    for name, place, turns in (("GPU", str(machine().device), ("first", "second")), ("CPU", "cpu", ("first",))):
        for turn in turns:

            def make(name: str = name, place: str = place, turn: str = turn) -> str:
                start = time.perf_counter()
                out = folder / f"{name}-{turn}.tour"
                tours[name, turn] = build(network, pixels, layers=LAYERS, device=place, out=out, progress=False)
                return f"{IMAGES:,} images, {len(LAYERS)} layers: {time.perf_counter() - start:.1f} s"

            yield f"build on {name}, {turn}", make
    if len(tours) < 3:
        return
    yield "repeats", lambda: _repeats(tours["GPU", "first"], tours["GPU", "second"])
    for k, matrix in enumerate(_activations(network, pixels)):
        there, here = (tours[name, "first"].layers[k] for name in ("GPU", "CPU"))
        yield f"layer {here.name}", partial(_compare, matrix, there.points, here.points)


def _contract() -> str:
    if not machine().cuml:
        return "cuML or CuPy is not installed, so umap-learn embeds"
    missing = set(NEEDED) - set(inspect.signature(cuml_umap()).parameters)
    if missing:
        raise TypeError(f"cuml.manifold.UMAP has no {', '.join(sorted(missing))}")
    return f"takes all {len(NEEDED)} arguments that it is given"


def _repeats(first: Tour, second: Tour) -> str:
    for a, b in zip(first.layers, second.layers, strict=True):
        if not np.array_equal(a.points, b.points):
            raise ValueError(f"layer {a.name} differs from one seeded build to the next")
    return "two seeded builds on the GPU are equal to the bit"


def _compare(matrix: NDArray[Any], there: NDArray[Any], here: NDArray[Any]) -> str:
    """How much of the neighbourhoods in `matrix` each embedding keeps. Raises ValueError where the GPU's keeps less."""
    from sklearn.manifold import trustworthiness

    gpu, cpu = (trustworthiness(matrix, each, n_neighbors=15) for each in (there, here))
    similar = procrustes(np.asarray(there), np.asarray(here)).similarity
    said = f"trustworthiness {gpu:.4f}, on the CPU {cpu:.4f}; Procrustes similarity {similar:.3f}"
    if gpu < cpu - LOSS:
        raise ValueError(said)
    return said


def _pixels() -> NDArray[np.uint8]:
    """Made-up pictures of ten kinds, uint8 (n, 8, 8)."""
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 200, (10, 8, 8))
    noise = rng.normal(0, 18, (IMAGES, 8, 8))
    return (kinds[np.arange(IMAGES) % 10] + noise).clip(0, 255).astype(np.uint8)


def _network() -> DigitNet:
    torch.manual_seed(0)
    return DigitNet().eval()


def _activations(network: DigitNet, pixels: NDArray[np.uint8]) -> list[NDArray[Any]]:
    """What the layers say on the CPU, (n, width) each."""
    seen: list[NDArray[Any]] = []
    modules = [network.cpu().get_submodule(name) for name in LAYERS]
    hooks = [each.register_forward_hook(lambda _, __, out: seen.append(out.flatten(1).numpy())) for each in modules]
    with torch.inference_mode():
        network(torch.from_numpy(pixels)[:, None] / 255.0)
    for hook in hooks:
        hook.remove()
    return seen

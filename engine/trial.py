"""The GPU tried out in less than a minute: cuML's contract, a small build on GPU and CPU compared, a picture checked.

What `umap-tour doctor --gpu` prints, to be pasted into a report of a fault.
"""

import importlib.metadata
import inspect
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .doctor import Finding

IMAGES = 2000
LAYERS = ["conv1", "conv4", "dense"]
LOSS = 0.005  # of trustworthiness, at most
NEEDED = ("n_neighbors", "n_components", "min_dist", "n_epochs", "learning_rate", "init", "random_state",
          "force_serial_epochs", "precomputed_knn", "output_type")  # fmt: skip


def trial(device: str | None = None) -> Iterator[Finding]:
    """One finding after the other, each as soon as it is known. device: as in a build; the GPU unless given."""
    import torch

    yield Finding("versions", ", ".join(_versions()))
    if device is None and not torch.cuda.is_available():
        yield Finding("GPU", "none that torch can use", "see above; a picture is still checked", needed=False)
    else:
        yield _tried("cuML's contract", _contract)
        with tempfile.TemporaryDirectory() as folder:
            yield from _builds(Path(folder), device)
    yield _tried("picture", _picture)


def _versions() -> list[str]:
    names = ("umap-tour", "torch", "cuml-cu13", "cuml-cu12", "cupy-cuda13x", "cupy-cuda12x", "umap-learn", "vispy")
    found = []
    for name in names:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _tried(what: str, way: Callable[[], str]) -> Finding:
    """What `way` found; an error of whatever kind is a finding too."""
    try:
        return Finding(what, way())
    except Exception as error:
        said = str(error).splitlines()[0][:200] if str(error) else ""
        return Finding(what, f"{type(error).__name__}: {said}", "please report it with all of this")


def _contract() -> str:
    from .pipeline.device import machine

    if not machine().cuml:
        return "cuML or CuPy is not installed, so umap-learn embeds"
    from .pipeline.embedding import cuml_umap

    missing = set(NEEDED) - set(inspect.signature(cuml_umap()).parameters)
    if missing:
        raise TypeError(f"cuml.manifold.UMAP has no {', '.join(sorted(missing))}")
    return f"takes all {len(NEEDED)} arguments that it is given"


def _builds(folder: Path, device: str | None) -> Iterator[Finding]:
    """The same build on the device and on the CPU, and how much of each layer's neighbourhoods either keeps."""
    from .pipeline.build import build
    from .pipeline.device import machine

    pixels, network = _pixels(), _network()
    wanted = machine(device)
    tours: dict[tuple[str, str], Any] = {}
    for name, place in (("GPU", str(wanted.device)), ("CPU", "cpu")):
        for turn in ("first", "second"):  # the first compiles kernels

            def make(name: str = name, place: str = place, turn: str = turn) -> str:
                start = time.perf_counter()
                out = folder / f"{name}-{turn}.tour"
                tours[name, turn] = build(network, pixels, layers=LAYERS, device=place, out=out, progress=False)
                return f"{IMAGES:,} images, {len(LAYERS)} layers: {time.perf_counter() - start:.1f} s"

            yield _tried(f"build on {name}, {turn}", make)
    if len(tours) == 4:
        yield _tried("repeats", lambda: _repeats(tours["GPU", "first"], tours["GPU", "second"]))
        yield from _compared(tours["GPU", "second"], tours["CPU", "second"], _activations(network, pixels))


def _repeats(first: Any, second: Any) -> str:
    for a, b in zip(first.layers, second.layers, strict=True):
        if not np.array_equal(a.points, b.points):
            raise ValueError(f"layer {a.name} differs from one seeded build to the next")
    return "two seeded builds on the GPU are equal to the bit"


def _compared(there: Any, here: Any, activations: list[Any]) -> Iterator[Finding]:
    from sklearn.manifold import trustworthiness

    from .tour.alignment import procrustes

    for a, b, matrix in zip(there.layers, here.layers, activations, strict=True):

        def compare(a: Any = a, b: Any = b, matrix: Any = matrix) -> str:
            values = [trustworthiness(matrix, each.points, n_neighbors=15) for each in (a, b)]
            similar = procrustes(np.asarray(a.points), np.asarray(b.points)).similarity
            said = f"trustworthiness {values[0]:.4f}, on the CPU {values[1]:.4f}; Procrustes similarity {similar:.3f}"
            if values[0] < values[1] - LOSS:
                raise ValueError(said)
            return said

        yield _tried(f"layer {a.name}", compare)


def _pixels() -> Any:
    """Made-up pictures of ten kinds, uint8 (2000, 8, 8)."""
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 200, (10, 8, 8))
    noise = rng.normal(0, 18, (IMAGES, 8, 8))
    return (kinds[np.arange(IMAGES) % 10] + noise).clip(0, 255).astype(np.uint8)


def _network() -> Any:
    import torch

    from .pipeline.digits import DigitNet

    torch.manual_seed(0)
    return DigitNet().eval()


def _activations(network: Any, pixels: Any) -> list[Any]:
    """What the layers say on the CPU, (2000, width) each."""
    import torch

    seen: list[Any] = []
    modules = [network.cpu().get_submodule(name) for name in LAYERS]
    hooks = [each.register_forward_hook(lambda _, __, out: seen.append(out.flatten(1).numpy())) for each in modules]
    with torch.inference_mode():
        network(torch.from_numpy(pixels)[:, None] / 255.0)
    for hook in hooks:
        hook.remove()
    return seen


def _picture() -> str:
    """Nine points drawn where the rule of the screen puts them, on ground that is one colour everywhere else."""
    import pandas as pd

    from .pictures.snapshot import snapshot
    from .render.offscreen import current, describe
    from .tour.alignment import chain
    from .tour.tour import Layer, Tour

    points = np.zeros((9, 3), dtype=np.float32)
    points[1:, :2] = [[x, y] for x in (-2, -1, 1, 2) for y in (-1, 1)]
    tour = Tour("nine", (Layer("0-Input", "Input", points, chain([points])[0]),), pd.DataFrame(index=range(9)))
    image = snapshot(tour, size=(220, 220)).astype(int)
    ground = image[0, 0]
    reach = 100 / np.linalg.norm(points, axis=1).max()  # of 110 pixels, 1.1 radii
    places = np.rint(110 + points[:, :2] * [reach, -reach]).astype(int).clip(0, 219)
    far = np.ones(image.shape[:2], dtype=bool)
    for x, y in places:
        if np.abs(image[y, x] - ground).max() < 20:
            raise ValueError(f"no dot at pixel {x}, {y}, where there must be one")
        far[max(0, y - 12) : y + 13, max(0, x - 12) : x + 13] = False
    if (image[far] != ground).any():
        raise ValueError("something is drawn where no point is")
    with current():
        driver = describe()
    return f"as computed, by {driver.renderer}, OpenGL {driver.version}"

"""The GPU tried out in less than a minute: the pipeline on it beside the CPU's, and a picture held against its points.

What `umap-tour doctor --gpu` prints, to be pasted into a report of a fault.
"""

import importlib.metadata
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from .finding import Finding

log = logging.getLogger("engine")


def trial() -> Iterator[Finding]:
    """One finding after the other, each as soon as it is known."""
    start = time.perf_counter()
    from ..pipeline.trial import attempts, has_gpu

    yield Finding("versions", ", ".join(versions()))
    if not has_gpu():
        yield Finding("GPU", "none that torch can use", "see above; a picture is still checked", needed=False)
    else:
        with tempfile.TemporaryDirectory() as folder:
            for what, way in attempts(Path(folder)):
                yield _tried(what, way)
    yield _tried("picture", _picture)
    yield Finding("time", f"{time.perf_counter() - start:.0f} s, with the loading of libraries")


def versions() -> list[str]:
    """Of the packages that matter here and are installed, by name."""
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
    log.info("trying: %s", what)
    try:
        return Finding(what, way())
    except Exception as error:
        said = str(error).splitlines()[0][:200] if str(error) else ""
        return Finding(what, f"{type(error).__name__}: {said}", "please report it with all of this")


def _picture() -> str:
    """Nine points drawn where the rule of the screen puts them, on ground that is one colour everywhere else."""
    import pandas as pd

    from ..pictures.snapshot import snapshot
    from ..render.offscreen import current, describe
    from ..tour.alignment import chain
    from ..tour.tour import Layer, Tour

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

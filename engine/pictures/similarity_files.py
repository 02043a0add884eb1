"""How similar the layers of two tours are, or of one, in files: a picture, CSV to read, NPY to compute with."""

import csv
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..files import safe_stem, whole
from ..tour.matching import matched
from ..tour.similarity import MEASURES, matrices
from ..tour.sketches import ACTIVATIONS, activation_matrices
from ..tour.tour import Tour
from ..viewer.titles import layer_title
from .heatmap import Heatmap, drawn

log = logging.getLogger("engine")

TITLES = MEASURES | ACTIVATIONS
SUFFIXES = (".png", ".csv", ".npy")


def similarity_files(
    a: Tour, b: Tour | None, *, measure: str = "procrustes", stem: Path | None = None
) -> Iterator[Path]:
    """Write STEM.png, STEM.csv and STEM.npy; yields each when it is there.

    Rows are the layers of `a`, columns those of `b`, or those of `a` once more; CSV has their names as header row
    and column, NPY is float64 (La, Lb). Raises ValueError where no point is in both.
    """
    how = ""
    if b is not None:
        match = matched(a, b)
        a, b = match.left, match.right
        how = " in the same order" if match.by == "order" else f" matched by {match.by}"
        if match.partial:
            log.info("%s points are in both of %s and %s", f"{a.n:,}", *(f"{each:,}" for each in match.total))
    other = a if b is None else b
    what = f"the embeddings in {a.dims} dimensions"
    if measure in ACTIVATIONS:
        found = activation_matrices(a, other)[measure]
        values, worst = found.values, float(found.bounds.max())
        what = f"the activations in full, each value to within {worst:.2g}"
        log.info("every value is within %.2g of that of the full activations", worst)
    else:
        values = matrices(a, other)[measure]
    table = Heatmap(
        values,
        [layer_title(a, k) for k in range(len(a.layers))],
        [layer_title(other, k) for k in range(len(other.layers))],
        (a.name, other.name),
        f"{TITLES[measure]}: {a.name}" + (f" and {other.name}" if b else ", layer against layer"),
        f"of {what}, {a.n:,} points{how}",
        same=b is None,
    )
    words = [a.name, *([other.name] if b else []), measure.replace(" ", "-")]
    stem = stem or Path(safe_stem("-".join(words)))
    stem = stem.with_suffix("") if stem.suffix in SUFFIXES else stem
    stem.parent.mkdir(parents=True, exist_ok=True)
    picture = drawn(table)
    ways: list[Callable[[IO[bytes]], Any]] = [
        lambda stream: picture.save(stream, format="PNG"),
        lambda stream: stream.write(_csv(values, a, other).encode()),
        lambda stream: np.save(stream, values, allow_pickle=False),
    ]
    for suffix, way in zip(SUFFIXES, ways, strict=True):
        yield _whole(stem, suffix, way)


def _whole(stem: Path, suffix: str, write: Callable[[IO[bytes]], Any]) -> Path:
    """A file that is complete or is not there."""
    file = stem.with_name(stem.name + suffix)
    with whole(file) as partial, partial.open("wb") as stream:
        write(stream)
    return file


def _csv(values: NDArray[np.float64], a: Tour, b: Tour) -> str:
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["", *(layer.name for layer in b.layers)])
    for layer, row in zip(a.layers, values.tolist(), strict=True):
        lines.writerow([layer.name, *(f"{value:.9g}" for value in row)])
    return text.getvalue()

"""A test double of cuml.manifold.UMAP: umap-learn's functions underneath, arguments checked as cuML 26.10 checks them.

The keywords and their defaults are those of the wheel, which `make contracts` reads into tests/pipeline/contracts.json.
"""

import inspect
import json
import numbers
from pathlib import Path

import cupy
import numpy as np

from engine.pipeline.embedding import Schedule, _umap_learn, threads_kept

CONTRACT = json.loads((Path(__file__).parents[2] / "pipeline" / "contracts.json").read_text())
KEYWORDS = CONTRACT["cuml.manifold.UMAP"]["defaults"]


class UMAP:
    """Takes what cuML takes. `fail` is raised by the next `fit_transform`s, one after the other."""

    fail: list[BaseException] = []  # noqa: RUF012
    made: list["UMAP"] = []  # noqa: RUF012

    def __init__(self, **options):
        unknown = set(options) - set(KEYWORDS)
        if unknown:
            raise TypeError(f"UMAP.__init__() got an unexpected keyword argument {min(unknown)!r}")
        self.options = KEYWORDS | options
        self.device = cupy.cuda.Device().id
        UMAP.made.append(self)

    def fit_transform(self, rows):
        if UMAP.fail:
            raise UMAP.fail.pop(0)
        o = self.options
        n = _array(rows, "float32").shape[0]
        if n < 2:
            raise ValueError(f"Found array with {n} sample(s) while a minimum of 2 is required.")
        seed = o["random_state"]
        if not (seed is None or (isinstance(seed, numbers.Integral) and 0 <= seed < 2**32)):
            raise ValueError(f"Expected `0 <= random_state <= 2**32 - 1`, got {seed}")
        if o["force_serial_epochs"] and o["n_components"] > CONTRACT["cuml.manifold.UMAP"]["serial epochs up to"]:
            raise ValueError("force_serial_epochs=True is only supported for n_components <= 512")
        indices, distances = o["precomputed_knn"]
        indices, distances = _array(indices, "int64"), _array(distances, "float32")
        if indices.shape[0] != n or indices.shape != distances.shape:
            raise ValueError("Expected indices and distances to have shape=(n_samples, n_neighbors)")
        if not (indices[:, 0] == np.arange(n)).all():
            raise ValueError("Expected indices and distances to include self references")
        wanted = min(n, o["n_neighbors"])  # of more than there are rows cuML makes as many, with a warning
        if indices.shape[1] < wanted:
            raise ValueError("Precomputed KNN data has fewer neighbors per sample than n_neighbors")
        indices, distances = indices[:, :wanted], distances[:, :wanted]
        if not (o["n_components"] >= 1 and o["n_neighbors"] >= 1 and o["min_dist"] <= o["spread"]):
            raise ValueError("Expected n_components >= 1, n_neighbors >= 1 and min_dist <= spread")
        start = _array(o["init"], "float32")
        if start.shape != (n, o["n_components"]):
            raise ValueError(f"Expected `init` with shape {(n, o['n_components'])}, got {start.shape}")
        if not o["n_epochs"]:
            raise ValueError("0 epochs are 500 or 200 to cuML")
        how = Schedule(o["n_epochs"], o["learning_rate"])
        with threads_kept():
            found = _umap_learn(indices, distances, start, how, o["min_dist"], o["random_state"], lambda epochs: None)
        cupy.cuda.waited()  # `handle.sync()`
        if o["output_type"] != "cupy":
            raise ValueError("this test double gives CuPy arrays alone")
        return cupy.asarray(found)


_given = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value) for name, value in KEYWORDS.items()]
UMAP.__signature__ = inspect.Signature(_given)


def _array(values, dtype):
    """As cuML's check_array: a copy where the type or the order is another; 2-D, finite; the device's or the host's."""
    if isinstance(values, cupy.ndarray):
        assert values.device.id == cupy.cuda.Device().id, "an array of another device than the current one"
    here = cupy._operand(values) if isinstance(values, cupy.ndarray) else np.asarray(values)
    if here.ndim != 2 or not here.shape[1]:
        raise ValueError(f"Expected 2D array with a feature or more, got {here.shape}")
    here = np.ascontiguousarray(here, dtype=dtype)
    if not np.isfinite(here).all():
        raise ValueError("Input contains NaN or infinity")
    return here

"""Orthogonal Procrustes: one layer rotated onto another, and every layer in the frame of the first.

Works in the array module of what it is given: CuPy arrays stay on the GPU, anything else is NumPy's.
Reference: Schönemann 1966; how similar two layers are is measured in `similarity`.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Fit:
    """How a source lies on a target."""

    rotation: Any
    """float64 (d, d), orthogonal, reflections allowed: `centred source @ rotation` is nearest to the target."""
    similarity: float
    """The cosine between the two after rotation, in [0, 1]; 0 where one of them is a single point."""


@dataclass(frozen=True, eq=False)
class Placement:
    """Where a layer lies in the frame of layer 0: aligned = (points - mean) @ rotation."""

    mean: NDArray[np.float64]
    """(d,), over all rows."""
    rotation: NDArray[np.float64]
    """(d, d), orthogonal: the product of the steps from this layer down to layer 0."""
    radius: float
    """The largest norm among the centred points, in data units."""
    similarity: float
    """To the layer before; 1 for layer 0."""

    def to_json(self) -> dict[str, Any]:
        return {
            "mean": self.mean.tolist(),
            "rotation": self.rotation.tolist(),
            "radius": self.radius,
            "similarity": self.similarity,
        }


def array_module(array: Any) -> Any:
    """cupy for a CuPy array, numpy for everything else. Imports nothing."""
    return sys.modules["cupy"] if type(array).__module__.split(".")[0] == "cupy" else np


def centred(points: Any) -> Any:
    """`points` (n, d) minus their mean over the rows, float64, in the array module of `points`."""
    points = array_module(points).asarray(points, dtype=np.float64)
    return points - points.mean(axis=0)


def procrustes(source: Any, target: Any) -> Fit:
    """Rotate `source` (n, d) onto `target` (n, d), row for row, after centring both.

    Q = argmin over O(d) of ||S_c Q - T_c||_F = U V^T, with U S V^T = svd(S_c^T T_c);
    similarity = trace(S) / (||S_c||_F ||T_c||_F). Raises ValueError where the shapes differ.
    """
    if source.shape != target.shape or source.ndim != 2:
        raise ValueError(f"procrustes needs two arrays of the same shape (n, d), not {source.shape} and {target.shape}")
    return _fit(centred(source), centred(target))


def _fit(source: Any, target: Any) -> Fit:
    xp = array_module(source)
    u, singular, vt = xp.linalg.svd(source.T @ target)
    size = float(xp.linalg.norm(source)) * float(xp.linalg.norm(target))
    return Fit(rotation=u @ vt, similarity=min(1.0, float(singular.sum()) / size) if size > 0 else 0.0)


def chain(layers: Sequence[Any]) -> list[Placement]:
    """Place every layer (n, d) in the frame of the first, each aligned to the one before.

    R_k = Q_k Q_{k-1} ... Q_1, with Q_k the rotation of layer k onto layer k - 1.
    """
    placements: list[Placement] = []
    for k, points in enumerate(layers):
        placements.append(place(points, layers[k - 1] if k else None, placements[-1] if k else None))
    return placements


def place(points: Any, before: Any | None, placement: Placement | None) -> Placement:
    """Place a layer (n, d) by the one before it and where that one lies; the first one by itself."""
    xp = array_module(points)
    mean = xp.asarray(points, dtype=np.float64).mean(axis=0)
    here = centred(points)
    if before is None or placement is None:
        rotation, similarity = xp.eye(points.shape[1]), 1.0
    else:
        fit = _fit(here, centred(before))
        rotation, similarity = fit.rotation @ xp.asarray(placement.rotation), fit.similarity
    radius = float(xp.sqrt((here * here).sum(axis=1).max()))
    return Placement(host(mean), host(rotation), radius, similarity)


def host(array: Any) -> NDArray[Any]:
    """A NumPy array of what may be CuPy's."""
    return array.get() if hasattr(array, "get") else np.asarray(array)

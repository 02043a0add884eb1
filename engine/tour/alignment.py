"""Orthogonal Procrustes: one layer rotated onto another, and every layer in the frame of the first.

What is made of the points are d x d sums, in float64, over blocks of rows in their order: never a copy of them all.
Works in the array module of what it is given: CuPy arrays stay on the GPU, anything else is NumPy's.
Reference: Schönemann 1966; how similar two layers are is measured in `similarity`.
"""

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 65_536  # rows at a time


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
    similarity = trace(S) / (||S_c||_F ||T_c||_F). Raises ValueError where the shapes differ or a value is not finite.
    """
    source, target = (array_module(each).asarray(each) for each in (source, target))
    if source.shape != target.shape or source.ndim != 2:
        raise ValueError(f"procrustes needs two arrays of the same shape (n, d), not {source.shape} and {target.shape}")
    means = _mean(source), _mean(target)
    if not all(math.isfinite(float(each.sum())) for each in means):
        raise ValueError("procrustes needs finite numbers, and there are NaN or infinite ones")
    return _fit(source, means[0], target, means[1])


def _fit(source: Any, mean: Any, target: Any, target_mean: Any) -> Fit:
    xp, d = array_module(source), source.shape[1]
    product, squares, target_squares = xp.zeros((d, d)), xp.zeros(()), xp.zeros(())
    for here, there in zip(_blocks(source, mean), _blocks(target, target_mean), strict=True):
        product += here.T @ there
        squares += (here * here).sum()
        target_squares += (there * there).sum()
    u, singular, vt = xp.linalg.svd(product)
    size = float(xp.sqrt(squares)) * float(xp.sqrt(target_squares))
    return Fit(rotation=u @ vt, similarity=min(1.0, float(singular.sum()) / size) if size > 0 else 0.0)


def _mean(points: Any) -> Any:
    """Over the rows, float64 (d,)."""
    xp = array_module(points)
    total = xp.zeros(points.shape[1])
    for block in _blocks(points, 0.0):
        total += block.sum(axis=0)
    return total / len(points)


def _blocks(points: Any, mean: Any) -> Iterator[Any]:
    """The rows less a mean, float64, some at a time."""
    xp = array_module(points)
    for first in range(0, len(points), BLOCK):
        yield xp.asarray(points[first : first + BLOCK], dtype=np.float64) - mean


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
    mean = _mean(points)
    if before is None or placement is None:
        rotation, similarity = xp.eye(points.shape[1]), 1.0
    else:
        fit = _fit(points, mean, before, _mean(before))
        rotation, similarity = fit.rotation @ xp.asarray(placement.rotation), fit.similarity
    radius = math.sqrt(max(float((block * block).sum(axis=1).max()) for block in _blocks(points, mean)))
    return Placement(host(mean), host(rotation), radius, similarity)


def host(array: Any) -> NDArray[Any]:
    """A NumPy array of what may be CuPy's."""
    return array.get() if hasattr(array, "get") else np.asarray(array)

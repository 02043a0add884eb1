"""Orthogonal Procrustes: one layer rotated onto another, and how similar two layers are.

Works in the array module of what it is given: CuPy arrays stay on the GPU, anything else is NumPy's.
Reference: Schönemann 1966; the similarity is the one of the published UMAP Tour.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .tour import Tour


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
    return Placement(_host(mean), _host(rotation), radius, similarity)


def _host(array: Any) -> NDArray[np.float64]:
    return array.get() if hasattr(array, "get") else np.asarray(array)


def similarity(tour_a: "Tour", tour_b: "Tour") -> NDArray[np.float64]:
    """Similarity of every layer of one tour to every layer of the other, float64 (La, Lb), in [0, 1].

    Entry (i, j) is nuclear(A_i^T B_j) / (||A_i||_F ||B_j||_F), both centred over all rows: the cosine
    between the two under the best rotation. The rows of the two tours must be the same points in the same
    order. Raises ValueError where their number or dimensions differ.
    """
    if (tour_a.n, tour_a.dims) != (tour_b.n, tour_b.dims):
        raise ValueError(
            f"similarity needs the same points in the same dimensions: {tour_a.name} has {tour_a.n} in "
            f"{tour_a.dims}-D, {tour_b.name} has {tour_b.n} in {tour_b.dims}-D"
        )
    # All pairs in one matrix product (La d, n) x (n, Lb d), then all (d, d) blocks in one batch of SVDs.
    a, b = (np.concatenate([_unit(layer.points) for layer in tour.layers], axis=1) for tour in (tour_a, tour_b))
    blocks = (a.T @ b).reshape(len(tour_a.layers), tour_a.dims, len(tour_b.layers), tour_b.dims)
    values = np.linalg.svd(blocks.transpose(0, 2, 1, 3), compute_uv=False).sum(axis=-1)
    return np.minimum(values, 1.0)


def _unit(points: Any) -> Any:
    """Centred and of Frobenius norm 1; a single point stays at 0."""
    here = centred(points)
    size = np.linalg.norm(here)
    return here / size if size > 0 else here

"""The embeddings of a published UMAP Tour: `schema.json`, one file of float32 a layer, and the published residuals."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..files import opened
from .checks import quoted
from .published_meta import Meta, fail
from .schema import check_name

Matrix = NDArray[np.float32]

RESIDUAL = 1e300  # no mean of squares of float32 is larger

log = logging.getLogger("engine")


def embeddings(meta: Meta, folder: Path, schema: dict[str, Any]) -> tuple[list[str], list[Matrix]]:
    """The names and the points (n, d) of all layers in a folder. Raises TourFormatError naming the file."""
    entries = schema.get("layers")
    if not isinstance(entries, list) or not entries or not all(isinstance(e, dict) and "id" in e for e in entries):
        fail(folder / "schema.json", "names no layers")
    names = [_layer_name(folder / "schema.json", entry["id"]) for entry in entries]
    if len(set(names)) < len(names):
        fail(folder / "schema.json", "names a layer twice")
    shape = [meta.n, meta.dims]
    points = []
    for name, entry in zip(names, entries, strict=True):
        if entry.get("shape") != shape:
            seen = f"layer {name} has shape {quoted(entry.get('shape'))}, and {meta.file.name} promises {shape}"
            fail(folder / "schema.json", seen)
        points.append(_matrix(meta.path(folder, f"{name}.bin"), meta.n, meta.dims))
    return names, points


def _layer_name(file: Path, name: Any) -> str:
    if not isinstance(name, str | int):
        fail(file, f"the id of a layer is text, not {quoted(name)}")
    try:
        check_name(str(name))
    except ValueError as error:
        fail(file, f"the id of a layer cannot be one: {error}")
    return str(name)


def _matrix(file: Path, n: int, dims: int) -> Matrix:
    if not file.is_file():
        fail(file, "missing; it is one of the layers that schema.json names")
    expected = n * dims * 4
    if file.stat().st_size != expected:
        fail(file, f"has {file.stat().st_size:,} bytes, and {n:,} points in {dims}-D take {expected:,}")
    with opened(file) as stream:
        points = np.fromfile(stream, dtype="<f4", count=n * dims).reshape(n, dims)
    if not np.isfinite(points).all():
        fail(file, f"row {int(np.argmin(np.isfinite(points).all(axis=1)))} is not finite")
    return points


def residual_agreement(schema: dict[str, Any], points: list[Matrix]) -> float | None:
    """The largest difference between the published residuals and ours, which is logged; None where there are none."""
    published = [entry.get("residual") for entry in schema["layers"]]
    known = [k for k, value in enumerate(published) if type(value) in (int, float) and abs(value) < RESIDUAL]
    if not known:
        log.info("no published residuals to compare with")
        return None
    ours = {k: residual(points[k], points[k - 1]) if k else 0.0 for k in known}
    worst = max(known, key=lambda k: abs(ours[k] - published[k]))
    difference = abs(ours[worst] - published[worst])
    if difference <= 1e-4 * max(abs(published[worst]), 0.01):
        log.info("residuals of %d layers agree with the published ones to %.1e", len(known), difference)
    else:
        pair = f"layer {worst}: {ours[worst]:.6g} here, {published[worst]:.6g} there"
        log.warning("residuals differ from the published ones by up to %.3g (%s)", difference, pair)
    return float(f"{difference:.3g}")


def residual(points: Matrix, before: Matrix) -> float:
    """The published residual between a layer and the one before, both (n, d) and not centred.

    mean((sigma X Q - Y)^2) with Q = U V^T from svd(X^T Y) and sigma = nuclear(X^T Y) / ||X||_F^2: scaled
    orthogonal Procrustes without translation. Expanded, its sum is ||Y||^2 - nuclear^2 / ||X||^2.
    """
    x, y = np.asarray(points, dtype=np.float64), np.asarray(before, dtype=np.float64)
    size = float(np.vdot(x, x))
    nuclear = float(np.linalg.svd(x.T @ y, compute_uv=False).sum())
    return (float(np.vdot(y, y)) - (nuclear**2 / size if size else 0.0)) / y.size


def standing(points: Matrix) -> Matrix:
    """Points of two dimensions (n, 2) in three, the third being zero: distances, turns and likenesses stay."""
    return np.pad(points, ((0, 0), (0, 1)))

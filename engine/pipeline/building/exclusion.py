"""Pictures that are not finite in some layer, and layers that tell nothing apart: found, said, and left out."""

import logging
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..activations import Captured
from .work import Work, check_number

log = logging.getLogger("engine")

BLOCK = 1024  # rows looked at together
LEAST = 1e-18  # a range of numbers whose squares are none in float32
CONSTANT = "it is the same for every image"
ROUNDING = {torch.float32: 2.0**-17, torch.float16: 2.0**-10}  # of a value, after the sums of a deep network


def leave_out(work: Work, captured: Captured, layers: Sequence[int]) -> None:
    """Leave out pictures that are not finite in some of these layers, and layers that are not in most pictures."""
    bad: dict[int, list[int]] = {}
    for k in layers:
        name = work.probes[k].name
        if name in captured.left_out:
            work.job.keep_no_layer(k, captured.left_out[name])  # which is said already
        else:
            bad[k] = (~finite_rows(captured.matrices[name])).nonzero().flatten().tolist()
    for k in leave_out_rows(work, bad, len(captured.rows)):
        del captured.matrices[work.probes[k].name]


def leave_out_rows(work: Work, bad: Mapping[int, Sequence[int]], n: int) -> list[int]:
    """Leave out the rows, of n, that are not finite in some layer. Returns the layers that go instead of most rows."""
    out: dict[int, str] = {}
    gone = []
    for k, rows in bad.items():
        if len(rows) > n / 2:
            first = work.picture(rows[0])
            leave_out_layer(work, k, f"it is not finite for {len(rows):,} images, {first} the first of them")
            gone.append(k)
        else:
            out |= {row: work.probes[k].name for row in rows if row not in out}
    for row in sorted(set(out) - set(work.job.left_out)):
        log.warning("left out: %s: its activation in layer %s is not finite", work.picture(row), out[row])
    if out:
        work.job.leave_out(list(out))
        check_number(n - len(work.job.left_out), work.options)
    return gone


def leave_out_layer(work: Work, k: int, why: str) -> None:
    """Say why layer k becomes none of the tour, and remember it."""
    log.warning("layer %s is left out: %s", work.probes[k].name, why)
    work.job.keep_no_layer(k, why)


def kept_rows(work: Work, n: int) -> NDArray[np.bool_]:
    """Which of the rows (n,) of the pictures that could be read are not left out."""
    keep = np.ones(n, dtype=bool)
    keep[work.job.left_out] = False
    return keep


def is_constant(matrix: Tensor) -> bool:
    """Whether all rows are equal but for rounding, which the place of a row in a batch decides on some processors.

    Where terms cancel, the rounding is that of the terms, for which the mean size of a row stands.
    """
    first = matrix[0].float()
    sizes = first.abs()
    allowed = ROUNDING[matrix.dtype] * sizes.clamp(min=sizes.mean())
    return all(bool(((block.float() - first).abs() <= allowed).all()) for block in matrix.split(BLOCK))


def beyond_range(matrix: Tensor, distances: Tensor) -> str:
    """Why distances (n, k) between rows cannot be had in float32; empty where they can.

    Squares overflow beyond 1e19, and below 1e-19 there are none.
    """
    if not bool(torch.isfinite(distances).all()):
        return "its numbers are so large that distances between images overflow"
    if not bool(distances.any()) and _spread(matrix) < LEAST:
        return "its numbers are so nearly the same that there are no distances between images"
    return ""


def _spread(matrix: Tensor) -> float:
    """The largest range of a column."""
    return float((matrix.amax(dim=0).float() - matrix.amin(dim=0).float()).max())


def moved_up(matrix: Tensor, rows: Tensor) -> Tensor:
    """These rows (m,) of a matrix, ascending, in its own memory, where they take the place of those left out.

    A layer may take most of a device, which has no room for another one.
    """
    kept = int((rows == torch.arange(len(rows))).sum())  # those before the first that is left out
    with torch.inference_mode():  # in which matrices are made
        for first in range(kept, len(rows), BLOCK):
            part = rows[first : first + BLOCK].to(matrix.device)
            matrix[first : first + len(part)] = matrix[part]
    return matrix[: len(rows)]


def finite_rows(matrix: Tensor) -> Tensor:
    """Which rows (n,) hold nothing but finite numbers."""
    return torch.cat([torch.isfinite(block).all(dim=1) for block in matrix.split(BLOCK)])

"""Squared distances of pairs of rows on a GPU in one kernel, which reads both rows once and writes one number.

In torch's operations the same pairs take some 44 bytes an element: rows gathered, converted, subtracted, squared and
summed one after the other, each to memory and back. This takes what the rows have, 4 bytes of float16, 8 of float32.
"""

import logging
from functools import cache
from typing import Any

import torch
import torch.utils.dlpack
from torch import Tensor

log = logging.getLogger("engine")

DIFFERENCE = "((float)points[left * width + column] - (float)points[right * width + column])"
FEW = 8  # pairs that the kernel is checked on


def squared_distances(points: Tensor, left: Tensor, right: Tensor) -> Tensor | None:
    """|x - y|^2, float32 (p,), of rows `left` and `right` int64 (p,) of `points` (n, w) on the GPU, with CuPy.

    None where CuPy cannot, which is found out on a few pairs, and said once.
    """
    if len(left) == 0 or not _works(points, left[:FEW], right[:FEW]):
        return None
    return _run(points, left, right)


def _run(points: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """In torch's current stream: CuPy's own is the legacy one, in which cuML's next to it would wait for this."""
    import cupy

    with cupy.cuda.Stream.from_external(torch.cuda.current_stream()):
        flat = cupy.from_dlpack(points.detach()).ravel()
        width = points.shape[1]
        first, second = (cupy.from_dlpack(each.contiguous())[:, None] for each in (left, right))
        column = cupy.arange(width, dtype=cupy.int64)[None]
        found: Tensor = torch.utils.dlpack.from_dlpack(_kernel()(flat, first, second, column, width, axis=1))
    return found


@cache
def _kernel() -> Any:
    import cupy

    return cupy.ReductionKernel(
        "raw T points, int64 left, int64 right, int64 column, int64 width",
        "float32 square",
        f"{DIFFERENCE} * {DIFFERENCE}",
        "a + b",
        "square = a",
        "0",
        "squared_distances",
        reduce_type="float",
    )


_checked: dict[torch.dtype, bool] = {}


def _works(points: Tensor, left: Tensor, right: Tensor) -> bool:
    """Whether the kernel finds what torch finds, on a few pairs of the first matrix of this type."""
    if points.dtype not in _checked:
        try:
            found = _run(points, left, right)
            wanted = (points[left].float() - points[right].float()).square().sum(dim=1)
            right_ones = bool(torch.isclose(found, wanted, rtol=1e-5, atol=0.0).all())
            fault = "" if right_ones else "it finds other distances than torch"
        except Exception as error:  # no CuPy, no compiler, whatever they raise
            fault = f"{type(error).__name__}: {str(error).splitlines()[0][:120] if str(error) else ''}"
        _checked[points.dtype] = not fault
        if fault:
            log.warning("distances are computed by torch, more slowly: CuPy's kernel does not do (%s)", fault)
    return _checked[points.dtype]

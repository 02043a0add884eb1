"""Squared distances of pairs of rows on a GPU in one kernel, which reads both rows once and writes one number a pair.

In torch's operations the same pairs take some 44 bytes an element: rows gathered, converted, subtracted, squared and
summed one after the other, each to memory and back. This takes what the rows have, 4 bytes of float16, 8 of float32.
"""

import logging
from functools import cache
from typing import Any

import torch
from torch import Tensor

log = logging.getLogger("engine")

WARPS = 8  # of a block; each takes one pair
SOURCE = r"""
// CuPy compiles with -ftz=true, which would make nothing of squares below 1.2e-38: whatever rounds here is told not to.
__device__ float plus(float a, float b) { return __fmaf_ieee_rn(1.0f, a, b); }
__device__ float minus(float a, float b) { return __fmaf_ieee_rn(-1.0f, b, a); }
__device__ double wide(float x) { double y; asm("cvt.f64.f32 %0, %1;" : "=d"(y) : "f"(x)); return y; }
__device__ float narrow(double x) { float y; asm("cvt.rn.f32.f64 %0, %1;" : "=f"(y) : "d"(x)); return y; }

// A lane takes every 32nd column and adds up with what rounding left over (Kahan), so wide rows are as exact as narrow.
extern "C" __global__ void squared_distances(const STORED* points, long long width, const long long* left,
                                             const long long* right, long long count, float* found) {
    const long long pair = (long long)blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
    if (pair >= count) return;
    const STORED* x = points + left[pair] * width;
    const STORED* y = points + right[pair] * width;
    float sum = 0.0f, rest = 0.0f;
    for (long long column = threadIdx.x % 32; column < width; column += 32) {
        const float difference = minus(value(x[column]), value(y[column]));
        const float term = __fmaf_ieee_rn(difference, difference, rest);
        const float next = plus(sum, term);
        rest = minus(term, minus(next, sum));
        sum = next;
    }
    double total = wide(sum);
    for (int apart = 16; apart > 0; apart /= 2) total += __shfl_down_sync(0xffffffffu, total, apart);
    if (total != total) total = 1e300;  // squares that overflow, of which Kahan's sum makes no number
    if (threadIdx.x % 32 == 0) found[pair] = narrow(total);
}
"""
VALUES = {
    torch.float32: "#define STORED float\n__device__ float value(float x) { return x; }",
    # Without CUDA's header of half precision, which is not everywhere where its compiler is.
    torch.float16: "#define STORED unsigned short\n__device__ float value(unsigned short x) "
    '{ float y; asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x)); return y; }',
}
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

    found = torch.empty(len(left), device=points.device)
    with cupy.cuda.Stream.from_external(torch.cuda.current_stream()):
        rows, first, second, out = (
            cupy.from_dlpack(each.detach().contiguous()) for each in (points, left, right, found)
        )
        blocks = -(-len(left) // WARPS)
        _kernel(points.dtype)((blocks,), (32 * WARPS,), (rows, points.shape[1], first, second, len(left), out))
    return found


@cache
def _kernel(dtype: torch.dtype) -> Any:
    import cupy

    return cupy.RawKernel(f"{VALUES[dtype]}\n{SOURCE}", "squared_distances")


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

"""A CUDA kernel's own text run on a CPU, one thread after the other: for what it reads and writes, not for its speed.

Of what threads do together it knows a sum over the 32 lanes of a warp, written by lane 0: every lane adds its own share
to what is written. Needs a C++ compiler. Stricter than CUDA, which takes whatever it is given for what the kernel says:
arguments are of the types of its parameters.
"""

import ctypes
import functools
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest

HEAD = r"""
struct three { unsigned x, y, z; };
static three threadIdx, blockIdx, blockDim, gridDim;
#define __global__
#define __device__ static
#define __shfl_down_sync(lanes, value, apart) 0
"""
HALF = re.compile(r"\{ float y; asm\(.*?\); return y; \}")
# What a parameter is given, by its type: CuPy hands an array's memory over as it is, and Python's numbers as 64 bits.
ARRAYS = {"float*": "float32", "double*": "float64", "long long*": "int64", "unsigned short*": "float16"}
NUMBERS = {"long long": int}
SHARE = re.compile(r"if \(threadIdx\.x % 32 == 0\) (\S+) = ")


@functools.cache
def compiled(code: str, name: str):
    """A function of the number of blocks, of threads in each, and the arguments: NumPy arrays and whole numbers."""
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None:
        pytest.skip("no C++ compiler to read the kernel with")
    half = "{ _Float16 y; __builtin_memcpy(&y, &x, 2); return (float)y; }"
    code, shares = SHARE.subn(r"\1 += ", HALF.sub(half, code))
    assert shares == 1
    stored = re.search(r"#define STORED (.*)", code)
    given = [each.rsplit(maxsplit=1)[0].replace("const ", "").strip() for each in _parameters(code, name).split(",")]
    kinds = [each.replace("STORED", stored[1] if stored else "") for each in given]
    with tempfile.TemporaryDirectory() as scratch:
        text, library = Path(scratch, "kernel.cpp"), Path(scratch, "kernel.so")
        text.write_text(f"{HEAD}{code}{_loop(code, name)}")
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, text], check=True)
        run = ctypes.CDLL(str(library)).run_all

    def kernel(blocks: int, threads: int, arguments: list) -> None:
        for kind, each in zip(kinds, arguments, strict=True):
            given = each.dtype.name if isinstance(each, np.ndarray) else type(each)
            assert given == (ARRAYS | NUMBERS)[kind], f"{name} has a parameter {kind}, and is given {given}"
            assert not isinstance(each, np.ndarray) or each.flags.c_contiguous, (
                f"{name} reads memory that is contiguous"
            )
        arguments[-1][...] = 0.0  # what the lanes add to
        run(ctypes.c_uint(blocks), ctypes.c_uint(threads), *map(_passed, arguments))

    return kernel


def _passed(value):
    return ctypes.c_void_p(value.ctypes.data) if isinstance(value, np.ndarray) else ctypes.c_longlong(value)


def _parameters(code: str, name: str) -> str:
    taken = re.search(rf"void {name}\((.*?)\)", code, re.DOTALL)
    assert taken is not None
    return taken[1]


def _loop(code: str, name: str) -> str:
    taken = _parameters(code, name)
    names = ", ".join(each.split()[-1] for each in taken.split(","))
    return f"""
extern "C" void run_all(unsigned blocks, unsigned threads, {taken}) {{
    blockDim.x = threads; gridDim.x = blocks;
    for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++)
        for (threadIdx.x = 0; threadIdx.x < threads; threadIdx.x++) {name}({names});
}}
"""

"""A CUDA kernel's own text run on a CPU, for what it reads and writes and what its lanes say to each other.

The 32 lanes of a warp are threads of control of their own: each runs up to where it meets the others and goes on once
all are there. Refused is what CUDA leaves undefined or takes as it comes: elements beyond an array's end, meeting lanes
that have ended, arguments of other types than the parameters', arrays with gaps. Needs a C++ compiler.
"""

import ctypes
import functools
import math
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest

HEAD = r"""
#include <cmath>
#include <cstring>
#include <type_traits>
#include <ucontext.h>

struct three { unsigned x, y, z; };
static three threadIdx, blockIdx, blockDim, gridDim;
#define __global__
#define __device__ static
#define __fmaf_ieee_rn fmaf

static float cvt_f32_f16(unsigned short x) { _Float16 y; memcpy(&y, &x, 2); return (float)y; }
static double cvt_f64_f32(float x) { return x; }
static float cvt_rn_f32_f64(double x) { return (float)x; }

static const char* undefined;

template <class T> struct Array {
    T* first;
    long long at, count;
    Array operator+(long long more) const { return {first, at + more, count}; }
    T& operator[](long long k) const {
        static std::remove_const_t<T> none;
        if (at + k >= 0 && at + k < count) return first[at + k];
        undefined = "goes beyond the end of an array";
        return none;
    }
};

static ucontext_t warp, lanes[32];
static char stacks[32][1 << 16];
static bool ended[32];
static double said[32], heard[32];
static unsigned named[32];
static int lane;
static void body();  // the kernel with its arguments

static double __shfl_down_sync(unsigned others, double value, int apart) {
    said[lane] = value;
    named[lane] = others;
    swapcontext(&lanes[lane], &warp);
    return lane + apart < 32 ? heard[lane + apart] : value;
}

static void run_lane() { body(); ended[lane] = true; }

static void run_warp(unsigned first, unsigned threads) {
    for (lane = 0; lane < 32; lane++) {
        ended[lane] = first + lane >= threads;
        getcontext(&lanes[lane]);
        lanes[lane].uc_stack.ss_sp = stacks[lane];
        lanes[lane].uc_stack.ss_size = sizeof stacks[lane];
        lanes[lane].uc_link = &warp;
        makecontext(&lanes[lane], run_lane, 0);
    }
    for (unsigned here = 1; here;) {
        for (lane = 0; lane < 32; lane++) {
            threadIdx.x = first + lane;
            if (!ended[lane]) swapcontext(&warp, &lanes[lane]);
        }
        here = 0;
        for (int k = 0; k < 32; k++) here |= (unsigned)!ended[k] << k;
        for (int k = 0; k < 32; k++)
            if (!ended[k] && named[k] != here) undefined = "meets lanes that have ended, or not all that are there";
        memcpy(heard, said, sizeof heard);
    }
}
"""
CONVERTED = re.compile(r'asm\("(cvt\.[\w.]+) %0, %1;" : "=\w"\((\w+)\) : "\w"\((\w+)\)\);')
POINTER = re.compile(r"((?:const )?(?:STORED|float|double|long long|unsigned short))\s*\*\s*(?=\w)")
# What a parameter is given, by its type: CuPy hands an array's memory over as it is, and Python's numbers as 64 bits.
ARRAYS = {"float": "float32", "double": "float64", "long long": "int64", "unsigned short": "float16"}
NUMBERS = {"long long": int}
# CUDA's limits on every device: blocks of a grid, then threads of a block, in three dimensions; and threads in all.
LARGEST, THREADS = (2**31 - 1, 65_535, 65_535, 1024, 1024, 64), 1024


def launched(grid: tuple, block: tuple) -> tuple[int, int]:
    """Blocks, and threads of each, that CuPy launches; of none it makes one. Raises where CUDA takes no such launch."""
    if not (isinstance(grid, tuple) and isinstance(block, tuple)):
        raise TypeError("Argument 'grid' has incorrect type (expected tuple)")
    grid, block = (tuple(max(1, each) for each in (*given, 1, 1)[:3]) for given in (grid, block))
    fits = all(each <= most for each, most in zip((*grid, *block), LARGEST, strict=True))
    if not fits or math.prod(block) > THREADS:
        raise RuntimeError(f"CUDA_ERROR_INVALID_VALUE: invalid argument: {grid} blocks of {block}")
    assert math.prod(grid) == grid[0] and math.prod(block) == block[0], "this test double knows one dimension"
    return grid[0], block[0]


@functools.cache
def compiled(code: str, name: str):
    """A function of the number of blocks, of threads in each, and the arguments: NumPy arrays and whole numbers."""
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None:
        pytest.skip("no C++ compiler to read the kernel with")
    code = CONVERTED.sub(lambda found: f"{found[2]} = {found[1].replace('.', '_')}({found[3]});", code)
    code = POINTER.sub(r"Array<\1> ", code)
    taken = re.search(rf"void {name}\((.*?)\)", code, re.DOTALL)
    assert taken is not None
    kinds = [each.strip().rsplit(maxsplit=1)[0] for each in taken[1].split(",")]
    with tempfile.TemporaryDirectory() as scratch:
        text, library = Path(scratch, "kernel.cpp"), Path(scratch, "kernel.so")
        text.write_text(f"{HEAD}{code}{_run_all(name, kinds)}")
        subprocess.run([compiler, "-std=c++17", "-O2", "-shared", "-fPIC", "-o", library, text], check=True)
        run = ctypes.CDLL(str(library)).run_all
    run.restype = ctypes.c_char_p
    stored = re.search(r"#define STORED (.*)", code)
    wanted = [re.sub("const |Array<(.*)>", r"\1", each) for each in kinds]
    wanted = [re.sub("STORED", stored[1] if stored else "", each).removeprefix("const ") for each in wanted]

    def kernel(blocks: int, threads: int, arguments: list) -> None:
        passed: list[object] = []
        for kind, type_, each in zip(kinds, wanted, arguments, strict=True):
            array = isinstance(each, np.ndarray)
            given = each.dtype.name if array else type(each)
            said = f"{name} has a parameter {type_}{'*' if 'Array' in kind else ''}, and is given {given}"
            assert given == (ARRAYS if "Array" in kind else NUMBERS)[type_], said
            assert not array or each.flags.c_contiguous, f"{name} reads memory that is contiguous"
            passed += [ctypes.c_void_p(each.ctypes.data), ctypes.c_longlong(each.size)] if array else [
                ctypes.c_longlong(each)
            ]  # fmt: skip
        undefined = run(ctypes.c_uint(blocks), ctypes.c_uint(threads), *passed)
        assert not undefined, f"{name} {undefined.decode()}"

    kernel.written = [k for k, each in enumerate(kinds) if each.startswith("Array") and "const" not in each]
    return kernel


def _run_all(name: str, kinds: list[str]) -> str:
    """A function in C that runs every warp of every block, given each array as its memory and how long it is."""
    taken, kept = [], []
    for k, kind in enumerate(kinds):
        element = kind.removeprefix("Array<").removesuffix(">")
        array = element != kind
        taken += [f"void* memory{k}, long long count{k}" if array else f"{kind} number{k}"]
        kept += [f"given{k} = {{({element}*)memory{k}, 0, count{k}}};" if array else f"given{k} = number{k};"]
    return f"""
{" ".join(f"static {kind} given{k};" for k, kind in enumerate(kinds))}
static void body() {{ {name}({", ".join(f"given{k}" for k in range(len(kinds)))}); }}
extern "C" const char* run_all(unsigned blocks, unsigned threads, {", ".join(taken)}) {{
    undefined = nullptr;
    {" ".join(kept)}
    blockDim = {{threads, 1, 1}}; gridDim = {{blocks, 1, 1}};
    for (blockIdx = {{0, 0, 0}}; blockIdx.x < blocks; blockIdx.x++)
        for (unsigned first = 0; first < threads; first += 32) run_warp(first, threads);
    return undefined;
}}
"""

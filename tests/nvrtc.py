"""NVIDIA's compiler for kernels at run time, from its wheel: it needs neither driver nor GPU, only its own two files.

`read` compiles the engine's kernels as CuPy has it do so, for every architecture that it knows from 75 on, and says
what came of it; tests/contracts.py fetches the wheels and writes that down.
"""

import ctypes
import hashlib
import itertools
import re
from pathlib import Path

from engine.pipeline.algebra.fused import SOURCE, VALUES

FIRST = 75  # architectures before it are no longer CUDA 13's
# What CuPy adds to no options (core.pyx, compiler.py), but for its -I, which lead to headers: none is read.
OPTIONS = ["--std=c++17", "-ftz=true", "-arch=sm_{}", "--device-as-default-execution-space"]


def kernels() -> dict[str, str]:
    """The engine's sources, by the type of number that is stored."""
    return {str(dtype).removeprefix("torch."): f"{head}\n{SOURCE}" for dtype, head in VALUES.items()}


def digests() -> dict[str, str]:
    """Of these texts, by which a change of them is seen."""
    return {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in kernels().items()}


def read(folder: Path) -> dict[str, object]:
    """What the compiler in this folder makes of every kernel: the architectures, and once what is true of them all."""
    (library,) = folder.rglob("libnvrtc.so.*")
    for each in folder.rglob("libnvrtc-builtins.so.*"):
        ctypes.CDLL(str(each))  # which it looks for by its name alone
    compiler = ctypes.CDLL(str(library))
    count = ctypes.c_int()
    compiler.nvrtcGetNumSupportedArchs(ctypes.byref(count))
    every = (ctypes.c_int * count.value)()
    compiler.nvrtcGetSupportedArchs(every)
    architectures = [each for each in every if each >= FIRST]
    made: list[dict[str, object]] = []
    registers = 0
    for architecture, text in itertools.product(architectures, kernels().values()):
        found, used = _compiled(compiler, text, architecture)
        registers = max(registers, used)
        made += [found] if found not in made else []
    return {"architectures": " ".join(map(str, architectures)), "made": made, "registers of a thread": registers}


def _compiled(compiler: ctypes.CDLL, text: str, architecture: int) -> tuple[dict[str, object], int]:
    """Twice: as CuPy has it, for every word that is said; and with ptxas's account of what it takes. And registers."""
    options = [each.format(architecture) for each in OPTIONS]
    said, ptx, binary = _program(compiler, text, options)
    account, *_ = _program(compiler, text, [*options, "-Xptxas", "-v"])
    stack = re.findall(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", account)
    found = {
        "said": said,
        "file": binary,
        "parameters": " ".join(re.findall(r"\.param \.(\w+) .*\w[,\n]", ptx[: ptx.find("{")])),
        "bytes of stack, spilled and taken back": " ".join(*stack),
        "shared memory": "smem" in account or ".shared" in ptx,
        "instructions that flush": ptx.count(".ftz"),
    }
    return found, int(*re.findall(r"Used (\d+) registers", account))


def _program(compiler: ctypes.CDLL, text: str, options: list[str]) -> tuple[str, str, str]:
    """What it said, the PTX, and what kind of file it made: ELF is a program for the architecture."""
    program = ctypes.c_void_p()
    assert not compiler.nvrtcCreateProgram(ctypes.byref(program), text.encode(), b"kernel.cu", 0, None, None)
    given = (ctypes.c_char_p * len(options))(*(each.encode() for each in options))
    compiler.nvrtcCompileProgram(program, len(options), given)
    said = _taken(compiler, program, "ProgramLog").decode().strip("\n\0")
    ptx, binary = (_taken(compiler, program, each) for each in ("PTX", "CUBIN"))
    compiler.nvrtcDestroyProgram(ctypes.byref(program))
    return said, ptx.decode(errors="replace"), binary[1:4].decode(errors="replace")


def _taken(compiler: ctypes.CDLL, program: ctypes.c_void_p, what: str) -> bytes:
    size = ctypes.c_size_t()
    if getattr(compiler, f"nvrtcGet{what}Size")(program, ctypes.byref(size)) or not size.value:
        return b""
    room = ctypes.create_string_buffer(size.value)
    getattr(compiler, f"nvrtcGet{what}")(program, room)
    return room.raw

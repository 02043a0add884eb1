"""Which torch device, array module and UMAP this machine has."""

import contextlib
import ctypes
import importlib.util
import os
from dataclasses import dataclass
from functools import cache

import torch


@dataclass(frozen=True)
class Machine:
    """What a build runs on."""

    device: torch.device
    cuml: bool
    """Whether cuML embeds (on a CUDA device, where it is installed); umap-learn otherwise."""

    @property
    def memory(self) -> int:
        """Bytes that activations may take: a share of all there is, since networks and neighbours need room too."""
        if self.device.type == "cuda":
            return int(0.6 * torch.cuda.get_device_properties(self.device).total_memory)
        if not hasattr(os, "sysconf"):
            return 4 * 2**30  # Windows does not say
        return int(0.5 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))

    @property
    def batch(self) -> int:
        """Images at a time: enough to fill a GPU; on a CPU, what its caches hold."""
        return 64 if self.device.type == "cuda" else 16

    def __str__(self) -> str:
        name = torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "CPU"
        return f"{name}, {'cuML' if self.cuml else 'umap-learn'}"


def machine(device: str | None = None) -> Machine:
    """The machine as it is, or as `device` ("cpu", "cuda", "cuda:1") wants it.

    Raises ValueError where that device is not there.
    """
    try:
        wanted = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    except RuntimeError as error:
        raise ValueError(f"no device is called {device!r}: {str(error).splitlines()[0]}") from None
    if wanted.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"no CUDA device for {device!r}: this torch is {torch.__version__}; leave --device out")
    if wanted.type == "cpu":
        _keep_freed_memory()
    installed = all(importlib.util.find_spec(name) for name in ("cuml", "cupy"))
    return Machine(wanted, cuml=wanted.type == "cuda" and installed)


@cache
def _keep_freed_memory() -> None:
    """Let glibc keep blocks of up to 128 MiB that are freed, for the next of their size.

    Otherwise every layer's output is fresh memory of the system, page by page: a sixth of GoogLeNet's time here.
    """
    mmap_threshold, trim_threshold = -3, -1  # as malloc.h numbers them
    with contextlib.suppress(OSError, AttributeError):  # another C library, which does as it likes
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        mallopt(mmap_threshold, 128 * 2**20)
        mallopt(trim_threshold, 512 * 2**20)


def describe() -> str:
    """Torch and the device that it would use, in words."""
    if torch.cuda.is_available():
        memory = torch.cuda.get_device_properties(0).total_memory / 2**30
        return f"{torch.__version__}, {torch.cuda.get_device_name(0)}, {memory:.0f} GiB"
    return f"{torch.__version__}, CPU ({torch.get_num_threads()} threads)"

"""Which torch device, array module and UMAP this machine has, and what running out of its memory looks like."""

import contextlib
import importlib.util
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from threadpoolctl import threadpool_info

from ..malloc import give_back, keep_freed
from . import host_memory

# How libraries that have no class for it say that memory is short: cuBLAS, cuSOLVER, cuDNN, RMM, torch on a CPU.
SHORT = (
    "out of memory", "out_of_memory", "bad_alloc", "alloc_failed", "allocation_failed", "memoryallocation",
    "allocate memory",
)  # fmt: skip
BESIDE = 2 * 2**30  # bytes for a network with a small batch, neighbours in pieces, UMAP, and libraries yet to be loaded


@dataclass(frozen=True)
class Machine:
    """What a build runs on."""

    device: torch.device
    """With its number where it is a CUDA device."""
    cuml: bool
    """Whether cuML embeds (on a CUDA device, where it is installed); umap-learn otherwise."""
    by_number: bool = False
    """Whether this GPU and no other was asked for."""

    @property
    def memory(self) -> int:
        """Bytes that activations may take, where nothing else runs: networks and neighbours need room too."""
        return int(self._share * self.total_memory)

    @property
    def free_memory(self) -> int:
        """The same share of what is free now. What this process keeps of freed memory is given back first."""
        return int(self._share * self._free)

    @property
    def free_memory_alone(self) -> int:
        """Bytes that a layer may take which is there by itself: what is free now but what is needed beside it."""
        return max(0, self._free - BESIDE)

    @property
    def _free(self) -> int:
        self.release()
        if self.device.type == "cuda":
            return torch.cuda.mem_get_info(self.device)[0]
        return min(host_memory.free_memory(), self.total_memory)

    @property
    def total_memory(self) -> int:
        """Bytes, of the GPU or of the machine, in a container of what that may have."""
        if self.device.type == "cuda":
            return torch.cuda.get_device_properties(self.device).total_memory
        return host_memory.total_memory()

    @property
    def _share(self) -> float:
        return 0.6 if self.device.type == "cuda" else 0.5

    @property
    def batch(self) -> int:
        """Images at a time: enough to fill a GPU; on a CPU, what its caches hold."""
        return 256 if self.device.type == "cuda" else 16

    @property
    def gpus(self) -> list[str]:
        """Those for workers, one each, as CUDA_VISIBLE_DEVICES names them; none where this computes on a CPU.

        Of the parts that a card is divided into (MIG), a process sees one alone, and each worker may be given another.
        """
        if self.device.type != "cuda":
            return []
        named = [each.strip() for each in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")]
        count = torch.cuda.device_count()
        seen = named[:count] if named[0] else list(map(str, range(count)))
        if self.by_number:
            return [seen[self.device.index]]
        return max(seen, [each for each in named if each.startswith("MIG-")], key=len)

    @contextlib.contextmanager
    def current(self) -> Iterator[None]:
        """Make the device this thread's current one, on which CuPy and cuML take memory and compute.

        Every thread has a current device of its own, so each that works on the machine does so within this.
        """
        with contextlib.ExitStack() as stack:
            if self.device.type == "cuda":
                stack.enter_context(torch.cuda.device(self.device))
            if self.cuml:
                import cupy

                stack.enter_context(cupy.cuda.Device(self.device.index))
            yield

    def release(self) -> None:
        """Give back what torch, CuPy or malloc keep of freed memory: each takes its own, and cuML takes from none."""
        release(self.device)
        if self.cuml:
            import cupy

            cupy.get_default_memory_pool().free_all_blocks()

    @property
    def processor(self) -> str:
        """How a CPU adds up, on which the last bits of all it does depend; empty where the GPU does it all."""
        if self.cuml:
            return ""
        counts = {torch.get_num_threads()} | {each["num_threads"] for each in threadpool_info()}
        threads = " and ".join(map(str, sorted(counts)))
        return f"{torch.backends.cpu.get_cpu_capability()}, {threads} {'thread' if counts == {1} else 'threads'}"

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
    if wanted.type == "cpu":
        keep_freed()
        return Machine(torch.device("cpu"), cuml=False)
    if wanted.type != "cuda":
        raise ValueError(f"a device is cpu, cuda or cuda:N, not {device!r}")
    if not torch.cuda.is_available():
        raise ValueError(f"no CUDA device for {device!r}: this torch is {torch.__version__}; leave --device out")
    count = torch.cuda.device_count()
    number = torch.cuda.current_device() if wanted.index is None else wanted.index
    if number >= count:
        have = "cuda:0 alone" if count == 1 else f"cuda:0 to cuda:{count - 1}"
        raise ValueError(f"no device {device!r}: there is {have} (CUDA_VISIBLE_DEVICES may hide others)")
    installed = all(importlib.util.find_spec(name) for name in ("cuml", "cupy"))
    return Machine(torch.device("cuda", number), cuml=installed, by_number=wanted.index is not None)


def room(device: torch.device) -> int:
    """Bytes that torch may take there now beside other work, of what nobody has and what it keeps of freed memory.

    Of a GPU an eighth is left to UMAP of the layer before, and to what has become of freed memory in pieces; of a
    host half, since what it has is an estimate, and asking for more ends programs and not calls.
    """
    if device.type != "cuda":
        return host_memory.free_memory() // 2
    kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return (torch.cuda.mem_get_info(device)[0] + kept) * 7 // 8


def release(device: torch.device) -> None:
    """Give back what torch, or the host's malloc, keeps of freed memory there."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    else:
        give_back()


@contextlib.contextmanager
def ended_by(last: Callable[[], object]) -> Iterator[None]:
    """Within this, then `last`, whatever has happened. A RuntimeError of its own is told only where nothing failed
    before: a device that has failed does nothing any more, and the first error says why.
    """
    try:
        yield
    except BaseException:
        with contextlib.suppress(RuntimeError):
            last()
        raise
    last()


def out_of_memory(error: BaseException) -> bool:
    """Whether it says that memory is short: torch's error, CuPy's and RMM's (MemoryError), or one in words alone."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in SHORT)


def describe() -> str:
    """Torch and the devices that it could use, in words."""
    if not torch.cuda.is_available():
        return f"{torch.__version__}, CPU ({torch.get_num_threads()} threads)"
    names = []
    for number in range(torch.cuda.device_count()):
        memory = torch.cuda.get_device_properties(number).total_memory / 2**30
        names.append(f"{torch.cuda.get_device_name(number)}, {memory:.0f} GiB")
    if len(names) == 1:
        return f"{torch.__version__}, {names[0]}"
    return f"{torch.__version__}, " + "; ".join(f"cuda:{k} {name}" for k, name in enumerate(names))

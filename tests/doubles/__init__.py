"""Test doubles of a GPU: `gpus` pretends that this machine has some, and beside this file lie `cupy` and `cuml`.

They stand for the branches alone: which device is current, what is handed over by DLPack, what is let go of, what
happens when memory is short. Nothing about speed, and no number, rests on them. Everything is computed on the CPU, so
that what comes out must equal, to the bit, what the CPU's own way gives.

What is on a GPU has to be done within `Machine.current()`: only there do tensors reach the device that is not there.
"""

import contextlib
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import torch
import torch.utils.dlpack

from tests.doubles.devices import OnTheProcessor, put
from tests.doubles.order import Order

SIZE = 8 * 2**30  # bytes of a GPU's memory
DEFAULT = "the default stream"


class Runtime(threading.local):
    """Which device and which of torch's streams is current, in every thread by itself, as in CUDA's runtime.

    torch and CuPy have each one of its own, as where one of them is linked to the runtime statically.
    """

    device = 0
    stream = None
    count = 1  # of devices


runtime = Runtime()


class Stream:
    """A stream of torch's on a device, by name; what waits for it and is waited for is noted."""

    def __init__(self, name, seen, device=0):
        self.name, self.device_index, self._seen = name, device, seen
        self.key = f"{name} on {device}" if name == DEFAULT else f"{name}, {id(self)}"

    def wait_stream(self, other):
        self._seen.waited.append(other.name)
        self._seen.order.wait(self.key, other.key)

    def synchronize(self):
        self._seen.synchronized += 1
        self._seen.order.synchronize(self.key)

    def __cuda_stream__(self):
        return (0, id(self))


class Product:
    """Of float16, added up in float32, which torch has for GPUs alone; in all else torch's own operation."""

    def __init__(self, own):
        self._own = own

    def __call__(self, left, right, dtype, *, out):
        return torch.mm(left.to(dtype), right.to(dtype), out=out)

    def __getattr__(self, name):
        return getattr(self._own, name)


class Generator(torch.Generator):
    """One of the processor's, whatever device it is asked for."""

    def __new__(cls, device="cpu"):
        return super().__new__(cls)


@contextlib.contextmanager
def _streaming(stream):
    before, runtime.stream = runtime.stream, stream
    try:
        yield
    finally:
        runtime.stream = before


def gpus(monkeypatch, count, *, libraries=True):
    """This machine with `count` GPUs of 8 GiB, and with CuPy and cuML beside them. Returns what was done with them.

    `free` of it is what other programs leave of each GPU's memory, in bytes.
    """
    seen = SimpleNamespace(emptied=[], waited=[], streams=0, synchronized=0, pinned=set(), sent=[], free=SIZE)
    seen.order, seen.stream = Order(), lambda: torch.cuda.current_stream().key

    @contextlib.contextmanager
    def current(device):
        before = runtime.device
        runtime.device = torch.device(device).index if isinstance(device, str) else getattr(device, "index", device)
        try:
            with OnTheProcessor(seen, runtime):
                yield
        finally:
            runtime.device = before

    def emptied():
        seen.emptied.append(runtime.device)

    def streamed(device=None):
        seen.streams += 1
        return Stream("a stream of its own", seen, runtime.device if device is None else device.index)

    def current_stream(device=None):
        return runtime.stream or Stream(DEFAULT, seen, runtime.device)

    for name, value in {
        "is_available": lambda: True,
        "device_count": lambda: count,
        "current_device": lambda: runtime.device,
        "get_device_name": lambda device=None: "GPU of a test",
        "get_device_properties": lambda device=None: SimpleNamespace(total_memory=SIZE),
        "mem_get_info": lambda device=None: (seen.free, SIZE),
        "memory_allocated": lambda device=None: 0,
        "memory_reserved": lambda device=None: 0,
        "max_memory_allocated": lambda device=None: 0,
        "reset_peak_memory_stats": lambda device=None: None,
        "empty_cache": emptied,
        "synchronize": lambda device=None: seen.order.synchronize(),
        "device": current,
        "Stream": streamed,
        "current_stream": current_stream,
        "stream": _streaming,
    }.items():
        monkeypatch.setattr(torch.cuda, name, value)

    def recorded(tensor, stream):
        seen.order.record(stream.key, tensor.untyped_storage().data_ptr())

    monkeypatch.setattr(torch.Tensor, "record_stream", recorded)
    monkeypatch.setattr(torch, "Generator", Generator)
    monkeypatch.setattr(torch.ops.aten.mm, "dtype_out", Product(torch.ops.aten.mm.dtype_out))
    monkeypatch.setattr(Runtime, "count", count)
    taken = torch.utils.dlpack.from_dlpack
    monkeypatch.setattr(torch.utils.dlpack, "from_dlpack", lambda array: put(taken(array), array.device.id))
    if libraries:
        _libraries(monkeypatch, seen)
    return seen


def _libraries(monkeypatch, seen):
    """CuPy and cuML, imported anew, and `seen` what was done with them."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    for name in [each for each in sys.modules if each.split(".")[0] in ("cupy", "cuml")]:
        monkeypatch.delitem(sys.modules, name)
    import cuml.manifold
    import cupy

    seen.cupy, seen.cuml = cupy, cuml.manifold
    seen.freed, seen.left = cupy.cuda._Pool.freed, cupy._left
    seen.freed.clear(), seen.left.clear()
    cupy.cuda._runtime, cupy.cuda._order = Runtime(), seen.order

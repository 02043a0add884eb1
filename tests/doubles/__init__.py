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
from torch.overrides import TorchFunctionMode


class Runtime(threading.local):
    """Which device and which of torch's streams is current, in every thread by itself, as in CUDA's runtime."""

    device = 0
    stream = "the default stream"


runtime = Runtime()


class OnTheProcessor(TorchFunctionMode):
    """What is asked of a CUDA device is done by the CPU."""

    def __init__(self, seen):
        super().__init__()
        self._seen = seen

    def __torch_function__(self, function, types, arguments=(), options=None):
        options = {name: _here(value) for name, value in (options or {}).items()}
        name = getattr(function, "__name__", "")
        if options.pop("pin_memory", False):
            found = function(*arguments, **options)
            self._seen.pinned.add(found.untyped_storage().data_ptr())
            return found
        there = any(isinstance(each, torch.device) and each.type == "cuda" for each in arguments)
        if name == "to" and there and isinstance(arguments[0], torch.Tensor):
            pinned = arguments[0].untyped_storage().data_ptr() in self._seen.pinned
            self._seen.sent.append((arguments[0].nbytes, pinned, options.get("non_blocking", False)))
        return function(*map(_here, arguments), **options)


def _here(value):
    if isinstance(value, torch.device) and value.type == "cuda":
        assert value.index == runtime.device, f"{value} is used where cuda:{runtime.device} is current"
        return torch.device("cpu")
    return value


@contextlib.contextmanager
def _streaming(stream):
    before, runtime.stream = runtime.stream, stream
    try:
        yield
    finally:
        runtime.stream = before


def gpus(monkeypatch, count, *, libraries=True):
    """This machine with `count` GPUs of 8 GiB, and with CuPy and cuML beside them. Returns what was done with them."""
    seen = SimpleNamespace(emptied=0, waited=[], streams=0, synchronized=0, pinned=set(), sent=[])

    @contextlib.contextmanager
    def current(device):
        before = runtime.device
        runtime.device = torch.device(device).index if isinstance(device, str) else getattr(device, "index", device)
        try:
            with OnTheProcessor(seen):
                yield
        finally:
            runtime.device = before

    def emptied():
        seen.emptied += 1

    def synchronized():
        seen.synchronized += 1

    def streamed(device=None):
        seen.streams += 1
        return seen.stream

    seen.stream = SimpleNamespace(wait_stream=seen.waited.append, synchronize=synchronized)

    for name, value in {
        "is_available": lambda: True,
        "device_count": lambda: count,
        "current_device": lambda: runtime.device,
        "get_device_name": lambda device=None: "GPU of a test",
        "get_device_properties": lambda device=None: SimpleNamespace(total_memory=8 * 2**30),
        "empty_cache": emptied,
        "synchronize": lambda device=None: None,
        "device": current,
        "Stream": streamed,
        "current_stream": lambda device=None: runtime.stream,
        "stream": _streaming,
    }.items():
        monkeypatch.setattr(torch.cuda, name, value)
    if libraries:
        monkeypatch.syspath_prepend(str(Path(__file__).parent))
        for name in [each for each in sys.modules if each.split(".")[0] in ("cupy", "cuml")]:
            monkeypatch.delitem(sys.modules, name)
        import cuml.manifold
        import cupy

        seen.cupy, seen.cuml = cupy, cuml.manifold
        cupy._runtime = runtime
    return seen

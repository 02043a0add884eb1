"""Of the test double of CuPy: cupy.cuda, its current device and stream, and what is done in which stream."""

from types import SimpleNamespace

_runtime = SimpleNamespace(device=0, count=1, stream=None)  # of the test's own where it has devices (tests/doubles)
_order = None  # what streams wait for, where a test has some (tests/doubles/order.py)


class OutOfMemoryError(MemoryError):
    """cupy.cuda.memory.OutOfMemoryError."""


class Device:
    """cupy.cuda.Device: the current one of this thread, within `with` or from `use` on."""

    def __init__(self, id=None):
        self.id = _runtime.device if id is None else int(id)
        self._before = []

    def __enter__(self):
        self._before.append(_runtime.device)
        self.use()
        return self

    def __exit__(self, *_):
        _runtime.device = self._before.pop()

    def use(self):
        if not 0 <= self.id < _runtime.count:
            raise RuntimeError("cudaErrorInvalidDevice: invalid device ordinal")
        _runtime.device = self.id

    def synchronize(self):
        pass


class Stream:
    """cupy.cuda.Stream: one of torch's, of which is noted that something was done in it."""

    entered: list[object] = []  # noqa: RUF012

    @classmethod
    def from_external(cls, stream):
        if not hasattr(stream, "__cuda_stream__"):
            raise TypeError(f"{stream!r} does not implement the CUDA stream protocol (__cuda_stream__ method)")
        version, _ = stream.__cuda_stream__()
        assert version == 0
        made = cls()
        made._stream = stream
        return made

    def __enter__(self):
        assert self._stream.device_index == _runtime.device, "a stream of another device than the current one"
        Stream.entered.append(self._stream)
        self._before, _runtime.stream = _runtime.stream, self._stream
        return self

    def __exit__(self, *_):
        _runtime.stream = self._before


def current():
    """The current one, by its key: CUDA's legacy one where none was entered."""
    return f"the default stream on {_runtime.device}" if _runtime.stream is None else _runtime.stream.key


class _Pool:
    freed: list[int] = []  # noqa: RUF012  # devices whose blocks were given back: those of the current one alone

    def free_all_blocks(self):
        _Pool.freed.append(_runtime.device)


def used(arrays, written=()):
    """In the current stream: those of them that are torch's memory."""
    reads, writes = ({each._memory for each in of if each._memory} for of in (arrays, written))
    if reads and _order is not None:
        _order.work(current(), reads - writes, writes)


def waited():
    """The host has, for the current stream."""
    if _order is not None:
        _order.synchronize(current())


memory = SimpleNamespace(OutOfMemoryError=OutOfMemoryError)

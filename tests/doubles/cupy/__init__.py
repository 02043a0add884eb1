"""A test double of CuPy: NumPy underneath, refusing what CuPy refuses. For branches, not for speed.

Refused: becoming a NumPy array unasked, object and bfloat16 arrays, arithmetic with NumPy arrays, arrays of another
device, and names that CuPy 14 does not have: tests/pipeline/test_contracts.py holds this file against its wheel.
"""

from types import SimpleNamespace

import numpy as np

from tests.doubles import lanes

float16, float32, float64, int32, int64 = np.float16, np.float32, np.float64, np.int32, np.int64
newaxis = None
_runtime = SimpleNamespace(device=0)  # which device is current; that of the tests' GPUs where there are some


class OutOfMemoryError(MemoryError):
    """cupy.cuda.memory.OutOfMemoryError."""


class Device:
    """cupy.cuda.Device: the current one of this thread, within `with` or from `use` on."""

    def __init__(self, id=None):
        self.id = _runtime.device if id is None else int(id)
        self._before = []

    def __enter__(self):
        self._before.append(_runtime.device)
        _runtime.device = self.id
        return self

    def __exit__(self, *_):
        _runtime.device = self._before.pop()

    def use(self):
        _runtime.device = self.id

    def synchronize(self):
        pass


class Stream:
    """cupy.cuda.Stream: a stream of torch's, of which is noted that something was done in it."""

    entered: list[object] = []  # noqa: RUF012

    @classmethod
    def from_external(cls, stream):
        made = cls()
        made._stream = stream
        return made

    def __enter__(self):
        Stream.entered.append(self._stream)
        return self

    def __exit__(self, *_):
        pass


class _Pool:
    freed = 0

    def free_all_blocks(self):
        _Pool.freed += 1


def get_default_memory_pool():
    return _Pool()


cuda = SimpleNamespace(Device=Device, Stream=Stream, memory=SimpleNamespace(OutOfMemoryError=OutOfMemoryError))


def _refuse(value):
    if isinstance(value, np.ndarray):
        raise TypeError(f"Unsupported type {type(value)}")


class ndarray:  # noqa: N801
    """cupy.ndarray."""

    __array_priority__ = 100

    def __init__(self, values):
        values = np.asarray(values)
        if values.dtype == object:
            raise ValueError(f"Unsupported dtype {values.dtype}")
        self._values = values
        self.device = Device()

    def __array__(self, *_, **__):
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. "
            "Please use `.get()` to construct a NumPy array explicitly."
        )

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if method != "__call__" or "out" in options:
            return NotImplemented
        return _wrap(ufunc(*map(_values, inputs), **options))

    def __array_function__(self, function, types, arguments, options):
        raise TypeError(f"this test double of CuPy does not know numpy.{function.__name__}")

    def __dlpack__(self, **options):
        return self._values.__dlpack__(**{k: v for k, v in options.items() if k != "stream"})

    def __dlpack_device__(self):
        return self._values.__dlpack_device__()

    def get(self):
        return self._values.copy()

    def item(self):
        return self._values.item()

    def __float__(self):
        return float(self._values)

    def __int__(self):
        return int(self._values)

    def __bool__(self):
        return bool(self._values)

    def __len__(self):
        return len(self._values)

    def __iter__(self):
        return (_wrap(each) for each in self._values)

    def __repr__(self):
        return f"cupy.{self._values!r}"

    def __getattr__(self, name):
        if name.startswith("_") or name not in _METHODS:
            raise AttributeError(f"this test double of a cupy.ndarray has no {name!r}")
        found = getattr(self._values, name)
        return _lifted(found) if callable(found) else _wrap(found) if isinstance(found, np.ndarray) else found


_METHODS = {
    "shape", "dtype", "ndim", "size", "nbytes", "itemsize", "T", "astype", "reshape", "transpose", "ravel", "copy",
    "sum", "mean", "min", "max", "trace", "all", "any", "argmax", "argsort", "dot", "cumsum", "clip",
}  # fmt: skip


def _values(value):
    _refuse(value)
    if isinstance(value, ndarray):
        if value.device.id != _runtime.device:
            raise ValueError(f"Array device must be same as the current device: {value.device.id} != {_runtime.device}")
        return value._values
    if isinstance(value, (list, tuple)):
        return type(value)(map(_values, value))
    return value


def _wrap(value):
    if isinstance(value, tuple):
        return tuple(map(_wrap, value))
    return ndarray(value) if isinstance(value, (np.ndarray, np.generic)) else value


def _lifted(function):
    def call(*arguments, **options):
        return _wrap(function(*map(_values, arguments), **{name: _values(value) for name, value in options.items()}))

    return call


def _operator(name):
    def call(self, *others):
        result = getattr(_values(self), name)(*map(_values, others))
        return self if name.startswith("__i") and name not in ("__invert__",) else _wrap(result)

    return call


for _name in [
    "add", "radd", "iadd", "sub", "rsub", "isub", "mul", "rmul", "imul", "truediv", "rtruediv", "itruediv", "matmul",
    "rmatmul", "pow", "rpow", "neg", "abs", "lt", "le", "gt", "ge", "eq", "ne", "getitem", "and", "or", "invert",
]:  # fmt: skip
    setattr(ndarray, f"__{_name}__", _operator(f"__{_name}__"))


def _setitem(self, key, value):
    _values(self)[_values(key)] = _values(value)


ndarray.__setitem__ = _setitem
ndarray.__hash__ = None


def asarray(values, dtype=None):
    """From the host, or what is on the device already."""
    if isinstance(values, ndarray):
        same = dtype is None or np.dtype(dtype) == values.dtype
        return values if same else ndarray(values._values.astype(dtype))
    return ndarray(np.array(values, dtype=dtype))


def asnumpy(values):
    return values.get() if isinstance(values, ndarray) else np.asarray(values)


def from_dlpack(tensor):
    """Shares memory; refuses what CuPy refuses of a tensor."""
    if getattr(tensor, "requires_grad", False):
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    if str(getattr(tensor, "dtype", "")) == "torch.bfloat16":
        raise TypeError("bfloat16 needs ml_dtypes")
    return ndarray(np.from_dlpack(tensor))


def get_array_module(*arrays):
    import sys

    return sys.modules[__name__] if any(isinstance(each, ndarray) for each in arrays) else np


class RawKernel:
    """cupy.RawKernel: the very text of the kernel, run as C++, thread after thread (tests/doubles/lanes.py)."""

    def __init__(self, code, name):
        self._run = lanes.compiled(code, name)

    def __call__(self, grid, block, arguments):
        self._run(grid[0], block[0], [each._values if isinstance(each, ndarray) else each for each in arguments])


array = asarray
ascontiguousarray = _lifted(np.ascontiguousarray)
zeros, ones, empty, eye, arange = (_lifted(f) for f in (np.zeros, np.ones, np.empty, np.eye, np.arange))
zeros_like, empty_like, concatenate, stack = (
    _lifted(f) for f in (np.zeros_like, np.empty_like, np.concatenate, np.stack)
)
sqrt, square, outer, einsum, vdot, where, clip = (
    _lifted(f) for f in (np.sqrt, np.square, np.outer, np.einsum, np.vdot, np.where, np.clip)
)
linalg = SimpleNamespace(svd=_lifted(np.linalg.svd), norm=_lifted(np.linalg.norm))

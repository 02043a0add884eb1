"""A test double of CuPy: NumPy underneath, refusing what CuPy refuses. For branches, not for speed.

Refused: becoming a NumPy array unasked, numbers that CuPy has no type for, lists and NumPy's arrays among operands,
arrays of another device, tensors of the host, options and names that CuPy 14 does not have. What leaves an array for
the host is noted. Where NumPy raises and CuPy goes on, so does this: what is not finite is decomposed without a word.
tests/pipeline/test_contracts.py holds this file against CuPy's wheel.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from tests.doubles import lanes
from tests.doubles.devices import lies_on

float16, float32, float64, int32, int64 = np.float16, np.float32, np.float64, np.int32, np.int64
_runtime = SimpleNamespace(device=0, count=1)  # the current device, and how many; the tests' own where there are some
_left: list[int] = []  # bytes of every copy to the host, for each of which it waits
_CONTRACT = json.loads((Path(__file__).parents[2] / "pipeline" / "contracts.json").read_text())
_OFFERED = set(_CONTRACT["cupy"]["names"].split())
_KINDS = "?bhilqBHILQefdFD"  # of numbers, as NumPy writes them: neither objects, texts nor times


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
        return self

    def __exit__(self, *_):
        pass


class _Pool:
    freed: list[int] = []  # noqa: RUF012  # devices whose blocks were given back: those of the current one alone

    def free_all_blocks(self):
        _Pool.freed.append(_runtime.device)


def get_default_memory_pool():
    return _Pool()


cuda = SimpleNamespace(Device=Device, Stream=Stream, memory=SimpleNamespace(OutOfMemoryError=OutOfMemoryError))


class ndarray:  # noqa: N801
    """cupy.ndarray."""

    __array_priority__ = 100

    def __init__(self, values):
        values = np.asarray(values)
        if values.dtype.char not in _KINDS:
            raise ValueError(f"Unsupported dtype {values.dtype}")
        self._values = values
        self.device = Device()

    def __array__(self, *_, **__):
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. "
            "Please use `.get()` to construct a NumPy array explicitly."
        )

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if method != "__call__" or set(options) - {"dtype"} or ufunc.__name__ not in _OFFERED:
            return NotImplemented
        return _wrap(ufunc(*map(_operand, inputs), **options))

    def __array_function__(self, function, types, arguments, options):
        raise TypeError(f"this test double of CuPy does not know numpy.{function.__name__}")

    def __dlpack__(self, **options):
        return self._values.__dlpack__(**{k: v for k, v in options.items() if k != "stream"})

    def __dlpack_device__(self):
        return self._values.__dlpack_device__()

    def get(self):
        _left.append(self._values.nbytes)
        return self._values.copy()

    def item(self):
        return self.get().item()

    def tolist(self):
        return self.get().tolist()

    def __float__(self):
        return float(self.get())

    def __int__(self):
        return int(self.get())

    def __index__(self):
        return self.get().__index__()

    def __bool__(self):
        return bool(self.get())

    def __len__(self):
        return len(self._values)

    def __iter__(self):
        return (_wrap(each) for each in self._values)

    def __repr__(self):
        return f"cupy.{self._values!r}"

    def __setitem__(self, key, value):
        _operand(self)[_index(key)] = _operand(value)

    def __getitem__(self, key):
        if isinstance(key, ndarray) and key.dtype.kind in "iu":  # what is beyond the last row begins again at the first
            return _wrap(_operand(self).take(_operand(key), axis=0, mode="wrap"))
        return _wrap(_operand(self)[_index(key)])

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name):
        if name in _PLAIN:
            found = getattr(self._values, name)
            return _wrap(found) if isinstance(found, np.ndarray) else found
        if name not in _METHODS:
            raise AttributeError(f"this test double of a cupy.ndarray has no {name!r}")

        def method(*arguments, **options):
            return _called(getattr(_operand(self), name), arguments, options, _METHODS[name])

        return method


_PLAIN = {"shape", "dtype", "ndim", "size", "nbytes", "itemsize", "T"}
_REDUCES = {"axis", "dtype", "out", "keepdims"}  # and neither `initial` nor `where`
_METHODS = {
    "sum": _REDUCES, "mean": _REDUCES, "min": _REDUCES - {"dtype"}, "max": _REDUCES - {"dtype"},
    "all": _REDUCES - {"dtype"}, "any": _REDUCES - {"dtype"}, "argmax": _REDUCES, "argsort": {"axis"},
    "trace": set(), "cumsum": {"axis", "dtype", "out"}, "clip": {"min", "max", "out"}, "dot": {"out"},
    "astype": {"dtype", "order", "copy"}, "reshape": {"order"}, "ravel": {"order"}, "copy": {"order"},
    "transpose": set(),
}  # fmt: skip


def _operand(value):
    """What CuPy computes with: an array of the current device, or a number."""
    if isinstance(value, ndarray):
        if value.device.id != _runtime.device:
            raise ValueError(f"Array device must be same as the current device: {value.device.id} != {_runtime.device}")
        return value._values
    if isinstance(value, (np.ndarray, list, tuple, torch.Tensor)):
        raise TypeError(f"Unsupported type {type(value)}")
    return value


def _index(key):
    """Slices, numbers, arrays and lists of them; of NumPy's arrays too, which are sent to the device.

    How many rows a mask picks, the host asks.
    """
    if isinstance(key, tuple):
        return tuple(map(_index, key))
    if isinstance(key, ndarray) and key.dtype == np.bool_:
        _left.append(key.dtype.itemsize)
    return _operand(key) if isinstance(key, ndarray) else key


def _wrap(value):
    if isinstance(value, tuple):  # a plain one: cupy.linalg.svd's has no names
        return tuple(map(_wrap, value))
    return ndarray(value) if isinstance(value, (np.ndarray, np.generic)) else value


def _called(function, arguments, options, allowed):
    """`function` of operands. allowed: options that it has."""
    if unknown := set(options) - set(allowed):
        raise TypeError(f"{function.__name__}() got an unexpected keyword argument {min(unknown)!r}")
    return _wrap(function(*map(_given, arguments), **{name: _given(value) for name, value in options.items()}))


def _given(value):
    """Shapes, names and kinds of numbers as they are; all else is an operand."""
    return value if isinstance(value, (tuple, str, type, np.dtype)) else _operand(value)


def _lifted(function, *allowed):
    return lambda *arguments, **options: _called(function, arguments, options, allowed)


def _joined(function):
    """Of a sequence of arrays, and of nothing else."""

    def call(arrays, axis=0):
        if not all(isinstance(each, ndarray) for each in arrays):
            raise TypeError("Only cupy arrays can be concatenated")
        return _wrap(function([_operand(each) for each in arrays], axis=axis))

    return call


def _operator(name):
    def call(self, *others):
        if any(isinstance(each, str) or each is None for each in others):
            return NotImplemented
        result = getattr(_operand(self), name)(*map(_operand, others))
        return self if name.startswith("__i") and name != "__invert__" else _wrap(result)

    return call


for _name in [
    "add", "radd", "iadd", "sub", "rsub", "isub", "mul", "rmul", "imul", "truediv", "rtruediv", "itruediv", "matmul",
    "rmatmul", "pow", "rpow", "neg", "abs", "lt", "le", "gt", "ge", "eq", "ne", "and", "or", "invert",
]:  # fmt: skip
    setattr(ndarray, f"__{_name}__", _operator(f"__{_name}__"))


def array(values, dtype=None):
    """A copy, from the host or on the device."""
    return ndarray(np.array(_operand(values) if isinstance(values, ndarray) else values, dtype=dtype))


def asarray(values, dtype=None):
    """From the host, or what is on the device already."""
    if isinstance(values, ndarray):
        same = dtype is None or np.dtype(dtype) == values.dtype
        return values if same else ndarray(_operand(values).astype(dtype))
    return array(values, dtype=dtype)


def from_dlpack(tensor):
    """Shares memory; refuses what CuPy refuses of a tensor."""
    if getattr(tensor, "requires_grad", False):
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    if str(getattr(tensor, "dtype", "")) == "torch.bfloat16":
        raise TypeError("CuPy does not support bfloat16. Please install ml_dtypes")
    if isinstance(tensor, ndarray):
        return tensor
    if lies_on(tensor) is None:
        raise TypeError("CPU arrays cannot be directly imported to CuPy. Use `cupy.array(numpy.from_dlpack(input))`")
    if lies_on(tensor) != _runtime.device:
        raise BufferError(f"a tensor of cuda:{lies_on(tensor)} is exported where cuda:{_runtime.device} is current")
    tensor[:0].clone()  # what hands over is torch's current stream: CuPy's waits for that, and for no other
    with torch._C.DisableTorchFunction():
        return ndarray(np.from_dlpack(tensor))


class RawKernel:
    """cupy.RawKernel: the very text of the kernel, run as C++, warp after warp (tests/doubles/lanes.py)."""

    def __init__(self, code, name):
        self._run = lanes.compiled(code, name)

    def __call__(self, grid, block, arguments):
        blocks, threads = lanes.launched(grid, block)
        self._run(blocks, threads, [_operand(each) for each in arguments])


ascontiguousarray = _lifted(np.ascontiguousarray, "dtype")
zeros, ones = (_lifted(f, "dtype", "order") for f in (np.zeros, np.ones))
eye, arange = _lifted(np.eye, "dtype"), _lifted(np.arange, "dtype")


def empty(shape, dtype=float, order="C"):
    """What another array has left there, whatever that was: the largest number, or none."""
    kind = np.dtype(dtype)
    left = np.nan if kind.kind in "fc" else True if kind.kind == "b" else np.iinfo(kind).max
    return ndarray(np.full(shape, left, dtype=kind, order=order))


concatenate = _joined(np.concatenate)
sqrt = _lifted(np.sqrt, "out", "dtype")
einsum = _lifted(np.einsum, "dtype", "optimize")


def _of_an_array(function, *allowed):
    def call(values, *arguments, **options):
        if not isinstance(values, ndarray):
            raise np.linalg.LinAlgError("cupy.linalg only supports cupy.ndarray")
        if values.dtype == np.float16 and function is np.linalg.svd:
            raise TypeError("float16 is unsupported in linalg")
        return _called(function, (values, *arguments), options, allowed)

    return call


def _svd(values, *arguments, **options):
    """NumPy's says so where it does not converge; CuPy asks cuSOLVER for no word, which the host would wait for."""
    finite = np.isfinite(_operand(values)).all() if isinstance(values, ndarray) else True
    found = _decomposed(array(np.zeros(values.shape, values.dtype)) if not finite else values, *arguments, **options)
    for each in () if finite else found if isinstance(found, tuple) else (found,):
        each._values[...] = np.nan
    return found


_decomposed = _of_an_array(np.linalg.svd, "full_matrices", "compute_uv")
linalg = SimpleNamespace(
    svd=_svd,
    norm=_of_an_array(np.linalg.norm, "ord", "axis", "keepdims"),
)

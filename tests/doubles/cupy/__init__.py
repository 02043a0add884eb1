"""A test double of CuPy: NumPy underneath, refusing what CuPy refuses. For branches, not for speed.

Refused: becoming a NumPy array unasked, numbers that CuPy has no type for, lists and NumPy's arrays among operands,
arrays of another device, tensors of the host, options and names that CuPy 14 does not have. What leaves an array for
the host is noted. Where NumPy raises and CuPy goes on, so does this: of arithmetic, and of what is not finite, no word.
tests/pipeline/test_contracts.py holds this file against CuPy's wheel.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from cupy import cuda

from tests.doubles import lanes
from tests.doubles.devices import lies_on

float16, float32, float64, int32, int64 = np.float16, np.float32, np.float64, np.int32, np.int64
_left: list[int] = []  # bytes of every copy to the host, for each of which it waits
_CONTRACT = json.loads((Path(__file__).parents[2] / "pipeline" / "contracts.json").read_text())
_OFFERED = set(_CONTRACT["cupy"]["names"].split())
_KINDS = "?bhilqBHILQefdFD"  # of numbers, as NumPy writes them: neither objects, texts nor times


def get_default_memory_pool():
    return cuda._Pool()


class ndarray:  # noqa: N801
    """cupy.ndarray."""

    __array_priority__ = 100

    def __init__(self, values):
        values = np.asarray(values)
        if values.dtype.char not in _KINDS:
            raise ValueError(f"Unsupported dtype {values.dtype}")
        self._values = values
        self._memory: int | None = None  # of torch's that this is
        self.device = cuda.Device()

    def __array__(self, *_, **__):
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. "
            "Please use `.get()` to construct a NumPy array explicitly."
        )

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if method != "__call__" or set(options) - {"dtype"} or ufunc.__name__ not in _OFFERED:
            return NotImplemented
        return _called(ufunc, inputs, options, {"dtype"})

    def __array_function__(self, function, types, arguments, options):
        """CuPy's own of that name; what it has and this does not is said."""
        *inside, name = [*function.__module__.split(".")[1:], function.__name__]
        if ".".join((*inside, name)) not in _OFFERED or not set(types) <= {ndarray, np.ndarray}:
            return NotImplemented
        own = getattr(sys.modules[".".join((__name__, *inside))], name, None)
        assert own is not None, f"this test double of CuPy does not know numpy.{name}"
        return own(*arguments, **options)

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
        if value.device.id != cuda._runtime.device:
            raise ValueError(  # and a warning where one can read the other's memory
                f"The device where the array resides ({value.device.id}) is different from the current device "
                f"({cuda._runtime.device}). Peer access is unavailable between these devices."
            )
        cuda.used([value])
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
    with np.errstate(all="ignore"):  # of arithmetic CuPy says nothing
        return _wrap(function(*map(_given, arguments), **{name: _given(value) for name, value in options.items()}))


def _given(value):
    """Shapes, names and kinds of numbers as they are; all else is an operand."""
    return value if isinstance(value, (tuple, str, type, np.dtype)) else _operand(value)


def _lifted(function, *allowed):
    return lambda *arguments, **options: _called(function, arguments, options, allowed)


def _joined(function):
    """Of a sequence of arrays, and of nothing else."""

    def call(arrays, axis=0):
        given = [_operand(each) for each in arrays]
        if not all(isinstance(each, ndarray) for each in arrays):
            raise TypeError("Only cupy arrays can be concatenated")
        return _wrap(function(given, axis=axis))

    return call


def _operator(name):
    def call(self, *others):
        if any(isinstance(each, str) or each is None for each in others):
            return NotImplemented
        with np.errstate(all="ignore"):
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
        raise NotImplementedError("CuPy does not support bfloat16. Please install ml_dtypes to use bfloat16.")
    if isinstance(tensor, ndarray):
        return tensor
    if lies_on(tensor) is None:
        raise TypeError("CPU arrays cannot be directly imported to CuPy. Use `cupy.array(numpy.from_dlpack(input))`")
    if lies_on(tensor) != cuda._runtime.device:
        raise BufferError(f"Can't export tensors on a different CUDA device index: {tensor.device} is not current")
    if cuda._order is not None:  # torch's current stream hands it over: CuPy's waits for that, and for no other
        cuda._order.wait(cuda.current(), torch.cuda.current_stream().key)
    with torch._C.DisableTorchFunction():
        made = ndarray(np.from_dlpack(tensor))
        made._memory = tensor.untyped_storage().data_ptr()
    return made


class RawKernel:
    """cupy.RawKernel: the very text of the kernel, run as C++, warp after warp (tests/doubles/lanes.py)."""

    def __init__(self, code, name):
        self._run = lanes.compiled(code, name)

    def __call__(self, grid, block, arguments):
        blocks, threads = lanes.launched(grid, block)
        given = [each for each in arguments if isinstance(each, ndarray)]
        cuda.used(given, [arguments[k] for k in self._run.written])
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


from cupy import linalg  # noqa: E402, F401 - which takes the array from here

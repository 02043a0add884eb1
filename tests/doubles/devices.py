"""Where tensors lie, for a machine whose GPUs are not there: computed on the CPU, refused where CUDA would refuse it.

A tensor on a GPU is a CPU's that carries `lies_on`, the number of that GPU, which it says when asked for its device. Of
`is_cuda` alone it says no, so that distances are torch's: those of the kernel differ in their last bits.
"""

import weakref
from collections.abc import Iterator

import torch
from torch.overrides import TorchFunctionMode

# What takes tensors of the host beside a GPU's: copies, and where an index does.
ACROSS = {"copy_", "__getitem__", "__setitem__"}
ON_THE_HOST = {"numpy", "__array__", "from_numpy"}
# For what the host waits, so that all work of the stream is done.
ASKS = {"__bool__", "__float__", "__int__", "__index__", "item", "tolist", "nonzero", "equal", "cpu"}


def lies_on(value: object) -> int | None:
    """The GPU of a tensor; None of one on the host, and of whatever else there is."""
    return getattr(value, "lies_on", None) if isinstance(value, torch.Tensor) else None


def put(value, number):
    """The same with every tensor in it on that GPU."""
    if isinstance(value, torch.Tensor):
        value.lies_on = number
    elif isinstance(value, tuple | list):
        for each in value:
            put(each, number)
    return value


class OnTheProcessor(TorchFunctionMode):
    """What is asked of a CUDA device is done by the CPU. seen: is told of pinned memory and of what is sent."""

    def __init__(self, seen, runtime):
        super().__init__()
        self._seen, self._runtime = seen, runtime

    def __torch_function__(self, function, types, arguments=(), options=None):
        options = dict(options or {})
        name = getattr(function, "__name__", "")
        tensors = list(_tensors([arguments, options]))
        of = {each.lies_on for each in tensors if lies_on(each) is not None}
        if name == "_parse_to":  # which reads what Module.to is given
            return function(*arguments, **options)
        if name == "__get__" and function == torch.Tensor.device.__get__:
            return torch.device("cuda", *of) if of else torch.device("cpu")
        if name == "__set__" and function == torch.Tensor.data.__set__:
            function(*arguments)
            put(arguments[0], lies_on(arguments[1]))
            return None
        if name in ON_THE_HOST and of:
            raise TypeError(f"can't convert cuda:{of.pop()} device type tensor to numpy. Use Tensor.cpu() to copy it")
        if options.pop("pin_memory", False):
            if any(each.type == "cuda" for each in (*arguments, *options.values()) if isinstance(each, torch.device)):
                raise RuntimeError("Only dense CPU tensors can be pinned")
            found = function(*arguments, **options)
            self._seen.pinned.add(found.untyped_storage().data_ptr())
            return found
        asked = [each for each in (*arguments, *options.values()) if isinstance(each, torch.device)]
        target = self._number(asked[0]) if asked else None if name == "cpu" else next(iter(of), None)
        if name in ASKS or (name == "__getitem__" and any(each.dtype == torch.bool for each in tensors[1:])):
            self._seen.order.synchronize(self._seen.stream())
        found = function(*map(_host, arguments), **{key: _host(value) for key, value in options.items()})
        if name in ("to", "cpu") and {target} != (of or {None}):
            self._told(arguments[0], target, options)
            found = found.clone() if found is arguments[0] else found
        if name not in ACROSS and next(_tensors(found), None) is not None:
            _check(name, tensors, of)
        if name == "__iter__" and of:
            found = iter(put(list(found), target))
        found = put(found, target) if target is not None or asked else found
        self._worked(name, tensors, found, options)
        return found

    def _worked(self, name, tensors, found, options):
        """Work in the current stream: on memory of the device that it reads, and that it writes or was given for it."""
        order, stream = self._seen.order, self._seen.stream()
        given, made = _memory(tensors), _memory(_tensors(found))
        inside = name == "__setitem__" or (name.endswith("_") and not name.endswith("__"))
        written = _memory(tensors[:1] if inside else ()) | _memory(_tensors(options.get("out")))
        if given:
            order.work(stream, given - written, written)
        for each in made - given:
            order.new(stream, each, written="empty" not in name)
        for each in _tensors(found):
            if (address := each.untyped_storage().data_ptr()) in made - given:
                given.add(address)
                weakref.finalize(each.untyped_storage(), order.let_go, address).atexit = False
        if given and name in ("to", "cpu", "copy_") and not made:
            order.synchronize(stream)

    def _number(self, device: torch.device) -> int | None:
        if device.type != "cuda":
            return None
        current = self._runtime.device
        assert device.index in (None, current), f"{device} is used where cuda:{current} is current"
        return current

    def _told(self, tensor, target, options):
        if target is not None:
            pinned = tensor.untyped_storage().data_ptr() in self._seen.pinned
            self._seen.sent.append((tensor.nbytes, pinned, options.get("non_blocking", False)))


def _check(name, tensors, of):
    """As torch does; numbers of the host are good anywhere."""
    host = any(lies_on(each) is None and each.ndim for each in tensors)
    if len(of) > 1 or (of and host):
        raise RuntimeError(f"Expected all tensors to be on the same device in {name}, not on {of} and the host's")


def _memory(tensors) -> set[int]:
    """Addresses of what lies on a device; tensors without elements hold none, and would all be the same one, 0."""
    return {each.untyped_storage().data_ptr() for each in tensors if lies_on(each) is not None} - {0}


def _host(value):
    return torch.device("cpu") if isinstance(value, torch.device) else value


def _tensors(value) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _tensors(each)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))

"""Counts what leaves a device: copies to the host, and the numbers and sizes that the host waits for."""

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

WAITS = {"_local_scalar_dense", "nonzero", "masked_select", "equal", "is_nonzero"}


class Copies(TorchDispatchMode):
    """Within it, every copy from a device other than the CPU, in bytes, and every operation that the host waits for.

    On a CPU, where nothing is copied, `waits` counts the same operations, so that a loop's can be known without a GPU.
    """

    def __init__(self):
        super().__init__()
        self.copies: list[int] = []
        self.waits: list[str] = []

    @property
    def largest(self) -> int:
        return max(self.copies, default=0)

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        result = function(*arguments, **(options or {}))
        name = function.overloadpacket.__name__
        tensors = [each for each in arguments if isinstance(each, torch.Tensor)]
        if name in WAITS or (name == "index" and any(_mask(each) for each in arguments[1])):
            self.waits.append(name)
        if name == "_local_scalar_dense" and tensors[0].device.type != "cpu":
            self.copies.append(tensors[0].element_size())
        if name == "_to_copy" and tensors[0].device.type != "cpu" and result.device.type == "cpu":
            self.copies.append(result.nbytes)
        if name == "copy_" and tensors[0].device.type == "cpu" and tensors[1].device.type != "cpu":
            self.copies.append(tensors[0].nbytes)
        return result


def _mask(index):
    return isinstance(index, torch.Tensor) and index.dtype == torch.bool


class Questions(TorchFunctionMode):
    """Within it, every call of Python's for which the host waits for a device: numbers, lists and copies asked of it.

    Of calls, since in inference mode a CPU's tensor gives its number without an operation that Copies would see.
    """

    def __init__(self):
        super().__init__()
        self.asked: list[str] = []

    def __torch_function__(self, function, types, arguments=(), options=None):
        if getattr(function, "__name__", "") in (
            "__float__",
            "__int__",
            "__bool__",
            "item",
            "tolist",
            "cpu",
            "nonzero",
        ):
            self.asked.append(function.__name__)
        return function(*arguments, **(options or {}))

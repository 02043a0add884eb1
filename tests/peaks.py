"""How much memory tensors take together at most, as torch's operations make them and let them go."""

import contextlib
import weakref

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class Peak(TorchDispatchMode):
    """Within this, `most` bytes were held at once by tensors that were made in it; `now` are still."""

    counting = True  # of any: what a CPU has to do in a GPU's place need not be

    def __init__(self):
        super().__init__()
        self.now = self.most = 0
        self._held = set()

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        given = {each._cdata for each in _storages((arguments, options))}
        found = function(*arguments, **(options or {}))
        for each in list(_storages(found)):
            if Peak.counting and each._cdata not in given:
                self._note(each)
        return found

    def _note(self, storage):
        key, size = storage._cdata, storage.nbytes()
        if size and key not in self._held:
            self._held.add(key)
            self.now += size
            self.most = max(self.most, self.now)
            weakref.finalize(storage, self._gone, key, size)

    def _gone(self, key, size):
        with contextlib.suppress(KeyError):
            self._held.remove(key)
            self.now -= size


def _storages(values):
    if isinstance(values, torch.Tensor):
        yield values.untyped_storage()
    elif isinstance(values, tuple | list):
        for each in values:
            yield from _storages(each)
    elif isinstance(values, dict):
        yield from _storages(list(values.values()))

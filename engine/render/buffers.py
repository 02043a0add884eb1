"""The layers' points on the GPU: aligned, padded to vec4 groups, fetched beside the drawing.

A transition needs two of these, and none is sent while it runs. Layers are packed by a thread of their own, so
that opening one never holds up a frame.
"""

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from ..tour.tour import Tour

BUDGET = 512 * 2**20  # bytes of points kept on the GPU beyond the two sides being drawn

Blend = tuple[tuple[int, float], ...]
"""A weighted mean of layers: (layer, weight) pairs."""
Side = list[Any]
"""The vec4 attributes of one side, as views of its vertex buffer."""


def groups(dims: int) -> int:
    """How many vec4 attributes one point takes."""
    return -(-dims // 4)


def pack(points: NDArray[np.float32]) -> NDArray[np.void]:
    """(n, d) to n records of ceil(d / 4) vec4, the rest zero: fields "0", "1", ..."""
    n, dims = points.shape
    padded = np.zeros((n, 4 * groups(dims)), dtype=np.float32)
    padded[:, :dims] = points
    return padded.view([(str(g), np.float32, 4) for g in range(groups(dims))]).reshape(n)


class LayerBuffers:
    """Owns the vertex buffers of one tour's layers and of their means."""

    def __init__(self, tour: Tour, *, budget: int = BUDGET) -> None:
        self._tour = tour
        self._budget = budget
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="layers")
        self._fetched: dict[int, Future[NDArray[np.float32]]] = {}
        self._uploaded: OrderedDict[Blend, tuple[gloo.VertexBuffer, Side]] = OrderedDict()

    def fetch(self, layer: int) -> None:
        """Begin to read and align a layer, unless that is done or under way."""
        if layer not in self._fetched and ((layer, 1.0),) not in self._uploaded:
            self._fetched[layer] = self._pool.submit(lambda: self._tour.layers[layer].aligned)

    def ready(self, layer: int) -> bool:
        """Whether drawing this layer would not wait; asks for it if it would."""
        self.fetch(layer)
        return ((layer, 1.0),) in self._uploaded or self._fetched[layer].done()

    def side(self, blend: Blend) -> Side:
        """The attributes of a layer or of a weighted mean of layers, waiting for it if need be."""
        if blend not in self._uploaded:
            points = sum(np.float32(weight) * self._points(layer) for layer, weight in blend)
            buffer = gloo.VertexBuffer(pack(np.asarray(points)))
            self._uploaded[blend] = buffer, [buffer[str(g)] for g in range(groups(self._tour.dims))]
        self._uploaded.move_to_end(blend)
        self._evict()
        return self._uploaded[blend][1]

    def _points(self, layer: int) -> NDArray[np.float32]:
        self.fetch(layer)
        if layer in self._fetched:
            return self._fetched.pop(layer).result()
        return self._tour.layers[layer].aligned

    def _evict(self) -> None:
        """Let go of what was drawn longest ago; the two latest are the sides of the running transition."""
        size = 16 * groups(self._tour.dims) * self._tour.n
        means = [blend for blend in list(self._uploaded)[:-2] if len(blend) > 1]
        spare = max(0, (len(self._uploaded) - 2) * size - self._budget)
        for blend in [*means, *list(self._uploaded)[:-2]]:
            if blend in self._uploaded and (len(blend) > 1 or spare > 0):
                self._uploaded.pop(blend)[0].delete()
                spare -= size

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        for buffer, _ in self._uploaded.values():
            buffer.delete()
        self._uploaded.clear()

"""The layers' points on the GPU: aligned, padded to vec4 groups, fetched beside the drawing.

A transition needs two of these, and none is sent while it runs. Layers are read, checked, aligned and packed by a
thread of their own and sent a slice a frame, so that opening one never holds up a frame.

What is held: the two sides being drawn and one layer on its way; where a transition is redirected half way, the mean
that it goes on from as well. More layers, those drawn last, are kept only as far as all of it fits the budget.
"""

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from ..tour.tour import Tour

BUDGET = 512 * 2**20  # bytes of points kept on the GPU
SLICE = 8 * 2**20  # bytes sent in one frame: two milliseconds where 4 GB/s are
LEAST = 3  # layers: the sides being drawn, and one on its way
WAITING = 2  # layers or means in memory, packed or being packed, that are not on the GPU yet

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


@dataclass(eq=False)
class _Sending:
    """A side on its way to the GPU."""

    blend: Blend
    packed: NDArray[np.void]
    buffer: gloo.VertexBuffer
    sent: int = 0
    """Rows."""


class LayerBuffers:
    """Owns the vertex buffers of one tour's layers and of their means."""

    def __init__(self, tour: Tour, *, budget: int = BUDGET, slice_bytes: int = SLICE) -> None:
        self._tour = tour
        self._size = 16 * groups(tour.dims) * tour.n
        self._most = max(LEAST, budget // self._size)
        self._slice = slice_bytes
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="layers")
        self._packing: dict[Blend, Future[NDArray[np.void]]] = {}
        self._sending: _Sending | None = None
        self._uploaded: OrderedDict[Blend, tuple[gloo.VertexBuffer, Side]] = OrderedDict()
        """Those drawn last at the end."""
        self._asked: set[Blend] = set()
        """Since the latest frame."""
        self._free: list[gloo.VertexBuffer] = []
        """What was let go of in this frame: another layer takes its place without new memory being made."""

    @property
    def held(self) -> int:
        """Bytes on the GPU."""
        return self._size * (len(self._uploaded) + len(self._free) + (self._sending is not None))

    def fetch(self, blend: Blend) -> None:
        """Begin to read a layer or to mix a mean, unless that is done or under way."""
        sending = self._sending is not None and self._sending.blend == blend
        if blend in self._uploaded or blend in self._packing or sending:
            return
        while len(self._packing) >= WAITING:
            self._packing.pop(next(iter(self._packing))).cancel()  # asked for longest ago
        self._packing[blend] = self._pool.submit(self._pack, blend)

    def ready(self, blend: Blend) -> bool:
        """Whether drawing this would not hold up the frame; asks for it if it would.

        Raises TourFormatError where a layer is not as it was written.
        """
        if len(blend) > 1 and self._size <= self._slice:
            return True
        self._asked.add(blend)
        self.fetch(blend)
        future = self._packing.get(blend)
        if future is not None and future.done() and future.exception() is not None:
            del self._packing[blend]  # or asking again would not look again
            future.result()
        return blend in self._uploaded

    def update(self) -> None:
        """Send the next slice of what was fetched; once a frame."""
        if self._sending is None:
            done = (blend for blend, future in self._packing.items() if future.done() and not future.exception())
            blend = next(done, None)
            if blend is not None and self._make_room(blend):
                self._begin(blend, self._packing.pop(blend).result())
            self._delete_free()
        if self._sending is not None:
            self._send(self._sending, max(1, self._slice * self._tour.n // self._size))
        self._asked.clear()

    def side(self, blend: Blend) -> Side:
        """The attributes of a layer or of a weighted mean of layers, waiting for it if need be.

        Raises TourFormatError as `ready` does.
        """
        if self._sending is not None and blend not in self._uploaded:
            self._send(self._sending, self._tour.n)
        if blend not in self._uploaded:
            self.fetch(blend)
            packed = self._packing.pop(blend).result()
            self._make_room(blend)
            self._send(self._begin(blend, packed), self._tour.n)
        self._uploaded.move_to_end(blend)
        return self._uploaded[blend][1]

    def _pack(self, blend: Blend) -> NDArray[np.void]:
        if len(blend) == 1:
            return pack(self._tour.layers[blend[0][0]].aligned)
        return pack(np.asarray(sum(np.float32(weight) * self._tour.layers[layer].aligned for layer, weight in blend)))

    def _begin(self, blend: Blend, packed: NDArray[np.void]) -> _Sending:
        if self._free:
            buffer = self._free.pop()
        else:
            buffer = gloo.VertexBuffer(packed[:1])  # which tells it the fields
            buffer.resize_bytes(packed.nbytes)
            # vispy keeps to itself what is sent to a buffer that no program has drawn, and would send all at once then
            gloo.context.get_current_canvas().context.glir.associate(buffer.glir)
        self._delete_free()
        self._sending = _Sending(blend, packed, buffer)
        return self._sending

    def _send(self, sending: _Sending, rows: int) -> None:
        """Send some more rows; with the last ones it can be drawn."""
        sending.buffer.set_subdata(sending.packed[sending.sent : sending.sent + rows], offset=sending.sent)
        sending.sent += rows
        if sending.sent >= self._tour.n:
            side = [sending.buffer[str(g)] for g in range(groups(self._tour.dims))]
            self._uploaded[sending.blend] = sending.buffer, side
            self._uploaded.move_to_end(sending.blend, last=False)  # nobody has drawn it yet
            self._sending = None

    def _make_room(self, blend: Blend) -> bool:
        """Let go of what was drawn longest ago, and of means, until this can come; whether it can."""
        most = self._most - 1 + (len(blend) > 1)
        drawn = list(self._uploaded)[-2:]  # the sides of the running transition
        spare = [each for each in self._uploaded if each not in drawn and each not in self._asked]
        for each in sorted(spare, key=len, reverse=True):  # means first, else in their order
            if len(each) > 1 or len(self._uploaded) > most:
                self._free.append(self._uploaded.pop(each)[0])
        return len(self._uploaded) <= most

    def _delete_free(self) -> None:
        while self._free:
            self._free.pop().delete()

    def close(self) -> None:
        self._delete_free()
        self._pool.shutdown(cancel_futures=True)
        if self._sending is not None:
            self._sending.buffer.delete()
        for buffer, _ in self._uploaded.values():
            buffer.delete()
        self._uploaded.clear()

"""The layers' points on the GPU: aligned, padded to vec4 groups, fetched beside the drawing.

A transition needs two of these, and none is sent while it runs. Layers are read, checked, aligned and packed by a
thread of their own and sent a slice a frame, so that opening one never holds up a frame.

What is held: the two sides being drawn and one layer on its way; where a transition is redirected half way, the mean
that it goes on from as well. More layers, those drawn last, are kept only as far as all of it fits the budget.

Rows in the fair order come in groups: a side is ready with the first rows that a frame draws, and the rest arrives
while they are drawn. Where the GPU has no room for the layers that are held, the first rows of each are all there is.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from ..tour.order import shuffled
from ..tour.schema import TourFormatError
from ..tour.tour import Tour

BUDGET = 512 * 2**20  # bytes of points kept on the GPU
SLICE = 8 * 2**20  # bytes sent in one frame: two milliseconds where 4 GB/s are
LEAST = 3  # layers: the sides being drawn, and one on its way
WAITING = 2  # layers or means in memory, packed or being packed, that are not on the GPU yet
AHEAD = 2  # groups that are read before they can be sent
GROUP = 131_072  # rows that are read and packed at a time, where they have an order

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
class _Packing:
    """A side that is being read, a group of rows after the other."""

    blend: Blend
    read: Callable[[int], Future[NDArray[np.void]]]
    """Begins to read the group of rows from that one on."""
    size: int
    """Rows of a group."""
    count: int
    """Groups of a side."""
    groups: list[Future[NDArray[np.void]]] = field(default_factory=list)
    """Those that are being read or were, the first ones."""

    def ask(self, count: int) -> None:
        """Have so many groups read. Never all at once: they would lie in memory until they are sent."""
        while len(self.groups) < min(count, self.count):
            self.groups.append(self.read(len(self.groups) * self.size))

    @property
    def begun(self) -> bool:
        """Whether the first rows are there, as they were written."""
        return self.groups[0].done() and not self.groups[0].exception()

    def begin(self) -> None:
        """Wait for the first rows. Raises TourFormatError where they are not as they were written; no more are read."""
        try:
            self.groups[0].result()
        except Exception:
            self.cancel()
            raise

    def rows(self, first: int, end: int, *, wait: bool) -> NDArray[np.void]:
        """Rows from `first` up to `end` at most, of one group: none where they are not there yet, unless waited for."""
        self.ask(first // self.size + 1)
        group = self.groups[first // self.size]
        if not wait and not group.done():
            return np.empty(0, dtype=np.void)
        start = first - first % self.size
        return group.result()[first - start : end - start]

    def drop(self, group: int) -> None:
        """Let go of the rows of a group that has been sent."""
        self.groups[group] = Future()

    def cancel(self) -> None:
        for group in self.groups:
            group.cancel()


@dataclass(eq=False)
class _Sending:
    """A side on its way to the GPU."""

    packing: _Packing
    buffer: gloo.VertexBuffer
    side: Side
    sent: int = 0
    """Rows."""


class LayerBuffers:
    """Owns the vertex buffers of one tour's layers and of their means."""

    def __init__(
        self,
        tour: Tour,
        *,
        ordered: bool = False,
        budget: int = BUDGET,
        slice_bytes: int = SLICE,
        group: int = GROUP,
        room: float = math.inf,
    ) -> None:
        """ordered: whether the rows stand in the fair order; group: how many of them are read at a time then, and
        room: bytes that all layers may take, as many of the first rows as fit.
        """
        self._tour, self._ordered = tour, ordered
        self._group = min(group, tour.n) if ordered else tour.n
        row = 16 * groups(tour.dims)
        self.most = int(max(1, min(tour.n, room // (row * (LEAST + 1))))) if ordered else tour.n
        """How many of a layer there is room for, the first ones."""
        self.rows = self.most
        """How many are ever there."""
        self.fault: TourFormatError | None = None
        """Why they are fewer: a layer is not as it was written, of which the first rows are."""
        self._size = row * self.most
        self._most = max(LEAST, budget // self._size)
        self._slice = slice_bytes
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="layers")
        self._packing: dict[Blend, _Packing] = {}
        self._sending: _Sending | None = None
        self._uploaded: OrderedDict[Blend, tuple[gloo.VertexBuffer, Side]] = OrderedDict()
        """Those drawn last at the end."""
        self._asked: set[Blend] = set()
        """Since the latest frame."""
        self._free: list[gloo.VertexBuffer] = []
        """What was let go of in this frame: another layer takes its place without new memory being made."""
        self.needed = tour.n
        """Rows, the first ones, without which a side is not ready."""

    @property
    def held(self) -> int:
        """Bytes on the GPU."""
        return self._size * (len(self._uploaded) + len(self._free) + (self._sending is not None))

    def arrived(self, blend: Blend) -> int:
        """How many rows of a side are there, the first ones."""
        if blend in self._uploaded:
            return self.rows
        return self._sending.sent if self._sending is not None and self._sending.packing.blend == blend else 0

    def fetch(self, blend: Blend) -> None:
        """Begin to read a layer or to mix a mean, unless that is done or under way."""
        sending = self._sending is not None and self._sending.packing.blend == blend
        if blend in self._uploaded or blend in self._packing or sending:
            return
        while len(self._packing) >= WAITING:
            self._packing.pop(next(iter(self._packing))).cancel()  # asked for longest ago
        count = -(-self.rows // self._group)
        packing = self._packing[blend] = _Packing(
            blend, lambda first: self._pool.submit(self._pack, blend, first), self._group, count
        )
        packing.ask(1)

    def ready(self, blend: Blend) -> bool:
        """Whether drawing this would not hold up the frame; asks for it if it would.

        Raises TourFormatError where a layer is not as it was written.
        """
        if len(blend) > 1 and self._size <= self._slice:
            return True
        self._asked.add(blend)
        self.fetch(blend)
        packing = self._packing.get(blend)
        if packing is not None and packing.groups[0].done() and not packing.begun:
            del self._packing[blend]  # or asking again would not look again
            packing.begin()
        return self.arrived(blend) >= min(self.needed, self.rows)

    def update(self) -> None:
        """Send the next slice of what was fetched; once a frame."""
        if self._sending is None:
            blend = next((blend for blend, packing in self._packing.items() if packing.begun), None)
            if blend is not None and self._make_room(blend):
                self._begin(self._packing.pop(blend))
            self._delete_free()
        if self._sending is not None:
            self._sending.packing.ask(self._sending.sent // self._group + 1 + AHEAD)
            self._send(self._sending, self._sending.sent + max(1, self._slice * self.rows // self._size))
        self._asked.clear()

    def side(self, blend: Blend) -> Side:
        """The attributes of a layer or of a weighted mean of layers, waiting for the rows needed of it if need be.

        Raises TourFormatError as `ready` does.
        """
        if self.arrived(blend) < min(self.needed, self.rows):
            if self._sending is not None and self._sending.packing.blend != blend:
                self._send(self._sending, self.rows, wait=True)
            if self._sending is None:
                self.fetch(blend)
                packing = self._packing.pop(blend)
                packing.begin()
                self._make_room(blend)
                self._begin(packing)
            assert self._sending is not None
            self._send(self._sending, self.needed, wait=True)
        if self.fault is not None and self.arrived(blend) < min(self.needed, self.most):
            raise self.fault
        if blend not in self._uploaded:
            assert self._sending is not None
            return self._sending.side
        self._uploaded.move_to_end(blend)
        return self._uploaded[blend][1]

    def _pack(self, blend: Blend, first: int) -> NDArray[np.void]:
        """A group of rows from that one on."""
        end = min(first + self._group, self.most)
        rows = shuffled(self._tour.n)[first:end] if self._ordered else slice(None)
        if len(blend) == 1:
            return pack(self._tour.layers[blend[0][0]].aligned_rows(rows))
        parts = (np.float32(weight) * self._tour.layers[layer].aligned_rows(rows) for layer, weight in blend)
        return pack(np.asarray(sum(parts)))

    def _begin(self, packing: _Packing) -> None:
        if self._free:
            buffer = self._free.pop()
        else:
            buffer = gloo.VertexBuffer(packing.rows(0, 1, wait=True))  # which tells it the fields
            buffer.resize_bytes(self._size)
            # vispy keeps to itself what is sent to a buffer that no program has drawn, and would send all at once then
            gloo.context.get_current_canvas().context.glir.associate(buffer.glir)
        self._delete_free()
        side = [buffer[str(g)] for g in range(groups(self._tour.dims))]
        self._sending = _Sending(packing, buffer, side)

    def _send(self, sending: _Sending, end: int, *, wait: bool = False) -> None:
        """Send rows up to `end`, as far as they are there, or wait for them; with the last ones it is whole."""
        packing, end = sending.packing, min(end, self.rows)
        while sending.sent < end:
            try:
                rows = packing.rows(sending.sent, end, wait=wait)
            except TourFormatError as fault:
                packing.cancel()
                self.fault, self.rows = fault, sending.sent
                break
            if not len(rows):
                break
            sending.buffer.set_subdata(rows, offset=sending.sent)
            sending.sent += len(rows)
            if sending.sent % packing.size == 0 or sending.sent == self.rows:
                packing.drop((sending.sent - 1) // packing.size)
        if sending.sent >= self.rows:
            self._uploaded[packing.blend] = sending.buffer, sending.side
            self._uploaded.move_to_end(packing.blend, last=False)  # nobody has drawn it yet
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
            self._sending.packing.cancel()
            self._sending.buffer.delete()
        for buffer, _ in self._uploaded.values():
            buffer.delete()
        self._uploaded.clear()

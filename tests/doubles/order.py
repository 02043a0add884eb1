"""Which work of a GPU's streams is after which: work in one that uses what another may still be writing is refused.

Test doubles do their work at once, so whoever forgets to wait comes out right by them, and now and then wrong on a
GPU. A stream's work is counted; whatever it writes is stamped with the count; and each stream, and the host, keeps how
far it has waited for each of the others. (Of the host there is one, whatever its threads know of each other.)
"""

import threading
from collections import defaultdict


class Order:
    """Of the streams of a test: by their keys, whatever those are."""

    def __init__(self):
        self._done = defaultdict(int)
        self._waited = defaultdict(dict)
        self._host = {}
        self._stamps = {}
        self._lock = threading.Lock()

    def work(self, stream, reads, writes):
        """Work in a stream. reads, writes: memory, by its address. Raises AssertionError where that is another's."""
        with self._lock:
            for each in (*reads, *writes):
                other, count = self._stamps.get(each, (stream, 0))
                known = max(self._host.get(other, 0), self._waited[stream].get(other, 0))
                assert other == stream or known >= count, f"{stream} does not wait for what {other} may be writing"
            self._done[stream] += 1
            for each in writes:
                self._stamps[each] = stream, self._done[stream]

    def new(self, stream, memory):
        """Memory that a stream has been given: what was there before is nobody's."""
        with self._lock:
            self._done[stream] += 1
            self._stamps[memory] = stream, self._done[stream]

    def wait(self, stream, other):
        """A stream waits for all that another has been given to do, and that one for others."""
        with self._lock:
            self._know(self._waited[stream], other)

    def synchronize(self, *streams):
        """The host does; for all of them where none is named."""
        with self._lock:
            for each in streams or list(self._done):
                self._know(self._host, each)

    def _know(self, known, other):
        for each, count in (self._waited[other] | {other: self._done[other]}).items():
            known[each] = max(known.get(each, 0), count)

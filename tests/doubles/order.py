"""Which work of a GPU's streams is after which: what one may do to memory while another is at work on it is refused.

Test doubles do their work at once, so whoever forgets to wait comes out right by them, and now and then wrong on a
GPU. A stream's work is counted; whatever it writes is stamped with the count; and each stream, and the host, keeps how
far it has waited for each of the others. (Of the host there is one, whatever its threads know of each other.)

Memory that is let go of is handed out again, as by torch's allocator: to the stream that took it, at once, with
whatever it takes next, of any size, and whoever else still uses it, but for streams that the memory was told of
(`record_stream`). So what a stream takes is refused while another may be at work on anything of its own let go of.
"""

import threading
from collections import defaultdict, deque


class Order:
    """Of the streams of a test: by their keys, whatever those are."""

    def __init__(self):
        self._done = defaultdict(int)
        self._waited = defaultdict(dict)
        self._host = {}
        self._stamps = {}
        self._owners = {}
        self._users = defaultdict(dict)
        self._let_go = deque()
        self._free = defaultdict(list)
        self._lock = threading.Lock()

    def work(self, stream, reads, writes):
        """Work in a stream. reads, writes: memory, by its address. Raises AssertionError where that is another's."""
        with self._lock:
            self._hand_back()
            for each in (*reads, *writes):
                other, count = self._stamps.get(each, (stream, 0))
                assert self._after(stream, other, count), f"{stream} does not wait for what {other} may be writing"
            for each in writes:
                for other, count in self._users[each].items():
                    assert self._after(stream, other, count), f"{stream} does not wait for what {other} may be reading"
            self._done[stream] += 1
            for each in (*reads, *writes):
                self._users[each][stream] = self._done[stream]
            for each in writes:
                self._stamps[each] = stream, self._done[stream]

    def new(self, stream, memory, *, written=True):
        """Memory that a stream has been given: what was there before is nobody's, once all are done with it.

        Where it is not `written`, the stream may still be at work on what was there.
        """
        with self._lock:
            self._hand_back()
            for other, count in self._free.pop(stream, ()):
                assert self._after(stream, other, count), (
                    f"{stream} is given memory that was let go of while {other} may be at work on it"
                )
            self._done[stream] += written
            self._stamps[memory] = stream, self._done[stream]
            self._owners[memory] = stream

    def let_go(self, memory):
        """Memory is let go of. From any thread, at any time: it is handed back with what happens next."""
        self._let_go.append(memory)

    def record(self, stream, memory):
        """The memory is told of a stream that uses it, and is not handed out again before that is done with it."""
        with self._lock:
            self._users[memory].pop(stream, None)

    def wait(self, stream, other):
        """A stream waits for all that another has been given to do, and that one for others."""
        with self._lock:
            self._know(self._waited[stream], other)

    def synchronize(self, *streams):
        """The host does; for all of them where none is named."""
        with self._lock:
            for each in streams or list(self._done):
                self._know(self._host, each)

    def _after(self, stream, other, count):
        """Whether what a stream does now is after that work of another."""
        return other == stream or max(self._host.get(other, 0), self._waited[stream].get(other, 0)) >= count

    def _hand_back(self):
        while self._let_go:
            memory = self._let_go.popleft()
            self._stamps.pop(memory, None)
            users, owner = self._users.pop(memory, {}), self._owners.pop(memory, None)
            if owner is not None:
                self._free[owner] += [each for each in users.items() if each[0] != owner]

    def _know(self, known, other):
        for each, count in (self._waited[other] | {other: self._done[other]}).items():
            known[each] = max(known.get(each, 0), count)

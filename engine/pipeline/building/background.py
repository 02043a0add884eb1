"""Work in a thread beside the caller's, on a GPU in a stream of its own, its progress shown to whoever waits for it."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Generic, TypeVar

import torch

from ...progress import steps
from ..device import Machine, ended_by

WAIT = 0.2  # seconds between looks at how far it is

T = TypeVar("T")


class Background(Generic[T]):
    """A call of `work` in a thread of `pool`. work: is given a function to report how many more steps are done.

    machine: where it computes, if it does so there.
    """

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        work: Callable[[Callable[[int], None]], T],
        *,
        total: int,
        label: str,
        machine: Machine | None = None,
    ) -> None:
        self._total, self._label, self._done, self._stopped = total, label, 0, False
        self._made = pool.submit(self._make, work, machine, None if machine is None else _current(machine))

    def _make(
        self, work: Callable[[Callable[[int], None]], T], machine: Machine | None, asker: torch.cuda.Stream | None
    ) -> T:
        if machine is None:
            return work(self._advance)
        with machine.current(), _stream_of_its_own(machine, after=asker):
            return work(self._advance)

    def _advance(self, steps: int) -> None:
        if self._stopped:
            raise InterruptedError("nobody waits for this any more")
        self._done += steps

    def result(self) -> T:
        """Wait for the result, showing progress meanwhile. Raises what the work raised."""
        if self._made.done():
            return self._made.result()
        with steps(self._label, self._total) as advance:
            told = 0
            while True:
                done = self._done
                advance(done - told)
                told = done
                if wait([self._made], timeout=WAIT).done:
                    return self._made.result()

    def stop(self) -> None:
        """Stop the work when it next reports progress, without waiting for that."""
        self._stopped = True
        self._made.cancel()


class _Streams(threading.local):
    """A thread's own on each device, which is used again: cuBLAS keeps 32 MiB for every stream that it has seen."""

    def __init__(self) -> None:
        self.by_device: dict[torch.device, torch.cuda.Stream] = {}

    def on(self, device: torch.device) -> torch.cuda.Stream:
        if device not in self.by_device:
            self.by_device[device] = torch.cuda.Stream(device)
        return self.by_device[device]


_streams = _Streams()


def _current(machine: Machine) -> torch.cuda.Stream | None:
    """The stream of the thread that asks, which a script may have chosen; none on a CPU."""
    return torch.cuda.current_stream(machine.device) if machine.device.type == "cuda" else None


@contextlib.contextmanager
def _stream_of_its_own(machine: Machine, *, after: torch.cuda.Stream | None) -> Iterator[None]:
    """On a GPU, work beside other threads' and not in turn with it; finished at the end, whatever that is.

    after: where what it is given is being written. What it reads is let go of at its end, and may be overwritten by
    whoever takes that memory.
    """
    if after is None:
        yield
        return
    stream = _streams.on(machine.device)
    stream.wait_stream(after)
    with ended_by(stream.synchronize), torch.cuda.stream(stream):
        yield

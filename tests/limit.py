"""A limit for each test: one that hangs ends its process, which says where threads stand, and xdist begins another.

A second counts by the share of the machine that each program gets, so that a test has longer where others hold it up.
Whoever runs tests in one process, without xdist, ends them by hand.
"""

import ctypes
import faulthandler
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

SECONDS = 120.0  # where no other program runs; the longest test takes half of it
LOOKS = 120  # at how much is left
PR_SET_PDEATHSIG = 1


class Alarm:
    """Rings for one test after the other: stacks to a file descriptor, and the end of the process."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._left: float | None = None
        self._changing = threading.Lock()
        threading.Thread(target=self._put_off, daemon=True).start()

    def set(self, seconds: float | None) -> None:
        """None: no test runs."""
        with self._changing:
            self._left = seconds
            if seconds is None:
                faulthandler.cancel_dump_traceback_later()
            else:
                self._ring_in(seconds / share())

    def _ring_in(self, seconds: float) -> None:
        """By a thread of C, for a test may hang in C and hold Python's lock."""
        faulthandler.dump_traceback_later(max(seconds, 0.001), exit=True, file=self._file)

    def _put_off(self) -> None:
        """By what others took of the processors."""
        pause = SECONDS / LOOKS
        while True:
            time.sleep(pause)
            with self._changing:
                if self._left is not None:
                    self._left -= share() * pause
                    self._ring_in(self._left / share())


def share() -> float:
    """Of a processor, for each program that would run."""
    return min(1.0, len(os.sched_getaffinity(0)) / max(os.getloadavg()[0], 0.01))


ALARM = pytest.StashKey[Alarm]()


def pytest_configure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        config.stash[ALARM] = Alarm(os.dup(2))  # where nothing is captured yet


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    alarm = item.config.stash.get(ALARM, None)
    if alarm is None:
        return (yield)
    alarm.set(SECONDS)
    try:
        return (yield)
    finally:
        alarm.set(None)


def end_with_parent() -> None:
    """A `preexec_fn` for what a worker begins and ends itself, unless a test of its hangs."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

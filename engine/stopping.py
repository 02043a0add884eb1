"""Signals that end a program: Ctrl+C, SIGTERM, and SIGHUP of a session that is over. All of them as Ctrl+C does."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is not on Windows
NUMBERS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))

received: list[int] = []
"""What has ended the program, the latest last."""


def as_interrupts() -> None:
    """Have these signals raise KeyboardInterrupt from now on; one that is ignored already (`nohup`) stays ignored."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        received.append(number)
        raise KeyboardInterrupt

    for number in NUMBERS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)


def from_now_on_at_once() -> None:
    """Have any further signal end the program at once and silently: all is done, and Python is shutting down."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # which may be closed
            stream.flush()
    for number in NUMBERS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda number, frame: os._exit(128 + number))


@contextmanager
def put_off() -> Iterator[list[int]]:
    """Within, signals are only noted, in the list that is yielded; afterwards the first of them takes effect.

    Outside the main thread, which alone hears of signals, nothing changes.
    """
    noted: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return
    before = {number: signal.getsignal(number) for number in NUMBERS}
    mine = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in mine:
        signal.signal(number, lambda number, frame: noted.append(number))
    try:
        yield noted
    finally:
        for number in mine:
            signal.signal(number, before[number])
        if noted:
            signal.raise_signal(noted[0])

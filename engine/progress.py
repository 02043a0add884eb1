"""Progress of slow work, where somebody is watching: a bar with rate and time left, or plain lines.

Work reports with `steps`; whoever starts it decides with `shown` whether that is seen. Nothing is printed by
default, so library calls stay silent.
"""

import contextlib
import contextvars
import logging
import sys
import time
from collections.abc import Callable, Iterator

_shown: contextvars.ContextVar[bool] = contextvars.ContextVar("engine_progress_shown", default=False)

LINE_EVERY = 5.0  # seconds between plain lines


@contextlib.contextmanager
def shown(visible: bool) -> Iterator[None]:
    """Within this context `steps` prints to stderr, if `visible`."""
    token = _shown.set(visible)
    try:
        yield
    finally:
        _shown.reset(token)


@contextlib.contextmanager
def silent(logger: str) -> Iterator[None]:
    """Within this context a logger says nothing: somebody else says it once."""
    log = logging.getLogger(logger)
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


@contextlib.contextmanager
def steps(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A piece of work of `total` steps: yields the function to call with how many more are done."""
    if not _shown.get():
        yield lambda done: None
    elif sys.stderr.isatty():
        with _bar(label, total) as advance:
            yield advance
    else:
        with _lines(label, total) as advance:
            yield advance


@contextlib.contextmanager
def _bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(label, total=total, rate="")

        def advance(done: int) -> None:
            progress.advance(task, done)
            speed = progress.tasks[task].speed
            progress.update(task, rate=f"{speed:,.1f}/s" if speed else "")

        yield advance


@contextlib.contextmanager
def _lines(label: str, total: int) -> Iterator[Callable[[int], None]]:
    start = said = time.monotonic()
    count = 0

    def advance(done: int) -> None:
        nonlocal said, count
        count += done
        now = time.monotonic()
        if now - said >= LINE_EVERY and count < total:
            said = now
            rate = count / (now - start)
            left = f"{(total - count) / rate:.0f} s left" if rate else ""
            print(f"{label}: {count:,} of {total:,}, {rate:,.1f}/s, {left}", file=sys.stderr, flush=True)

    yield advance
    print(f"{label}: {total:,} in {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)

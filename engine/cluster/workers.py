"""Tasks sent to the workers of a cluster, a few at a time, sent again when a worker dies, and brought back.

What counts is in files: a task is done once what it writes is there, whoever wrote it. Dask submits and tells
what has ended, and is asked for nothing else. A worker that cannot do it - no images there, a full disk, a folder of
its own in place of the one that all share - is left out, and the others go on.
"""

import contextlib
import logging
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

log = logging.getLogger("engine")

TICK = 0.01  # seconds between looks at what has ended
LOOK = 1.0  # seconds between looks at who is there
PATIENCE = 60.0  # seconds to wait for the first worker, or the next one when all are gone
DEATHS = 12  # workers that may die of one task
AHEAD = 2  # tasks that a thread of a worker has waiting: one under way, one to go on with

AGAIN = "the same command goes on where it was"


@dataclass(frozen=True)
class Task:
    """One piece of work for any worker."""

    name: str
    """In words."""
    arguments: tuple[Any, ...]
    done: Callable[[], bool] | None = None
    """Whether what it writes is there, as seen from here: then it is not sent. None of one that writes nothing."""


@dataclass(frozen=True)
class Unfit:
    """What a worker answers that cannot do a task."""

    why: str


class Workers:
    """The workers of a cluster. Knows which of them are of no use. client: a distributed.Client."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._unfit: dict[str, str] = {}

    @property
    def address(self) -> str:
        return str(self.client.scheduler.address)

    def present(self) -> dict[str, int]:
        """The address of every worker there is, and how many threads it has."""
        found = self.client.scheduler_info(n_workers=-1)["workers"]
        return {address: int(each["nthreads"]) for address, each in found.items()}

    def run(self, function: Callable[..., Any], tasks: Iterable[Task]) -> Iterator[tuple[Task, Any]]:
        """Have the tasks done, in whatever order; yields each with what `function` of its arguments returned.

        Of a task whose file is there already that is None.
        Raises what the function raises, but for OSError, which is a worker's own fault as long as others are left;
        OSError where none is, ConnectionError where the scheduler is lost, RuntimeError where one task kills all.
        """
        from distributed.comm.core import CommClosedError

        with _Round(self, function, tasks) as going:
            while True:
                try:
                    ended = going.next()
                except (CommClosedError, ConnectionResetError, ConnectionRefusedError, TimeoutError):
                    raise self.lost() from None
                if ended is None:
                    return
                yield ended

    def leave_out(self, worker: str, why: str) -> None:
        if worker not in self._unfit:
            log.warning("worker %s is left out: %s", worker, why)
        self._unfit[worker] = why

    def fit(self) -> dict[str, int]:
        """Those that are of use, once there are any. Raises OSError where all are not, or none comes."""
        until = time.monotonic() + PATIENCE
        while True:
            self.check()
            there = self.present()
            useful = {address: count for address, count in there.items() if address not in self._unfit}
            if useful:
                return useful
            if there:
                raise OSError(f"no worker is of use: {self._unfit[next(iter(there))]}; mend that, and {AGAIN}")
            if time.monotonic() > until:
                raise OSError(f"{self.address}: no worker has come for {PATIENCE:.0f} s; start some, and {AGAIN}")
            time.sleep(LOOK / 4)

    def check(self) -> None:
        if self.client.status != "running":
            raise self.lost()

    def lost(self) -> ConnectionError:
        return ConnectionError(f"{self.address}: the scheduler is gone; start it again, and {AGAIN}")


class _Round:
    """Tasks on their way. Owns the futures."""

    def __init__(self, workers: Workers, function: Callable[..., Any], tasks: Iterable[Task]) -> None:
        from distributed import as_completed

        self._workers, self._function = workers, function
        self._waiting = iter(tasks)
        self._again: deque[Task] = deque()
        self._there: deque[Task] = deque()
        self._running: dict[Any, tuple[Task, tuple[str, ...]]] = {}
        self._ended = as_completed(raise_errors=False, loop=workers.client.loop)
        self._deaths: Counter[str] = Counter()
        self._fit: dict[str, int] = {}
        self._looked = -LOOK

    def __enter__(self) -> "_Round":
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever is still on its way is not waited for."""
        if self._running and self._workers.client.status == "running":
            with contextlib.suppress(Exception):
                self._workers.client.cancel(list(self._running), force=True)

    def next(self) -> tuple[Task, Any] | None:
        """The next task that is done, and what it brought; None once all are."""
        while True:
            self._send()
            if self._there:
                return self._there.popleft(), None
            if not self._running:
                return None
            if not self._ended.has_ready():
                time.sleep(TICK)
                continue
            future = next(self._ended)
            task, _ = self._running.pop(future, (None, ()))
            if task is not None and (result := self._result(future, task)) is not None:
                return task, result[0]

    def _result(self, future: Any, task: Task) -> tuple[Any] | None:
        """What a task brought; None where it has to be sent again."""
        from distributed import KilledWorker

        if future.status == "finished":
            worker, found = future.result()
            if isinstance(found, Unfit):
                self._workers.leave_out(worker, found.why)
            elif task.done is None or task.done():
                return (found,)
            else:
                self._workers.leave_out(worker, f"what it wrote of {task.name} is not there; it writes somewhere else")
        elif future.status == "error":
            error = future.exception()
            if not isinstance(error, KilledWorker):
                raise error
            self._deaths[task.name] += 1
            if self._deaths[task.name] * _allowed_failures() > DEATHS:
                raise RuntimeError(
                    f"{task.name}: every worker that tried it died; their memory may be short (--memory), or see "
                    f"what they wrote; mend that, and {AGAIN}"
                )
            log.warning("%s: the worker died several times; sent again", task.name)
        else:
            self._workers.check()
            raise self._workers.lost()
        self._again.append(task)
        self._looked = -LOOK
        return None

    def _send(self) -> None:
        """Keep the workers busy; what was meant for workers that are gone goes to others."""
        now = time.monotonic()
        if now - self._looked > LOOK:
            self._looked = now
            self._workers.check()
            self._fit = self._workers.fit()
            stranded = [future for future, (_, to) in self._running.items() if to and not set(to) & set(self._fit)]
            for future in stranded:
                self._again.append(self._running.pop(future)[0])
                future.cancel()
        room = AHEAD * sum(self._fit.values()) - len(self._running)
        while room > 0:
            task = self._again.popleft() if self._again else next(self._waiting, None)
            if task is None:
                return
            if task.done is not None and task.done():
                self._there.append(task)
                continue
            chosen = tuple(self._fit) if self._workers._unfit else ()
            future = self._workers.client.submit(
                _attempt,
                self._function,
                task.arguments,
                key=f"{task.name.replace(' ', '-')}-{uuid.uuid4().hex[:12]}",
                workers=list(chosen) or None,
                pure=False,
            )
            self._running[future] = task, chosen
            self._ended.add(future)
            room -= 1


def _attempt(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    """On a worker: its address and what the function returns, or why this worker cannot do it."""
    from distributed import get_worker

    address = str(get_worker().address)
    try:
        return address, function(*arguments)
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        return address, Unfit(" ".join(named.split()) or type(error).__name__)


def _allowed_failures() -> int:
    """Deaths after which Dask gives a task up."""
    import dask

    return 1 + int(dask.config.get("distributed.scheduler.allowed-failures"))

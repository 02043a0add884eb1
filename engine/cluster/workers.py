"""Tasks sent to the workers of a cluster, a few at a time, sent again when a worker dies, and brought back.

What counts is in files: a task is done once what it writes is there, whoever wrote it. Dask submits and tells
what has ended, and is asked for nothing else. A worker that cannot do it - no images there, a full disk, a folder of
its own in place of the one that all share - is left out, and the others go on.
"""

import asyncio
import contextlib
import logging
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from .attempt import Unfit, attempt

log = logging.getLogger("engine")

TICK = 0.01  # seconds between looks at what has ended
LOOK = 1.0  # seconds between looks at who is there
PATIENCE = 60.0  # seconds to wait for an answer, for the first worker, or for the next one when all are gone
SEEN = 60.0  # seconds after which a file written on one machine is seen on every other: NFS looks twice a minute
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


class Workers:
    """The workers of a cluster. Knows which of them are of no use."""

    def __init__(self, client: Any, *, revive: Callable[[], None] = lambda: None) -> None:
        """client: a distributed.Client. revive: has those started again that nobody else would."""
        self.client = client
        self._revive = revive
        self._unfit: dict[str, str] = {}

    @property
    def address(self) -> str:
        return str(self.client.scheduler.address)

    def present(self) -> dict[str, int]:
        """The address of every worker there is, and how many threads it has."""
        self.check()
        with self._answering():
            found = self.client.sync(self.client.scheduler.identity, n_workers=-1, callback_timeout=PATIENCE)
        return {address: int(each["nthreads"]) for address, each in found["workers"].items()}

    def ask(self, function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
        """What `function` returns on every worker, busy ones too; or the error that it raises there."""

        def of(address: str) -> Any:
            where = {"workers": [address], "on_error": "return", "callback_timeout": PATIENCE}
            try:
                return self.client.run(function, *arguments, **where)[address]
            except TimeoutError:
                return TimeoutError(f"no answer for {PATIENCE:.0f} s")
            except OSError as error:
                return error

        addresses = list(self.present())
        with ThreadPoolExecutor(max(1, len(addresses))) as pool:
            return dict(zip(addresses, pool.map(of, addresses), strict=True))

    def run(self, function: Callable[..., Any], tasks: Iterable[Task]) -> Iterator[tuple[Task, Any]]:
        """Have the tasks done, in whatever order; yields each with what `function` of its arguments returned.

        Of a task whose file is there already that is None.
        Raises what the function raises, but for OSError, which is a worker's own fault as long as others are left;
        OSError where none is, ConnectionError where the scheduler is lost, RuntimeError where one task kills all.
        """
        with _Round(self, function, tasks) as going:
            while True:
                with self._answering():
                    ended = going.next()
                if ended is None:
                    return
                yield ended

    def gathered(self, futures: list[Any]) -> list[Any]:
        """Fetch the results of finished tasks. Takes as long as it takes, provided that the scheduler still answers."""
        brought = asyncio.run_coroutine_threadsafe(
            self.client.gather(futures, asynchronous=True), self.client.loop.asyncio_loop
        )
        while not wait([brought], timeout=PATIENCE).done:
            try:
                self.present()
            except BaseException:
                brought.cancel()
                raise
        return brought.result()

    def leave_out(self, worker: str, why: str) -> None:
        if worker not in self._unfit:
            log.warning("worker %s is left out: %s", worker, why)
        self._unfit[worker] = why

    def fit(self) -> dict[str, int]:
        """The workers of use, once there is one. Raises OSError where none comes, or none is of use."""
        until = time.monotonic() + PATIENCE
        while True:
            self.check()
            self._revive()
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

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        """Errors of a scheduler that does not answer, raised again in one line."""
        from distributed.comm.core import CommClosedError

        begun = time.monotonic()
        try:
            yield
        except (CommClosedError, ConnectionResetError, ConnectionRefusedError):
            raise self.lost() from None
        except OSError as error:
            if not isinstance(error, TimeoutError) and not str(error).startswith("Timed out"):  # while connecting
                raise
            raise ConnectionError(
                f"{self.address}: no answer for {time.monotonic() - begun:.0f} s; see whether the scheduler is stopped "
                f"or its machine overloaded, and {AGAIN}"
            ) from None

    def lost(self) -> ConnectionError:
        return ConnectionError(f"{self.address}: the scheduler is gone; start it again, and {AGAIN}")


class _Round:
    """Tasks on their way. Owns the futures."""

    def __init__(self, workers: Workers, function: Callable[..., Any], tasks: Iterable[Task]) -> None:
        from distributed import as_completed

        self._workers, self._function = workers, function
        self._waiting = iter(tasks)
        self._again: deque[Task] = deque()
        self._brought: deque[tuple[Task, Any]] = deque()
        self._running: dict[Any, tuple[Task, tuple[str, ...]]] = {}
        self._unseen: list[tuple[Task, str, Any, float]] = []
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
            self._take()
            self._send()
            if self._brought:
                return self._brought.popleft()
            if not self._running and not self._unseen:
                return None
            time.sleep(TICK)

    def _take(self) -> None:
        """Whatever has ended meanwhile. What a task has brought is fetched where no file says that it is done."""
        unseen, self._unseen = self._unseen, []
        for each in unseen:
            self._look_for(*each)
        ended = [future for future in self._ended.next_batch(block=False) if future in self._running]
        fetched = []
        for future in ended:
            task, _ = self._running[future]
            status = future.status
            if status in ("error", "cancelled"):
                self._failed(future, self._running.pop(future)[0])
            elif task.done is not None and task.done():
                self._brought.append((self._running.pop(future)[0], None))
            elif status == "finished":
                fetched.append(future)
            else:  # what it brought is lost with its worker, and Dask has it made again
                self._ended.add(future)
        if fetched:
            self._fetch(fetched)

    def _fetch(self, futures: list[Any]) -> None:
        from distributed import CancelledError, KilledWorker

        try:
            brought = self._workers.gathered(futures)
        except (CancelledError, KilledWorker):  # of one that has ended otherwise since: each says so by itself
            self._ended.update(futures)
            return
        for future, (worker, found) in zip(futures, brought, strict=True):
            task, _ = self._running.pop(future)
            if isinstance(found, Unfit):
                self._workers.leave_out(worker, found.why)
                self._send_again(task)
            else:
                self._look_for(task, worker, found, time.monotonic())

    def _look_for(self, task: Task, worker: str, found: Any, since: float) -> None:
        """Wait for a file that a worker says it has written: over a network it is seen a while later."""
        if task.done is None or task.done():
            self._brought.append((task, found))
        elif time.monotonic() - since < SEEN:
            self._unseen.append((task, worker, found, since))
        else:
            self._workers.leave_out(worker, f"what it wrote of {task.name} is not there; it writes somewhere else")
            self._send_again(task)

    def _failed(self, future: Any, task: Task) -> None:
        """Raises what the task raised. Where its workers died, it is sent again, so many times."""
        from distributed import KilledWorker

        if future.status != "error":
            self._workers.check()
            raise self._workers.lost()
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
        self._send_again(task)

    def _send_again(self, task: Task) -> None:
        self._again.append(task)
        self._looked = -LOOK

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
        room = AHEAD * sum(self._fit.values()) - len(self._running) - len(self._unseen)
        tasks: list[Task] = []
        while len(tasks) < room:
            task = self._again.popleft() if self._again else next(self._waiting, None)
            if task is None:
                break
            if task.done is not None and task.done():
                self._brought.append((task, None))
            else:
                tasks.append(task)
        if not tasks:
            return
        chosen = tuple(self._fit) if self._workers._unfit else ()
        futures = self._workers.client.map(
            attempt,
            [self._function] * len(tasks),
            [task.arguments for task in tasks],
            key=[f"{task.name.replace(' ', '-')}-{uuid.uuid4().hex[:12]}" for task in tasks],
            workers=list(chosen) or None,
            pure=False,
        )
        for future, task in zip(futures, tasks, strict=True):
            self._running[future] = task, chosen
        self._ended.update(futures)


def _allowed_failures() -> int:
    """Deaths after which Dask gives a task up."""
    import dask

    return 1 + int(dask.config.get("distributed.scheduler.allowed-failures"))

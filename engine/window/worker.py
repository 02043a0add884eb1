"""Background work: what takes longer than a frame, in a thread; results are taken in between two frames."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from .faults import Faults


class Worker:
    """Owns one thread. `collect` is called once a frame."""

    def __init__(self, faults: Faults) -> None:
        """faults: hears of what nobody foresaw."""
        self._faults = faults
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="worker")
        self._under_way: list[tuple[Future[Any], Callable[[Any], None], Callable[[str], None]]] = []

    def do(self, work: Callable[[], Any], then: Callable[[Any], None], *, failed: Callable[[str], None]) -> None:
        """Begin some work; `then` gets its result, or `failed` the sentence of its ValueError or OSError."""
        self._under_way.append((self._pool.submit(work), then, failed))

    @property
    def busy(self) -> bool:
        return bool(self._under_way)

    def collect(self) -> None:
        """Take in what is done."""
        done = [each for each in self._under_way if each[0].done()]
        self._under_way = [each for each in self._under_way if each not in done]
        for future, then, failed in done:
            with self._faults.guarded("Work in the background"):
                try:
                    result = future.result()
                except (ValueError, OSError) as error:
                    failed(str(error))
                else:
                    then(result)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

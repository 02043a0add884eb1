"""What somebody calls a cluster - local:N, tcp://HOST:8786, a scheduler file, a Client - to its workers."""

import contextlib
import logging
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from ..progress import silent
from .workers import AGAIN, Workers

WAIT = 10  # seconds for a scheduler to answer
STARTING = 120  # and for the workers of this machine to start
CLOSING = 15  # seconds for the workers of this machine to end; their work is in files
ENVIRONMENT = "distributed.nanny.pre-spawn-environ"  # where Dask says what workers have in theirs from the beginning
METHOD = "distributed.worker.multiprocessing-method"
# A thread with nothing to do leaves its core to the other workers of the machine. GNU's OpenMP heeds the second first,
# LLVM's the third.
CALM = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
KINDS = "a cluster is local:N, tcp://HOST:8786, the scheduler's FILE.json, or a distributed.Client"


@contextlib.contextmanager
def connected(cluster: Any, *, gpus: Sequence[str] = (), modules: Sequence[str] = ()) -> Iterator[Workers]:
    """The workers of a cluster; those of local:N live as long as this.

    gpus: of this machine, as CUDA names them, of which each worker of local:N gets one; none where they compute on the
    CPU.
    modules: what tasks import, by name; workers of local:N find it imported.
    Raises ValueError where it is none of these, Dask is not installed or there are fewer GPUs than workers, OSError
    where no scheduler answers.
    """
    client_of = _distributed().Client
    if isinstance(cluster, client_of):
        yield Workers(cluster)
        return
    if not isinstance(cluster, str | Path):
        raise TypeError(f"{KINDS}, not {type(cluster).__name__}")
    local = re.fullmatch(r"local:(\d+)", str(cluster))
    with contextlib.ExitStack() as stack:
        if local:
            if not int(local[1]):
                raise ValueError("local:N is N workers on this machine, 1 or more, not 0")
            with _started(str(cluster)):
                where = stack.enter_context(_on_this_machine(int(local[1]), gpus, modules))
                client = client_of(where, set_as_default=False)
            workers = Workers(client, revive=lambda: _revive(where))
        else:
            client = _reached(client_of, str(cluster))
            workers = Workers(client)
        stack.callback(_close, client)
        yield workers


def _reached(client_of: Any, cluster: str) -> Any:
    """The client of a scheduler that runs already. Raises OSError in one line where none answers."""
    place = _place(cluster)
    with silent("distributed"):
        try:  # of a scheduler that is stopped, Dask awaits the first word for ever
            return _made(lambda: client_of(**place, timeout=f"{WAIT}s", set_as_default=False), within=2 * WAIT)
        except (OSError, TimeoutError) as error:
            said = (str(error).splitlines() or [f"no word for {2 * WAIT} s"])[0]
            raise OSError(
                f"{cluster}: no scheduler answers there ({said}); start one, or see whether it is stopped"
            ) from None


def _made(make: Callable[[], Any], *, within: float) -> Any:
    """What `make` returns, in a thread of its own: Dask may wait for ever. Raises TimeoutError after some seconds."""
    made: Future[Any] = Future()

    def run() -> None:
        try:
            made.set_result(make())
        except Exception as error:
            made.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return made.result(timeout=within)


@contextlib.contextmanager
def _started(cluster: str) -> Iterator[None]:
    """Within, workers are started here. Raises OSError in one line where they do not come."""
    begun = time.monotonic()
    try:
        yield
    except (TimeoutError, RuntimeError, OSError) as error:
        said = (str(error.__cause__ or error).splitlines() or [""])[0] or type(error).__name__
        raise OSError(
            f"{cluster}: its workers have not started in {time.monotonic() - begun:.0f} s ({said}); "
            f"see whether this machine is overloaded or its memory full, or take fewer; {AGAIN}"
        ) from error


def _distributed() -> Any:
    try:
        import distributed
    except ModuleNotFoundError as error:
        if error.name not in ("distributed", "dask"):
            raise
        raise ValueError(
            "a cluster needs distributed, which is not installed: pip install 'umap-tour[cluster]'"
        ) from None
    return distributed


def _place(text: str) -> dict[str, str]:
    if text.endswith(".json"):
        if not Path(text).is_file():
            raise FileNotFoundError(f"{text}: no such scheduler file; dask scheduler --scheduler-file writes one")
        return {"scheduler_file": text}
    if re.fullmatch(r"(tcp|tls|ws|wss|ucx|ucxx)://.+:\d+", text):
        return {"address": text}
    raise ValueError(f"{KINDS}, not {text!r}")


@contextlib.contextmanager
def _on_this_machine(count: int, gpus: Sequence[str], modules: Sequence[str]) -> Iterator[Any]:
    """Processes of this machine, restarted when they die; one a GPU, if it has some. Reached from nowhere else."""
    import dask

    settings: dict[str, Any] = {ENVIRONMENT: dask.config.get(ENVIRONMENT) | CALM}
    options: dict[str, Any] = {}
    if gpus:
        if count > len(gpus):
            have = f"one may be used (GPU {gpus[0]})" if len(gpus) == 1 else f"{len(gpus)} may be used"
            raise ValueError(f"local:{count} is {count} workers with a GPU each, and {have}; ask for local:{len(gpus)}")
        try:
            from dask_cuda import LocalCUDACluster as Kind
        except ModuleNotFoundError:
            raise ValueError(
                "workers with a GPU each need dask-cuda, which is not installed: pip install 'umap-tour[cluster-cuda]'"
            ) from None
        options["CUDA_VISIBLE_DEVICES"] = list(gpus)
    else:
        from distributed import LocalCluster as Kind

        settings[METHOD] = _server_with(modules)
    put_back = _threads()
    for name in set(CALM) - {"OMP_WAIT_POLICY"}:
        os.environ.pop(name, None)  # the command's, which Dask would go by
    if not gpus:
        options["env"] = dict(os.environ)  # as it is now, and not as it was when their server began
    try:
        with dask.config.set(settings):
            where = _made(  # where their server dies meanwhile, Dask awaits them for ever
                lambda: Kind(
                    n_workers=count,
                    threads_per_worker=1,
                    memory_limit=0,  # what they may hold is in what they are asked for
                    host="127.0.0.1",
                    dashboard_address=":0",  # any port that is free
                    silence_logs=logging.CRITICAL,
                    **options,
                ),
                within=STARTING,
            )
    finally:
        put_back()
    try:
        yield where
    finally:
        pids = [nanny.pid for nanny in where.workers.values()]
        try:
            where.close(timeout=CLOSING)
        except TimeoutError:  # from workers that do not answer, on a busy machine or since they died as they started
            for pid in pids:
                with contextlib.suppress(ProcessLookupError, TypeError):
                    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))  # which Windows has not
        put_back()  # of workers that died and were started again


def _server_with(modules: Sequence[str]) -> str:
    """Have workers forked from a process that imports `modules`, which takes seconds; returns Dask's name for it."""
    import dask
    from distributed.utils import get_mp_context

    method = "forkserver"
    with dask.config.set({METHOD: method}):
        get_mp_context().set_forkserver_preload(["distributed", *modules])
    return method


def _revive(where: Any) -> None:
    """Start missing workers again: Dask does not restart one that dies while it starts."""
    from distributed.core import Status

    async def again() -> None:
        for name, nanny in list(where.workers.items()):
            if nanny.status in (Status.closed, Status.failed):
                del where.workers[name]
        if set(where.worker_spec) - set(where.workers):
            with contextlib.suppress(Exception):  # it is tried again with the next look
                await where._correct_state()

    where.loop.add_callback(again)


def _threads() -> Callable[[], None]:
    """Returns what restores this process's numbers of threads: Dask sets those meant for its workers here too.

    It leaves them so, and whatever library is loaded afterwards would go by them.
    """
    import dask

    before = {name: os.environ.get(name) for name in dask.config.get(ENVIRONMENT) | CALM}

    def put_back() -> None:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    return put_back


def _close(client: Any) -> None:
    """Without waiting for a scheduler that is gone."""
    with silent("distributed"), contextlib.suppress(OSError, TimeoutError):
        client.close(timeout=2)

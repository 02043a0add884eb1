"""Tasks and the workers they are sent to: answers that do not come, files seen late, memory that is kept."""

import asyncio
import contextlib
import ctypes
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import forkserver

import pytest

from engine.cluster.connect import connected
from engine.cluster.workers import Task, Workers, _Round
from engine.malloc import restore_thresholds
from engine.pipeline.building.background import Background
from engine.progress import shown


def mapped_anew(count):
    """How many page faults it takes to fill so many arrays of 1 MiB, each freed before the next."""
    import resource

    def faults():
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

    libc = ctypes.CDLL(None)
    libc.malloc.restype = libc.memset.restype = ctypes.c_void_p
    libc.malloc.argtypes, libc.free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
    libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    before = faults()
    for _ in range(count):
        array = libc.malloc(2**20)
        libc.memset(array, 1, 2**20)
        libc.free(array)
    return faults() - before


def test_a_worker_uses_freed_memory_again(client):
    """Dask has its workers give it back at once: 256 pages of 4 KiB an array, every time."""
    import dask

    key = "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_"
    assert str(dask.config.get(key)) == "65536"  # what is taken for Dask's
    assert not restore_thresholds()  # this process is no worker
    with connected("local:1") as workers:
        before = workers.ask(mapped_anew, 20)
        list(workers.run(str, [Task("a number", (1,))]))
        after = workers.ask(mapped_anew, 20)
    (first,), (then,) = before.values(), after.values()
    assert first > 20 * 200 and then < 2 * 300


def test_what_a_worker_wrote_may_be_seen_a_while_later(client, caplog, monkeypatch):
    """As over NFS, where a look for a file that is not there yet is remembered."""
    workers, looks = Workers(client), iter([False, False, False, True])
    assert [found for _, found in workers.run(abs, [Task("late", (-1,), lambda: next(looks))])] == [1]
    assert not caplog.records
    monkeypatch.setattr("engine.cluster.workers.SEEN", 0.05)
    with pytest.raises(OSError, match="no worker is of use: what it wrote of never is not there; it writes somewhere"):
        list(workers.run(abs, [Task("never", (-1,), lambda: False)]))


def test_a_scheduler_that_does_not_answer_is_named_with_the_seconds(client, monkeypatch):
    monkeypatch.setattr("engine.cluster.workers.PATIENCE", 0.5)
    pid = client.run_on_scheduler(os.getpid)
    workers = Workers(client)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(
            ConnectionError, match=r"tcp://.*: no answer for [01] s; see whether the scheduler is stopp"
        ):
            list(workers.run(abs, [Task("nothing", (1,))]))
    finally:
        os.kill(pid, signal.SIGCONT)
    assert [found for _, found in workers.run(abs, [Task("again", (-2,))])] == [2]


def test_a_scheduler_that_stops_in_the_instant_in_which_a_result_is_fetched(client, monkeypatch):
    monkeypatch.setattr("engine.cluster.workers.PATIENCE", 0.5)
    pid, gather = client.run_on_scheduler(os.getpid), client.gather

    def stopping(*words, **options):
        os.kill(pid, signal.SIGSTOP)
        return gather(*words, **options)

    with monkeypatch.context() as patch:
        patch.setattr(client, "gather", stopping)
        try:
            with pytest.raises(
                ConnectionError, match=r"tcp://.*: no answer for [01] s; see whether the scheduler is st"
            ):
                list(Workers(client).run(abs, [Task("fetched", (-1,))]))
        finally:
            os.kill(pid, signal.SIGCONT)
    assert [found for _, found in Workers(client).run(abs, [Task("again", (-2,))])] == [2]


def test_a_result_that_takes_long_to_fetch_is_waited_for_while_the_scheduler_answers(client, monkeypatch):
    monkeypatch.setattr("engine.cluster.workers.PATIENCE", 0.5)
    gather = client.gather

    async def slow(*words, **options):
        await asyncio.sleep(1.5)
        return await gather(*words, **options)

    monkeypatch.setattr(client, "gather", slow)
    assert [found for _, found in Workers(client).run(abs, [Task("slow", (-1,))])] == [1]


def started_here():
    """Processes of workers below this one: forked from a server that is one of its own, or, started later, spawned."""
    import psutil

    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            words = " ".join(process.cmdline())
            if "spawn_main" in words or ("multiprocessing.forkserver" in words and process.ppid() != os.getpid()):
                found.append(process)
    return found


def test_what_a_worker_brought_and_took_with_it_is_made_again():
    """It ended, and its worker died before anybody had fetched it."""
    with connected("local:1") as workers, _Round(workers, abs, [Task("lost", (-5,))]) as going:
        going._send()
        (future,) = going._running
        for status in ("finished", "lost"):
            if status == "lost":
                for process in workers.client.run(os.getpid).values():
                    os.kill(process, signal.SIGKILL)
            until = time.monotonic() + 60
            while future.status not in (status, "pending" if status == "lost" else "") and time.monotonic() < until:
                time.sleep(0.001)
            assert future.status != "finished" or status == "finished"
        task, found = going.next()
        assert (task.name, found) == ("lost", 5)


def test_a_worker_that_dies_while_it_starts_is_started_again(monkeypatch):
    """Dask's nanny gives up then, and of local:N there is nobody else to start one; nor may its end be waited for."""
    monkeypatch.setattr("engine.cluster.connect.CLOSING", 3)
    with connected("local:1") as workers:
        seen = {process.pid for process in started_here()}
        (pid,) = workers.client.run(os.getpid).values()
        os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if young := [process for process in started_here() if process.pid not in seen]:
                young[0].kill()
                break
            time.sleep(0.005)
        assert young
        assert [found for _, found in workers.run(abs, [Task("after", (-3,))])] == [3]


def test_a_worker_that_does_not_answer_is_named_and_the_others_are_heard(client, monkeypatch):
    monkeypatch.setattr("engine.cluster.workers.PATIENCE", 2.0)
    pids = client.run(os.getpid)
    stopped, other = sorted(pids)
    os.kill(pids[stopped], signal.SIGSTOP)
    try:
        answers = Workers(client).ask(os.getpid)
    finally:
        os.kill(pids[stopped], signal.SIGCONT)
    assert str(answers[stopped]) == "no answer for 2 s" and answers[other] == pids[other]


def test_workers_that_do_not_start_are_said_in_one_line(monkeypatch):
    """A double of a machine so busy that Dask gives up."""

    def gives_up(*_, **__):
        raise TimeoutError

    monkeypatch.setattr("distributed.LocalCluster.__init__", gives_up)
    before = dict(os.environ)
    says = r"^local:2: its workers have not started in \d s \(TimeoutError\); see wh"
    with pytest.raises(OSError, match=says), connected("local:2"):
        pass
    assert dict(os.environ) == before


def test_where_the_server_of_workers_dies_as_they_start_it_is_said(monkeypatch):
    """Dask would await them for ever. The next ones have a server of their own."""
    import distributed.deploy.spec

    connect, ended = forkserver.connect_to_new_process, threading.Event()

    def dies(files):
        """As it is asked for a worker, and before it has made it."""
        if ended.is_set():
            return connect(files)
        forkserver.ensure_running()
        server = forkserver._forkserver._forkserver_pid
        os.kill(server, signal.SIGSTOP)
        pipes = connect(files)
        os.kill(server, signal.SIGKILL)
        ended.set()
        return pipes

    monkeypatch.setattr(forkserver, "connect_to_new_process", dies)
    monkeypatch.setattr("engine.cluster.connect.STARTING", 1)
    says = r"^local:1: its workers have not started in \d+ s \(TimeoutError\); see wh"
    with pytest.raises(OSError, match=says), connected("local:1"):
        pass
    assert ended.wait(60)  # a busy machine may come to it later
    for each in list(distributed.deploy.spec.SpecCluster._instances):
        each.shutdown_on_close = False  # or Dask waits ten seconds for it when all tests are over
    monkeypatch.undo()
    with connected("local:1") as workers:
        assert [found for _, found in workers.run(abs, [Task("after", (-3,))])] == [3]


def test_a_scheduler_that_is_stopped_is_said_to_be(client, monkeypatch):
    monkeypatch.setattr("engine.cluster.connect.WAIT", 1)
    pid, address = client.run_on_scheduler(os.getpid), client.scheduler.address
    os.kill(pid, signal.SIGSTOP)
    try:
        says = r"tcp://.*: no scheduler answers there \(no word for 2 s\); start one, or see"
        with pytest.raises(OSError, match=says), connected(address):
            pass
    finally:
        os.kill(pid, signal.SIGCONT)


def test_work_beside_that_ends_in_a_timeout_is_not_waited_for(capsys):
    """Its error is one of those that waiting itself may end in."""
    go_on = threading.Event()

    def work(advance):
        go_on.wait()
        raise TimeoutError("no word")

    with ThreadPoolExecutor(1) as pool, shown(False):
        beside = Background(pool, work, total=1, label="work")
        threading.Timer(0.3, go_on.set).start()
        begun = time.monotonic()
        with pytest.raises(TimeoutError, match="no word"):
            beside.result()
        assert time.monotonic() - begun < 60

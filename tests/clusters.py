"""Real clusters for tests: a scheduler and its workers, each a process of its own, as `dask scheduler` starts them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import forked

ROOT = Path(__file__).resolve().parents[1]


class Cluster:
    """A scheduler that is reached by a file, and the workers started for it."""

    def __init__(self, folder: Path, *, workers: int = 0):
        self.file = folder / "scheduler.json"
        self.folder = folder
        self.processes = []
        self.scheduler = self._start("dask_scheduler", "--port", "0", "--no-show", "--no-dashboard")
        until = time.monotonic() + 120
        while not self._written() and time.monotonic() < until:
            time.sleep(0.05)
        self.workers = [self.add() for _ in range(workers)]

    def _written(self):
        try:
            return bool(json.loads(self.file.read_text())["address"])
        except (OSError, ValueError, KeyError):
            return False

    def add(self, *, before=()):
        """One more worker, with one thread. before: words of a program that starts it."""
        words = ["--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1", "--death-timeout", "300", "--no-nanny"]
        words += ["--local-directory", self.folder, "--memory-limit", "0"]
        return self._start("dask_worker", *words, before=before)

    def _start(self, program, *words, before=()):
        words = ["-m", f"distributed.cli.{program}", "--scheduler-file", self.file, *words]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        process = (_Started if before else _Forked)([*before, sys.executable] if before else [], words, environment)
        self.processes.append(process)
        return process

    @staticmethod
    def kill(process):
        process.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            self.kill(process)


class _Forked:
    """From the process that has imported torch already."""

    def __init__(self, before, words, environment):
        self._program = forked.Program(words, cwd=ROOT, env=environment)

    def kill(self):
        """SIGKILL."""
        self._program.kill()
        self._program.wait()


class _Started:
    """By another program, with all that it starts."""

    def __init__(self, before, words, environment):
        nowhere = subprocess.DEVNULL
        self._process = subprocess.Popen([*before, *map(str, words)], stdout=nowhere, stderr=nowhere, env=environment,
                                         start_new_session=True)  # fmt: skip

    def kill(self):
        """SIGKILL."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

"""Real clusters for tests: a scheduler and its workers, each a process of its own, as `dask scheduler` starts them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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

    def add(self, *, nanny=False, before=(), **environment):
        """One more worker, with one thread. nanny: beside a process that starts it again when it dies."""
        words = ["--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1", "--death-timeout", "300"]
        words += ["--local-directory", str(self.folder), "--memory-limit", "0", "--nanny" if nanny else "--no-nanny"]
        return self._start("dask_worker", *words, before=before, **environment)

    def _start(self, program, *words, before=(), **environment):
        code = f"from distributed.cli.{program} import main; main()"
        command = [*before, sys.executable, "-c", code, "--scheduler-file", str(self.file), *words]
        log = (self.folder / f"{program}-{len(self.processes)}.log").open("w")
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            cwd=self.folder,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"} | environment,
        )
        self.processes.append(process)
        return process

    @staticmethod
    def kill(process):
        """A process and all that it has started, at once."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            self.kill(process)

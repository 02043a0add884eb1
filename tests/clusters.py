"""Real clusters for tests: a scheduler and its workers, each a process of its own, as `dask scheduler` starts them."""

import json
import os
import time
from pathlib import Path

import forked

ROOT = Path(__file__).resolve().parents[1]
HIDING = """
import ctypes, os, runpy, subprocess, sys
of_its_own = 0x20000  # mounts that no other process sees
if ctypes.CDLL(None, use_errno=True).unshare(of_its_own):
    sys.exit(os.strerror(ctypes.get_errno()))
subprocess.run(["mount", "--make-rprivate", "/"], check=True)
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", sys.argv[1]], check=True)
del sys.argv[:2]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


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

    def add(self, *, hiding=None):
        """One more worker, with one thread. hiding: a folder that is empty for it, on a small disk."""
        words = ["--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1", "--death-timeout", "300", "--no-nanny"]
        words += ["--local-directory", self.folder, "--memory-limit", "0"]
        return self._start("dask_worker", *words, before=("-m",) if hiding is None else ("-c", HIDING, hiding))

    def _start(self, program, *words, before=("-m",)):
        words = [*before, f"distributed.cli.{program}", "--scheduler-file", self.file, *words]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        process = forked.Program(words, cwd=ROOT, env=environment)
        self.processes.append(process)
        return process

    @staticmethod
    def kill(process):
        """SIGKILL."""
        process.kill()
        process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            self.kill(process)

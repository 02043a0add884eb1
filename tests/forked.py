"""Python programs in processes of their own, forked from a server that has imported what they need already.

Tests start some hundred commands and scripts. Each would spend up to three seconds on imports, and each that embeds
four more on UMAP; here that is paid once for all. Each program still is a process with its own arguments, environment,
folder, output and exit status.
"""

import atexit
import gc
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import time
from multiprocessing import forkserver
from pathlib import Path

_SERVER = multiprocessing.get_context("forkserver")


def preload(*, umap: bool) -> None:
    """What the server imports when the first program asks for it."""
    _SERVER.set_forkserver_preload(["warm_first", "warm", *(["warm_umap"] if umap else [])])


preload(umap=False)


def _start_server() -> None:
    """The server finds `warm` by its own path alone: Python 3.11 does not hand it this process's."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before


class Program:
    """A running `python -m MODULE WORDS`, `python -c PROGRAM WORDS` or `python FILE WORDS`."""

    def __init__(self, words, *, cwd, env=None):
        self.words = [str(word) for word in words]
        self._folder = tempfile.TemporaryDirectory()
        self._files = [Path(self._folder.name) / name for name in ("stdout", "stderr")]
        arguments = self.words, str(cwd), dict(os.environ if env is None else env), self._files
        self.process = _SERVER.Process(target=_run, args=arguments)
        _start_server()
        self.process.start()

    @property
    def running(self):
        return self.process.is_alive()

    def kill(self):
        self.process.kill()

    def said(self, text, timeout=120):
        """Wait until it has written a text to stderr, or has ended; whether it has."""
        until = time.monotonic() + timeout
        while self.running and time.monotonic() < until and text not in self._output()[1]:
            time.sleep(0.01)
        return text in self._output()[1]

    def _output(self):
        return [file.read_text() if file.exists() else "" for file in self._files]

    def wait(self, timeout=900):
        """Its end, as subprocess.run returns it."""
        self.process.join(timeout)
        if self.running:
            self.kill()
            raise subprocess.TimeoutExpired(self.words, timeout)
        with self._folder:
            output = self._output()
        return subprocess.CompletedProcess(self.words, self.process.exitcode, *output)


def run(words, *, cwd, env=None, timeout=900):
    """Run a Program to its end; returns a subprocess.CompletedProcess."""
    return Program(words, cwd=cwd, env=env).wait(timeout)


def _run(words, cwd, environment, files):
    """In the new process: become that program."""
    gc.freeze()  # what the server has imported is no garbage
    gc.enable()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    for number, file in enumerate(files, start=1):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    if "COVERAGE_PROCESS_CONFIG" in environment:  # `make coverage`; it writes what it saw at exit
        import coverage

        if inherited := coverage.Coverage.current():  # of the process that this one was forked from
            inherited.stop()
        coverage.process_startup(force=True)
    first, *rest = words
    try:
        if first == "-m":
            sys.argv, sys.path[:0] = rest, [cwd]
            runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        elif first == "-c":
            sys.argv, sys.path[:0] = ["-c", *rest[1:]], [cwd]
            exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
        else:
            sys.argv, sys.path[:0] = words, [str(Path(first).parent)]
            runpy.run_path(first, run_name="__main__")
    finally:
        atexit._run_exitfuncs()  # multiprocessing leaves them out

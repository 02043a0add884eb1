"""Python programs in processes of their own, forked from a server that has imported what they need already.

Tests start some hundred commands and scripts. Each would spend up to three seconds on imports, and each that embeds
four more on UMAP; here that is paid once, for all workers of pytest. Each program still is a process with its own
arguments, environment, folder, output and exit status.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from filelock import FileLock

PYTEST = int(os.environ.setdefault("UMAP_TOUR_PYTEST", str(os.getpid())))  # the first of its processes, seen by all
SOCKET = Path(tempfile.gettempdir()) / f"umap-tour-tests-{PYTEST}" / "socket"
_modules = ["warm"]


def preload(*, training: bool) -> None:
    """What the server imports when the first program asks for it."""
    _modules[:] = ["warm", *(["warm_training"] if training else [])]


def _connected() -> socket.socket:
    """To the server, which is started where no worker of pytest has done so yet."""
    SOCKET.parent.mkdir(mode=0o700, exist_ok=True)
    with FileLock(f"{SOCKET}.lock"):
        if not SOCKET.exists():
            command = [sys.executable, Path(__file__).with_name("fork_server.py"), SOCKET, str(PYTEST), *_modules]
            server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
            while not SOCKET.exists():
                assert server.poll() is None, "the server of programs has ended at once"
                time.sleep(0.005)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(SOCKET))
    return connection


class Program:
    """A running `python -m MODULE WORDS`, `python -c PROGRAM WORDS` or `python FILE WORDS`."""

    def __init__(self, words, *, cwd, env=None):
        self.words = [str(word) for word in words]
        self._folder = tempfile.TemporaryDirectory()
        self._files = [Path(self._folder.name) / name for name in ("stdout", "stderr")]
        environment = dict(os.environ if env is None else env)
        request = {
            "words": self.words,
            "cwd": str(cwd),
            "environment": environment,
            "files": list(map(str, self._files)),
        }
        self._connection = _connected()
        self._connection.sendall(f"{json.dumps(request)}\n".encode())
        self._answers = self._connection.makefile()
        self.pid = int(self._answers.readline())
        self._status = None

    @property
    def running(self):
        return not self._ended_within(0)

    def _ended_within(self, seconds):
        if self._status is None and select.select([self._connection], [], [], seconds)[0]:
            self._status = int(self._answers.readline())
            self._connection.close()
        return self._status is not None

    def send(self, number):
        """A signal, while it is running."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):  # it has ended, and its status is on its way
                os.kill(self.pid, number)

    def kill(self):
        self.send(signal.SIGKILL)

    def said(self, text, timeout=120):
        """Wait until it has written a text, or has ended; what it wrote so far, or None where the text is not in it."""
        until = time.monotonic() + timeout
        while self.running and time.monotonic() < until and text not in "".join(self._output()):
            time.sleep(0.01)
        written = "".join(self._output())
        return written if text in written else None

    def _output(self):
        return [file.read_text() if file.exists() else "" for file in self._files]

    def wait(self, timeout=900):
        """Its end, as subprocess.run returns it."""
        if not self._ended_within(timeout):
            self.kill()
            raise subprocess.TimeoutExpired(self.words, timeout)
        with self._folder:
            output = self._output()
        return subprocess.CompletedProcess(self.words, self._status, *output)


def run(words, *, cwd, env=None, timeout=900):
    """Run a Program to its end; returns a subprocess.CompletedProcess."""
    return Program(words, cwd=cwd, env=env).wait(timeout)

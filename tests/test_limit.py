"""A test that hangs ends with its process, which says where it stood; others go on, and what it had begun ends too."""

import os
import select
from pathlib import Path

import forked

CONFTEST = """
import os
import limit
from limit import pytest_configure, pytest_runtest_protocol
limit.SECONDS = 1.5
os.getloadavg = lambda: (0.0, 0.0, 0.0)
"""
TESTS = """
import limit
import ctypes, os, pathlib, subprocess, time

def test_before(): pass
def test_sleeps():
    begun = subprocess.Popen(["sleep", "1000"], preexec_fn=limit.end_with_parent)
    pathlib.Path("begun").write_text(str(begun.pid))
    time.sleep(60)
def test_keeps_the_lock(): ctypes.PyDLL(None).pause()
def test_is_held_up(monkeypatch):
    monkeypatch.setattr(os, "getloadavg", lambda: (1e3 * os.cpu_count(), 0.0, 0.0))
    time.sleep(2)
def test_after(): pass
"""


def test_one_that_hangs_is_ended_and_the_others_go_on(tmp_path):
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_some.py").write_text(TESTS)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "UMAP_TOUR", "COV"))}
    here = f"pythonpath={Path(__file__).parent}"
    words = ["-m", "pytest", "-n1", "-p", "no:cacheprovider", "-o", here, "test_some.py"]
    done = forked.run(words, cwd=tmp_path, env=environment)
    assert "2 failed, 3 passed" in done.stdout and done.returncode == 1
    for name in ("sleeps", "keeps_the_lock"):
        assert f"crashed while running 'test_some.py::test_{name}'" in done.stdout
        assert f"in test_{name}" in done.stderr
    assert done.stderr.count("Timeout (") == 2
    assert not Path("/proc", (tmp_path / "begun").read_text()).exists()


def test_a_program_ends_with_the_worker_that_asked_for_it(tmp_path):
    program = forked.Program(["-c", "import time; time.sleep(60)"], cwd=tmp_path)
    process = os.pidfd_open(program.pid)
    assert program.running
    program._answers.close()
    program._connection.close()  # as when the worker is ended
    assert select.select([process], [], [], 30)[0]
    os.close(process)

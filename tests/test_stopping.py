"""Programs ended by Ctrl+C, SIGTERM or the end of a session: one line, the status that shells expect, nothing lost."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

import engine
import forked


@pytest.fixture
def photos(tmp_path, rng):
    for k in range(40):
        Image.fromarray(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(tmp_path / f"{k}.png")
    return tmp_path


BUILD = ["build", "--network", "resnet18", "--weights", "none", "--images", "."]


@pytest.mark.trains
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_build_is_stopped_in_one_line_and_goes_on(photos, number):
    command = ["-m", "engine", *BUILD, "--out", "a.tour", "--n-neighbors", "5", "--layers", "conv1,layer1"]
    program = forked.Program(command, cwd=photos)
    assert program.said("building a.tour")
    program.send(number)
    done = program.wait(120)
    assert done.returncode == 128 + number and "Traceback" not in done.stderr, done.stderr
    by = "" if number == signal.SIGINT else f" by {signal.Signals(number).name}"
    assert done.stderr.splitlines()[-1] == f"umap-tour: stopped{by}; the same command goes on from there"
    if number == signal.SIGTERM:
        assert forked.run(command, cwd=photos).returncode == 0
        assert engine.load(photos / "a.tour").n == 40


def test_a_signal_that_comes_when_all_is_said_says_nothing_more():
    """Python takes itself apart meanwhile, and each handler of that would write a traceback."""
    program = (
        "import atexit, os, signal\nfrom engine import stopping\nstopping.as_interrupts()\n"
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGTERM))\n"
        "print('said')\nstopping.from_now_on_at_once()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGTERM, "said\n", "")


def test_what_a_session_was_told_to_ignore_stays_ignored(tmp_path):
    program = (
        "import signal, os; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from engine import stopping; stopping.as_interrupts()\n"
        "os.kill(os.getpid(), signal.SIGHUP); print('here')\n"
        "with stopping.put_off() as noted: os.kill(os.getpid(), signal.SIGHUP)\n"
        "print(noted)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "here\n[]\n"


def test_signals_put_off_take_effect_afterwards():
    program = (
        "import os, signal\nfrom engine import stopping\nstopping.as_interrupts()\n"
        "try:\n"
        "    with stopping.put_off() as noted:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        print(noted == [signal.SIGTERM])\n"
        "except KeyboardInterrupt:\n"
        "    print(stopping.received == [signal.SIGTERM])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True\nTrue\n"


def test_a_window_ends_in_one_line(saved, display):
    around = {**os.environ, "DISPLAY": display}
    program = forked.Program(["-m", "engine", "view", "small.tour", "--debug"], cwd=saved, env=around)
    for _ in range(600):  # until its window is there
        if subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "small - UMAP Tour"],
                          env=around, capture_output=True).stdout:  # fmt: skip
            break
        time.sleep(0.1)
    program.send(signal.SIGTERM)
    done = program.wait(120)
    assert done.returncode == 128 + signal.SIGTERM and "Traceback" not in done.stderr, done.stderr
    assert done.stderr.splitlines()[-1].startswith("umap-tour: stopped by SIGTERM; how the window was left is kept")

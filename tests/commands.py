"""The command line as a person runs it, from start to end, and what an error of it looks like."""

import os
import subprocess
import sys
import time

import forked


def run(*words, cwd, display=None, check=None):
    """Run umap-tour; returns the finished process. Without a display unless one is given."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    if display:
        environment["DISPLAY"] = display
    done = forked.run(["-m", "engine", *words], cwd=cwd, env=environment)
    if check is not None:
        assert done.returncode == check, done.stderr
    return done


def one_line(done, *contains):
    """An error: status 1, one line on stderr, nothing on stdout."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("umap-tour: ")
    for text in contains:
        assert text in lines[0]
    assert not done.stdout


def opens_and_closes(words, title, *, cwd, display):
    """Run a verb that opens a window, press a key in it and close it; returns the finished process."""
    environment = os.environ | {"DISPLAY": display}
    program = forked.Program(["-m", "engine", *words], cwd=cwd, env=environment)
    find = ["xdotool", "search", "--onlyvisible", "--name", title]
    until, found = time.monotonic() + 120, []
    while not found and program.running and time.monotonic() < until:
        time.sleep(0.1)
        found = subprocess.run(find, env=environment, capture_output=True, text=True).stdout.split()
    assert found, program.wait(timeout=5)
    subprocess.run(["xdotool", "key", "--window", found[0], "j"], env=environment, check=True)
    # as a window manager does when its cross is clicked
    subprocess.run([sys.executable, "-c", CLOSE, found[0]], env=environment, check=True)
    done = program.wait(timeout=60)
    assert done.returncode == 0, done.stderr
    return done


CLOSE = """
import ctypes, ctypes.util, sys
x = ctypes.CDLL("libX11.so.6")
x.XOpenDisplay.restype = ctypes.c_void_p
x.XInternAtom.restype = ctypes.c_ulong
x.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
display = x.XOpenDisplay(None)
class Message(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
                ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("pad", ctypes.c_long * 24)]
message = Message(type=33, window=int(sys.argv[1]), format=32)
message.message_type = x.XInternAtom(display, b"WM_PROTOCOLS", 0)
message.data[0] = x.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
x.XSendEvent.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]
x.XSendEvent(display, int(sys.argv[1]), 0, 0, ctypes.byref(message))
x.XFlush.argtypes = [ctypes.c_void_p]
x.XFlush(display)
"""

"""macOS and Windows, as far as Linux can pretend to be one: what they lack is taken away. Never run on either."""

import numpy as np
import pytest

import forked

WINDOWS = """
import importlib, os, pathlib, pkgutil, shutil, signal, sys
import filelock, vispy, torch, pandas, pyarrow, distributed  # which look for themselves
for name in [each for each in sys.modules if each.split(".")[0] == "engine"]:
    del sys.modules[name]
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "posix_fallocate", "sched_getaffinity", "sysconf"):
    delattr(os, name)
for name in ("SIGHUP", "SIGKILL", "SIGCHLD"):
    delattr(signal, name)
plain, fsync, rename = os.open, os.fsync, pathlib.Path.rename

def opened(path, flags, *more, **words):
    if os.path.isdir(path):
        raise PermissionError(13, "Permission denied", str(path))
    return plain(path, flags, *more, **words)

def written(descriptor):
    os.write(descriptor, b"")  # which fails where it was opened for reading
    fsync(descriptor)

def renamed(self, target):
    if os.path.lexists(target):
        raise FileExistsError(17, "Cannot create a file when that file already exists", str(target))
    return rename(self, target)

os.open, os.fsync, pathlib.Path.rename = opened, written, renamed
shutil._use_fd_functions = False
import engine
for module in pkgutil.walk_packages(engine.__path__, "engine."):
    if not module.name.startswith(("engine.window", "engine.web.notebook", "engine.__main__")):
        importlib.import_module(module.name)
sys.platform = "win32"
"""


def on_windows(program, folder):
    done = forked.run(["-c", WINDOWS + program], cwd=folder)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_without_what_windows_lacks_the_engine_is_imported_and_tours_are_saved(saved):
    program = """
tour = engine.load("small.tour")
for name in ("new.tour", "new.tour", "empty.tour"):
    if name == "empty.tour":
        os.mkdir(name)
    tour.save(name)
    assert engine.load(name).n == tour.n
print(sorted(os.listdir()))
"""
    assert on_windows(program, saved).strip() == "['empty.tour', 'new.tour', 'small.tour']"


MACOS = """
import sys
import engine, engine.render.offscreen as o, engine.window.window  # PyOpenGL too looks for itself
import vispy.app.backends._glfw
sys.platform = "darwin"
o._listed = lambda: []  # no EGL
"""


@pytest.fixture
def on_macos(display, saved, monkeypatch):
    monkeypatch.setenv("DISPLAY", display)

    def run(program):
        return forked.run(["-c", MACOS + program], cwd=saved)

    return run


def test_without_egl_pictures_are_drawn_by_a_hidden_window_of_a_core_profile(on_macos, saved):
    from engine import load, snapshot

    program = """
import numpy as np
for mode in ("dots", "images"):
    np.save(mode, engine.snapshot(engine.load("small.tour"), size=(160, 120), mode=mode))
with o.current():
    print(o.describe().version, o.describe().max_point > 1)
"""
    done = on_macos(program)
    assert done.returncode == 0, done.stderr
    assert "Core Profile" in done.stdout and done.stdout.strip().endswith("True")
    for mode in ("dots", "images"):
        there = np.load(saved / f"{mode}.npy").astype(int)
        assert np.abs(there - snapshot(load(saved / "small.tour"), size=(160, 120), mode=mode)).max() <= 2


def test_the_window_asks_for_a_profile_with_shaders_on_macos(on_macos):
    program = """
from engine.window.window import Window
window = Window(engine.load("small.tour"), scale=1)
window.show()
for _ in range(8):
    window.draw(0.05)
from vispy.gloo import gl
print(gl.glGetParameter(gl.GL_VERSION), window.screenshot()[20:64, 20:200, :3].max() > 200, gl.glGetError())
window.close()
"""
    done = on_macos(program)
    assert done.returncode == 0, done.stderr
    assert "Core Profile" in done.stdout and done.stdout.strip().endswith("True 0")


def test_where_no_window_opens_either_it_is_said_what_is_needed(on_macos, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":987")
    done = on_macos("engine.snapshot(engine.load('small.tour'))")
    assert "a session at the screen, not ssh" in done.stderr.splitlines()[-1]

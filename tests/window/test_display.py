"""Which window system GLFW and PyOpenGL are given, and a real window on Wayland."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from engine.viewer.theme import PALETTES, rgb

CHOSEN = "import os, engine.window; print(os.environ['PYGLFW_LIBRARY_VARIANT'], os.environ['PYOPENGL_PLATFORM'])"
NAMES = (
    "DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "PYGLFW_LIBRARY_VARIANT", "PYOPENGL_PLATFORM", "EGL_PLATFORM",
    "PYGLFW_LIBRARY",  # which importing imgui_bundle sets
)  # fmt: skip


def run(program, *arguments, **environment):
    around = {name: value for name, value in os.environ.items() if name not in NAMES}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env=around | environment, capture_output=True, text=True, timeout=120)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is one window system elsewhere")
@pytest.mark.parametrize(
    ("environment", "kinds"),
    [
        ({"DISPLAY": ":0"}, "x11 x11"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "tty"}, "x11 x11"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "x11"}, "x11 x11"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "wayland"}, "wayland wayland"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "wayland wayland"),
        ({"DISPLAY": "host:10", "XDG_SESSION_TYPE": "wayland"}, "x11 x11"),  # ssh -X into a Wayland session
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0", "PYGLFW_LIBRARY_VARIANT": "wayland"}, "wayland wayland"),
        ({"DISPLAY": ":0", "PYOPENGL_PLATFORM": "egl"}, "x11 egl"),
    ],
)
def test_both_are_given_the_same(environment, kinds):
    assert run(CHOSEN, **environment).stdout.strip() == kinds


def test_the_doctor_asks_for_a_display_without_loading_what_a_window_needs():
    """Else it would end with a traceback where ImGui cannot be loaded, and not say what is wrong."""
    program = (
        "import sys, engine.doctor.machine as d\n"
        "print(d._display().mark, *{'imgui_bundle', 'glfw'} & sys.modules.keys())"
    )
    done = run(program, WAYLAND_DISPLAY="wayland-0")
    assert done.stdout.split() == ["+"], done.stderr


WINDOW = """
import sys
import numpy as np
import engine
from engine.window.window import Window
import glfw, OpenGL.platform
from OpenGL import GL
from vispy.gloo import gl
window = Window(engine.load(sys.argv[1]), scale=1)
window.show()
for _ in range(12):
    window.draw(0.05)
print(glfw.get_platform() == glfw.PLATFORM_WAYLAND, type(OpenGL.platform.PLATFORM).__name__)
print(GL.glGetString(GL.GL_RENDERER).decode() == gl.glGetParameter(gl.GL_RENDERER))
legend = window.screenshot()[20:64, 20:200, :3]
print(*np.median(legend, axis=(0, 1)), legend.max())
window.close()
"""


@pytest.fixture
def wayland(display, tmp_path, monkeypatch):
    """The name of a Wayland display: weston in a window of a virtual X display, since one without has no seat."""
    if shutil.which("weston") is None:
        pytest.skip("weston is not installed")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    tmp_path.chmod(0o700)
    command = [
        "weston",
        "--backend=x11-backend.so",
        "--socket=of-a-test",
        "--idle-time=0",
        "--width=800",
        "--height=600",
    ]
    around = {name: value for name, value in os.environ.items() if name not in NAMES}
    server = subprocess.Popen(
        command, env=around | {"DISPLAY": display}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(200):
        if (tmp_path / "of-a-test").exists() or server.poll() is not None:
            break
        time.sleep(0.05)
    if server.poll() is not None:
        pytest.skip(f"weston ended at once, with {server.returncode}")
    yield "of-a-test"
    server.terminate()
    server.wait()


def test_a_window_on_wayland(wayland, saved):
    """Where the session does not say that it is one: GLFW alone would look for X11, and PyOpenGL for Wayland. ImGui,
    whose wheel has a GLFW of its own, for X11, draws the legend's ground."""
    done = run(WINDOW, str(saved / "small.tour"), WAYLAND_DISPLAY=wayland, XDG_SESSION_TYPE="tty")
    assert done.returncode == 0, done.stderr
    *kinds, red, green, blue, brightest = done.stdout.split()
    assert kinds == ["True", "EGLPlatform", "True"]
    assert [float(red), float(green), float(blue)] == pytest.approx(rgb(PALETTES["dark"].surface), abs=15)
    assert int(brightest) > 200  # the tour's name

"""Displays without a window: the next one where one fails, devices by number, and software that is said to be so.

Each in a process of its own, since a process keeps the display that it began with.
"""

import os

import pytest

import engine.render.egl as egl
import forked


@pytest.fixture
def drawn(tmp_path):
    """What a process prints that runs a program, and maybe draws, without a display of X11 or Wayland."""

    def run(program, said=False, **environment):
        around = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "EGL_PLATFORM")}
        words = ["-c", "import engine.render.offscreen as o\n" + program]
        done = forked.run(words, cwd=tmp_path, env=around | environment)
        assert done.returncode == 0, done.stderr
        return done.stdout + (done.stderr if said else "")

    return run


DRAW = """
from vispy import gloo
with o.current(), o.framebuffer((4, 3)) as read:
    gloo.clear((0.2, 0.4, 0.6, 1.0))
    print(*read()[0, 0], o.describe().renderer)
"""


@pytest.mark.parametrize("platform", [None, "surfaceless", "x11", "wayland"])
def test_it_draws_whatever_platform_is_named(drawn, platform):
    """Without a server of theirs x11 and wayland fail, and another display is taken, although vispy took its own."""
    assert drawn(DRAW, **({} if platform is None else {"EGL_PLATFORM": platform})).startswith("51 102 153 255 ")


FIRST_FAILS = """
tried, opened = [], o.open_display
def first_fails(display):
    tried.append(str(display))
    if len(tried) == 1:
        raise RuntimeError("EGL_BAD_ALLOC")
    opened(display)
o.open_display = first_fails
"""


def test_after_a_display_that_fails_comes_the_next(drawn):
    said = drawn(FIRST_FAILS + DRAW + "print(tried)", EGL_PLATFORM="surfaceless").splitlines()
    assert said[0].startswith("51 102 153 255 ")
    assert said[1] == "[\"EGL's own choice\", 'EGL device 0']"


def test_of_a_display_that_is_not_there_nothing_is_said(drawn, tmp_path):
    """vispy asks programs for its dots per inch, where they are installed."""
    (tmp_path / "xdpyinfo").write_text("#!/bin/sh\necho unable to open display >&2\nexit 1\n")
    (tmp_path / "xdpyinfo").chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    assert "unable" not in drawn(DRAW, said=True, DISPLAY=":987", EGL_PLATFORM="surfaceless", PATH=path)


def test_hardware_comes_before_software_and_both_before_what_egl_chooses(drawn):
    program = """
import engine.render.egl as egl
egl._devices = lambda: [(1, True), (2, False), (3, False)]
print(*egl.displays(), sep=", ")
"""
    listed = "EGL device 1, EGL device 2, EGL device 0"
    assert drawn(program).strip() == f"{listed}, EGL's own choice"
    assert drawn(program, EGL_PLATFORM="surfaceless").strip() == f"EGL's own choice, {listed}"


def test_a_device_by_its_number(drawn):
    said = drawn("o.use_device(0)" + DRAW + "print(o.devices()[0][0])")
    assert said.startswith("51 102 153 255 ") and said.endswith("EGL device 0\n")
    program = """
try:
    o.use_device(7)
except ValueError as error:
    print(error)
"""
    assert "there is no GPU 7 to draw with: EGL lists devices 0 to" in drawn(program)


def test_why_an_nvidia_card_does_not_draw(tmp_path, monkeypatch):
    """Where its kernel driver is, and no file by which libglvnd finds its EGL; a user who names files knows better."""
    vendors = [tmp_path / "etc", tmp_path / "usr"]
    monkeypatch.delenv("__EGL_VENDOR_LIBRARY_FILENAMES", raising=False)
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_DIRS", ":".join(map(str, vendors)))
    monkeypatch.setattr(egl, "DRIVER", tmp_path / "version")
    assert egl.why_software() == ""
    (tmp_path / "version").write_text("NVRM version: 580.95.05")
    assert "no 10_nvidia.json by which EGL finds it: install libnvidia-gl" in egl.why_software()
    vendors[1].mkdir()
    (vendors[1] / "10_nvidia.json").write_text("{}")
    assert egl.why_software() == ""
    (vendors[1] / "10_nvidia.json").unlink()
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "/opt/50_mesa.json")
    assert egl.why_software() == ""


def test_software_beside_an_nvidia_driver_is_said(drawn):
    """That there is an NVIDIA driver, and EGL does not find it, is put into a software driver's mouth."""
    if drawn("with o.current():\n    print(o.describe().software)").strip() != "True":
        pytest.skip("EGL draws on a GPU here")
    said = drawn(
        """
o.why_software = lambda: "there is an NVIDIA driver, and no 10_nvidia.json by which EGL finds it"
o.displays = lambda: [o.Display(0, software=True)]
with o.current():
    pass
""",
        said=True,
    )
    assert "drawing in software: there is an NVIDIA driver, and no 10_nvidia.json" in said


SEVERAL = """
asked, opened = [], o.open_display
o.displays = lambda: [o.Display(1), o.Display(2), o.Display(0, software=True), o.Display(None)]
def pretended(display):
    asked.append(str(display))
    if display.device in FAILS:
        raise RuntimeError("EGL_BAD_ALLOC")
    opened(o.Display(None))
o.open_display = pretended
"""


@pytest.mark.parametrize("hidden", ["", "1", "0,2"])
def test_the_gpu_that_is_asked_for_draws_and_no_other(drawn, hidden):
    """A double of three devices, numbered as EGL lists them: CUDA_VISIBLE_DEVICES hides none from it."""
    program = "FAILS = []\n" + SEVERAL + "o.use_device(2)\n" + DRAW + "print(asked)"
    around = {"EGL_PLATFORM": "surfaceless"} | ({"CUDA_VISIBLE_DEVICES": hidden} if hidden else {})
    said = drawn(program, **around).splitlines()
    assert said[0].startswith("51 102 153 255 ") and said[1] == "['EGL device 2']"


def test_where_the_gpu_that_is_asked_for_fails_no_other_takes_its_place(drawn):
    program = (
        "FAILS = [2]\n"
        + SEVERAL
        + """
o.use_device(2)
try:
    with o.current():
        pass
except Exception as error:
    print(type(error).__name__, error)
print(asked)
"""
    )
    said = drawn(program, EGL_PLATFORM="surfaceless").splitlines()
    assert "EGL_BAD_ALLOC" in said[0] and said[1] == "['EGL device 2']"


def test_of_several_the_hardware_that_works_draws_unless_one_is_asked_for(drawn):
    program = "FAILS = [1]\n" + SEVERAL + DRAW + "print(asked)"
    assert drawn(program, EGL_PLATFORM="surfaceless").splitlines()[1] == "['EGL device 1', 'EGL device 2']"

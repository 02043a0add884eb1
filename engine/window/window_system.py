"""Which window system GLFW and PyOpenGL use, X11 or Wayland, and loading ImGui so that GLFW is the right one."""

import importlib.util
import os
import sys
from pathlib import Path


def choose_platform() -> None:
    """Give GLFW and PyOpenGL the same window system; before either is imported, since each guesses by itself.

    GLFW takes Wayland by XDG_SESSION_TYPE, PyOpenGL by WAYLAND_DISPLAY too, and GLX on a context of EGL is no good.
    Wayland where the session is one, or has nothing else; X11 elsewhere. What a user has set stays.
    """
    if not sys.platform.startswith("linux"):
        return
    only = not os.environ.get("DISPLAY")
    session = os.environ.get("XDG_SESSION_TYPE") == "wayland"
    kind = "wayland" if os.environ.get("WAYLAND_DISPLAY") and (session or only) else "x11"
    kind = os.environ.setdefault("PYGLFW_LIBRARY_VARIANT", kind).lower()
    os.environ.setdefault("PYOPENGL_PLATFORM", kind)
    if kind == "wayland":
        _load_both()


def _load_both() -> None:
    """Load ImGui before GLFW for Wayland.

    ImGui comes with a GLFW for X11, takes another of the same name in its place where one is loaded, and lacks X11's
    functions in it. It also tells the glfw package to take its own, unless that was told already.
    """
    package = importlib.util.find_spec("glfw")
    folders = (package and package.submodule_search_locations) or ()
    for file in (Path(folder) / "wayland" / "libglfw.so" for folder in folders):
        if file.exists():
            os.environ.setdefault("PYGLFW_LIBRARY", str(file))
    importlib.import_module("imgui_bundle")

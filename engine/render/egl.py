"""Displays of EGL without a window: every device that it lists, by number, and what it chooses by itself.

vispy takes its display when its backend is first imported and never again, so a display is chosen and opened here and
put in that one's place. Extensions: EGL_EXT_device_enumeration, EGL_EXT_platform_device, EGL_MESA_device_software.
"""

import ctypes
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

EXTENSIONS = 0x3055
PLATFORM_DEVICE = 0x313F
MOST = 64  # devices
VENDORS = "/etc/glvnd/egl_vendor.d:/usr/share/glvnd/egl_vendor.d"
NVIDIA = "10_nvidia.json"  # by which libglvnd finds NVIDIA's EGL
DRIVER = Path("/proc/driver/nvidia/version")  # of the kernel's part


@dataclass(frozen=True)
class Display:
    """What may be drawn with: a device of EGL's list, or None for what EGL chooses by itself."""

    device: int | None
    software: bool = False

    def __str__(self) -> str:
        return "EGL's own choice" if self.device is None else f"EGL device {self.device}"


def displays() -> list[Display]:
    """In the order in which they are tried: hardware, software, and EGL's own choice last.

    That comes first where EGL_PLATFORM says what it shall be. Raises OSError where there is no EGL.
    """
    listed = [Display(k, software) for k, (_, software) in enumerate(_devices())]
    listed.sort(key=lambda each: each.software)
    return [Display(None), *listed] if "EGL_PLATFORM" in os.environ else [*listed, Display(None)]


def open_display(display: Display) -> None:
    """Make it what vispy's EGL backend draws with. Raises RuntimeError where it does not open."""
    from vispy.app.backends import _egl
    from vispy.ext import egl

    if display.device is None:
        handle = egl.eglGetDisplay()
    else:
        place = _procedure("eglGetPlatformDisplayEXT", ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        handle = place(PLATFORM_DEVICE, _devices()[display.device][0], None) if place else None
    if not handle:
        raise RuntimeError(f"{display} cannot be had")
    egl.eglInitialize(handle)
    _egl._EGL_DISPLAY, _egl.egl = handle, egl
    _egl.available, _egl.why_not, _egl.which = True, None, str(display)


def why_software() -> str:
    """Why an NVIDIA card does not draw: its driver is here, and EGL does not know. Empty where that is not so."""
    given = "__EGL_VENDOR_LIBRARY_FILENAMES" in os.environ
    if given or not DRIVER.exists():
        return ""
    folders = os.environ.get("__EGL_VENDOR_LIBRARY_DIRS", VENDORS).split(":")
    if any(Path(folder, NVIDIA).exists() for folder in folders):
        return ""
    return f"there is an NVIDIA driver, and no {NVIDIA} by which EGL finds it: install libnvidia-gl of its version"


@lru_cache(maxsize=1)
def _devices() -> list[tuple[int, bool]]:
    """Every device that EGL lists, and whether it draws in software."""
    query = _procedure("eglQueryDevicesEXT", ctypes.c_uint, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    words = _procedure("eglQueryDeviceStringEXT", ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int)
    found, count = (ctypes.c_void_p * MOST)(), ctypes.c_int()
    if not query or not words or not query(MOST, found, ctypes.byref(count)):
        return []
    handles = [int(found[k] or 0) for k in range(count.value)]
    return [(each, b"software" in (words(each, EXTENSIONS) or b"")) for each in handles]


def _procedure(name: str, result: Any, *arguments: Any) -> Any:
    """A function of an extension, None where EGL does not know it."""
    from vispy.ext import egl

    find = egl._lib.eglGetProcAddress
    find.argtypes, find.restype = [ctypes.c_char_p], ctypes.c_void_p
    address = find(name.encode())
    return ctypes.CFUNCTYPE(result, *arguments)(address) if address else None

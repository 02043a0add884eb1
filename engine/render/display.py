"""Whether there is a display to open a window on. Imports nothing that needs one."""

import os
import sys


class NoDisplayError(RuntimeError):
    """There is no display to open a window on. The message says what to do instead."""


def has_display() -> bool:
    """Whether a window can be hoped for."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def check_display() -> None:
    """Raises NoDisplayError where there is none."""
    if not has_display():
        raise NoDisplayError(
            "no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set); "
            "`umap-tour render` makes pictures and films without one"
        )

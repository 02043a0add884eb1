"""The demo of made-up points, to see what a machine can do: a window with the time of a frame, or pictures."""

import sys
from pathlib import Path

from ..tour.synthetic import synthetic
from . import gallery
from .display import has_display


def fly_through(points: int, folder: Path) -> None:
    """Fly through clusters of so many points; without a display, write pictures of them into a folder."""
    print(f"Making {points:,} points.", file=sys.stderr)
    tour = synthetic(points)
    if has_display():
        from .window import Window

        print("Opening the window; the time of a frame is at the top right, i shows dots.", file=sys.stderr)
        window = Window(tour)
        window.panels.frame_time = True
        window.run()
    else:
        print("No display: making pictures instead.", file=sys.stderr)
        for file in gallery.pictures(tour, folder):
            print(file)

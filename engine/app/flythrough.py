"""The demo of made-up points, to see what a machine can do: a window with the time of a frame, or pictures."""

import os
import sys
from pathlib import Path

from ..render.benchmark import SIZES, line, measured
from ..render.offscreen import current, describe
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


def benchmark_of(points: int | None) -> None:
    """Print what a frame takes on this machine, dots and images, at rest and between layers, against a bare draw."""
    with current():
        print(f"{describe().renderer}, {os.cpu_count()} cores")
    for row in measured({mode: (points,) if points else numbers for mode, numbers in SIZES.items()}):
        print(line(row), flush=True)

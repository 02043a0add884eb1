"""The verb demo: a trained network's digits, or made-up points to see what a machine can do."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def demo(
    out: Annotated[Path, typer.Option(help="Where the tour is kept; a finished one is shown again.")] = Path(
        "demo.tour"
    ),
    pictures: Annotated[Path, typer.Option(help="Where pictures and film go if there is no display.")] = Path(
        "demo-pictures"
    ),
    points: Annotated[
        int | None,
        typer.Option(
            help="So many made-up points in place of the digits, with the time of a frame; not kept.",
            min=1,
            show_default=False,
        ),
    ] = None,
    benchmark: Annotated[
        bool, typer.Option("--benchmark", help="Only time frames, for --points or for many numbers of them.")
    ] = False,
) -> None:
    """Train a small network on handwritten digits, make its tour, and fly through it.

    With --points, fly through clusters of as many made-up points, each with an image, to see what this machine can do.
    """
    from .. import progress
    from ..render.display import has_display
    from ..tour.reading import load

    if benchmark:
        return _time_frames(points)
    with progress.shown(True):
        if points is not None:
            return _fly_through(points, pictures)
        if (out / "tour.json").is_file():
            print(f"{out} is there already; showing it. Remove it to make it anew.", file=sys.stderr)
        else:
            from ..pipeline.digits import make_demo

            make_demo(out)
        tour = load(out)
        if has_display():
            from ..window.window import show

            print("Opening the window; ? shows the keys.", file=sys.stderr)
            show(tour)
        else:
            from ..pictures.gallery import gallery

            print("No display: making pictures and a film instead.", file=sys.stderr)
            for file in gallery(tour, pictures):
                print(file)


def _fly_through(points: int, folder: Path) -> None:
    """Fly through clusters of so many points; without a display, write pictures of them into a folder."""
    from ..pictures import gallery
    from ..render.display import has_display
    from ..tour.synthetic import synthetic

    print(f"Making {points:,} points.", file=sys.stderr)
    tour = synthetic(points)
    if has_display():
        from ..window.window import Window

        print("Opening the window; the time of a frame is at the top right, i shows dots.", file=sys.stderr)
        window = Window(tour)
        window.panels.frame_time = True
        window.run()
    else:
        print("No display: making pictures instead.", file=sys.stderr)
        for file in gallery.pictures(tour, folder):
            print(file)


def _time_frames(points: int | None) -> None:
    """Print what a frame takes on this machine, dots and images, at rest and between layers, against a bare draw."""
    from ..render.benchmark import SIZES, line, measured
    from ..render.offscreen import current, describe

    with current():
        print(f"{describe().renderer}, {os.cpu_count()} cores")
    for row in measured({mode: (points,) if points else numbers for mode, numbers in SIZES.items()}):
        print(line(row), flush=True)

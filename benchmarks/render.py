"""A frame of the tour against its limit, a bare draw of the same points, for numbers of points up to five million.

    python benchmarks/render.py [--quick] [--json FILE]
    python benchmarks/render.py --looks         what class frames and density cost: with and without in turn

What is drawn, how it is timed and what the figures mean: --help, or engine/render/benchmark.py.
"""

import argparse
import json
import os
import statistics
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from engine.motion.grandtour import GrandTour
from engine.render import benchmark
from engine.render.baseline import SIZE
from engine.render.benchmark import DIMS, MOMENTS, SIZES, line, measured, milliseconds, paint, shot_of, tour_of
from engine.render.offscreen import current, describe, framebuffer
from engine.render.scene import Scene
from engine.tour.colors import color_by

LOOKS: dict[str, dict[str, Any]] = {
    "images, frames": {"class_frames": True},
    "images, density": {"density": True},
    "dots, density": {"density": True},
}


def looks(numbers: list[int], *, repeats: int) -> Iterator[tuple[str, int, float, float, float]]:
    """For each look and number of points: milliseconds without and with it, and the median of their ratios in turn."""
    with current(), framebuffer(SIZE):
        for look, changes in LOOKS.items():
            mode = look.split(",")[0]
            for n in numbers:
                scene = Scene(tour_of(n, sprites=mode == "images"), whole=n)
                scene.looks.color(color_by(scene.tour.attributes["class"], n=n))
                tourist, now = GrandTour(DIMS, seed=0), 0.0
                times: list[tuple[float, float]] = []
                for moment in MOMENTS:
                    shot = shot_of(scene.tour, mode, "settled", np.asarray(tourist.advance(moment - now)))
                    now = moment
                    plain, dressed = (partial(paint, scene, each) for each in (shot, replace(shot, **changes)))
                    for draw in (plain, dressed):
                        draw()
                    times += [(milliseconds(plain), milliseconds(dressed)) for _ in range(repeats)]
                scene.close()
                before, after = (statistics.median(each) for each in zip(*times, strict=True))
                yield look, n, before, after, statistics.median(b / a for a, b in times)


def main() -> None:
    options = argparse.ArgumentParser(
        description=benchmark.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--json", metavar="FILE")
    options.add_argument("--quick", action="store_true", help="10,000 and 50,000 points alone")
    options.add_argument("--modes", nargs="+", default=list(SIZES), choices=list(SIZES))
    options.add_argument("--points", nargs="+", type=int, help="these numbers of points in place of the usual ones")
    options.add_argument("--looks", action="store_true", help="what class frames and density cost")
    options.add_argument("--repeats", type=int, default=24, metavar="N", help="of --looks, at each of three moments")
    given = options.parse_args()
    with current():
        print(f"{describe().renderer}, {os.cpu_count()} cores, {SIZE[0]} x {SIZE[1]}")
    if given.looks:
        for look, n, before, after, ratio in looks(given.points or [10_000, 50_000, 200_000], repeats=given.repeats):
            print(f"{n:9,} {look:16} {before:8.2f} ms without, {after:8.2f} ms with, ratio {ratio:.3f}", flush=True)
        return
    rows = []
    for row in measured({mode: given.points or SIZES[mode][: 2 if given.quick else None] for mode in given.modes}):
        rows.append(row)
        print(line(row), flush=True)
    if given.json:
        with open(given.json, "w") as stream:
            json.dump(rows, stream, indent=1)


if __name__ == "__main__":
    main()

"""A frame of the tour against its limit, a bare draw of the same points, for numbers of points up to five million.

    python benchmarks/render.py [--quick] [--json FILE]
    python benchmarks/render.py --looks         what class frames and density cost: with and without in turn

What is drawn, how it is timed and what the figures mean: --help, or engine/render/benchmark.py.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from engine.motion.grandtour import GrandTour
from engine.render import benchmark
from engine.render.baseline import SIZE
from engine.render.benchmark import (
    DIMS,
    MOMENTS,
    SIZES,
    line,
    measured,
    milliseconds,
    paint,
    shot_of,
    tour_of,
)
from engine.render.offscreen import current, describe, framebuffer
from engine.render.scene import Scene
from engine.tour.colors import color_by

LOOKS: dict[str, dict[str, Any]] = {
    "images, frames": {"class_frames": True},
    "images, density": {"density": True},
    "dots, density": {"density": True},
}


def looks(numbers: list[int], *, repeats: int) -> Iterator[tuple[str, int, float, float, float, float]]:
    """For each look and number of points: milliseconds without and with it, the median ratio of pairs, and its error.

    Frames without and with it take turns, each as often the first of its pair. Where the driver draws on the processor,
    its time is taken of all threads, since other work hardly counts there; else the clock's.
    """
    with current(), framebuffer(SIZE):
        timed = partial(milliseconds, clock=time.process_time if describe().software else time.perf_counter)
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
                    for k in range(repeats):
                        pair = [timed(draw) for draw in ((plain, dressed) if k % 2 else (dressed, plain))]
                        times.append((pair[0], pair[1]) if k % 2 else (pair[1], pair[0]))
                scene.close()
                before, after = (statistics.median(each) for each in zip(*times, strict=True))
                ratios = [b / a for a, b in times]
                quarter, _, last = statistics.quantiles(ratios)
                error = 0.93 * (last - quarter) / len(ratios) ** 0.5  # of a median, from the middle half
                yield look, n, before, after, statistics.median(ratios), error


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
        for look, n, before, after, ratio, error in looks(
            given.points or [10_000, 50_000, 200_000], repeats=given.repeats
        ):
            times = f"{before:8.2f} ms without, {after:8.2f} ms with"
            print(f"{n:9,} {look:16} {times}, ratio {ratio:.3f} +- {error:.3f}", flush=True)
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

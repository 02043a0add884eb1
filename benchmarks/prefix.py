"""What drawing some points of a very large tour saves: the first frame, and each frame, against drawing all of them.

    python benchmarks/prefix.py [--points 3000000] [--drawn 131072] [--rounds 3] [--json FILE]

A tour of made-up points is saved and opened in a process of its own each time (it needs a display, or xvfb-run), by
turns as a window opens it and told to draw all points in every frame. Figures are medians of the rounds: seconds of the
clock and of the processor (a software rasteriser draws there), and their ratios, all over some, of one run. "first
frame" counts from the start of loading, and "read" what comes from disk for it, none of the tour being in memory
before; "select" greys six of seven points, the next frame included; "whole" is how long it takes from rest to the
picture of all points, and "longest" the longest frame on that way.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

np.seterr(all="ignore")


def measure(folder: Path, drawn: int) -> dict[str, float]:
    """All figures of one tour, in this process; drawn: points a frame, 0 for all."""
    from engine.window.window import Window

    windows: list[Window] = []
    forget(folder)
    before = read()
    found = timed("first frame", lambda: windows.append(opened(folder, drawn)))
    found["read, MB"] = (read() - before) / 2**20
    found["memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    (window,) = windows
    viewer, longest = window.viewer, [0.0]
    until(window, lambda: not window._worker.busy and arrived(window))
    found |= timed("frame", lambda: window.draw(1 / 60), times=8)
    viewer.playing = False
    until(window, lambda: not viewer.moving)

    def gather() -> None:
        while window.panes.gathering:
            longest.append(timed("", lambda: window.draw(1 / 60))[", clock"])

    found |= timed("whole", gather) | {"longest, clock": max(longest)}
    seventh = np.arange(viewer.tour.n) % 7 == 0
    found |= timed("select", lambda: (viewer.select(seventh), window.draw(1 / 60)))
    window.close()
    return found


def forget(folder: Path) -> None:
    """Have the system keep nothing of a tour's files in memory."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read() -> int:
    """Bytes that this process has read from disk."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("read_bytes"))


def opened(folder: Path, drawn: int):
    """A window on that tour, with its first frame."""
    from engine.tour.reading import load
    from engine.tour.view import View
    from engine.viewer.budget import Budget
    from engine.window.window import Window

    tour = load(folder)
    view = View(color_by="cluster", fit=True, density=True)
    window = Window(tour, view=view, whole=10**6 if drawn else tour.n)
    window.show()
    if drawn:
        window.panes.lead.budget = Budget(drawn, tour.n)
    window.draw(1 / 60)
    return window


def timed(name: str, act: Callable[[], object], times: int = 1) -> dict[str, float]:
    """Seconds of the clock and of the processor, medians, with all that was drawn."""
    from vispy.gloo import gl

    clocks, processors = [], []
    for _ in range(times):
        clock, processor = time.perf_counter(), time.process_time()
        act()
        gl.glFinish()
        clocks.append(time.perf_counter() - clock)
        processors.append(time.process_time() - processor)
    return {f"{name}, clock": statistics.median(clocks), f"{name}, processor": statistics.median(processors)}


def until(window, there: Callable[[], bool]) -> None:
    for _ in range(2000):
        if there():
            return
        window.draw(1 / 60)
    raise RuntimeError("the window never came to rest")


def arrived(window) -> bool:
    pane = window.panes.lead
    return pane.painter.scene.arrived(pane.sight.shot) == pane.viewer.tour.n


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--points", type=int, default=3_000_000)
    options.add_argument("--drawn", type=int, default=131_072)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", metavar="FILE")
    options.add_argument("--measure", metavar="TOUR", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.drawn)))
        return
    from engine.tour.synthetic import synthetic

    runs: dict[int, list[dict[str, float]]] = {given.drawn: [], 0: []}
    with tempfile.TemporaryDirectory() as folder:
        tour = Path(folder) / "prefix.tour"
        synthetic(given.points, layers=2, tile=None).save(tour)
        for _ in range(given.rounds):
            for drawn, found in runs.items():
                words = [sys.executable, __file__, "--measure", str(tour), "--drawn", str(drawn)]
                done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout
                found.append(json.loads(done.splitlines()[-1]))
    some, every = ({key: statistics.median(run[key] for run in found) for key in found[0]} for found in runs.values())
    print(f"{given.points:,} points{'':12}{given.drawn:>12,}{'all':>12}{'ratio':>8}")
    for key, value in some.items():
        whole = every[key]
        ratio = f"{whole / value:8.1f}" if min(value, whole) > 1e-6 else ""
        print(f"{key:28}{value:12.3f}{whole:12.3f}{ratio}")
    if given.json:
        Path(given.json).write_text(json.dumps({"some": some, "all": every}, indent=1))


if __name__ == "__main__":
    main()

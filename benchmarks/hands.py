"""What the hand costs: hovering, searching, brushing and labels among n points, on one thread of this machine.

    python benchmarks/hands.py [--points 50000] [--json FILE]

Prints medians in milliseconds. "frame" is one frame of the window (it needs a display, or xvfb-run), while the tour
turns, while a lasso or a rectangle grows by a corner a frame, and with a handle for each of 67 classes; "of it" is
processor time of everything but waiting for the driver. In every frame of a brush all points are projected, tested
and their greys sent anew.
"""

import argparse
import json
import math
import statistics
import time
from collections.abc import Callable

import glfw
import numpy as np
import pandas as pd

from engine.motion.selection import in_polygon
from engine.tour.alignment import chain
from engine.tour.search import TextIndex
from engine.tour.tour import Layer, Tour
from engine.tour.view import View
from engine.viewer import picking, screen
from engine.window.window import Window

np.seterr(all="ignore")


def tour_of(n: int) -> Tour:
    rng = np.random.default_rng(0)
    centers = rng.standard_normal((67, 15)) * 2.0
    classes = np.sort(rng.integers(0, 67, n))
    points = [(centers[classes] + rng.standard_normal((n, 15))).astype(np.float32) for _ in range(2)]
    layers = tuple(
        Layer(f"{k}", "Layer", each, place) for k, (each, place) in enumerate(zip(points, chain(points), strict=True))
    )
    attributes = {"class": pd.Categorical([f"class {k}" for k in classes]), "file": [f"{k:06}.jpeg" for k in range(n)]}
    return Tour("hands", layers, pd.DataFrame(attributes))


def milliseconds(act: Callable[[int], object], *, times: int = 60) -> tuple[float, float]:
    """Medians of the time by the clock and of the processor time of this thread."""
    clock, cpu = [], []
    for k in range(times):
        start, spent = time.perf_counter(), time.thread_time()
        act(k)
        clock.append(1e3 * (time.perf_counter() - start))
        cpu.append(1e3 * (time.thread_time() - spent))
    return statistics.median(clock), statistics.median(cpu)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--points", type=int, default=50_000)
    options.add_argument("--json", metavar="FILE")
    given = options.parse_args()
    tour, rows = tour_of(given.points), []
    window = Window(tour, view=View(color_by="class", palette="large", zoom=1.5))
    window.show()
    window._surface.canvas.set_current()
    glfw.swap_interval(0)  # or a frame waits for the display's next
    viewer, hands = window.viewer, window.hands

    def note(what: str, act: Callable[[int], object]) -> None:
        clock, cpu = milliseconds(act)
        rows.append({"what": what, "points": tour.n, "clock_ms": clock, "cpu_ms": cpu})
        print(f"{what:48} {clock:7.1f} ms, of it {cpu:6.1f} ms on this thread")

    for _ in range(5):
        window.draw(1 / 60)
    rng = np.random.default_rng(1)
    sight = window.panes.lead.painter.sight(window.size, scale=window.scale)
    turn = np.linspace(0, 2 * math.pi, 300)
    lasso = np.column_stack([640 + 250 * np.cos(turn), 400 + 200 * np.sin(turn)])
    note("hover: the topmost point", lambda k: picking.topmost(viewer, sight, tuple(rng.uniform(300, 700, 2))))
    note("hover: its six neighbours", lambda k: picking.neighbors(tour.layers[0].points, 97 * k, 6))
    index = TextIndex(tour)
    note("search: n different names", lambda k: index.matches(f"{k:04}"))
    xy = screen.on_screen(viewer, screen.shown(viewer), window.size)
    note("brush: a lasso of 300 corners", lambda k: in_polygon(xy, lasso))

    def brush(tool: str) -> Callable[[int], object]:
        hands.tool, hands.brush = tool, None  # type: ignore[assignment]
        hands.press((640.0, 650.0), window.ui.size, "replace")

        def act(k: int) -> None:
            t = 2 * math.pi * k / 60
            hands.drag((640 + 250 * math.sin(t), 400 + 250 * math.cos(t)), window.ui.size)
            window.draw(1 / 60)

        return act

    note("frame: the tour", lambda k: window.draw(1 / 60))
    note("frame: the tour is held, a lasso", brush("lasso"))
    note("frame: the tour is held, a rectangle", brush("rectangle"))
    hands.release(window.ui.size)
    hands.tool = "hand"
    viewer.select(None)
    note("frame: the tour again", lambda k: window.draw(1 / 60))
    hands.handles.of_classes()
    note("frame: the tour and 67 handles", lambda k: window.draw(1 / 60))
    window.close()
    if given.json:
        with open(given.json, "w") as stream:
            json.dump(rows, stream, indent=1)


if __name__ == "__main__":
    main()

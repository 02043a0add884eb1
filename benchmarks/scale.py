"""What a window costs at scale beside the drawing: opening, hovering, brushing and changing layers among n points.

    python benchmarks/scale.py [--points 50000 200000 1000000] [--layers 20] [--json FILE]

For each number a tour of made-up points is saved, and opened in a process of its own with a warm disk cache (it needs
a display, or xvfb-run). Start and first frame are by the clock from the start of that process, everything drawn. All
else is milliseconds of a whole frame of the window, everything done but the points: every draw call is cut to one of
them, since a software rasteriser would take longer for them than for all the rest. "turning": the tour plays. The
longest frame is that of a whole change of layer, from the key to where the points rest.
"""

import time

START = time.perf_counter()

import argparse  # noqa: E402
import json  # noqa: E402
import math  # noqa: E402
import resource  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from pathlib import Path  # noqa: E402

import glfw  # noqa: E402
import numpy as np  # noqa: E402

np.seterr(all="ignore")
FIGURES = {
    "load_s": "load", "first_frame_s": "first frame", "frame_ms": "frame of the tour", "rest_ms": "hover at rest",
    "turning_ms": "hover, turning", "lasso_ms": "lasso grows", "rectangle_ms": "rectangle grows",
    "longest_ms": "layer: longest frame", "switch_s": "layer: until it moves", "again_ms": "fetched: longest frame",
    "gpu_mb": "GPU, points, MB", "rss_mb": "peak memory, MB",
}  # fmt: skip


@contextmanager
def one_point() -> Iterator[None]:
    """Every draw call draws one point."""
    from vispy.gloo import gl

    arrays, elements = gl.glDrawArrays, gl.glDrawElements
    gl.glDrawArrays = lambda mode, first, count: arrays(mode, first, 1)
    gl.glDrawElements = lambda mode, count, kind, offset: elements(mode, 1, kind, offset)
    try:
        yield
    finally:
        gl.glDrawArrays, gl.glDrawElements = arrays, elements


def milliseconds(act: Callable[[int], object], times: int) -> list[float]:
    taken = []
    for k in range(times):
        start = time.perf_counter()
        act(k)
        taken.append(1e3 * (time.perf_counter() - start))
    return taken


def measure(folder: Path) -> dict[str, float]:
    """Everything about one tour, in this process."""
    from vispy.gloo import gl

    from engine.tour.reading import load
    from engine.tour.view import View
    from engine.window.window import Window

    start = time.perf_counter()
    tour = load(folder)
    loaded = time.perf_counter() - start
    window = Window(tour, view=View(color_by="cluster", zoom=1.5))
    window.show()
    window._surface.canvas.set_current()
    glfw.swap_interval(0)  # or a frame waits for the display's next
    viewer, hands, ui = window.viewer, window.hands, window.ui
    seconds = {"load_s": loaded}

    def frame(k: int = 0) -> None:
        window.draw(1 / 60)
        gl.glFinish()

    frame()
    seconds["first_frame_s"] = time.perf_counter() - START
    with one_point():
        milliseconds(frame, 40)  # until what runs beside has been done
        seconds["frame_ms"] = statistics.median(milliseconds(frame, 40))
        pointer = _pointer(window)
        seconds["turning_ms"] = statistics.median(milliseconds(pointer(frame), 40))
        viewer.playing = False
        seconds["rest_ms"] = statistics.median(milliseconds(pointer(frame), 40))
        seconds["lasso_ms"] = statistics.median(milliseconds(_brush(window, "lasso", frame), 60))
        hands.release(ui.size)
        seconds["rectangle_ms"] = statistics.median(milliseconds(_brush(window, "rectangle", frame), 60))
        hands.release(ui.size)
        hands.tool = "hand"
        viewer.select(None)
        switches = [_switch(viewer, layer, frame) for layer in range(1, 5)]
        seconds["longest_ms"] = max(longest for longest, _ in switches)
        seconds["switch_s"] = statistics.median(moved for _, moved in switches)
        seconds["again_ms"] = max(_switch(viewer, layer, frame)[0] for layer in (3, 4))
    seconds["gpu_mb"] = window.panes.lead.painter.scene.held / 2**20
    seconds["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    window.close()
    return seconds


def _brush(window, tool: str, frame: Callable[[], None]) -> Callable[[int], None]:
    """Presses that tool's button, and then draws along a circle."""
    hands, size = window.hands, window.ui.size
    hands.tool, hands.brush = tool, None
    hands.press((640.0, 650.0), size, "replace")

    def act(k: int) -> None:
        t = 2 * math.pi * k / 60
        hands.drag((640 + 250 * math.sin(t), 400 + 250 * math.cos(t)), size)
        frame()

    return act


def _switch(viewer, layer: int, frame: Callable[[], None]) -> tuple[float, float]:
    """The longest frame on the way to a layer, in milliseconds, and the seconds until the points move."""
    began, longest, moved = time.perf_counter(), 0.0, 0.0
    viewer.go_to(layer)
    while viewer.layer != layer or viewer.layers.goal != viewer.transition.target or not viewer.transition.settled:
        start = time.perf_counter()
        frame()
        longest = max(longest, 1e3 * (time.perf_counter() - start))
        if not moved and viewer.transition.target == ((layer, 1.0),):
            moved = time.perf_counter() - began
        time.sleep(max(0.0, 1 / 60 - (time.perf_counter() - start)))  # as the display would
    return longest, moved


def _pointer(window) -> Callable:
    """Puts the cursor elsewhere before each frame."""
    from imgui_bundle import imgui

    def moving(frame: Callable[[int], None]) -> Callable[[int], None]:
        def act(k: int) -> None:
            imgui.get_io().add_mouse_pos_event(450.0 + 7 * k, 380.0 + k)
            frame(k)

        return act

    return moving


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--points", nargs="+", type=int, default=[50_000, 200_000, 1_000_000])
    options.add_argument("--layers", type=int, default=20)
    options.add_argument("--json", metavar="FILE")
    options.add_argument("--measure", metavar="TOUR", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure)))
        return
    from engine.tour.synthetic import synthetic

    rows = []
    for n in given.points:
        with tempfile.TemporaryDirectory() as folder:
            tour = Path(folder) / "scale.tour"
            synthetic(n, layers=given.layers, tile=None).save(tour)
            words = [sys.executable, __file__, "--measure", str(tour)]
            done = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        rows.append({"points": n, "layers": given.layers} | json.loads(done.splitlines()[-1]))
    print(f"{'points':28}" + "".join(f"{row['points']:12,}" for row in rows))
    for key, title in FIGURES.items():
        unit = key.rpartition("_")[2]
        print(f"{title + (', ' + unit if unit != 'mb' else ''):28}" + "".join(f"{row[key]:12.2f}" for row in rows))
    if given.json:
        with open(given.json, "w") as stream:
            json.dump(rows, stream, indent=1)


if __name__ == "__main__":
    main()

"""A window that a robot works for thousands of frames: nothing raises, OpenGL has no error, nothing grows.

`make soak` does 100,000 frames, FRAMES=20000 SEED=3 others; a fault is found again by its seed and frame.

Mesa's software driver draws in this thread: with threads of its own it keeps up to 64 lists of drawing commands. Each
stays as long as it was until it is used again, which is when the machine happens to be as busy as it was then.
"""

import ctypes
import gc
import importlib
import logging
import os
import statistics
import time
from dataclasses import replace
from pathlib import Path

import glfw
import numpy as np
import pandas as pd
import pytest
from OpenGL import GL

import engine
from engine.tour.view import SavedView, View
from gl_objects import held
from robot import SIZES, Robot

FRAMES, SEED = int(os.environ.get("SOAK_FRAMES", 1600)), int(os.environ.get("SOAK_SEED", 1))
ASKED = "SOAK_FRAMES" in os.environ
CHECKS = 20 if ASKED else 3  # in a run: everything is put away, and where it was asked for what is held is counted
GROWTH = 5.0  # MB in the latter half
SLOWER = 1.3  # times a frame of the first quarter, in the last
LATE = ("cmap", "sklearn.cluster", "sklearn.neighbors")  # what a window imports when it is first needed
KINDS = ("Buffer", "Framebuffer", "Program", "Renderbuffer", "Shader", "Texture", "VertexArray")


@pytest.fixture
def tours(make_tour, make_sprites, rng, tmp_path):
    """Two of the same 400 points on five and four layers, with images, classes, numbers, text and a story."""
    n = 400
    centres = 4 * rng.standard_normal((8, 15))
    first = centres[np.arange(n) % 8] + rng.standard_normal((n, 15))
    table = pd.DataFrame({
        "kind": pd.Categorical([f"kind {k % 8}" for k in range(n)]),
        "many": pd.Categorical([f"class {k % 97:03}" for k in range(n)]),
        "weight": rng.random(n),
        "note": [f"note {k} among others" for k in range(n)],
    })  # fmt: skip
    tiles = rng.integers(0, 256, (n, 16, 16, 4), dtype=np.uint8)
    tiles[..., 3] = 255
    for name, depth in (("one", 5), ("two", 4)):
        points = [first + 0.3 * k * rng.standard_normal((n, 15)) for k in range(depth)]
        tour = make_tour(points, attributes=table, sprites=make_sprites(tiles), name=name)
        views = [SavedView(f"view {k}", View(layer=k % depth, color_by="kind")) for k in range(3)]
        replace(tour, views=views).save(tmp_path / f"{name}.tour")
    return tmp_path / "one.tour", tmp_path / "two.tour"


def resident():
    """MB in memory, without what malloc keeps for later."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_a_robot_works_a_window(tours, open_window, display, monkeypatch, caplog, capsys):
    monkeypatch.setenv("LP_NUM_THREADS", "0")
    monkeypatch.setattr("engine.window.window.IDLE", 0.0)
    for name in LATE:  # some megabytes, whenever they come
        importlib.import_module(name)
    window, _ = open_window(engine.load(tours[0]), reopen=True)
    glfw.swap_interval(0)
    size = SIZES[1] if ASKED else SIZES[0]
    if not ASKED:  # a window that is smaller, and then smaller still: pixels are most of what it costs
        glfw.set_window_size(window._surface.handle, *SIZES[1])
    robot, first = Robot(window, display, seed=SEED, beside=tours[1], size=size), window.viewer.base
    begun, checks, costs, counts = time.perf_counter(), 0, [], []

    def whole():
        where = f"SEED={SEED}, frame {window.frames}: the latest gestures are {robot.story[-5:]}"
        assert (error := GL.glGetError()) == GL.GL_NO_ERROR, f"GL error {error:#x} at {where}"
        assert window.faults.count == 0, f"{window.panels.toast} at {where}\n{caplog.text}"
        assert not glfw.window_should_close(window._surface.handle), where

    work = robot.work()
    while window.frames < FRAMES:
        next(work)
        whole()
        if window.frames >= (checks + 1) * FRAMES // CHECKS:
            checks += 1
            for _ in robot.tidy(first):
                whole()
            assert not [each for each in caplog.records if each.levelno >= logging.ERROR], caplog.text
            caplog.clear()  # which keeps all that is said
            if ASKED:
                costs.append(cost_of_a_frame(window))
                counts.append((resident(), held(GL, KINDS)))
            for file in Path().glob("*.png"):  # what the robot saved
                file.unlink()
    robot.server.close()
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR], caplog.text
    if not ASKED:
        return
    quarter, half = len(costs) // 4, counts[len(counts) // 2 - 1 :]
    early, late = statistics.median(costs[:quarter]), statistics.median(costs[-quarter:])
    megabytes, objects = [each[0] for each in half], [sum(each[1].values()) for each in half]
    growth = statistics.median(megabytes[-3:]) - statistics.median(megabytes[:3])  # what a peak leaves is no growth
    with capsys.disabled():
        print(f"\n{window.frames:,} frames in {time.perf_counter() - begun:.0f} s, seed {SEED}: "
              f"{megabytes[-1]:.0f} MB, {growth:+.1f} in the latter half; "
              f"{objects[0]} GL objects, and then {objects[-1]}; "
              f"{early:.1f} ms of processors a frame, and then {late:.1f}")  # fmt: skip
        print("MB:", *(f"{each[0]:.0f}" for each in counts))
        print("GL objects:", *(sum(each[1].values()) for each in counts), {k: v for k, v in counts[-1][1].items() if v})
        print("ms:", *(f"{each:.1f}" for each in costs))
    assert growth < GROWTH
    assert late < SLOWER * early
    assert objects[-1] <= max(sum(each[1].values()) for each in counts[: len(counts) // 2])


def cost_of_a_frame(window):
    """Milliseconds of all processors, other programs left out: the median of some."""
    costs = []
    for _ in range(30):
        before = time.process_time()
        window.draw(1 / 60)
        costs.append(1e3 * (time.process_time() - before))
    return statistics.median(costs)

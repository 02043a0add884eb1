"""A frame of the tour against its limit, a bare draw of the same points: what `umap-tour demo --benchmark` prints.

Dots and sprites, settled and mid-transition, on 1280 x 800 pixels without a window. The bare draw has one program, the
same dots or tiles at the same places in the same state, and every position, size and colour computed beforehand. The
two take turns, frame by frame, each finished before the next; the figures are medians. Before they are timed, their
pictures are compared.

cpu_ms is processor time of the calling thread for the same frame with the count of every draw call forced to 1: what
Python and the driver cost. A software rasteriser shades vertices inside the call, so without that it would count as
Python's. upload_bytes is what a frame sends to the GPU. memory_mb is what the buffers and textures hold, peak_mb the
most that the process has held so far. The bare draw of images draws them all, also those that the engine leaves out
because others hide them. On a software rasteriser both draw in the same portions (engine.render.shader.PORTIONS).
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from vispy import gloo
from vispy.gloo import gl

from ..motion.camera import Camera
from ..motion.grandtour import GrandTour
from ..motion.shot import Shot, dot_size, image_size
from ..tour.alignment import chain
from ..tour.colors import color_by
from ..tour.tour import Layer, Sprites, Tour
from .baseline import SIZE, Bare
from .offscreen import current, framebuffer
from .scene import Scene

SIZES = {"dots": (10_000, 50_000, 200_000, 1_000_000, 5_000_000), "images": (10_000, 50_000, 200_000, 1_000_000)}
DIMS, TILE, CLASSES = 15, 32, 10
PAGES = 16  # of images that differ; making more would take longer than all that is measured
MOMENTS = (3.0, 20.0, 41.0)  # seconds into the Grand Tour at which a frame is drawn


def measured(sizes: dict[str, Iterable[int]]) -> Iterator[dict[str, Any]]:
    """A row of figures for each number of points of each mode, settled and mid-transition."""
    with current(), framebuffer(SIZE) as read:
        for mode, numbers in sizes.items():
            for n in numbers:
                with counting("glBuffer", "glTex") as held:
                    tour = tour_of(n, sprites=mode == "images")
                    scene, bare = Scene(tour, whole=n), Bare(mode)
                    scene.looks.color(color_by(tour.attributes["class"], n=n))
                    for phase in ("settled", "transition"):
                        paint(scene, shot_of(tour, mode, phase, np.eye(DIMS, 3)))
                size = sum(held) + (scene.images.level.nbytes if scene.images.level else 0)
                for phase in ("settled", "transition"):
                    yield case(n, mode, phase, scene, bare, read, size)
                bare.close()
                scene.close()


def line(row: dict[str, Any]) -> str:
    """A row as text."""
    return (
        f"{row['n']:9,} {row['mode']:6} {row['phase']:10} {row['frame_ms']:8.2f} ms, bare {row['null_ms']:8.2f} ms, "
        f"ratio {row['ratio']:.2f}; cpu {row['cpu_ms']:.2f} ms, {row['upload_bytes']} B, "
        f"{row['memory_mb']:.0f} MB, {row['different']:.2%} of pixels differ"
    )


# ------------------------------------------------------------------------------------------------ what is drawn


def tour_of(n: int, *, sprites: bool) -> Tour:
    """Two layers of clusters in 15-D, a class to each cluster, and images made as they are asked for."""
    rng = np.random.default_rng(0)
    classes = np.sort(rng.integers(0, CLASSES, n))
    centers = rng.standard_normal((2, CLASSES, DIMS)).astype(np.float32) * 2.0
    first = centers[0][classes] + rng.standard_normal((n, DIMS), dtype=np.float32)
    second = first + (centers[1] - centers[0])[classes] + 0.5 * rng.standard_normal((n, DIMS), dtype=np.float32)
    points = [first, second]
    layers = tuple(
        Layer(f"{k}", "Layer", each, place) for k, (each, place) in enumerate(zip(points, chain(points), strict=True))
    )
    attributes = pd.DataFrame({"class": pd.Categorical.from_codes(classes, pd.Index([f"{k}" for k in range(CLASSES)]))})
    images = Sprites(n, TILE, 64 * 64, lambda page: tiles(page % PAGES)[: n - page * 64 * 64])
    return Tour("bench", layers, attributes, sprites=images if sprites else None)


@cache
def tiles(page: int) -> NDArray[Any]:
    """Opaque images (4096, 32, 32, 4): a shaded ball on a ground, each in its own colours."""
    rng = np.random.default_rng(page)
    y, x = np.mgrid[0:TILE, 0:TILE] / (TILE - 1) * 2 - 1
    ball = np.clip(1.2 - 1.4 * np.hypot(x, y), 0, 1) * (0.7 - 0.3 * y + 0.2 * np.sin(6 * x))
    shade = (255 * np.clip(ball, 0, 1)).astype(np.uint16)[None, :, :, None]
    front, ground = rng.integers(0, 256, (2, 64 * 64, 1, 1, 3), dtype=np.uint16)
    out = np.full((64 * 64, TILE, TILE, 4), 255, dtype=np.uint8)
    out[..., :3] = (front * shade + ground * (255 - shade)) // 255
    return out


def shot_of(tour: Tour, mode: str, phase: str, frame: NDArray[Any]) -> Shot:
    source, target = ((0, 1.0),), ((1, 1.0),)
    return Shot(
        source=source, target=target if phase == "transition" else source, mix=0.4 if phase == "transition" else 0.0,
        frame=frame, camera=Camera(), mode=mode, theme="dark", depth_cue=1.0,
        dot_size=dot_size(tour.n, side=SIZE[1], zoom=1.0), image_size=image_size(tour.n, side=SIZE[1], zoom=1.0),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ the clock


@contextmanager
def replaced(**functions: Callable[..., Any]) -> Iterator[None]:
    """Other functions in place of some of GL's; each is given the original first."""
    originals = {name: getattr(gl, name) for name in functions}
    for name, function in functions.items():
        setattr(gl, name, lambda *args, f=function, original=originals[name]: f(original, *args))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(gl, name, original)


SENT: dict[str, Callable[..., Any]] = {
    **{f"glUniform{k}f": (lambda *a, k=k: 4 * k) for k in (1, 2, 3, 4)},
    **{f"glUniform{k}i": (lambda *a, k=k: 4 * k) for k in (1, 2, 3, 4)},
    **{f"glUniform{k}{t}v": (lambda where, count, v, k=k: 4 * k * count) for k in (1, 2, 3, 4) for t in "fi"},
    **{f"glUniformMatrix{k}fv": (lambda where, count, t, v, k=k: 4 * k * k * count) for k in (2, 3, 4)},
    "glBufferData": lambda target, data, usage: data if isinstance(data, int) else data.nbytes,
    "glBufferSubData": lambda target, offset, data: data.nbytes,
    "glTexImage2D": lambda target, level, internal, form, kind, data: (
        4 * int(np.prod(data[:2])) if isinstance(data, tuple) else data.nbytes
    ),
    "glTexSubImage2D": lambda target, level, x, y, form, kind, data: data.nbytes,
}
"""How many bytes a call sends or makes room for."""


@contextmanager
def counting(*kinds: str) -> Iterator[list[int]]:
    """Collects the bytes of GL calls whose names begin so."""
    sent: list[int] = []

    def count(size: Callable[..., Any]) -> Callable[..., Any]:
        def call(original: Callable[..., Any], *args: Any) -> Any:
            sent.append(size(*args))
            return original(*args)

        return call

    with replaced(**{name: count(size) for name, size in SENT.items() if name.startswith(kinds)}):
        yield sent


ONE: dict[str, Callable[..., Any]] = {
    "glDrawArrays": lambda original, mode, first, count: original(mode, first, 1),
    "glDrawElements": lambda original, mode, count, kind, offset: original(mode, 1, kind, offset),
    "glFlush": lambda original: None,  # a software rasteriser may wait here for what it has to fill
}


def milliseconds(draw: Callable[[], None], *, clock: Callable[[], float] = time.perf_counter) -> float:
    """Of the draw by a clock, begun and ended with nothing under way.

    clock: in seconds; time.process_time counts all threads of this process: other work hardly, and a GPU not at all.
    """
    gl.glFinish()
    start = clock()
    draw()
    gl.glFinish()
    return 1e3 * (clock() - start)


def own_milliseconds(draw: Callable[[], None]) -> float:
    """Of the draw, processor time of this thread alone."""
    gl.glFinish()
    start = time.thread_time()
    draw()
    return 1e3 * (time.thread_time() - start)


def case(
    n: int, mode: str, phase: str, scene: Scene, bare: Bare, read: Callable[..., Any], held: float
) -> dict[str, Any]:
    """Measure one case."""
    classes = scene.tour.attributes["class"].cat.codes.to_numpy()
    tour, now = GrandTour(DIMS, seed=0), 0.0
    repeats = max(3, min(24, 2_000_000 // n))
    ours: list[float] = []
    limit: list[float] = []
    python: list[float] = []
    different: list[float] = []
    for moment in MOMENTS:
        shot = shot_of(scene.tour, mode, phase, np.asarray(tour.advance(moment - now)))
        now = moment
        draw, least = partial(paint, scene, shot), partial(bare.draw, shot)
        draw()
        bare.set(scene, shot, classes)
        pictures = []
        for each in (draw, least):
            each()
            pictures.append(read()[..., :3].astype(int))
        different.append(float((np.abs(pictures[0] - pictures[1]).max(axis=2) > 3).mean()))
        for k in range(repeats):
            pair = [(draw, ours), (least, limit)]
            for each, times in pair if k % 2 else pair[::-1]:
                times.append(milliseconds(each))
        with replaced(**ONE):
            python += [own_milliseconds(draw) for _ in range(40)]
        with counting("gl") as sent:
            draw()
    frame_ms, null_ms = statistics.median(ours), statistics.median(limit)
    return {
        "n": n, "mode": mode, "phase": phase, "frame_ms": frame_ms, "null_ms": null_ms, "ratio": frame_ms / null_ms,
        "cpu_ms": statistics.median(python), "upload_bytes": sum(sent), "memory_mb": held / 2**20,
        "peak_mb": peak_megabytes(),
        "different": max(different),
    }  # fmt: skip


def peak_megabytes() -> float | None:
    """The most that this process has held so far; None on Windows."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def paint(scene: Scene, shot: Shot) -> None:
    scene.draw(shot, (0, 0, *SIZE), wait=True)
    context = gloo.context.get_current_canvas().context
    context.flush_commands()

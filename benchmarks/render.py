"""A frame of the tour against its limit: a bare draw of the same points, with nothing around it.

    python benchmarks/render.py [--quick] [--json FILE]

Dots and sprites, settled and mid-transition, on 1280 x 800 pixels without a window. The bare draw has one program, the
same dots or tiles at the same places in the same state, and every position, size and colour computed beforehand. The
two take turns, frame by frame, each finished before the next; the figures are medians. Before they are timed, their
pictures are compared.

cpu_ms is the same frame with the count of every draw call forced to 1, until the call returns: what Python and the
driver cost. A software rasteriser shades vertices inside the call, so without that it would count as Python's.
upload_bytes is what a frame sends to the GPU. memory_mb is what the buffers and textures hold.
"""

import argparse
import json
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
from vispy import gloo
from vispy.gloo import gl

from engine.motion.camera import Camera
from engine.motion.grandtour import GrandTour
from engine.motion.projection import cue_size, nearness
from engine.render.colors import THEMES, color_by
from engine.render.offscreen import current, describe, framebuffer
from engine.render.scene import Scene, Shot, dot_size, image_size
from engine.render.shader import PORTION
from engine.render.sprites import NEAREST_CUE
from engine.tour.alignment import chain
from engine.tour.tour import Layer, Sprites, Tour

SIZE = (1280, 800)
SIZES = {"dots": (10_000, 50_000, 200_000, 1_000_000, 5_000_000), "images": (10_000, 50_000, 200_000, 1_000_000)}
DIMS, TILE, CLASSES = 15, 32, 10
MOMENTS = (3.0, 20.0, 41.0)  # seconds into the Grand Tour at which a frame is drawn

BARE = (
    """#version 330
    in vec4 a_place; in vec4 a_look; flat out vec4 v_look;
    void main() { gl_Position = vec4(a_place.xyz, 1.0); gl_PointSize = a_place.w; v_look = a_look; }""",
    {
        "dots": """#version 330
    flat in vec4 v_look; out vec4 f_color;
    void main() {
        float coverage = 0.5 * v_look.w + 0.5 - length((gl_PointCoord - 0.5) * (v_look.w + 0.41));
        if (coverage < 0.3) discard;
        f_color = vec4(v_look.rgb, 1.0) * min(coverage, 1.0);
    }""",
        "images": """#version 330
    flat in vec4 v_look; uniform sampler2DArray u_pages; uniform vec2 u_step; uniform vec3 u_canvas;
    uniform float u_inset; out vec4 f_color;
    void main() {
        vec2 inside = clamp(gl_PointCoord, u_inset, 1.0 - u_inset);
        vec4 color = texture(u_pages, vec3(v_look.xy + inside * u_step, v_look.z));
        if (color.a < 0.02) discard;
        f_color = vec4(mix(color.rgb, u_canvas * color.a, v_look.w), color.a);
    }""",
    },
)
"""Vertex shader, and the fragment shader of each mode: the least that draws the same pixels."""


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
    attributes = pd.DataFrame({"class": pd.Categorical.from_codes(classes, [f"{k}" for k in range(CLASSES)])})
    images = Sprites(n, TILE, 64 * 64, lambda page: tiles(page, min(64 * 64, n - page * 64 * 64)))
    return Tour("bench", layers, attributes, sprites=images if sprites else None)


def tiles(page: int, count: int) -> np.ndarray:
    """Opaque images (count, 32, 32, 4): a shaded ball on a ground, each in its own colours."""
    rng = np.random.default_rng(page)
    y, x = np.mgrid[0:TILE, 0:TILE] / (TILE - 1) * 2 - 1
    ball = np.clip(1.2 - 1.4 * np.hypot(x, y), 0, 1) * (0.7 - 0.3 * y + 0.2 * np.sin(6 * x))
    shade = (255 * np.clip(ball, 0, 1)).astype(np.uint16)[None, :, :, None]
    front, ground = rng.integers(0, 256, (2, count, 1, 1, 3), dtype=np.uint16)
    out = np.full((count, TILE, TILE, 4), 255, dtype=np.uint8)
    out[..., :3] = (front * shade + ground * (255 - shade)) // 255
    return out


def shot_of(tour: Tour, mode: str, phase: str, frame: np.ndarray) -> Shot:
    source, target = ((0, 1.0),), ((1, 1.0),)
    return Shot(
        source=source, target=target if phase == "transition" else source, mix=0.4 if phase == "transition" else 0.0,
        frame=frame, camera=Camera(), mode=mode, theme="dark", depth_cue=1.0,
        dot_size=dot_size(tour.n, side=SIZE[1], zoom=1.0), image_size=image_size(tour.n, side=SIZE[1], zoom=1.0),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ the limit


class Bare:
    """The same points in one program and one buffer, in raw GL."""

    def __init__(self, mode: str) -> None:
        vertex, fragment = BARE[0], BARE[1][mode]
        self.program = gl.glCreateProgram()
        for kind, text in ((gl.GL_VERTEX_SHADER, vertex), (gl.GL_FRAGMENT_SHADER, fragment)):
            shader = gl.glCreateShader(kind)
            gl.glShaderSource(shader, text)
            gl.glCompileShader(shader)
            assert gl.glGetShaderParameter(shader, gl.GL_COMPILE_STATUS), gl.glGetShaderInfoLog(shader)
            gl.glAttachShader(self.program, shader)
        gl.glLinkProgram(self.program)
        assert gl.glGetProgramParameter(self.program, gl.GL_LINK_STATUS), gl.glGetProgramInfoLog(self.program)
        self.buffer = gl.glCreateBuffer()
        self.mode, self.padding, self.level, self.records = mode, 0, None, 0
        self.software = describe().software

    def set(self, scene: Scene, shot: Shot, classes: np.ndarray) -> None:
        """Compute where everything is and what it looks like."""
        r = scene.radius(shot)
        points = scene.tour.layers[0].aligned
        if shot.source != shot.target:
            points = (1 - shot.mix) * points + shot.mix * scene.tour.layers[1].aligned
        xyz = points @ shot.frame.astype(np.float32)
        near = nearness(xyz[:, 2], radius=r, cue=shot.depth_cue)
        full = shot.image_size if self.mode == "images" else shot.dot_size
        self.padding = int(np.ceil(0.5 * full * NEAREST_CUE)) + 1
        size = full * cue_size(near, shot.depth_cue)
        pixels = shot.camera.pixels_per_radius(SIZE) / r
        record = np.zeros((len(xyz), 8), dtype=np.float32)
        record[:, :2] = 2.0 * pixels * xyz[:, :2] / (np.array(SIZE) + 2 * self.padding)
        record[:, 2] = -0.99 * np.clip(xyz[:, 2] / r, -1, 1)
        record[:, 3] = size if self.mode == "images" else np.maximum(size, shot.min_dot) + 0.41
        fade = THEMES[shot.theme].fade * (1.0 - near)
        if self.mode == "images":
            grid = scene.level.grid
            for page in range(grid.pages):
                k = np.arange(grid.count(page))
                part = record[page * grid.per_page :][: len(k)]
                corner = np.stack([k % grid.columns, k // grid.columns], axis=1)
                part[:, 4:6] = corner * (grid.tile / np.array(scene.level.page_size))
                part[:, 6] = page % scene.level.per_stack
            record[:, 7] = fade
        else:
            canvas, table = np.array(THEMES[shot.theme].canvas), color_table(scene)
            record[:, 7] = record[:, 3] - 0.41
            record[:, 4:7] = table[classes] + (canvas - table[classes]) * fade[:, None]
        self.level, self.records = scene.level, len(record)
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self.buffer)
        gl.glBufferData(gl.GL_ARRAY_BUFFER, record, gl.GL_STATIC_DRAW)
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, 0)

    def draw(self, shot: Shot) -> None:
        canvas = THEMES[shot.theme].canvas
        width, height, pad = *SIZE, self.padding
        gl.glEnable(gl.GL_SCISSOR_TEST)
        gl.glScissor(0, 0, width, height)
        gl.glViewport(-pad, -pad, width + 2 * pad, height + 2 * pad)
        gl.glClearColor(*canvas, 1.0)
        gl.glEnable(gl.GL_DEPTH_TEST)
        gl.glDepthFunc(gl.GL_LEQUAL)
        gl.glEnable(gl.GL_BLEND)
        gl.glBlendFunc(gl.GL_ONE, gl.GL_ONE_MINUS_SRC_ALPHA)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT)
        gl.glUseProgram(self.program)
        _parser().env["current_program"] = self.program
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self.buffer)
        for name, offset in (("a_place", 0), ("a_look", 16)):
            place = gl.glGetAttribLocation(self.program, name)
            gl.glEnableVertexAttribArray(place)
            gl.glVertexAttribPointer(place, 4, gl.GL_FLOAT, False, 32, offset)
        if self.mode == "dots":
            self.points(0, self.records)
            return
        grid = self.level.grid
        uniform = lambda name: gl.glGetUniformLocation(self.program, name)  # noqa: E731
        gl.glUniform1i(uniform("u_pages"), 0)
        gl.glUniform3f(uniform("u_canvas"), *canvas)
        gl.glUniform1f(uniform("u_inset"), 0.5 / grid.tile)
        gl.glUniform2f(uniform("u_step"), *(grid.tile / np.array(self.level.page_size)))
        gl.glActiveTexture(gl.GL_TEXTURE0)
        for stack, first, count in self.level.draws():
            stack.bind()
            self.points(first, count)

    def points(self, first: int, count: int) -> None:
        portion = PORTION if self.software else count
        for start in range(first, first + count, portion):
            gl.glDrawArrays(gl.GL_POINTS, start, min(portion, first + count - start))
            if self.software:
                gl.glFlush()

    def close(self) -> None:
        gl.glUseProgram(0)
        gl.glDeleteBuffer(self.buffer)
        gl.glDeleteProgram(self.program)
        _parser().env["current_program"] = 0


def color_table(scene: Scene) -> np.ndarray:
    return scene._colors / 255.0


def _parser():
    return gloo.context.get_current_canvas().context.shared.parser


# ------------------------------------------------------------------------------------------------ the clock


@contextmanager
def replaced(**functions: Callable) -> Iterator[None]:
    """Other functions in place of some of GL's; each is given the original first."""
    originals = {name: getattr(gl, name) for name in functions}
    for name, function in functions.items():
        setattr(gl, name, lambda *args, f=function, original=originals[name]: f(original, *args))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(gl, name, original)


SENT = {
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

    def count(size: Callable) -> Callable:
        def call(original, *args):
            sent.append(size(*args))
            return original(*args)

        return call

    with replaced(**{name: count(size) for name, size in SENT.items() if name.startswith(kinds)}):
        yield sent


ONE = {
    "glDrawArrays": lambda original, mode, first, count: original(mode, first, 1),
    "glDrawElements": lambda original, mode, count, kind, offset: original(mode, 1, kind, offset),
    "glFlush": lambda original: None,  # a software rasteriser may wait here for what it has to fill
}


def milliseconds(draw: Callable[[], None], *, finish: bool = True) -> float:
    """Of the draw, begun and ended with nothing under way; unfinished, of the call alone."""
    gl.glFinish()
    start = time.perf_counter()
    draw()
    if finish:
        gl.glFinish()
    return 1e3 * (time.perf_counter() - start)


def case(n: int, mode: str, phase: str, scene: Scene, bare: Bare, read: Callable, held: float) -> dict:
    """Measure one case."""
    classes = scene.tour.attributes["class"].cat.codes.to_numpy()
    tourist, now = GrandTour(DIMS, seed=0), 0.0
    repeats = max(3, min(12, 2_000_000 // n))
    ours, limit, python, different = [], [], [], []
    for moment in MOMENTS:
        shot = shot_of(scene.tour, mode, phase, np.asarray(tourist.advance(moment - now)))
        now = moment
        draw = lambda shot=shot: paint(scene, shot)  # noqa: E731
        least = lambda shot=shot: bare.draw(shot)  # noqa: E731
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
            python += [milliseconds(draw, finish=False) for _ in range(12)]
        with counting("gl") as sent:
            draw()
    frame_ms, null_ms = statistics.median(ours), statistics.median(limit)
    return {
        "n": n, "mode": mode, "phase": phase, "frame_ms": frame_ms, "null_ms": null_ms, "ratio": frame_ms / null_ms,
        "cpu_ms": statistics.median(python), "upload_bytes": sum(sent), "memory_mb": held / 2**20,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10,
        "different": max(different),
    }  # fmt: skip


def paint(scene: Scene, shot: Shot) -> None:
    scene.draw(shot, (0, 0, *SIZE), wait=True)
    context = gloo.context.get_current_canvas().context
    context.flush_commands()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", metavar="FILE")
    options.add_argument("--quick", action="store_true", help="10,000 and 50,000 points alone")
    options.add_argument("--modes", nargs="+", default=list(SIZES), choices=list(SIZES))
    options.add_argument("--points", nargs="+", type=int, help="these numbers of points in place of the usual ones")
    given = options.parse_args()
    rows = []
    with current(), framebuffer(SIZE) as read:
        print(f"{describe().renderer}, {os.cpu_count()} cores, {SIZE[0]} x {SIZE[1]}")
        for mode in given.modes:
            for n in given.points or SIZES[mode][: 2 if given.quick else None]:
                with counting("glBuffer", "glTex") as held:
                    tour = tour_of(n, sprites=mode == "images")
                    scene, bare = Scene(tour), Bare(mode)
                    scene.color(color_by(tour.attributes["class"], n=n))
                    for phase in ("settled", "transition"):
                        paint(scene, shot_of(tour, mode, phase, np.eye(DIMS, 3)))
                size = sum(held) + (scene.level.nbytes if scene.level else 0)
                for phase in ("settled", "transition"):
                    rows.append(row := case(n, mode, phase, scene, bare, read, size))
                    print(
                        f"{n:9,} {mode:6} {phase:10} {row['frame_ms']:8.2f} ms, bare {row['null_ms']:8.2f} ms, "
                        f"ratio {row['ratio']:.2f}; cpu {row['cpu_ms']:.2f} ms, {row['upload_bytes']} B, "
                        f"{row['memory_mb']:.0f} MB, {row['different']:.2%} of pixels differ",
                        flush=True,
                    )
                bare.close()
                scene.close()
    if given.json:
        with open(given.json, "w") as stream:
            json.dump(rows, stream, indent=1)


if __name__ == "__main__":
    main()

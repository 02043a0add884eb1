"""Sprites as GL_POINTS or as instanced quads: which does this driver draw faster?

    python benchmarks/points_or_quads.py [--json FILE]

Draws the same n textured squares at the same places, 800 x 800 pixels, from one 2048 x 2048 texture, both ways in
turn, and prints the median milliseconds of each and their ratio. The answer decides how the engine draws: points
where the driver draws them as wide as they must be, and wider ones as several points (shaders/sprites.vert).
"""

import argparse
import json
import logging
import os
import statistics

os.environ.setdefault("EGL_PLATFORM", "surfaceless")
os.environ.setdefault("PYOPENGL_PLATFORM", "egl")

import numpy as np
from vispy import app, gloo

from engine.render.benchmark import milliseconds

POINTS = (
    """#version 330
    in vec2 a_place; uniform float u_size; flat out vec2 v_tile;
    void main() { gl_Position = vec4(a_place, 0.0, 1.0); gl_PointSize = u_size;
                  v_tile = vec2(gl_VertexID % 64, (gl_VertexID / 64) % 64) / 64.0; }""",
    """#version 330
    uniform sampler2D u_page; flat in vec2 v_tile; out vec4 f_color;
    void main() { f_color = texture(u_page, v_tile + gl_PointCoord / 64.0); }""",
)
QUADS = (
    """#version 330
    in vec2 a_place; in vec2 a_corner; uniform float u_size; flat out vec2 v_tile; out vec2 v_inside;
    void main() { gl_Position = vec4(a_place + (a_corner - 0.5) * u_size / 400.0, 0.0, 1.0); v_inside = a_corner;
                  v_tile = vec2(gl_InstanceID % 64, (gl_InstanceID / 64) % 64) / 64.0; }""",
    """#version 330
    uniform sampler2D u_page; flat in vec2 v_tile; in vec2 v_inside; out vec4 f_color;
    void main() { f_color = texture(u_page, v_tile + v_inside / 64.0); }""",
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", metavar="FILE")
    file = options.parse_args().json
    logging.getLogger("vispy").setLevel(logging.ERROR)
    canvas = app.Canvas(app=app.Application("egl"), size=(64, 64), show=False)
    gloo.gl.use_gl("gl+")
    canvas.set_current()
    rng = np.random.default_rng(0)
    page = gloo.Texture2D(rng.integers(0, 256, (2048, 2048, 4), dtype=np.uint8), interpolation="linear")
    target = gloo.FrameBuffer(gloo.Texture2D(shape=(800, 800, 4)), gloo.RenderBuffer((800, 800)))
    rows = []
    with target:
        gloo.set_viewport(0, 0, 800, 800)
        gloo.set_state(depth_test=False, blend=False)
        for n in (10_000, 50_000):
            places = rng.uniform(-1, 1, (n, 2)).astype(np.float32)
            points, quads = gloo.Program(*POINTS), gloo.Program(*QUADS)
            points["a_place"] = gloo.VertexBuffer(places)
            quads["a_place"] = gloo.VertexBuffer(places, divisor=1)
            quads["a_corner"] = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
            points["u_page"] = quads["u_page"] = page
            for size in (8.0, 16.0, 32.0):
                points["u_size"] = quads["u_size"] = size
                pairs = [
                    (milliseconds(lambda p=points: p.draw("points")),
                     milliseconds(lambda q=quads: q.draw("triangle_strip")))
                    for _ in range(12)
                ]  # fmt: skip
                a, b = (statistics.median(side) for side in zip(*pairs[2:], strict=True))
                rows.append({"n": n, "size": size, "points_ms": a, "quads_ms": b, "ratio": b / a})
                print(f"{n:7,} sprites of {size:2.0f} px: points {a:7.1f} ms, quads {b:7.1f} ms, {b / a:.2f} times")
    if file:
        with open(file, "w") as stream:
            json.dump(rows, stream, indent=1)


if __name__ == "__main__":
    main()

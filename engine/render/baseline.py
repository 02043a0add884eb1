"""The limit that a frame is measured against: the same points in one program and one buffer, in raw GL.

Every position, size and colour is computed beforehand; what is left is to draw the same pixels in the same state.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy import gloo
from vispy.gloo import gl

from ..motion.projection import cue_size, nearness
from ..motion.shot import Shot
from ..tour.colors import THEMES
from .atlas import Level
from .offscreen import describe
from .scene import Scene
from .shader import portions
from .sprites import NEAREST_CUE

SIZE = (1280, 800)
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
        self.mode, self.padding, self.records = mode, 0, 0
        self.level: Level | None = None
        self.software = describe().software

    def set(self, scene: Scene, shot: Shot, classes: NDArray[Any]) -> None:
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
            level = scene.images.level
            assert level is not None
            grid = level.grid
            for page in range(grid.pages):
                k = np.arange(grid.count(page))
                part = record[page * grid.per_page :][: len(k)]
                corner = np.stack([k % grid.columns, k // grid.columns], axis=1)
                part[:, 4:6] = corner * (grid.tile / np.array(level.page_size))
                part[:, 6] = page % level.per_stack
            record[:, 7] = fade
        else:
            canvas, table = np.array(THEMES[shot.theme].canvas), color_table(scene)
            record[:, 7] = record[:, 3] - 0.41
            record[:, 4:7] = table[classes] + (canvas - table[classes]) * fade[:, None]
        self.level, self.records = scene.images.level, len(record)
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
        if self.mode == "dots" or self.level is None:
            self.points(0, self.records)
            return
        grid = self.level.grid
        names = ("u_pages", "u_canvas", "u_inset", "u_step")
        pages, ground, inset, step = (gl.glGetUniformLocation(self.program, name) for name in names)
        gl.glUniform1i(pages, 0)
        gl.glUniform3f(ground, *canvas)
        gl.glUniform1f(inset, 0.5 / grid.tile)
        gl.glUniform2f(step, *(grid.tile / np.array(self.level.page_size)))
        gl.glActiveTexture(gl.GL_TEXTURE0)
        for stack, first, count in self.level.draws():
            stack.bind()
            self.points(first, count)

    def points(self, first: int, count: int) -> None:
        for start, some in portions(first, count, software=self.software):
            gl.glDrawArrays(gl.GL_POINTS, start, some)
            if self.software:
                gl.glFlush()

    def close(self) -> None:
        gl.glUseProgram(0)
        gl.glDeleteBuffer(self.buffer)
        gl.glDeleteProgram(self.program)
        _parser().env["current_program"] = 0


def color_table(scene: Scene) -> NDArray[Any]:
    return scene.looks.colors / 255.0


def _parser() -> Any:
    return gloo.context.get_current_canvas().context.shared.parser

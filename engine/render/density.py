"""How many points lie where: a small field drawn from the points' own buffers, shown under them and read by them.

A first pass adds up points and their colours in cells (density.vert), two more make that smooth and turn it into what
the pane shows and how crowded it is there (density_blur.frag); the pane's ground is then that field, enlarged
(density_ground.frag). The dots read it in their vertex shader. Nothing passes through the processor, and its cost
hardly grows with n.
"""

import math
from collections.abc import Mapping
from typing import Any

from vispy import gloo
from vispy.gloo import gl

from ..motion import crowding
from ..motion.crowding import REACH
from ..tour.order import shuffled
from .offscreen import delete_framebuffers
from .shader import Program
from .state import clear, set_state, settle
from .viewport import Viewport

COUNTED = 16_384  # points, chosen at random: shading asks for no more
MOST = 0.22  # of the points' colour in the shading, at most


class Density:
    """Owns the passes and the fields that they draw."""

    def __init__(self, groups: int, n: int, *, ordered: bool = False) -> None:
        """ordered: whether the points stand on the GPU so that the first ones are a fair sample."""
        self._sums = {
            (sides, some): Program("density", GROUPS=groups, SIDES=sides, GREYED=some)
            for sides in (1, 2) for some in (0, 1)
        }  # fmt: skip
        self._blurs = [Program("density_blur", REACH=REACH, SHADED=last) for last in (0, 1)]
        self._ground = Program("density_ground")
        self._some = gloo.IndexBuffer(shuffled(n)[:COUNTED]) if n > COUNTED and not ordered else None
        self._n, self._count = n, min(n, COUNTED)
        self._size = (0, 0)
        self._fields: tuple[gloo.FrameBuffer, ...] = ()

    def draw(self, shared: Mapping[str, Any], viewport: Viewport, *, dot: float) -> dict[str, Any]:
        """Draw the field of a frame; returns what the dots' program is to be told of it.

        dot: diameter in pixels.
        """
        pane = viewport.pane[2:]
        cell = crowding.cell(pane)
        cells = [math.ceil(side / cell) + 2 * REACH for side in pane]
        # The viewport's width and height, in those of the field.
        across, down = (side / (count * cell) for side, count in zip(viewport.size, cells, strict=True))
        self._fit((cells[0], cells[1]))
        summed, smooth, shaded = self._fields
        program = self._sums[2 if "u_target" in shared else 1, int("a_selected" in shared)]
        for name, value in shared.items():
            if name in program or f"{name}[0]" in program:
                program[name] = value
        program["u_field"] = (across, down)
        if "u_greyed" in program:
            program["u_greyed"] = 0.0
        with summed:
            settle()
            clear((0.0, 0.0, 0.0), scissor=None, alpha=0.0)
            gl.glViewport(0, 0, *self._size)
            set_state(depth=None, blend=True, add=True)
            program.draw_points(0, self._count, order=self._some)
        overlap = self._n / self._count * math.pi / 4.0 * (dot / cell) ** 2
        self._blurs[1]["u_overlap"] = overlap
        self._blurs[1]["u_most"] = MOST
        self._blurs[1]["u_canvas"] = shared["u_canvas"]
        steps = zip(self._blurs, (summed, smooth), (smooth, shaded), ((1.0, 0.0), (0.0, 1.0)), strict=True)
        for blur, source, target, along in steps:
            blur["u_sums"] = source.color_buffer
            blur["u_along"] = along
            blur["u_cells"] = (float(cells[0]), float(cells[1]))
            with target:
                set_state(depth=None, blend=False)
                blur.draw_triangle()
        return {"u_shades": shaded.color_buffer, "u_field": (across, down)}

    def ground(self, told: Mapping[str, Any]) -> None:
        """Draw the shading on the pane."""
        for name, value in told.items():
            self._ground[name] = value
        set_state(depth=None, blend=False)
        self._ground.draw_triangle()

    def _fit(self, size: tuple[int, int]) -> None:
        """Have fields of that size: of sums, of sums made smooth along one axis, and of shades."""
        if size == self._size:
            return
        delete_framebuffers(self._fields)
        shape = (size[1], size[0], 4)
        planes = [
            *(gloo.Texture2D(shape=shape, format="rgba", internalformat="rgba32f", interpolation="nearest")
              for _ in range(2)),
            gloo.Texture2D(shape=shape, format="rgba", interpolation="linear"),
        ]  # fmt: skip
        self._size, self._fields = size, tuple(gloo.FrameBuffer(plane) for plane in planes)

    def close(self) -> None:
        """Delete all of it on the GPU."""
        delete_framebuffers(self._fields)
        for each in (*self._sums.values(), *self._blurs, self._ground, *filter(None, [self._some])):
            each.delete()

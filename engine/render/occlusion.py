"""What lies behind other images and need not be drawn: decided exactly, in each frame, before the images are.

The pane is divided into cells so small that a sprite covers all of the one that holds its centre. A first pass draws
sprites as that one pixel each, and keeps the nearest depth (occlusion_cover.vert). A second one finds, for each cell,
the farthest of those depths among the cells that a sprite with its centre there can reach (occlusion_behind.frag): one
that lies farther still is hidden altogether. It holds for images that hide what is behind them, so not for see-through
ones.
"""

import math
from collections.abc import Mapping
from typing import Any

from vispy import gloo
from vispy.gloo import gl

from ..tour.order import shuffled
from .offscreen import DEPTH_COMPONENT24, delete_framebuffers
from .shader import Program
from .state import clear, set_state, settle

DENSE = 8.0  # times that the images would cover the square of the data, from which looking first pays
COVERING = 131_072  # sprites that are looked at, chosen at random: they hide nearly all that all would
ROOM = 0.05  # pixels for rounding


class Hidden:
    """Owns the two passes and the maps that they draw."""

    def __init__(self, groups: int, n: int, *, ordered: bool = False) -> None:
        """ordered: whether the points stand on the GPU so that the first ones are a fair sample."""
        self._cover = {sides: Program("occlusion_cover", GROUPS=groups, SIDES=sides) for sides in (1, 2)}
        self._behind = Program("occlusion_behind")
        self._some = None if ordered else gloo.IndexBuffer(shuffled(n)[:COVERING])
        self._count = min(n, COVERING)
        self._size = (0, 0)
        self._maps: tuple[gloo.FrameBuffer, ...] = ()

    def draw(
        self, shared: Mapping[str, Any], *, sizes: tuple[float, float], viewport: tuple[int, int], drawn: int
    ) -> dict[str, Any]:
        """Draw the map of a frame; returns what the sprites' program is to be told of it.

        sizes: of the smallest and the largest sprite in pixels. viewport: width and height, padded. drawn: how many
        sprites are drawn, the first ones.
        """
        cell = 0.5 * sizes[0] - ROOM
        reach = math.ceil((0.5 * sizes[1] + ROOM) / cell)
        cells = (viewport[0] / cell, viewport[1] / cell)
        size = (math.ceil(cells[0]), math.ceil(cells[1]))
        whole = (float(size[0]), float(size[1]))
        self._fit(size)
        covers, behind = self._maps
        program = self._cover[2 if "u_target" in shared else 1]
        for name, value in shared.items():
            if name in program or f"{name}[0]" in program:
                program[name] = value
        program["u_cells"] = cells
        program["u_map"] = whole
        with covers:
            settle()
            clear((1.0, 1.0, 1.0), scissor=None)
            gl.glViewport(0, 0, *size)
            set_state(depth="less", blend=False)
            program.draw_points(0, min(drawn, self._count), order=self._some)
        self._behind["u_covers"] = covers.color_buffer
        self._behind["u_map"] = whole
        self._behind["u_reach"] = float(reach)
        with behind:
            set_state(depth=None, blend=False)
            self._behind.draw_triangle()
        return {"u_behind": behind.color_buffer, "u_cells": cells, "u_map": whole}

    def _fit(self, size: tuple[int, int]) -> None:
        """Have maps of that size: depths of what covers, and depths behind which nothing shows."""
        if size == self._size:
            return
        delete_framebuffers(self._maps)
        shape = (size[1], size[0])
        planes = [
            gloo.Texture2D(shape=(*shape, 1), format="red", internalformat="r32f", interpolation="nearest")
            for _ in range(2)
        ]
        depth = gloo.RenderBuffer(shape, DEPTH_COMPONENT24)
        self._size, self._maps = size, (gloo.FrameBuffer(planes[0], depth), gloo.FrameBuffer(planes[1]))

    def close(self) -> None:
        """Let go of all of it on the GPU."""
        delete_framebuffers(self._maps)
        for each in (*self._cover.values(), self._behind, *filter(None, [self._some])):
            each.delete()

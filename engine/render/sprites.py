"""The pass that draws images, a stack of the atlas's pages at a time."""

import math
from collections.abc import Mapping
from typing import Any

from ..tour.colors import GREYED_IMAGE_ALPHA, Theme
from .atlas import Level
from .shader import Program

NEAREST_CUE, FARTHEST_CUE = 1.22, 0.72  # times the size, of what is in front and at the back (place.glsl)


class Sprites:
    """Owns the sprites' programs: settled or in transition, with something greyed, with hidden ones left out."""

    def __init__(self, groups: int, *, max_point: float) -> None:
        """max_point: the widest point that the driver draws, in pixels."""
        self._groups = groups
        self._programs: dict[tuple[int, int, int], Program] = {}
        self._max_point = max_point

    def draw(
        self,
        shared: Mapping[str, Any],
        *,
        sides: int,
        level: Level,
        size: float,
        theme: Theme,
        pixel: tuple[float, float],
        opacity: float,
        greyed: bool | None,
    ) -> None:
        """Draw the greyed sprites, or the others, or with None all, where none is greyed.

        size, pixel: the side in pixels, and one pixel in device units.
        """
        program = self._program(sides, int(greyed is not None), int("u_behind" in shared))
        for name, value in shared.items():
            program[name] = value
        parts = max(1, math.ceil(size * NEAREST_CUE / self._max_point))
        grid = level.grid
        program["u_size"] = size
        program["u_pixel"] = pixel
        program["u_parts"] = float(parts)
        program["u_columns"] = float(grid.columns)
        program["u_tile"] = float(grid.tile)
        program["u_texel"] = tuple(1.0 / side for side in level.page_size)
        program["u_canvas"] = theme.canvas
        program["u_fade"] = theme.fade
        if greyed is not None:
            program["u_greyed"] = float(greyed)
        program["u_opacity"] = GREYED_IMAGE_ALPHA if greyed else opacity
        for stack, first, count in level.draws():
            program["u_pages"] = stack
            program["u_first"] = float(first)
            for part in range(parts * parts):
                program["u_part"] = (float(part % parts), float(part // parts))
                program.draw_points(first, count)

    def _program(self, sides: int, greyed: int, hidden: int) -> Program:
        if (sides, greyed, hidden) not in self._programs:
            self._programs[sides, greyed, hidden] = Program(
                "sprites", GROUPS=self._groups, SIDES=sides, GREYED=greyed, HIDDEN=hidden
            )
        return self._programs[sides, greyed, hidden]

"""The pass that draws images, a stack of the atlas's pages at a time."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..tour.colors import (
    GREYED_IMAGE_ALPHA,
    GREYED_IMAGE_DRAINED,
    RECEDING_IMAGE_ALPHA,
    RECEDING_IMAGE_DRAINED,
    RECEDING_IMAGE_PALE,
)
from .atlas import Level
from .shader import Program

NEAREST_CUE, FARTHEST_CUE = 1.22, 0.72  # times the size, of what is in front and at the back (place.glsl)
RIM = (12.0, 20.0)  # pixels of an image: up to the first it has no rim, from the second on one of a pixel


@dataclass(frozen=True)
class Frame:
    """The colour of a point's class round its image, in pixels."""

    width: float
    """A fifth of the image at most."""
    hovered_width: float
    rim: float
    """Of the darker rim beyond it."""
    hovered: int | None = None
    """The point under the cursor."""

    @classmethod
    def of(cls, size: float, *, scale: float, hovered: int | None) -> "Frame":
        """Of images of `size` pixels, at so many pixels to one of the design."""
        share = min(max((size / scale - RIM[0]) / (RIM[1] - RIM[0]), 0.0), 1.0)
        return cls((2.0 if size <= 48.0 * scale else 3.0) * scale, 4.0 * scale, share * scale, hovered)

    def margin(self, *, opaque: bool) -> float:
        """Pixels beyond the image at most: of the rim, or, where images let something through, of their outline."""
        return self.rim if opaque else self.hovered_width + 1.0


class Sprites:
    """Owns the sprites' programs: settled or in transition, with something greyed, without hidden ones, framed."""

    def __init__(self, groups: int, *, max_point: float) -> None:
        """max_point: the widest point that the driver draws, in pixels."""
        self._groups = groups
        self._programs: dict[tuple[int, int, int, int], Program] = {}
        self._max_point = max_point

    def draw(
        self,
        shared: Mapping[str, Any],
        *,
        level: Level,
        size: float,
        opacity: float,
        greyed: bool | None,
        frame: Frame | None,
        receding: bool,
    ) -> None:
        """Draw the greyed sprites, or the others, or with None all, where none is greyed.

        size: the side in pixels. receding: whether greyed ones are fainter.
        """
        sides = 2 if "u_target" in shared else 1
        frame = None if greyed else frame
        framed = 0 if frame is None else 1 if level.opaque else 2
        if level.matted and not level.opaque:  # no other program knows such texels, with an outline or without
            framed = 3
        program = self._program(sides, int(greyed is not None), int("u_behind" in shared), framed)
        for name, value in shared.items():
            program[name] = value
        margin = 0.0
        if framed:
            frame = frame or Frame(-1.0, -1.0, 0.0)
            margin = frame.margin(opaque=level.opaque)
            if level.opaque:
                program["u_rim"] = frame.rim
            program["u_frame"] = frame.width
            program["u_hovered_frame"] = frame.hovered_width
            program["u_hovered"] = float(-1 if frame.hovered is None else frame.hovered)
        parts = max(1, math.ceil((size * NEAREST_CUE + 2.0 * margin) / self._max_point))
        grid = level.grid
        program["u_size"] = size
        program["u_parts"] = float(parts)
        program["u_columns"] = float(grid.columns)
        program["u_tile"] = float(grid.tile)
        program["u_texel"] = tuple(1.0 / side for side in level.page_size)
        if greyed is not None:
            program["u_greyed"] = float(greyed)
            program["u_drained"] = RECEDING_IMAGE_DRAINED if receding else GREYED_IMAGE_DRAINED
            program["u_pale"] = RECEDING_IMAGE_PALE if receding else 0.0
        faint = RECEDING_IMAGE_ALPHA if receding else GREYED_IMAGE_ALPHA
        program["u_opacity"] = faint if greyed else opacity
        for stack, first, count in level.draws():
            program["u_pages"] = stack
            program["u_first"] = float(first)
            for part in range(parts * parts):
                program["u_part"] = (float(part % parts), float(part // parts))
                program.draw_points(first, count)

    def _program(self, sides: int, greyed: int, hidden: int, framed: int) -> Program:
        key = sides, greyed, hidden, framed
        if key not in self._programs:
            self._programs[key] = Program(
                "sprites", GROUPS=self._groups, SIDES=sides, GREYED=greyed, HIDDEN=hidden, FRAMED=framed
            )
        return self._programs[key]

    def close(self) -> None:
        """Let go of the programs on the GPU."""
        for program in self._programs.values():
            program.delete()
        self._programs.clear()

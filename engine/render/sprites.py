"""The pass that draws images, a stack of the atlas's pages at a time."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tour.colors import (
    GREYED_IMAGE_ALPHA,
    GREYED_IMAGE_DRAINED,
    RECEDING_IMAGE_ALPHA,
    RECEDING_IMAGE_DRAINED,
    RECEDING_IMAGE_PALE,
)
from .atlas import Level
from .parts import Listing, Part
from .shader import Program

NEAREST_CUE, FARTHEST_CUE = 1.22, 0.72  # times the size, of what is in front and at the back (place.glsl)
PLAIN, FRAMED, RIMMED, OUTLINED = range(4)  # what goes round an image: FRAMED in sprites.vert
PACKED = 256  # columns, rows and pages at most that go into one number (packed.glsl)
CROWD = 4.0  # times that the images would cover the square of the data, from which their vertices cost more than pixels
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
    crowded: bool = False
    """Whether so many images lie over each other that their vertices cost more than their pixels."""

    @classmethod
    def of(cls, size: float, *, scale: float, hovered: int | None, covered: float = 0.0) -> "Frame":
        """Of images of `size` pixels that cover the data so often. scale: pixels to one of the design."""
        share = min(max((size / scale - RIM[0]) / (RIM[1] - RIM[0]), 0.0), 1.0)
        return cls((2.0 if size <= 48.0 * scale else 3.0) * scale, 4.0 * scale, share * scale, hovered, covered > CROWD)

    def margin(self, *, opaque: bool) -> float:
        """Pixels beyond the image at most: of the rim, or, where images let something through, of their outline."""
        return self.rim if opaque else self.hovered_width + 1.0


class Sprites:
    """Owns the sprites' programs: settled or in transition, with something greyed, without hidden ones, framed."""

    def __init__(self, groups: int, *, max_point: float, order: NDArray[np.integer] | None = None) -> None:
        """max_point: the widest point that the driver draws, in pixels. order: of the points on the GPU, if not theirs.

        With an order each point's number comes as `a_row` with what is shared by all passes.
        """
        self._groups, self._order = groups, order
        self._programs: dict[tuple[int, ...], Program] = {}
        self._stacks: dict[bool, tuple[Level, Listing | None, list[Listing]]] = {}
        """Of all points, and of the latest list."""
        self._max_point = max_point

    def draw(
        self,
        shared: Mapping[str, Any],
        part: Part,
        *,
        level: Level,
        size: float,
        opacity: float,
        frame: Frame | None,
        receding: bool,
    ) -> None:
        """Draw some of the sprites.

        size: the side in pixels. receding: whether greyed ones are fainter.
        """
        sides, greyed = 2 if "u_target" in shared else 1, part.greyed
        frame = None if greyed else frame
        framed = _framed(frame, level)
        program = self._program(sides, int(greyed is not None), int("u_behind" in shared), framed, int(level.opaque))
        for name, value in shared.items():
            program[name] = value
        margin = 0.0
        if framed:
            frame = frame or Frame(-1.0, -1.0, 0.0)
            margin = frame.margin(opaque=level.opaque)
            if framed == RIMMED:
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
        for k, (stack, first, count) in enumerate(level.draws()):
            program["u_pages"] = stack
            program["u_first"] = float(first)
            listing, (start, end) = None, part.bounds
            if self._order is None:
                start, end = max(start, first), min(end, first + count)
            else:
                listing = self._stacked(level, part.listing)[k]
                start, end = (int(place) for place in np.searchsorted(listing.places, (start, end)))
            for piece in range(parts * parts):
                program["u_part"] = (float(piece % parts), float(piece // parts))
                if start < end:
                    program.draw_points(start, end - start, order=listing and listing.buffer)

    def _stacked(self, level: Level, listing: Listing | None) -> list[Listing]:
        """Where the points stand whose images are in each stack: of all points, or of those in a list."""
        assert self._order is not None
        which = listing is None
        if which not in self._stacks or self._stacks[which][:2] != (level, listing):
            rows = self._order if listing is None else self._order[listing.places]
            places = np.arange(len(rows), dtype=np.uint32) if listing is None else listing.places
            among = [places[(rows >= first) & (rows < first + count)] for _, first, count in level.draws()]
            self._drop_stacks(which)
            self._stacks[which] = level, listing, [Listing(each) for each in among]
        return self._stacks[which][2]

    def _drop_stacks(self, which: bool) -> None:
        for listing in self._stacks[which][2] if which in self._stacks else ():
            listing.delete()

    def _program(self, sides: int, greyed: int, hidden: int, framed: int, opaque: int) -> Program:
        key = sides, greyed, hidden, framed, opaque
        if key not in self._programs:
            self._programs[key] = Program(
                "sprites", GROUPS=self._groups, SIDES=sides, GREYED=greyed, HIDDEN=hidden, FRAMED=framed,
                OPAQUE=opaque, ORDERED=int(self._order is not None),
            )  # fmt: skip
        return self._programs[key]

    def close(self) -> None:
        """Let go of all of it on the GPU."""
        for which in self._stacks:
            self._drop_stacks(which)
        for program in self._programs.values():
            program.delete()
        self._programs.clear()


def _framed(frame: Frame | None, level: Level) -> int:
    """What goes round the images of a level."""
    if not level.opaque:  # texels with a matte are known to no other program; without one they have no outline
        return OUTLINED if level.matted else PLAIN
    if frame is None:
        return PLAIN
    packs = max(level.grid.columns, min(level.grid.pages, level.per_stack)) <= PACKED
    return FRAMED if frame.crowded and frame.rim == 0.0 and packs else RIMMED

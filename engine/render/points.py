"""The pass that draws dots."""

from collections.abc import Mapping
from typing import Any

from ..tour.colors import GREYED_ALPHA, Theme
from .parts import Part
from .shader import Program


class Points:
    """Owns the dots' programs: for a settled layer and for a transition, with something greyed, with crowds thinned."""

    def __init__(self, groups: int) -> None:
        self._groups = groups
        self._programs: dict[tuple[int, int, int], Program] = {}
        for sides in (1, 2):
            for greyed in (0, 1):
                self._program(sides, greyed, 0)

    def draw(
        self, shared: Mapping[str, Any], part: Part, *, size: tuple[float, float], theme: Theme, opacity: float
    ) -> None:
        """Draw some of the dots.

        shared: what the scene sets for every pass. size: of a dot, and of the smallest, in pixels.
        """
        greyed = part.greyed
        program = self._program(2 if "u_target" in shared else 1, int(greyed is not None), int("u_shades" in shared))
        for name, value in shared.items():
            program[name] = value
        program["u_size"], program["u_min_size"] = size
        if greyed is not None:
            program["u_grey"] = theme.grey
            program["u_greyed"] = float(greyed)
        program["u_rim"] = 0.0 if greyed else theme.rim
        program["u_opacity"] = GREYED_ALPHA if greyed else opacity
        program.draw_points(part.first, part.count, order=part.listing and part.listing.buffer)

    def _program(self, sides: int, greyed: int, crowded: int) -> Program:
        if (sides, greyed, crowded) not in self._programs:
            self._programs[sides, greyed, crowded] = Program(
                "points", GROUPS=self._groups, SIDES=sides, GREYED=greyed, CROWDED=crowded
            )
        return self._programs[sides, greyed, crowded]

    def close(self) -> None:
        """Let go of all of it on the GPU."""
        for program in self._programs.values():
            program.delete()
        self._programs.clear()

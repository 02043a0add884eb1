"""The pass that draws dots."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from ..tour.colors import GREYED_ALPHA, Theme
from .parts import Part
from .shader import Program


class Points:
    """Owns the dots' programs: for a settled layer and for a transition, with something greyed, with crowds thinned."""

    def __init__(self, groups: int) -> None:
        self._groups = groups
        self._programs: dict[tuple[int, int, int, int], Program] = {}

    def compile(self) -> None:
        """All programs but those for crowds, so that a window waits for none of them when something is greyed."""
        for sides, greyed, rimmed in product((1, 2), (0, 1), (0, 1)):
            self._program(sides, greyed, 0, rimmed)

    def draw(
        self, shared: Mapping[str, Any], part: Part, *, size: tuple[float, float], theme: Theme, opacity: float
    ) -> None:
        """Draw some of the dots.

        shared: what the scene sets for every pass. size: of a dot, and of the smallest, in pixels.
        """
        greyed = part.greyed
        sides, rimmed = 2 if "u_target" in shared else 1, int(theme.rim > 0.0)
        program = self._program(sides, int(greyed is not None), int("u_shades" in shared), rimmed)
        for name, value in shared.items():
            program[name] = value
        program["u_size"], program["u_min_size"] = size
        if greyed is not None:
            program["u_grey"] = theme.grey
            program["u_greyed"] = float(greyed)
        if rimmed:
            program["u_rim"] = 0.0 if greyed else theme.rim
        program["u_opacity"] = GREYED_ALPHA if greyed else opacity
        program.draw_points(part.first, part.count, order=part.listing and part.listing.buffer)

    def _program(self, sides: int, greyed: int, crowded: int, rimmed: int) -> Program:
        key = sides, greyed, crowded, rimmed
        if key not in self._programs:
            self._programs[key] = Program(
                "points", GROUPS=self._groups, SIDES=sides, GREYED=greyed, CROWDED=crowded, RIMMED=rimmed
            )
        return self._programs[key]

    def close(self) -> None:
        """Let go of all of it on the GPU."""
        for program in self._programs.values():
            program.delete()
        self._programs.clear()

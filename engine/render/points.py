"""The pass that draws dots."""

from collections.abc import Mapping
from typing import Any

from .colors import GREYED_ALPHA, Theme
from .shader import Program


class Points:
    """Owns the dots' programs: one for a settled layer, one for a transition."""

    def __init__(self, groups: int) -> None:
        self._programs = {sides: Program("points", GROUPS=groups, SIDES=sides) for sides in (1, 2)}

    def draw(
        self, shared: Mapping[str, Any], *, sides: int, n: int, size: float, min_size: float, theme: Theme, greyed: bool
    ) -> None:
        """Draw the greyed dots or the others. shared: what the scene sets for every pass; sizes in pixels."""
        program = self._programs[sides]
        for name, value in shared.items():
            program[name] = value
        program["u_size"] = size
        program["u_min_size"] = min_size
        program["u_canvas"] = theme.canvas
        program["u_fade"] = theme.fade
        program["u_rim"] = theme.rim
        program["u_grey"] = (*theme.grey, GREYED_ALPHA)
        program["u_greyed"] = float(greyed)
        program.draw_points(0, n)

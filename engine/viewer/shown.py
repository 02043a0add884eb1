"""What is shown of a tour and how: colours, the legend's classes, the selection, sizes. Not where points are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..motion.selection import Mask
from ..tour.colors import Coloring
from ..tour.tour import Tour
from ..tour.view import View
from .displacement import Displacement
from .resolve import coloring_of, mask_of

MOVING = ("layer", "frame", "center", "zoom")  # of a view, what moves: it is not undone


@dataclass(kw_only=True)
class Shown:
    """What a view shows of a tour, as a person changes it."""

    tour: Tour
    base: View
    """Everything but the frame, the layer and the camera, which are moving. Replaced whole at each change."""
    coloring: Coloring
    hovered: int | None = None
    """The legend row under the cursor, which is shown alone meanwhile."""
    selection: Mask | None = None
    """Which points (n,) are not greyed; None is all. What a brush catches is here first. Never changed in place."""
    spotlight: Mask | None = None
    """Points shown alone meanwhile, whatever is selected or switched off: those of a handle under the cursor."""
    in_background: Callable[[Callable[[], Any], Callable[[Any], None]], None] = lambda work, then: then(work())
    """Does some work and hands its result on; a window does in a thread what may take longer than a frame."""

    @property
    def displacement(self) -> Displacement | None:
        """What the points are coloured by, where that is movement or difference."""
        raise NotImplementedError

    @property
    def shown_rows(self) -> NDArray[np.bool_]:
        """Which rows of the colour table are not greyed: those switched on, and the hovered one."""
        if self.spotlight is not None:
            return np.ones(len(self.coloring.table), dtype=bool)
        rows = set(self.base.groups) | ({self.hovered} if self.hovered is not None else set())
        shown = np.full(len(self.coloring.table), not rows)
        shown[[row for row in rows if row < len(shown)]] = True
        return shown

    @property
    def shown_points(self) -> Mask | None:
        """Which points are not greyed, as far as that is no matter of the legend; None is all."""
        return self.selection if self.spotlight is None else self.spotlight

    def is_shown(self, points: "NDArray[np.intp] | slice") -> Mask:
        """Whether each of some points is not greyed."""
        shown: Mask = self.shown_rows[self.coloring.codes[points].astype(np.intp)]
        return shown if self.shown_points is None else shown & self.shown_points[points]

    def change(self, **changes: object) -> None:
        """Change fields of the view that do not move. Raises KeyError where the tour has no such attribute."""
        before = self.base
        base = replace(before, **changes)  # type: ignore[arg-type]
        if base.color_by != before.color_by and "groups" not in changes:
            base = replace(base, groups=())
        self.base = base
        if (base.color_by, base.palette) != (before.color_by, before.palette):
            try:
                self.recolor()
            except KeyError:
                self.base = before
                raise
            self.hovered = None
        if base.selected is not before.selected:
            self.selection = mask_of(base.selected, self.tour.n)

    def restore(self, view: View) -> View:
        """Show what another view shows, all but what moves; returns the view as it is kept."""
        self.change(**{name: value for name, value in vars(view).items() if name not in MOVING})
        return self.base

    def recolor(self) -> None:
        """Colour the points anew: at once by an attribute, in the background by what depends on other layers."""
        wanted = self.displacement
        if wanted is None:
            self.coloring = coloring_of(self.tour, self.base)
            return

        def done(coloring: Coloring) -> None:
            if self.displacement == wanted:  # or something else is wanted by now
                self.coloring = coloring

        self.in_background(wanted.coloring, done)

    def select(self, selection: Mask | None) -> None:
        """Grey all points but these, (n,); None greys none."""
        self.change(selected=selection)
        self.selection = selection

    def toggle_group(self, row: int) -> None:
        """Switch a class on or off; with all of them on, none is left out and the list is emptied."""
        groups = set(self.base.groups) ^ {row}
        everything = len(groups) == len(self.coloring.table)
        self.change(groups=() if everything else tuple(sorted(groups)))

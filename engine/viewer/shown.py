"""What is shown of a tour and how: colours, the legend's classes, the selection, sizes. Not where points are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..motion.selection import Mask
from ..motion.shot import LISTED, growth, shuffled
from ..tour.colors import Coloring, background, on_ground
from ..tour.tour import Tour
from ..tour.view import View
from .derived import Derived
from .resolve import coloring_of, mask_of

MOVING = ("layer", "frame", "center", "zoom", "fit")  # of a view, what moves: it is not undone


@dataclass(kw_only=True)
class Shown:
    """What a view shows of a tour, as a person changes it."""

    tour: Tour
    base: View
    """Everything but the frame, the layer and the camera, which are moving. Replaced whole at each change."""
    coloring: Coloring
    plain: bool = False
    """Whether colours, sizes and greys are those of a picture without a view."""
    pointed: int | None = None
    """The point under the cursor."""
    hovered: int | None = None
    """The legend row under the cursor, which is shown alone meanwhile."""
    selection: Mask | None = None
    """Which points (n,) are not greyed; None is all. What a brush catches is here first. Never changed in place."""
    spotlight: Mask | None = None
    """Points shown alone meanwhile, whatever is selected or switched off: those of a handle under the cursor."""
    in_background: Callable[[Callable[[], Any], Callable[[Any], None]], None] = lambda work, then: then(work())
    """Does some work and hands its result on; a window does in a thread what may take longer than a frame."""

    _counted: tuple[Any, Any, Any, int] = (None, None, None, 0)
    """How many points are not greyed, and of what that was counted."""

    _first: tuple[Any, Any, Any, tuple[int, NDArray[np.uint32]]] = (None, None, None, (0, np.empty(0, np.uint32)))
    """The first points that are not greyed, and of what."""

    @property
    def derived(self) -> Derived | None:
        """What the points are coloured by, where that depends on the layer."""
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

    @property
    def alone(self) -> Mask | None:
        """The points that are shown where all others are left out; None is all."""
        return self.selection if self.base.isolate and self.spotlight is None else None

    def is_shown(self, points: "NDArray[np.integer] | slice") -> Mask:
        """Whether each of some points is not greyed."""
        shown: Mask = self.shown_rows[self.coloring.codes[points].astype(np.intp)]
        return shown if self.shown_points is None else shown & self.shown_points[points]

    @property
    def greys(self) -> bool:
        """Whether any point may be greyed."""
        return self.shown_points is not None or not bool(self.shown_rows.all())

    @property
    def first_shown(self) -> tuple[int, NDArray[np.uint32]]:
        """How many points are not greyed, and the first `LISTED` of them in the fair order. Counted once a change."""
        rows, points = self.shown_rows, self.shown_points
        coloring, before, shown = self._first[:3]
        if coloring is not self.coloring or before is not points or shown != rows.tobytes():
            order = shuffled(self.tour.n)
            lit = order[self.is_shown(slice(None))[order]]
            self._first = self.coloring, points, rows.tobytes(), (len(lit), lit[:LISTED])
        return self._first[3]

    @property
    def growth(self) -> float:
        """Times the size of what is not greyed: few points are larger."""
        rows, points = self.shown_rows, self.shown_points
        if self.plain or (points is None and rows.all()):
            return 1.0
        coloring, before, shown = self._counted[:3]
        if coloring is not self.coloring or before is not points or shown != rows.tobytes():
            count = int(np.count_nonzero(self.is_shown(slice(None))))
            self._counted = self.coloring, points, rows.tobytes(), count
        return growth(self._counted[3], self.tour.n, self.base.mode)

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
        elif (base.theme, base.background) != (before.theme, before.background):
            self.paint(self.coloring)
        if base.selected is not before.selected:
            self.selection = mask_of(base.selected, self.tour.n)

    def restore(self, view: View) -> View:
        """Show what another view shows, all but what moves; returns the view as it is kept."""
        self.change(**{name: value for name, value in vars(view).items() if name not in MOVING})
        return self.base

    def recolor(self) -> None:
        """Colour the points anew: at once by an attribute, in the background by what depends on other layers."""
        wanted = self.derived
        if wanted is None:
            self.paint(coloring_of(self.tour, self.base))
            return

        def done(coloring: Coloring) -> None:
            if self.derived == wanted:  # or something else is wanted by now
                self.paint(coloring)

        self.in_background(wanted.coloring, done)

    def paint(self, coloring: Coloring) -> None:
        """Colour the points so, as it stands out from the canvas."""
        ground = background(self.base.theme, self.base.background)
        self.coloring = coloring if self.plain else on_ground(coloring, ground)

    def select(self, selection: Mask | None) -> None:
        """Grey all points but these, (n,); None greys none."""
        self.change(selected=selection)
        self.selection = selection

    def toggle_group(self, row: int) -> None:
        """Switch a class on or off; with all of them on, none is left out and the list is emptied."""
        groups = set(self.base.groups) ^ {row}
        everything = len(groups) == len(self.coloring.table)
        self.change(groups=() if everything else tuple(sorted(groups)))

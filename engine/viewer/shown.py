"""What is shown of a tour and how: colours, the legend's classes, the selection, sizes. Not where points are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..motion.selection import Mask
from ..motion.shot import LISTED, growth
from ..tour.colors import Coloring, background, on_ground
from ..tour.order import shuffled
from ..tour.tour import Tour
from ..tour.view import View
from .derived import Derived
from .resolve import coloring_of, mask_of

MOVING = ("layer", "frame", "center", "zoom", "fit")  # of a view, what moves: it is not undone


@dataclass(frozen=True, eq=False)
class Lit:
    """Which points are not greyed: by the rows of the colour table, and by a mask of points, of which None is all."""

    coloring: Coloring
    rows: NDArray[np.bool_]
    points: Mask | None

    def of(self, points: "NDArray[np.integer] | slice") -> Mask:
        """Whether each of some points is not greyed."""
        shown: Mask = self.rows[self.coloring.codes[points].astype(np.intp)]
        return shown if self.points is None else shown & self.points[points]

    def is_as(self, other: "Lit") -> bool:
        """Whether they are the same points."""
        same = self.coloring is other.coloring and self.points is other.points
        return same and np.array_equal(self.rows, other.rows)

    @property
    def all(self) -> bool:
        """Whether no point can be greyed."""
        return self.points is None and bool(self.rows.all())

    @cached_property
    def mask(self) -> Mask:
        """Whether each of all points is not greyed, (n,)."""
        return self.of(slice(None))

    @cached_property
    def count(self) -> int:
        """How many."""
        return int(np.count_nonzero(self.mask))

    @cached_property
    def first(self) -> NDArray[np.uint32]:
        """The first `LISTED` of them in the fair order."""
        order = shuffled(len(self.coloring.codes))
        return order[self.mask[order]][:LISTED]


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

    _lit: Lit | None = None
    """As it was when it was last asked for."""

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
        """Which points are not greyed, the legend aside; None is all."""
        return self.selection if self.spotlight is None else self.spotlight

    @property
    def alone(self) -> Mask | None:
        """The points that are shown where all others are left out; None is all."""
        return self.selection if self.base.isolate and self.spotlight is None else None

    def is_shown(self, points: "NDArray[np.integer] | slice") -> Mask:
        """Whether each of some points is not greyed."""
        return self.lit.of(points)

    @property
    def lit(self) -> Lit:
        """The points that are not greyed. What was worked out of them is kept while they are the same."""
        lit = Lit(self.coloring, self.shown_rows, self.shown_points)
        if self._lit is None or not lit.is_as(self._lit):
            self._lit = lit
        return self._lit

    @property
    def greys(self) -> bool:
        """Whether any point may be greyed."""
        return not self.lit.all

    @property
    def first_shown(self) -> tuple[int, NDArray[np.uint32]]:
        """How many points are not greyed, and the first `LISTED` of them in the fair order. Counted once a change."""
        return self.lit.count, self.lit.first

    @property
    def growth(self) -> float:
        """Times the size of what is not greyed: few points are larger."""
        lit = self.lit
        return 1.0 if self.plain or lit.all else growth(lit.count, self.tour.n, self.base.mode)

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

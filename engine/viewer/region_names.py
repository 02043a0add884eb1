"""The names of the dense regions of the layer that is shown: found in the background, placed anew in every frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..motion import projection
from ..motion.label_placement import Box, Names
from ..motion.projection import nearness
from ..tour.colors import NO_CLASS, Coloring, Rgb, color_by
from ..tour.regions import Region, clusters, regions
from ..tour.tour import Tour
from . import screen
from .resolve import is_classes
from .viewer import Viewer

Size = tuple[float, float]

EDGE = 8.0  # pixels of a pane, all around, without names
NOWHERE = np.zeros((0, 2))


@dataclass(frozen=True, eq=False)
class Found:
    """The regions of one layer, and what each is called."""

    regions: tuple[Region, ...] = ()
    names: tuple[str, ...] = ()
    layer: int | None = None
    of: str | None = None
    """The attribute by which points were coloured then, where the rows of regions are rows of its colours."""


@dataclass
class RegionNames:
    """What is known of one pane's regions, and the names that stand there now."""

    names: Names = field(default_factory=Names)
    found: Found = field(default_factory=Found)
    _wanted: tuple[object, ...] = ()
    _places: NDArray[np.floating] = field(default_factory=lambda: NOWHERE)
    _ranks: NDArray[np.floating] = field(default_factory=lambda: np.zeros(0))
    _lit: tuple[object, object, frozenset[int]] = (None, None, frozenset())
    """The classes of the points that are not greyed, and of which points and colours that is known."""

    def seek(self, viewer: Viewer) -> None:
        """Have the regions of the present layer and classes looked for, unless they are known or under way."""
        tour, layer, coloring = viewer.tour, viewer.layer, viewer.coloring
        attribute = named_by(tour, viewer.base.color_by)
        colored = attribute is not None and attribute == viewer.base.color_by
        wanted = layer, attribute, colored
        if not viewer.base.density or wanted == self._wanted:
            return
        self._wanted = wanted

        def done(found: Found) -> None:
            if self._wanted == wanted:
                self.found, self._places, self.names = found, NOWHERE, Names()

        viewer.in_background(lambda: find(tour, layer, attribute, coloring if colored else None), done)

    def step(self, viewer: Viewer, sizes: Sequence[Size], pane: Size, obstacles: Sequence[Box], seconds: float) -> bool:
        """Let time pass; whether any name still moves. sizes: of the names; pane: of the pane, in pixels."""
        there = viewer.transition.blend == ((self.found.layer, 1.0),)
        if there:
            centers = np.reshape([each.center for each in self.found.regions], (-1, viewer.tour.dims))
            xyz = projection.project(screen.sides(viewer, lambda layer: centers), viewer.frame)
            self._places = screen.on_screen(viewer, xyz, pane).astype(np.float64)
            near = nearness(xyz[:, 2], radius=screen.radius(viewer), cue=1.0)
            self._ranks = np.sqrt([each.count for each in self.found.regions]) * (0.5 + near)
        shown = there and viewer.base.density
        places = self._places
        ranks = np.array([self._ranks[k] if shown and self._named(viewer, k) else 0.0 for k in range(len(places))])
        bounds = (EDGE, EDGE, pane[0] - EDGE, pane[1] - EDGE)
        titles = self.found.names
        return self.names.step(places, ranks, sizes, bounds=bounds, obstacles=obstacles, seconds=seconds, titles=titles)

    def is_colored(self, viewer: Viewer) -> bool:
        """Whether the rows of what was found are those of the present colours; of others, until theirs are found."""
        return self.found.of is not None and self.found.of == viewer.base.color_by

    def color(self, viewer: Viewer, k: int) -> Rgb | None:
        """Of the class of a region, where points are coloured by it."""
        if not self.is_colored(viewer):
            return None
        r, g, b = (viewer.coloring.table[self.found.regions[k].row] / 255.0).tolist()
        return r, g, b

    def _named(self, viewer: Viewer, k: int) -> bool:
        """Whether its class is not greyed and has no handle, which bears the name."""
        if not self.is_colored(viewer):
            return True
        row = self.found.regions[k].row
        handles = ((each.row, each.attribute) for each in viewer.base.handles)  # type: ignore[union-attr]
        return bool(viewer.shown_rows[row]) and self._is_lit(viewer, row) and (row, viewer.base.color_by) not in handles

    def _is_lit(self, viewer: Viewer, row: int) -> bool:
        """Whether some point of a class is selected, where points are."""
        points, coloring = viewer.shown_points, viewer.coloring
        if points is None:
            return True
        if self._lit[0] is not points or self._lit[1] is not coloring:
            self._lit = points, coloring, frozenset(np.unique(coloring.codes[points].astype(np.intp)).tolist())
        return row in self._lit[2]


def named_by(tour: Tour, color_by: str | None) -> str | None:
    """The attribute whose classes give the names: the coloured one, else the first; None where clusters have to do."""
    if color_by in tour.attributes and is_classes(tour, str(color_by)):
        return color_by
    return next((name for name in tour.attributes.columns if is_classes(tour, name)), None)


def find(tour: Tour, layer: int, attribute: str | None, coloring: Coloring | None) -> Found:
    """The dense regions of a layer by the classes of an attribute, whose colouring this is, or by its clusters."""
    points = tour.layers[layer].points
    if attribute is None:
        found = regions(points, clusters(points))
        return Found(tuple(found), tuple(f"cluster {each.row + 1}" for each in found), layer)
    classes = coloring or color_by(tour.attribute(attribute), n=tour.n)
    named = np.array([name != NO_CLASS for name in classes.names])
    codes = classes.codes.astype(np.intp)
    found = regions(points, np.where(named[codes], codes, -1))
    names = tuple(classes.names[each.row] for each in found)
    return Found(tuple(found), names, layer, None if coloring is None else attribute)

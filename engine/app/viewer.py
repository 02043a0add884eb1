"""The state behind a window or a film, and what time and a person's actions do to it. Draws nothing."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ..motion.camera import Camera, Size
from ..motion.flight import Pose, flight
from ..motion.grandtour import GrandTour
from ..motion.selection import Mask
from ..motion.transition import Transition, between
from ..render.colors import Coloring, color_by
from ..tour.search import TextIndex
from ..tour.tour import Layer, Tour
from ..tour.view import View
from .moved import is_movement, layer_before, moved

SPEED = 6.0  # degrees of path per second, to begin with
FASTEST = 40.0
RESET_SECONDS = 0.75
SCRUB_SECONDS = 0.08  # in which a scrub catches up with the hand by a factor of e


def first_view(tour: Tour) -> View:
    """The view that a tour opens with: its images, or dots coloured by its first classes, and close enough.

    In d dimensions a projection shows a vector of norm 1 with a norm of sqrt(2 / d) in the mean square, so a pane
    that has room for all norms (zoom 1) is mostly empty; twice the mean keeps nearly everything in it.
    """
    classes = [name for name in tour.attributes.columns if is_classes(tour, name)]
    return View(
        mode="images" if tour.sprites else "dots",
        color_by=classes[0] if classes else None,
        zoom=max(1.0, round(0.55 * math.sqrt(tour.dims / 2), 2)),
    )


def is_classes(tour: Tour, name: str) -> bool:
    """Whether an attribute is one of classes, ordered or not."""
    values = tour.attributes[name]
    return not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)


def coloring_of(tour: Tour, view: View, *, since: int | None = None) -> Coloring:
    """The colouring that a view asks for. Raises KeyError where the tour has no such attribute.

    since: the layer from which movement is measured, the one before unless given.
    """
    if view.color_by is None:
        return color_by(None, n=tour.n)
    if is_movement(tour, view):
        return moved(tour, round(position_of(tour, view)), since)
    extent = tour.attributes.attrs.get("extent", {}).get(view.color_by)
    return color_by(tour.attribute(view.color_by), n=tour.n, palette=view.palette, extent=extent)


def frame_of(tour: Tour, view: View) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """A view's frame as an array (d, 3). Raises ValueError where it is not one for this tour."""
    from ..motion.rotation import as_frame, first_axes

    return first_axes(tour.dims) if view.frame is None else as_frame(view.frame, tour.dims)


def position_of(tour: Tour, view: View) -> float:
    """A view's place among the layers as a number. Raises KeyError or IndexError where there is no such layer."""
    if isinstance(view.layer, str) or float(view.layer).is_integer():
        return float(tour.index(view.layer if isinstance(view.layer, str) else int(view.layer)))
    if not 0 <= view.layer <= len(tour.layers) - 1:
        raise IndexError(f"{tour.name} has layers 0 to {len(tour.layers) - 1}, not {view.layer}")
    return float(view.layer)


def layer_title(tour: Tour, index: int) -> str:
    """A layer's name without the number that it may begin with: the number stands before it anyway."""
    layer: Layer = tour.layers[index]
    return layer.name.removeprefix(f"{index}-") or layer.kind


def mask_of(selected: tuple[int, ...] | None, n: int) -> Mask | None:
    """Point numbers as a mask (n,); None stays None. Raises IndexError where there is no such point."""
    if selected is None:
        return None
    mask = np.zeros(n, dtype=bool)
    if selected and not (0 <= min(selected) and max(selected) < n):
        raise IndexError(f"points are numbered 0 to {n - 1}; {max(selected)} is not among them")
    mask[list(selected)] = True
    return mask


@dataclass
class Viewer:
    """One tour being looked at."""

    tour: Tour
    base: View
    """Everything but the frame, the layer and the camera, which are moving."""
    tourist: GrandTour
    camera: Camera
    home: Camera
    """Where a reset leads to: the camera that the tour opened with."""
    transition: Transition
    coloring: Coloring
    playing: bool = True
    speed: float = SPEED
    hovered: int | None = None
    """The legend row under the cursor, which is shown alone meanwhile."""
    selection: Mask | None = None
    """Which points (n,) are not greyed; None is all. What a brush catches is here first. Never changed in place."""
    spotlight: Mask | None = None
    """Points shown alone meanwhile, whatever is selected or switched off: those of a handle under the cursor."""
    held: bool = False
    """Whether a hand holds the picture: the tour waits."""
    ready: Callable[[int], bool] = lambda layer: True
    """Whether a layer can be shown without waiting; a window asks its scene."""
    beside: Callable[[Callable[[], Coloring], Callable[[Coloring], None]], None] = lambda work, then: then(work())
    """Does what may take longer than a frame; a window does it in a thread."""
    since: int | None = None
    """The layer that was shown before this one."""
    _wanted: int | None = None
    _scrub: float | None = None
    _place: float = 0.0
    _camera_flight: Callable[[float], Pose] | None = None
    _flown: float = 0.0

    @classmethod
    def of(cls, tour: Tour, view: View | None = None, *, seed: int | None = 0) -> "Viewer":
        """A viewer that opens `tour` at `view`. Raises KeyError, IndexError or ValueError where that is not of it."""
        view = view or first_view(tour)
        tourist = GrandTour(tour.dims, seed=seed)
        tourist.frame = frame_of(tour, view)
        place = position_of(tour, view)
        camera = Camera(view.center, view.zoom)
        viewer = cls(tour, view, tourist, camera, camera, between(place), coloring_of(tour, view), _place=place)
        viewer.selection = mask_of(view.selected, tour.n)
        for handle in viewer.base.handles:
            mask_of(handle.points, tour.n)  # type: ignore[union-attr]
        return viewer

    # ------------------------------------------------------------------------------------------ the present

    @property
    def view(self) -> View:
        """Everything as it is now, as a View."""
        return replace(
            self.base,
            layer=self.layer,
            frame=tuple(map(tuple, self.tourist.frame.tolist())),
            center=self.camera.center,
            zoom=self.camera.zoom,
            selected=self.selection,  # type: ignore[arg-type]
        )

    @cached_property
    def index(self) -> TextIndex:
        """Of the text attributes, to find points by."""
        return TextIndex(self.tour)

    @property
    def layer(self) -> int:
        """The layer that is shown, or that a transition leads to."""
        return self._wanted if self._wanted is not None else self.transition.layer

    @property
    def moving(self) -> bool:
        """Whether the next frame will differ from this one without anybody doing anything."""
        return (
            (self.playing and self.speed > 0 and not self.held)
            or not self.transition.settled
            or self._wanted is not None
            or self._scrub is not None
            or self._camera_flight is not None
        )

    @property
    def shown_rows(self) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
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

    def is_shown(self, points: "np.ndarray[tuple[int], np.dtype[np.intp]] | slice") -> Mask:
        """Whether each of some points is not greyed."""
        shown: Mask = self.shown_rows[self.coloring.codes[points].astype(np.intp)]
        return shown if self.shown_points is None else shown & self.shown_points[points]

    # ------------------------------------------------------------------------------------------ time

    def advance(self, seconds: float) -> None:
        """Let time pass: the tour turns, a transition goes on, a flight flies."""
        if self.playing and not self.held:
            self.tourist.speed = math.radians(self.speed)
            self.tourist.advance(seconds)
        if self._scrub is not None:
            self._follow_scrub(seconds)
        elif self._wanted is not None and self.ready(self._wanted):
            self.since = self.transition.layer
            self.transition = self.transition.redirected(self._wanted)
            self._wanted = None
            if is_movement(self.tour, self.base):
                self._recolor()
        elif not self.transition.settled:
            self.transition = self.transition.advanced(seconds)
        if self._camera_flight is not None:
            self._flown += seconds / RESET_SECONDS
            self.camera = self._camera_flight(self._flown).camera
            if self._flown >= 1.0:
                self._camera_flight = None

    def _follow_scrub(self, seconds: float) -> None:
        assert self._scrub is not None
        rest = (self._scrub - self._place) * math.exp(-seconds / SCRUB_SECONDS)
        place = self._scrub if abs(rest) < 1e-3 else self._scrub - rest
        if all(self.ready(layer) for layer in {math.floor(place), math.ceil(place)}):
            self._place = place
            self.transition = between(place)

    # ------------------------------------------------------------------------------------------ actions

    def change(self, **changes: object) -> None:
        """Change fields of the view that do not move."""
        before = self.base
        self.base = replace(self.base, **changes)  # type: ignore[arg-type]
        if (self.base.color_by, self.base.palette) != (before.color_by, before.palette):
            self._recolor()
            self.hovered = None
        if self.base.selected is not before.selected:
            self.selection = mask_of(self.base.selected, self.tour.n)
        if self.base.color_by != before.color_by:
            self.base = replace(self.base, groups=())

    @property
    def moved_from(self) -> int:
        """The layer from which movement is measured: the one shown before this one."""
        return layer_before(self.tour, self.layer) if self.since is None else self.since

    def select(self, selection: Mask | None) -> None:
        """Grey all points but these, (n,); None greys none."""
        self.change(selected=selection)
        self.selection = selection

    def _recolor(self) -> None:
        if not is_movement(self.tour, self.base):
            self.coloring = coloring_of(self.tour, self.base)
            return
        wanted, since = replace(self.base, layer=self.layer), self.since

        def done(coloring: Coloring) -> None:  # unless something else is wanted by now
            if (self.base.color_by, self.layer, self.since) == (wanted.color_by, wanted.layer, since):
                self.coloring = coloring

        self.beside(lambda: coloring_of(self.tour, wanted, since=since), done)

    def go_to(self, layer: int) -> None:
        """Begin the transition to a layer as soon as it is ready, from wherever the points are."""
        if 0 <= layer < len(self.tour.layers):
            self._wanted = None if layer == self.transition.layer and self._scrub is None else layer
            self._scrub = None

    def step(self, by: int) -> None:
        """To the next layer or the one before; the ends are joined."""
        self.go_to((self.layer + by) % len(self.tour.layers))

    def scrub(self, place: float | None) -> None:
        """Hold the points at a place among the layers; None lets go, to the nearest layer."""
        if place is None:
            if self._scrub is not None:
                nearest = round(self._scrub)
                self._scrub = None
                self.transition = between(self._place)
                self.go_to(nearest)
            return
        if self._scrub is None:
            self._place = sum(layer * share for layer, share in self.transition.blend)
        self._wanted = None
        self._scrub = min(max(place, 0.0), len(self.tour.layers) - 1.0)

    @property
    def scrubbing(self) -> bool:
        return self._scrub is not None

    @property
    def place(self) -> float:
        """Where among the layers the points are, for a mark beside the layers."""
        if self._scrub is not None:
            return self._place
        return sum(layer * share for layer, share in self.transition.blend)

    def toggle_group(self, row: int) -> None:
        """Switch a class on or off; with all of them on, none is left out and the list is emptied."""
        groups = set(self.base.groups) ^ {row}
        everything = len(groups) == len(self.coloring.table)
        self.change(groups=() if everything else tuple(sorted(groups)))

    def pan(self, pixels: tuple[float, float], size: Size) -> None:
        self._camera_flight = None
        self.camera = self.camera.panned(pixels, size=size)

    def zoom(self, factor: float, at: tuple[float, float], size: Size) -> None:
        self._camera_flight = None
        self.camera = self.camera.zoomed(factor, at=at, size=size)

    def reset_camera(self) -> None:
        """Fly back to where the camera was at first; the frame stays."""
        frame = self.tourist.frame
        self._camera_flight = flight(Pose(frame, self.camera), Pose(frame, self.home))
        self._flown = 0.0

"""The state behind a window or a film, and what time and a person's actions do to it. Draws nothing."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..motion.camera import Camera, Size
from ..motion.flight import Pose, flight
from ..motion.grandtour import GrandTour
from ..motion.guided import GuidedTour
from ..motion.rotation import Array, orthonormalize
from ..motion.selection import Mask
from ..motion.transition import SECONDS, Blend, Transition, between, blend_at
from ..motion.walk import Tourist
from ..render.colors import Coloring
from ..tour.epochs import Axis, line
from ..tour.search import TextIndex
from ..tour.story import misfit
from ..tour.tour import Tour
from ..tour.view import View
from .displaced import displacement_of, is_displacement, layer_before
from .journey import Journey
from .reading import coloring_of, first_view, frame_of, mask_of, position_of
from .scrub import Scrub
from .storyteller import Storyteller
from .tours import HASTE, Guide, TourKind, tourist_of

SPEED = 6.0  # degrees of path per second, to begin with
FASTEST = 40.0
RESET_SECONDS = 0.75
FLIGHT_SECONDS = 0.9


SHOWN = ("mode", "color_by", "palette", "groups", "selected", "handles")  # of a saved view, by a flight to it


@dataclass
class Flying:
    """A flight under way. turns: whether it moves the frame too, not the camera alone."""

    path: Callable[[float], Pose]
    seconds: float
    turns: bool = True
    elapsed: float = 0.0

    @property
    def pose(self) -> Pose:
        return self.path(self.elapsed / self.seconds)


@dataclass
class Viewer:
    """One tour being looked at."""

    tour: Tour
    base: View
    """Everything but the frame, the layer and the camera, which are moving."""
    tourist: Tourist
    camera: Camera
    home: Camera
    """Where a reset leads to: the camera that the tour opened with."""
    transition: Transition
    coloring: Coloring
    turn: Array
    """(d, d): how the aligned points are turned before the motion's frame shows them; beside another tour, onto it."""
    partner: "Viewer | None" = None
    """The same points in another tour, beside this one."""
    follows: bool = False
    """Whether the partner moves the frame that both are seen through."""
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
    mixed: Callable[[Blend], bool] = lambda mean: True
    """Whether a mean of layers can."""
    beside: Callable[[Callable[[], Any], Callable[[Any], None]], None] = lambda work, then: then(work())
    """Does what may take longer than a frame; a window does it in a thread."""
    since: int | None = None
    """The layer that was shown before this one."""
    projected: tuple[object, Any] = (None, None)
    """Where the points were last found to be, and when (cloud.shown)."""
    tour_kind: TourKind = "grand"
    guide: Guide = field(default_factory=Guide)
    journey: Journey = field(default_factory=Journey)
    story: Storyteller = field(default_factory=Storyteller)
    _wanted: Blend | None = None
    _wanted_seconds: float = SECONDS
    _scrub: Scrub | None = None
    _left: int | None = None
    """The layer that was shown before a scrub, once it is over."""
    _flight: Flying | None = None

    @classmethod
    def of(cls, tour: Tour, view: View | None = None, *, seed: int | None = 0) -> "Viewer":
        """A viewer that opens `tour` at `view`. Raises KeyError, IndexError or ValueError where that is not of it."""
        view = view or first_view(tour)
        tourist = GrandTour(tour.dims, seed=seed)
        tourist.frame = frame_of(tour, view)
        place = position_of(tour, view)
        camera = Camera(view.center, view.zoom)
        story = Storyteller(tuple(tour.views))
        viewer = cls(
            tour, view, tourist, camera, camera, between(place), coloring_of(tour, view), np.eye(tour.dims),
            story=story,
        )  # fmt: skip
        viewer.selection = mask_of(view.selected, tour.n)
        for handle in viewer.base.handles:
            mask_of(handle.points, tour.n)  # type: ignore[union-attr]
        return viewer

    # ------------------------------------------------------------------------------------------ the present

    @property
    def frame(self) -> Array:
        """What the aligned points are seen through, (d, 3): the motion's frame, after the turn."""
        return self.turn @ self.tourist.frame

    @frame.setter
    def frame(self, frame: Array) -> None:
        self.tourist.frame = self._of_motion(frame)

    def _of_motion(self, frame: Array) -> Array:
        """The frame that the motion has to be at for the points to be seen through `frame`."""
        turned: Array = self.turn.T @ frame
        upright = np.abs(turned.T @ turned - np.eye(3)).max() < 1e-6  # it is not while a turn mirrors an axis
        return turned if upright else orthonormalize(turned)

    @property
    def view(self) -> View:
        """Everything as it is now, as a View."""
        place = round(sum(layer * share for layer, share in self.transition.blend), 6)
        between = self.transition.settled and self._wanted is None and not place.is_integer()
        return replace(
            self.base,
            layer=place if between else self.layer,
            frame=tuple(map(tuple, self.frame.tolist())),
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
        return max(self.goal, key=lambda pair: pair[1])[0]

    @property
    def goal(self) -> Blend:
        """The layers that are shown, or that a transition leads to, and their shares."""
        return self._wanted if self._wanted is not None else self.transition.target

    @property
    def moving(self) -> bool:
        """Whether the next frame will differ from this one without anybody doing anything."""
        return (
            (self.playing and self.speed > 0 and not self.held and not self.tourist.resting)
            or not self.transition.settled
            or self._wanted is not None
            or self._scrub is not None
            or self._flight is not None
            or self.story.playing
            or self.journey.playing
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
        if isinstance(self.tourist, GuidedTour) and not self.follows:
            self.guide.lead(self, self.tourist)
        if self.playing and not self.follows and not self.held and not (self._flight and self._flight.turns):
            self.tourist.speed = math.radians(self.speed) * HASTE.get(self.tour_kind, 1.0)
            self.tourist.advance(seconds)
        if self._scrub is not None:
            self.transition = self._scrub.follow(self.transition, seconds, self.ready)
        elif self._wanted is not None and self._is_there(self._wanted):
            following = self.transition.redirected(self._wanted, seconds=self._wanted_seconds)
            if len(following.source) == 1 or self._is_there(following.source):  # until then the points stand
                self.since, self._left = self.transition.layer if self._left is None else self._left, None
                self.transition, self._wanted = following, None
                if is_displacement(self.tour, self.base):
                    self.recolor()
        elif not self.transition.settled:
            self.transition = self.transition.advanced(seconds)
        if self._flight is not None:
            self._fly(self._flight, seconds)
        self.journey.advance(self, seconds)
        self.story.advance(self, seconds)

    def _is_there(self, blend: Blend) -> bool:
        return self.ready(blend[0][0]) if len(blend) == 1 else self.mixed(blend)

    def _fly(self, flying: "Flying", seconds: float) -> None:
        """Go on with a flight; where a hand has turned the frame meanwhile, the frame is the hand's."""
        if flying.turns and not np.allclose(self.tourist.frame, flying.pose.frame, atol=1e-9):
            flying.turns = False
        flying.elapsed += seconds
        self.camera = flying.pose.camera
        if flying.turns:
            self.tourist.frame = flying.pose.frame
        if flying.elapsed >= flying.seconds:
            self._flight = None

    # ------------------------------------------------------------------------------------------ actions

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

    def take_tour(self, kind: TourKind) -> None:
        """Go on from here on another tour."""
        if kind != self.tour_kind:
            frame = self.tourist.frame
            self.tourist = tourist_of(kind, self.tour.dims)
            self.tourist.frame = frame
            self.tour_kind, self.guide = kind, Guide()
        if isinstance(self.tourist, GuidedTour):
            self.guide.lead(self, self.tourist)

    @property
    def moved_from(self) -> int:
        """The layer from which movement is measured: the one shown before this one."""
        return layer_before(self.tour, self.layer) if self.since is None else self.since

    def select(self, selection: Mask | None) -> None:
        """Grey all points but these, (n,); None greys none."""
        self.change(selected=selection)
        self.selection = selection

    def recolor(self) -> None:
        """Colour the points anew: at once by an attribute, beside the drawing by what depends on other layers."""
        wanted = displacement_of(self)
        if wanted is None:
            self.coloring = coloring_of(self.tour, self.base)
            return

        def done(coloring: Coloring) -> None:
            if displacement_of(self) == wanted:  # or something else is wanted by now
                self.coloring = coloring

        self.beside(wanted.coloring, done)

    def go_to(self, layer: int) -> None:
        """Begin the transition to a layer as soon as it is ready, from wherever the points are."""
        if 0 <= layer < len(self.tour.layers):
            self._want(((layer, 1.0),), SECONDS)

    def _want(self, goal: Blend, seconds: float) -> None:
        self._wanted = None if goal == self.transition.target else goal
        self._wanted_seconds = seconds
        self._scrub = None

    def stay(self) -> None:
        """Go nowhere else: what was wanted cannot be shown."""
        self._wanted = self._scrub = None
        self.stop()

    def line(self, axis: Axis = "layers") -> range:
        """The layers along an axis through the present one: those of its epoch, or the same one at every epoch."""
        return line(self.tour, self.layer, axis)

    def step(self, by: int, axis: Axis = "layers") -> None:
        """To the next layer or epoch, or the one before; the ends are joined."""
        along = self.line(axis)
        self.go_to(along[(along.index(self.layer) + by) % len(along)])

    def scrub(self, place: float | None, axis: Axis = "layers") -> None:
        """Hold the points at a place along the layers or epochs; None lets go, to the nearest one."""
        if place is not None:
            if self._scrub is None:
                self._wanted = None
                self._scrub = Scrub(self.line(axis), since=self.layer)
            self._scrub.hold(place)
        elif self._scrub is not None:
            scrub, self._scrub = self._scrub, None
            self._left = scrub.since if scrub.nearest != scrub.since else self.moved_from
            self._wanted, self._wanted_seconds = ((scrub.nearest, 1.0),), SECONDS

    @property
    def scrubbing(self) -> bool:
        return self._scrub is not None

    @property
    def place(self) -> float:
        """Where among the layers of the network the points are, for a mark beside the layers."""
        return sum(layer % self.tour.depth * share for layer, share in self.transition.blend)

    @property
    def epoch(self) -> float:
        """Where among the epochs the points are, 0 where there are none."""
        return sum(layer // self.tour.depth * share for layer, share in self.transition.blend)

    def toggle_group(self, row: int) -> None:
        """Switch a class on or off; with all of them on, none is left out and the list is emptied."""
        groups = set(self.base.groups) ^ {row}
        everything = len(groups) == len(self.coloring.table)
        self.change(groups=() if everything else tuple(sorted(groups)))

    def pan(self, pixels: tuple[float, float], size: Size) -> None:
        self._flight = None
        self.camera = self.camera.panned(pixels, size=size)

    def zoom(self, factor: float, at: tuple[float, float], size: Size) -> None:
        self._flight = None
        self.camera = self.camera.zoomed(factor, at=at, size=size)

    def stop(self) -> None:
        """Whatever flies or is told by itself stays where it is."""
        self._flight = None
        self.story.stop()
        self.journey.playing = False

    def reset_camera(self) -> None:
        """Fly back to where the camera was at first; the frame stays."""
        self.look(self.home, seconds=RESET_SECONDS)

    def look(self, camera: Camera, *, seconds: float = FLIGHT_SECONDS) -> None:
        """Fly the camera somewhere else; the frame stays."""
        frame = self.tourist.frame
        self._flight = Flying(flight(Pose(frame, self.camera), Pose(frame, camera)), seconds, turns=False)

    def fly_to(self, view: View, *, seconds: float = FLIGHT_SECONDS) -> None:
        """Fly to where a view looks from, and show what it shows; theme and sizes stay as they are.

        Raises KeyError, IndexError or ValueError where the tour does not have what the view wants.
        """
        if fault := misfit(self.tour, view):
            raise ValueError(fault)
        end = Pose(self._of_motion(frame_of(self.tour, view)), Camera(view.center, view.zoom))
        goal = blend_at(position_of(self.tour, view))
        shown = {name: getattr(view, name) for name in SHOWN}
        if self.tour.sprites is None:
            shown["mode"] = "dots"
        self.change(**shown)
        self._flight = Flying(flight(Pose(self.tourist.frame, self.camera), end), seconds)
        self._want(goal, seconds)

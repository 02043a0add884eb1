"""One tour being looked at: its state, what time does to it, and everything that a person can do to it.

The actions stand at the end in the order of the window's help. Values go in and come out; nothing here draws.
"""

import math
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..motion.camera import Camera
from ..motion.framing import Area
from ..motion.guided import GuidedTour
from ..motion.shot import Shot, dot_size, image_size
from ..motion.transition import Blend, between
from ..tour.epochs import Axis
from ..tour.named_selections import with_selection
from ..tour.search import TextIndex
from ..tour.tour import Tour
from ..tour.view import View
from .derived import Derived, derived, is_derived
from .flying import Flying
from .foresight import foresee
from .framer import Framer
from .journey import Journey
from .layer_state import LayerState
from .resolve import coloring_of, first_view, frame_of, mask_of, position_of
from .saved_views import SavedViews
from .storyteller import Storyteller
from .tours import HASTE, Guide, TourKind, motion_of

FASTEST = 40.0
CLOSE = 2.0  # times closer than the whole, where the camera goes to one point


@dataclass(kw_only=True)
class Viewer(SavedViews):
    """One tour being looked at: what is shown of it, and from where."""

    partner: "Viewer | None" = None
    """The same points in another tour, beside this one."""
    follows: bool = False
    """Whether the partner moves the frame that both are seen through."""
    ready: Callable[[int], bool] = lambda layer: True
    """Whether a layer can be shown without waiting; a window asks its scene."""
    mixed: Callable[[Blend], bool] = lambda mean: True
    """Whether a mean of layers can."""
    projected: tuple[object, Any] = (None, None)
    """Where the points were last found to be, and when (screen.shown)."""
    renamed: bool = False
    """Whether the tour has attributes that its folder has not."""
    tour_kind: TourKind = "grand"
    guide: Guide = field(default_factory=Guide)
    journey: Journey = field(default_factory=Journey)
    _sought: tuple[Flying, int] | None = None
    """The flight to a point, and the point."""

    @classmethod
    def of(cls, tour: Tour, view: View | None = None, *, seed: int | None = 0, plain: bool = False) -> "Viewer":
        """A viewer that opens `tour` at `view`. Raises KeyError, IndexError or ValueError where that is not of it.

        plain: drawn as a picture without a view is.
        """
        view = view or first_view(tour)
        motion = motion_of("grand", tour, seed=seed)
        motion.frame = frame_of(tour, view)
        layers = LayerState(tour, between(position_of(tour, view)))
        camera = Camera(view.center, view.zoom)
        viewer = cls(
            tour=tour, base=view, coloring=coloring_of(tour, view), motion=motion, camera=camera,
            home=None if view.fit else camera, fit=view.fit, framer=Framer(tour), layers=layers,
            turn=np.eye(tour.dims), story=Storyteller(tuple(tour.views)), plain=plain,
        )  # fmt: skip
        viewer.paint(viewer.coloring)
        viewer.selection = mask_of(view.selected, tour.n)
        if viewer.fit:
            viewer.camera = viewer.whole
        for handle in viewer.base.handles:
            mask_of(handle.points, tour.n)  # type: ignore[union-attr]
        return viewer

    # ------------------------------------------------------------------------------------------ the present

    @property
    def view(self) -> View:
        """Everything as it is now, as a View."""
        return replace(
            self.base,
            layer=self.layers.position,
            frame=tuple(map(tuple, self.frame.tolist())),
            center=self.camera.center,
            zoom=self.camera.zoom,
            fit=self.fit,
            selected=self.selection,  # type: ignore[arg-type]
        )

    @cached_property
    def index(self) -> TextIndex:
        """Of the text attributes, to find points by."""
        return TextIndex(self.tour)

    @property
    def layer(self) -> int:
        """The layer that is shown, or that a transition leads to."""
        return self.layers.layer

    @property
    def place(self) -> float:
        """Where among the layers of the network the points are, for a mark beside the layers."""
        return sum(layer % self.tour.depth * share for layer, share in self.transition.blend)

    @property
    def epoch(self) -> float:
        """Where among the epochs the points are, 0 where there are none."""
        return sum(layer // self.tour.depth * share for layer, share in self.transition.blend)

    def line(self, axis: Axis = "layers") -> range:
        """The layers along an axis through the present one: those of its epoch, or the same one at every epoch."""
        return self.layers.line(axis)

    @property
    def derived(self) -> Derived | None:
        partner = None if self.partner is None else (self.partner.tour, self.partner.layer)
        return derived(self.tour, self.base, layer=self.layer, since=self.layers.moved_from, partner=partner)

    @property
    def moving(self) -> bool:
        """Whether the next frame will differ from this one without anybody doing anything."""
        return (
            self.touring
            or self.layers.moving
            or self._flight is not None
            or (self.fit and not self.framer.resting and not self.held)
            or self.story.playing
            or self.journey.playing
        )

    def still(self) -> "Viewer":
        """The present, to be looked at in the background: this one may go on meanwhile."""
        seen = copy(self)
        seen.motion = copy(self.motion)
        return seen

    @property
    def turned_by(self) -> Flying | None:
        """The flight that moves the frame, that of the tour beside where it leads."""
        return self.partner.turned_by if self.follows and self.partner is not None else super().turned_by

    @property
    def arrived(self) -> bool:
        """Whether a guided tour that plays has come to the best view and rests there."""
        motion = self.motion
        return self.playing and isinstance(motion, GuidedTour) and motion.of is not None and motion.resting

    def shot(self, size: tuple[int, int], *, scale: float, min_dot: float, drawn: int | None = None) -> Shot:
        """The present as a frame on a pane of `size` pixels.

        scale: pixels to a pixel of the design. min_dot: the smallest dot in pixels. drawn: how many points, if not all.
        """
        view, side = self.base, min(size) / scale
        return Shot(
            source=self.transition.source,
            target=self.transition.target,
            mix=self.transition.mix,
            frame=self.frame,
            camera=self.camera,
            mode=view.mode,
            theme=view.theme,
            depth_cue=view.depth_cue,
            dot_size=dot_size(self.tour.n, side=side, zoom=self.camera.zoom) * scale * view.dot_size,
            image_size=image_size(self.tour.n, side=side, zoom=self.camera.zoom) * scale * view.image_size,
            min_dot=min_dot,
            opacity=view.opacity,
            background=view.background,
            class_frames=view.class_frames,
            density=view.density,
            receding=not self.plain,
            growth=self.growth,
            hovered=self.pointed,
            scale=scale,
            isolate=self.alone is not None,
            drawn=drawn,
        )

    # ------------------------------------------------------------------------------------------ time

    def advance(self, seconds: float) -> None:
        """Let time pass: the tour turns, a transition goes on, a flight flies, a journey and a story go on."""
        self.begin()
        foresee((self,), seconds)
        self.go_on(seconds)

    def begin(self) -> None:
        """Begin what has waited: the transition that is wanted, once its layers are there."""
        self._inform_guide()
        self.motion.speed = math.radians(self.speed) * HASTE.get(self.tour_kind, 1.0)
        begun = self.layers.begin(ready=self.ready, mixed=self.mixed)
        if begun and is_derived(self.tour, self.base):
            self.recolor()

    def go_on(self, seconds: float) -> None:
        """Let time pass for all that has begun."""
        own = self._own(seconds)
        if self.playing and not self.follows and not self.held and not (self._flight and self._flight.turns):
            self.motion.advance(seconds * self.patience)
        self.layers.advance(own, ready=self.ready)
        self._move_camera(seconds, own=own)
        following = self.journey.advance(
            seconds,
            layer=self.layer,
            along=self.line(self.journey.axis),
            arrived=self.layers.arrived,
            held=self.layers.scrubbing or self.story.playing,
        )
        if following is not None:
            self.layers.want(((following, 1.0),))
        self._go_on_telling(own)

    def _inform_guide(self) -> None:
        if isinstance(self.motion, GuidedTour) and not self.follows:
            self.guide.lead(self.motion, self.tour, self.base, self.coloring, layer=self.layer, turn=self.turn)

    # ------------------------------------------------------------------------------------------ tours, layers, camera

    def toggle_playing(self) -> None:
        """Play or pause. A pause ends a journey; a tour that has arrived goes on as a grand one."""
        if self.arrived:
            self.take_tour("grand")
        else:
            self.playing = not self.playing
            self.journey.playing = self.journey.playing and self.playing

    def take_tour(self, kind: TourKind) -> None:
        """Go on from here on another tour."""
        if kind != self.tour_kind:
            frame = self.motion.frame
            self.motion = motion_of(kind, self.tour)
            self.motion.frame = frame
            self.tour_kind, self.guide = kind, Guide()
        self._inform_guide()

    def go_to(self, layer: int) -> None:
        """Begin the transition to a layer as soon as it is ready, from wherever the points are.

        A journey is over, and a story waits: it would take the points elsewhere.
        """
        self.journey.playing = False
        self.story.stop()
        if 0 <= layer < len(self.tour.layers):
            self.layers.want(((layer, 1.0),))

    def step(self, by: int, axis: Axis = "layers") -> None:
        """To the next layer or epoch, or the one before; the ends are joined."""
        along = self.line(axis)
        self.go_to(along[(along.index(self.layer) + by) % len(along)])

    def scrub(self, place: float | None, axis: Axis = "layers") -> None:
        """Hold the points at a place along the layers or epochs; None lets go, to the nearest one. A story waits."""
        self.story.stop()
        self.layers.scrub(place, axis)

    def toggle_journey(self, axis: Axis = "layers") -> None:
        """Set out through the layers or epochs, or stay where the journey is."""
        layer = self.journey.set_out(self.layer, self.line(axis), axis)
        if layer is not None:
            self.story.stop()
            self.layers.want(((layer, 1.0),))

    def look_at(self, point: int) -> None:
        """Fly to a point in the middle of the free area, close enough to tell it from others; the tour waits there."""
        placement = self.tour.layers[self.layer].placement
        centred = np.asarray(self.tour.layers[self.layer].points[point], dtype=np.float64) - placement.mean
        x, y = (centred @ placement.rotation @ self.frame[:, :2] / self.tour.radius([(self.layer, 1.0)])).tolist()
        self.playing = False
        self.look(self.area.centered((x, y), max(self.camera.zoom, CLOSE * self.whole.zoom)))
        assert self._flight is not None
        self._sought = self._flight, point

    def show_on(self, area: Area) -> None:
        """Draw on such a pane from now on; a flight to a point ends in the middle of what is free there."""
        changed = area != self.area
        super().show_on(area)
        if changed and self._sought is not None and self._flight is self._sought[0]:
            self.look_at(self._sought[1])

    def stop(self) -> None:
        """Whatever flies or is told by itself stays where it is."""
        self._flight = None
        self.story.stop()
        self.journey.playing = False

    def stay(self) -> None:
        """Go nowhere else: what was wanted cannot be shown."""
        self.layers.stay()
        self.stop()

    def name_selection(self, name: str) -> None:
        """Make the selection an attribute of the tour, here and beside, and colour by it. Raises ValueError."""
        if self.selection is None:
            raise ValueError("nothing is selected to give a name to")
        for viewer in (self, *([self.partner] if self.partner else [])):
            viewer.tour = viewer.layers.tour = with_selection(viewer.tour, name, self.selection)
            viewer.renamed = True
            viewer.__dict__.pop("index", None)
        self.change(color_by=" ".join(name.split()), selected=None)

"""From where a tour is seen: frame, place among the layers, and a camera that keeps the figure in the free area."""

from dataclasses import dataclass, field

import numpy as np

from ..motion.camera import Camera, Size
from ..motion.flight import Pose, flight
from ..motion.framing import LAG, Area
from ..motion.rotation import Array, orthonormalize
from ..motion.shot import dot_size, image_size
from ..motion.transition import Blend, Transition
from ..motion.walk import Motion
from .flying import Flying
from .framer import Framer, Seen
from .layer_state import LayerState
from .shown import Shown

RESET_SECONDS = 0.75
FLIGHT_SECONDS = 0.9
SETTLED = 6  # times that a framing makes room for points of its own scale


@dataclass(kw_only=True)
class Standpoint(Shown):
    """What moves of a tour, and the camera on it."""

    motion: Motion
    """What turns the frame."""
    camera: Camera
    home: Camera | None
    """Where a reset leads to: the camera that the tour opened with; None for that which shows all of the figure."""
    framer: Framer
    fit: bool = False
    """Whether framing moves the camera."""
    area: Area = field(default_factory=lambda: Area((800.0, 800.0)))
    """The pane, and what of it is free."""
    layers: LayerState
    turn: Array
    """(d, d): how the aligned points are turned before the motion's frame shows them; beside another tour, onto it."""
    held: bool = False
    """Whether a hand holds the picture: the tour waits."""
    _flight: Flying | None = None

    @property
    def frame(self) -> Array:
        """What the aligned points are seen through, (d, 3): the motion's frame, after the turn."""
        return self.turn @ self.motion.frame

    @frame.setter
    def frame(self, frame: Array) -> None:
        self.motion.frame = self._of_motion(frame)

    def _of_motion(self, frame: Array) -> Array:
        """The frame that the motion has to be at for the points to be seen through `frame`."""
        turned: Array = self.turn.T @ frame
        upright = np.abs(turned.T @ turned - np.eye(3)).max() < 1e-6  # it is not while a turn mirrors an axis
        return turned if upright else orthonormalize(turned)

    @property
    def transition(self) -> Transition:
        """Between which layers the points are."""
        return self.layers.transition

    @transition.setter
    def transition(self, transition: Transition) -> None:
        self.layers.transition = transition

    # ------------------------------------------------------------------------------------------ framing

    def show_on(self, area: Area) -> None:
        """Draw on such a pane from now on. A view that is framed and has not moved yet is framed there at once."""
        changed, self.area = area != self.area, area
        if changed and self.fit and not self.framer.begun:
            self.camera = self.whole
        elif changed:
            self.framer.resting = False

    @property
    def whole(self) -> Camera:
        """The camera that a reset leads to: that of the beginning, or that which shows all of the figure as it is."""
        return self.framed() if self.home is None else self.home

    def framed(self, frame: Array | None = None, blend: Blend | None = None) -> Camera:
        """The camera that shows all of the figure through a frame and on layers, the present ones unless given."""
        figure, camera = self.framer.figure(self._seen(frame, blend)), self.camera
        for _ in range(SETTLED):  # points grow with the zoom that makes room for them
            camera = self.area.within(self.reach(camera.zoom)).fitted(figure)
        return camera

    def _seen(self, frame: Array | None = None, blend: Blend | None = None) -> Seen:
        return Seen(
            self.frame if frame is None else frame,
            self.transition.blend if blend is None else blend,
            self.area.within(self.reach(self.camera.zoom)),
            self.selection if self.base.isolate and self.spotlight is None else None,
        )

    def reach(self, zoom: float) -> float:
        """Half the size of an image or a dot, by which it stands out beyond its place, in pixels of the area."""
        side, view = min(self.area.size), self.base
        if view.mode == "images":
            return 0.5 * image_size(self.tour.n, side=side, zoom=zoom) * view.image_size
        return 0.5 * dot_size(self.tour.n, side=side, zoom=zoom) * view.dot_size

    def _move_camera(self, seconds: float) -> None:
        """Let time pass for the camera: it flies, or follows the figure, or stands."""
        flying = self._flight
        if flying is not None:
            pose = flying.advance(seconds, self.motion.frame)
            if flying.turns:
                self.motion.frame = pose.frame
            if flying.looks:
                self.camera = pose.camera
            if flying.over:
                self._flight = None
        if self.fit and (flying is None or not flying.looks):
            self.camera = self.framer.follow(
                self.camera, self._seen(), seconds, later=self._later(), held=self.held
            )  # fmt: skip

    def _later(self) -> Seen | None:
        """What will be seen a little later, where a flight or a transition leads there."""
        flying = self._flight
        turns = flying is not None and flying.turns
        between = not self.transition.settled and not self.layers.scrubbing
        if not turns and not between:
            return None
        frame = self.turn @ flying.later(LAG).frame if flying is not None and turns else None
        return self._seen(frame, self.transition.advanced(LAG).blend if between else None)

    # ------------------------------------------------------------------------------------------ the camera

    def pan(self, pixels: tuple[float, float], size: Size) -> None:
        self._take_over()
        self.camera = self.camera.panned(pixels, size=size)

    def zoom(self, factor: float, at: tuple[float, float], size: Size) -> None:
        self._take_over()
        self.camera = self.camera.zoomed(factor, at=at, size=size)

    def _take_over(self) -> None:
        """A hand moves the camera from now on, until a reset."""
        self._flight, self.fit = None, False

    def reset_camera(self) -> None:
        """Fly to the whole figure and keep it framed, or back to where the camera was at first; the frame stays."""
        self.look(self.whole, seconds=RESET_SECONDS)
        self.fit = self.home is None

    def look(self, camera: Camera, *, seconds: float = FLIGHT_SECONDS) -> None:
        """Fly the camera somewhere else; the frame stays."""
        self.fit = False
        self._fly_to(Pose(self.motion.frame, camera), seconds, turns=False)

    def _fly_to(self, end: Pose, seconds: float, *, turns: bool = True, looks: bool = True) -> None:
        """turns: whether the frame goes there; looks: whether the camera does."""
        self._flight = Flying(flight(Pose(self.motion.frame, self.camera), end), seconds, turns=turns, looks=looks)

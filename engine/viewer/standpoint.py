"""From where a tour is seen: frame, place among the layers, and a camera that keeps the figure in the free area."""

from dataclasses import dataclass, field

import numpy as np

from ..motion.camera import Camera
from ..motion.framing import Area
from ..motion.rotation import Array, orthonormalize
from ..motion.shot import dot_size, image_size
from ..motion.transition import Blend, Transition
from ..motion.walk import Motion
from .flying import Turning
from .framer import Framer, Seen
from .layer_state import LayerState
from .shown import Shown

SPEED = 6.0  # degrees of path per second, to begin with
SETTLED = 6  # rounds in which a framing settles: a larger zoom has larger points, for which the area leaves more room


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
    turning: Turning | None = None
    """What changes that now."""
    playing: bool = True
    speed: float = SPEED
    held: bool = False
    """Whether a hand holds the picture: the tour waits."""

    @property
    def touring(self) -> bool:
        """Whether the tour turns the frame."""
        return self.playing and self.speed > 0 and not self.held and not self.motion.resting

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

    def figure_on_pane(self) -> tuple[float, float, float, float]:
        """The box of the figure as it is drawn now, left, top, right and bottom, in pixels of the pane."""
        figure, reach = self.framer.figure(self._seen()), self.reach(self.camera.zoom)
        corners = np.add(figure.center, np.outer((-1.0, 1.0), figure.half))
        (left, bottom), (right, top) = self.camera.to_pixels(corners, size=self.area.size).tolist()
        return left - reach, top - reach, right + reach, bottom + reach

    def _seen(self, frame: Array | None = None, blend: Blend | None = None) -> Seen:
        return Seen(
            self.frame if frame is None else frame,
            self.transition.blend if blend is None else blend,
            self.area.within(self.reach(self.camera.zoom)),
            self.alone,
        )

    def reach(self, zoom: float) -> float:
        """Half the size of an image or a dot, by which it stands out beyond its place, in pixels of the area."""
        side, view = min(self.area.size), self.base
        if view.mode == "images":
            return 0.5 * image_size(self.tour.n, side=side, zoom=zoom) * view.image_size
        return 0.5 * dot_size(self.tour.n, side=side, zoom=zoom) * view.dot_size

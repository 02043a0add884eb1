"""Steering the camera: it flies, follows the figure, or goes along a trajectory that is known; a hand takes over."""

from dataclasses import dataclass, replace

from ..motion.camera import Camera, Size
from ..motion.flight import Pose, flight
from ..motion.framing import LAG
from .flying import Flying
from .foresight import Foresight
from .standpoint import SPEED

RESET_SECONDS = 0.75
FLIGHT_SECONDS = 0.9


@dataclass(kw_only=True)
class Steering(Foresight):
    """How the camera on a tour moves."""

    def _move_camera(self, seconds: float, *, own: float) -> None:
        """Let time pass for flights, and for the camera: it flies, or follows the figure, or stands.

        own: how long that is for what moves on a known path.
        """
        framing, plan = self._framing, self._foreseen
        if (turning := self.turning) is not None:
            turning.elapsed += own
            self.turn = turning.later(0.0)
            if turning.over:
                self.turning = None
        if (flying := self._flight) is not None:
            pose = flying.advance(own, self.motion.frame)
            if flying.turns:
                self.motion.frame = pose.frame
            if flying.looks:
                self.camera = pose.camera
            if flying.over:
                self._flight = None
        if plan is not None and seconds > 0.0:
            elapsed = plan.elapsed + seconds
            self.camera = self.framer.lead(plan.trajectory.at(elapsed))
            self._foreseen = replace(plan, camera=self.camera, elapsed=elapsed)
        elif framing:
            hurried = self.layers.scrubbing or (self.touring and self.speed > SPEED)
            seen = self._seen()
            later = self.turn @ self._frame_later(LAG * self.patience) if self.touring else seen.frame
            self.camera = self.framer.follow(self.camera, seen, seconds, later=later, held=self.held, hurried=hurried)

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

    @property
    def lost(self) -> bool:
        """Whether a hand has moved the camera to where next to nothing of the figure is."""
        if self.fit or self._flight is not None:
            return False
        seen = replace(self._seen(), area=self.area)
        return self.framer.is_lost(self.camera, seen, reach=self.reach(self.camera.zoom))

    def look(self, camera: Camera, *, seconds: float = FLIGHT_SECONDS) -> None:
        """Fly the camera somewhere else; the frame stays."""
        self.fit = False
        self._fly_to(Pose(self.motion.frame, camera), seconds, turns=False)

    def _fly_to(self, end: Pose, seconds: float, *, turns: bool = True, looks: bool = True) -> None:
        """turns: whether the frame goes there; looks: whether the camera does."""
        self._flight = Flying(flight(Pose(self.motion.frame, self.camera), end), seconds, turns=turns, looks=looks)

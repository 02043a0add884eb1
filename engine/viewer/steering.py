"""Steering the camera: it flies, follows the figure, or goes along a trajectory that is known; a hand takes over."""

from dataclasses import dataclass, replace

import numpy as np

from ..motion.camera import Camera, Size
from ..motion.flight import Pose, flight
from ..motion.framing import ahead
from ..motion.rotation import Array
from ..motion.selection import Mask
from ..motion.trajectory import KNOTS, LONGEST, Path, Trajectory
from ..motion.transition import Transition
from .flying import Flying, Turning
from .standpoint import SPEED, Standpoint

RESET_SECONDS = 0.75
FLIGHT_SECONDS = 0.9
FEW = 1000  # support points that a path is measured on
LOOKS = 3  # at a path, at most, each time it is given more time
ENOUGH = 1.02  # times its seconds: nearer than that to what it needs, it has enough
SETTLING = 2  # times that a moment of a path makes room for points of its own scale, from the moment before on


@dataclass(frozen=True, eq=False)
class Foreseen:
    """A trajectory, what it was planned for, and how far along it the camera is."""

    of: tuple[object, ...]
    alone: Mask | None
    """The points that are shown alone, kept, since `of` knows them by their id."""
    camera: Camera
    trajectory: Trajectory
    elapsed: float = 0.0


@dataclass(kw_only=True)
class Steering(Standpoint):
    """How the camera on a tour moves."""

    _flight: Flying | None = None
    _foreseen: Foreseen | None = None
    _past: tuple[Array, float] | None = None
    """The frame before the present one, and how many seconds ago it was."""

    @property
    def turned_by(self) -> Flying | None:
        """The flight that moves the frame."""
        return self._flight if self._flight is not None and self._flight.turns else None

    def _move_camera(self, seconds: float) -> None:
        """Let time pass for the camera: it flies, or follows the figure, or stands."""
        flying = self._flight
        framed = self.fit and (flying is None or not flying.looks)
        plan = self._plan() if framed and not self.held and seconds > 0.0 else None
        if flying is not None:
            pose = flying.advance(seconds, self.motion.frame)
            if flying.turns:
                self.motion.frame = pose.frame
            if flying.looks:
                self.camera = pose.camera
            if flying.over:
                self._flight = None
        if plan is not None:
            elapsed = plan.elapsed + seconds
            self.camera = self.framer.lead(plan.trajectory.at(elapsed))
            self._foreseen = replace(plan, camera=self.camera, elapsed=elapsed)
        elif framed:
            hurried = self.layers.scrubbing or (self.touring and self.speed > SPEED)
            self.camera = self.framer.follow(self.camera, self._seen(), seconds, held=self.held, hurried=hurried)
        if seconds > 0.0:
            self._past = self.motion.frame, seconds

    # ------------------------------------------------------------------------------------------ what is known

    @property
    def _under_way(self) -> "list[Flying | Turning | Transition]":
        """What moves the figure on a path that is known."""
        between = not self.transition.settled and not self.layers.scrubbing
        return [each for each in (self.turned_by, self.turning, self.transition if between else None) if each]

    def _plan(self) -> Foreseen | None:
        """The camera's way through what is known to come; what begins now gets the time that it needs."""
        under_way = self._under_way
        if not under_way:
            self._foreseen = None
        elif self._foreseen is None or self._foreseen.of != self._known or self._foreseen.camera != self.camera:
            start = self.framer.now(self.camera)
            for _ in range(LOOKS):
                path = self._path(max(each.seconds - each.elapsed for each in self._under_way))
                factor = min(path.needed(start), max(LONGEST, path.seconds)) / path.seconds
                if factor < ENOUGH or not self._lengthen(factor):
                    break
            trajectory = Trajectory.along(path, start, self.area)
            self._foreseen = Foreseen(self._known, self.alone, self.camera, trajectory)
        return self._foreseen

    @property
    def _known(self) -> tuple[object, ...]:
        """What a plan holds for: another one is needed where this is not what it was."""
        leg = self.transition
        by_itself = None if self.turned_by else (self.touring, self.speed)
        transition = None if leg.settled else (leg.source, leg.target, leg.start, leg.velocity, leg.seconds)
        return self.turned_by, self.turning, transition, by_itself, self.area, id(self.alone)

    def _lengthen(self, factor: float) -> bool:
        """What begins now takes so many times as long; whether anything does."""
        beginning = [each for each in self._under_way if not each.elapsed]
        for each in beginning:
            if isinstance(each, Transition):
                self.transition = each.lasting(each.seconds * factor)
            else:
                each.seconds *= factor
        return bool(beginning)

    def _path(self, seconds: float) -> Path:
        """What will be seen from now on for so long."""
        figures, zooms, zoom = [], [], self.camera.zoom
        for later in np.linspace(0.0, seconds, KNOTS).tolist():
            turn = self.turn if self.turning is None else self.turning.later(later)
            blend = self.transition.advanced(later).blend
            figures.append(self.framer.figure(self._seen(turn @ self._motion_later(later), blend), most=FEW))
            for _ in range(SETTLING):
                zoom = self.area.within(self.reach(zoom)).fitted(figures[-1]).zoom
            zooms.append(zoom)
        return Path(figures, zooms, seconds)

    def _motion_later(self, seconds: float) -> Array:
        """The motion's frame later: on its flight, or about where the tour takes it."""
        if self.turned_by is not None:
            return self.turned_by.later(seconds).frame
        frame = self.motion.frame
        if self._past is None or not self.touring or seconds == 0.0:
            return frame
        before, ago = self._past
        return ahead(frame, before, ago, later=seconds)

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

"""What a flight, a turn or a transition will show in the next seconds: its pace, and the camera's way through it; and
how far a tour may go on that waits for the scale."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..motion.camera import Camera
from ..motion.framing import Box, Follower, agreed, patience
from ..motion.grandtour import GrandTour
from ..motion.pace import Pace, slowest
from ..motion.rotation import Array
from ..motion.selection import Mask
from ..motion.trajectory import KNOTS, Path, Trajectory
from ..motion.transition import Transition
from .flying import Flying, Turning
from .standpoint import SPEED, Standpoint

# Where a tour turns the frame meanwhile, what is seen depends on the pace, and the pace on what is seen.
LOOKS = 8  # rounds of looking and pacing, at most
UNDAMPED = 2  # of them; each later pace is averaged with the one before, or the two might alternate
ENOUGH = 0.05  # seconds: a pace that differs less is the same
SETTLING = 2  # rounds of the same at each moment of a path (standpoint.SETTLED), from the zoom of the moment before on
SLOWEST = 0.1  # of a tour's speed: where it has waited longer, a path begins at this


@dataclass(frozen=True, eq=False)
class Foreseen:
    """A camera's trajectory and the pace of what it sees; what they were planned for, and how long ago."""

    of: tuple[object, ...]
    alone: Mask | None
    """The points that are shown alone, kept, since `of` knows them by their id."""
    camera: Camera
    trajectory: Trajectory
    pace: Pace
    elapsed: float = 0.0


@dataclass(kw_only=True)
class Foresight(Standpoint):
    """What is known of the next seconds on a tour."""

    waits: bool = False
    """Whether the tour goes on only as fast as the scale can follow."""
    patience: float = 1.0
    """The share of its speed at which it goes on in this frame."""
    _flight: Flying | None = None
    _foreseen: Foreseen | None = None

    @property
    def turned_by(self) -> Flying | None:
        """The flight that moves the frame."""
        return self._flight if self._flight is not None and self._flight.turns else None

    @property
    def _framing(self) -> bool:
        """Whether the camera keeps the figure framed, and no flight moves it."""
        return self.fit and (self._flight is None or not self._flight.looks)

    @property
    def sees_ahead(self) -> bool:
        """Whether the figure moves on a known path that the camera is to follow."""
        return self._framing and not self.held and bool(self._under_way)

    @property
    def _under_way(self) -> "list[Flying | Turning | Transition]":
        """What moves the figure on a path that is known."""
        between = not self.transition.settled and not self.layers.scrubbing
        return [each for each in (self.turned_by, self.turning, self.transition if between else None) if each]

    @property
    def _known(self) -> tuple[object, ...]:
        """What a plan was made for: once this changes, a new one is needed."""
        leg = self.transition
        by_itself = None if self.turned_by else (self.touring, self.speed, self.waits)
        transition = None if leg.settled else (leg.source, leg.target, leg.start, leg.velocity, leg.seconds)
        return self.turned_by, self.turning, transition, by_itself, self.area, id(self.alone)

    @property
    def _planned(self) -> bool:
        plan = self._foreseen
        return plan is not None and plan.of == self._known and plan.camera == self.camera

    def _own(self, seconds: float) -> float:
        """Seconds of the known path's own time: fewer where it goes slowly so that the scale can follow."""
        plan = self._foreseen
        if plan is None:
            return seconds
        return plan.pace.clock(plan.elapsed + seconds) - plan.pace.clock(plan.elapsed)

    @property
    def _slowness(self) -> float:
        if self._foreseen is None:
            return 1.0 / max(self.patience, SLOWEST)
        return self._foreseen.pace.at(self._foreseen.elapsed)

    @property
    def _may_wait(self) -> bool:
        """Whether the tour is to wait for the scale: a Grand Tour before a line or plane, none that a hand hurries."""
        if not (self._framing and self.touring and self.speed <= SPEED):
            return False
        leg = self.transition
        return not isinstance(self.motion, GrandTour) or self.framer.is_thin(leg.source + leg.target, self.alone)

    def _spared(self, seconds: float) -> float:
        """The share of these seconds for which the tour can go on without losing its figure."""

        def allowed(share: float) -> float:
            seen = self._seen(self.turn @ self.motion.later(share * seconds))
            return patience(math.log(self.camera.zoom / self.framer.goal(seen).zoom))

        return agreed(allowed, patience(self.framer.off)) if self._framing else 1.0

    def _path(self, own: Array, taken: Array, figure: Callable[[float, float], Box]) -> Path:
        """What will be seen at some moments: of the clock of what is known, and when they come, in seconds from now."""
        figures = [figure(*each) for each in zip(own.tolist(), taken.tolist(), strict=True)]
        zooms, zoom = [], self.camera.zoom
        for each in figures:
            for _ in range(SETTLING):
                zoom = self.area.within(self.reach(zoom)).fitted(each).zoom
            zooms.append(zoom)
        return Path(figures, zooms, own)

    def _figure(self, known: float, later: float) -> Box:
        """What will be seen at a moment of that clock, which comes so many seconds later."""
        turn = self.turn if self.turning is None else self.turning.later(known)
        tour = self._frame_later(known if self.waits else later)
        frame = turn @ (tour if self.turned_by is None else self.turned_by.later(known).frame)
        return self.framer.figure(self._seen(frame, self.transition.advanced(known).blend))

    def _frame_later(self, seconds: float) -> Array:
        """About where the tour takes the motion's frame."""
        return self.motion.later(seconds) if self.touring else self.motion.frame


def foresee(viewers: "Sequence[Foresight]", seconds: float) -> None:
    """Plan the ways of cameras through what is known to come, at one pace that lets each of them follow.

    A tour that waits keeps to that pace; without a plan it goes on as far as each of the figures stays in sight.
    seconds: how long the frame lasts that begins now.
    """
    waits = any(each._may_wait for each in viewers)
    for each in viewers:
        each.waits = waits
    seeing = [each for each in viewers if each.sees_ahead]
    if not all(each._planned for each in seeing):
        _plan(seeing)
    for each in viewers:
        each._foreseen = each._foreseen if each.sees_ahead else None
    share = 1.0
    if waits and seconds > 0.0:
        share = seeing[0]._own(seconds) / seconds if seeing else min(each._spared(seconds) for each in viewers)
    for each in viewers:
        each.patience = share


def _plan(viewers: "Sequence[Foresight]") -> None:
    own = np.linspace(0.0, max(way.seconds - way.elapsed for each in viewers for way in each._under_way), KNOTS)
    starts = [each.framer.now(each.camera) for each in viewers]
    before = max(each._slowness for each in viewers)
    figures = [cache(each._figure) for each in viewers]
    while True:
        taken = own
        paths = [each._path(own, taken, figure) for each, figure in zip(viewers, figures, strict=True)]
        closer = np.concatenate([path.closer() for path in paths])
        if not len(closer):
            break
        own = np.union1d(own, closer)
    itself = any(each.turned_by is None and each.touring and not each.waits for each in viewers)
    taken, pace, looks = own, _suiting(paths, starts).after(before), 1
    while itself and np.abs(pace.taken - taken).max() >= ENOUGH:
        taken = pace.taken
        paths = [each._path(own, taken, figure) for each, figure in zip(viewers, figures, strict=True)]
        if looks == LOOKS:
            break  # what is seen then is known, at least
        another = _suiting(paths, starts).after(before)
        pace = another if looks < UNDAMPED else another.halfway(pace)
        looks += 1
    for each, path, start in zip(viewers, paths, starts, strict=True):
        trajectory = Trajectory.along(path, pace.taken, start, each.area)
        each._foreseen = Foreseen(each._known, each.alone, each.camera, trajectory, pace)


def _suiting(paths: Sequence[Path], starts: Sequence[Follower]) -> Pace:
    """The pace that lets each of the cameras follow."""
    return slowest([path.pace(start) for path, start in zip(paths, starts, strict=True)])

"""Which layers of a tour are shown, and how the points get to others: transitions, a scrub, waiting for layers."""

from collections.abc import Callable
from dataclasses import dataclass

from ..motion.transition import SECONDS, Blend, Transition
from ..tour.epochs import Axis, line
from ..tour.tour import Tour
from .resolve import layer_before
from .scrub import Scrub


@dataclass
class LayerState:
    """The layers shown, those wanted as soon as they are loaded, and a hand that holds points in between."""

    tour: Tour
    transition: Transition
    since: int | None = None
    """The layer that was shown before this one."""
    _wanted: Blend | None = None
    _wanted_seconds: float = SECONDS
    _awaited: bool = False
    """Whether the points stand between two layers until their mean can be shown."""
    _scrub: Scrub | None = None
    _left: int | None = None
    """The layer that was shown before a scrub, once it is over."""

    # ------------------------------------------------------------------------------------------ the present

    @property
    def goal(self) -> Blend:
        """The layers that are shown, or that a transition leads to, and their shares."""
        return self._wanted if self._wanted is not None else self.transition.target

    @property
    def layer(self) -> int:
        """The layer that is shown, or that a transition leads to."""
        return max(self.goal, key=lambda pair: pair[1])[0]

    @property
    def position(self) -> float:
        """The layer's index while it is shown or on its way; where points rest between two layers, that place."""
        place = round(sum(layer * share for layer, share in self.transition.blend), 6)
        between = self.transition.settled and self._wanted is None and not place.is_integer()
        return place if between else self.layer

    @property
    def arrived(self) -> bool:
        """Whether the points stand where they were sent."""
        return self.goal == self.transition.target and self.transition.settled

    @property
    def scrubbing(self) -> bool:
        """Whether a hand holds the points between layers."""
        return self._scrub is not None

    @property
    def moving(self) -> bool:
        """Whether the points are on their way, or will be as soon as a layer is there."""
        return not self.transition.settled or self._wanted is not None or self._scrub is not None

    @property
    def moved_from(self) -> int:
        """The layer from which movement is measured: the one shown before this one."""
        return layer_before(self.tour, self.layer) if self.since is None else self.since

    def line(self, axis: Axis = "layers") -> range:
        """The layers along an axis through the present one: those of its epoch, or the same one at every epoch."""
        return line(self.tour, self.layer, axis)

    # ------------------------------------------------------------------------------------------ actions

    def want(self, goal: Blend, *, seconds: float = SECONDS) -> None:
        """Begin the transition to `goal` as soon as it is loaded, from wherever the points are."""
        self._wanted = None if goal == self.transition.target else goal
        self._wanted_seconds = seconds
        self._scrub = None

    def stay(self) -> None:
        """Go nowhere else."""
        self._wanted = self._scrub = None

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

    # ------------------------------------------------------------------------------------------ time

    def begin(self, *, ready: Callable[[int], bool], mixed: Callable[[Blend], bool]) -> bool:
        """Begin the transition that is wanted, as soon as it can be shown; whether it has begun.

        ready: whether a layer can be shown without waiting; mixed: whether a mean of layers can.
        """

        def there(blend: Blend) -> bool:
            return ready(blend[0][0]) if len(blend) == 1 else mixed(blend)

        self._awaited = False
        if self._scrub is not None or self._wanted is None or not there(self._wanted):
            return False
        following = self.transition.redirected(self._wanted, seconds=self._wanted_seconds)
        self._awaited = len(following.source) > 1 and not there(following.source)
        if self._awaited:
            return False
        self.since, self._left = self.transition.layer if self._left is None else self._left, None
        self.transition, self._wanted = following, None
        return True

    def advance(self, seconds: float, *, ready: Callable[[int], bool]) -> None:
        """Let time pass for points that are on their way, and for those that a hand holds."""
        if self._scrub is not None:
            self.transition = self._scrub.follow(self.transition, seconds, ready)
        elif not self.transition.settled and not self._awaited:
            self.transition = self.transition.advanced(seconds)

"""A scrub: a hand holds the points at a place along a line of layers, and they follow it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from ..motion.transition import Transition, between

SECONDS = 0.08  # in which the points catch up with the hand by a factor of e


@dataclass
class Scrub:
    """`goal` is where the hand is along the line, in layers of it; `place` is where the points are."""

    along: range
    since: int
    """The layer that was shown when it began."""
    goal: float = 0.0
    place: float | None = None
    """None until the points are on the line: a transition that leads there is over first."""

    def hold(self, place: float) -> None:
        """The hand is at `place`, or at the end of the line nearest to it."""
        self.goal = min(max(place, 0.0), len(self.along) - 1.0)

    @property
    def nearest(self) -> int:
        """The layer that the hand is nearest to."""
        return self.along[round(self.goal)]

    def follow(self, transition: Transition, seconds: float, ready: Callable[[int], bool]) -> Transition:
        """Where the points are `seconds` later; they wait for layers that are not ready."""
        if self.place is None:
            if not transition.settled and any(layer not in self.along for layer, _ in transition.blend):
                return transition.advanced(seconds)
            start = sum(share * (layer - self.along.start) for layer, share in transition.blend) / self.along.step
            self.place = min(max(start, 0.0), len(self.along) - 1.0)
        rest = (self.goal - self.place) * math.exp(-seconds / SECONDS)
        place = self.goal if abs(rest) < 1e-3 else self.goal - rest
        layers = [self.along[k] for k in dict.fromkeys((math.floor(place), math.ceil(place)))]
        there = [layer for layer in layers if ready(layer)]
        if not there:
            return transition
        self.place = place if there == layers else float(self.along.index(there[0]))  # that one of them meanwhile
        return between(self.place, self.along)

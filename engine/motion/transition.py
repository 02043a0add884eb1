"""A transition between layers: points mix linearly, eased in time, and can be turned round or redirected.

A transition shows `source` and `target`, each a weighted mean of layers, mixed by a number that runs from 0 to 1.
The two sides are all that has to be on the GPU, and nothing is sent to it while the mix runs.
"""

from dataclasses import dataclass, replace

SECONDS = 0.7  # as on the published page

Blend = tuple[tuple[int, float], ...]
"""A weighted mean of layers: (layer, weight) pairs, weights positive and summing to 1."""
EVERY = range(2**31)  # the line of all layers, in which each stands at its own number


@dataclass(frozen=True)
class Transition:
    """From `source` to `target`, `elapsed` seconds into it. A settled layer has source == target."""

    source: Blend
    target: Blend
    start: float = 0.0
    """The mix at which this leg began, and below how fast it then ran (per leg): a turn keeps both."""
    velocity: float = 0.0
    elapsed: float = 0.0
    seconds: float = SECONDS
    """How long this leg takes."""

    @property
    def settled(self) -> bool:
        return self.source == self.target or self.elapsed >= self.seconds

    @property
    def mix(self) -> float:
        """How much of `target` is shown, in [0, 1]: the cubic from the start to (1, at rest)."""
        t = min(1.0, self.elapsed / self.seconds)
        rest = 1.0 - t  # with start = velocity = 0 this is smoothstep, 3 t^2 - 2 t^3
        value = 1.0 - rest * rest * ((1.0 - self.start) * (1.0 + 2.0 * t) - self.velocity * t)
        return min(1.0, max(0.0, value))

    @property
    def _rate(self) -> float:
        """The mix's velocity now, per leg."""
        t = min(1.0, self.elapsed / self.seconds)
        return 6.0 * (1.0 - self.start) * t * (1.0 - t) + self.velocity * (1.0 - t) * (1.0 - 3.0 * t)

    @property
    def layer(self) -> int:
        """The layer that this leads to (of a mean, the heaviest)."""
        return max(self.target, key=lambda pair: pair[1])[0]

    def advanced(self, seconds: float) -> "Transition":
        """Later by `seconds`; once arrived, settled on `target`."""
        later = replace(self, elapsed=self.elapsed + seconds)
        return at_rest(self.target) if later.settled else later

    def redirected(self, place: "Blend | int", *, seconds: float = SECONDS) -> "Transition":
        """Towards another layer or mean of layers, from wherever the points are now.

        Back to where it came from keeps position and velocity; to a third place the present mean becomes
        the new source.
        """
        goal: Blend = ((place, 1.0),) if isinstance(place, int) else place
        if self.target == goal:
            return self
        if self.settled:
            return Transition(self.target, goal, seconds=seconds)
        if self.source == goal:
            velocity = -self._rate * seconds / self.seconds
            return Transition(self.target, self.source, start=1.0 - self.mix, velocity=velocity, seconds=seconds)
        return Transition(self.blend, goal, seconds=seconds)

    @property
    def blend(self) -> Blend:
        """The layers that are shown now and their shares."""
        shares: dict[int, float] = {}
        for side, weight in ((self.source, 1.0 - self.mix), (self.target, self.mix)):
            for layer, share in side:
                shares[layer] = shares.get(layer, 0.0) + weight * share
        return tuple((layer, share) for layer, share in sorted(shares.items()) if share > 1e-6)


def at_rest(place: Blend | int) -> Transition:
    """Settled on one layer, or on a mean of layers."""
    side: Blend = ((place, 1.0),) if isinstance(place, int) else place
    return Transition(side, side)


def blend_at(position: float, along: range = EVERY) -> Blend:
    """The layers at a place along a line of them and their shares: at 3.25 a quarter of the way from 3 to 4."""
    low = int(position)
    share = position - low
    return ((along[low], 1.0),) if share < 1e-6 else ((along[low], 1.0 - share), (along[low + 1], share))


def between(position: float, along: range = EVERY) -> Transition:
    """Held at a place along a line of layers, as a scrub does."""
    low = int(position)
    share = position - low
    if share < 1e-6:
        return at_rest(along[low])
    # start = mix and no time elapsed: it stands until it is advanced
    return Transition(((along[low], 1.0),), ((along[low + 1], 1.0),), start=share)

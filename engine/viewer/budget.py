"""How many points of a very large tour a frame draws: as many as it has time for."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

FRAME = 1.0 / 25.0  # seconds that a frame may take
STEADY = 0.75  # of that time: a frame that takes no less is left as it is, or a display's rhythm would make it swing
AIM = 0.9  # of that time
CHANGE = 0.25  # of the number drawn, at most, from one frame to the next
LEAST = 50_000  # points, whatever the time
FIRST = 131_072  # points of the first frame
LOOKED_AT = 3  # frames: one that something else held up changes nothing


@dataclass(frozen=True)
class Budget:
    """How many points the next frame draws, and how long the latest ones took."""

    drawn: int
    n: int
    """Of the tour."""
    took: tuple[float, ...] = ()
    """Seconds, the latest at the end."""

    @classmethod
    def of(cls, n: int) -> "Budget":
        return cls(min(FIRST, n), n)

    def after(self, seconds: float) -> "Budget":
        """The budget after a frame that took so long, from its beginning to that of the next one."""
        took = (*self.took, seconds)[-LOOKED_AT:]
        return Budget(following(self.drawn, took, n=self.n), self.n, took)


def following(drawn: int, took: Sequence[float], *, n: int) -> int:
    """How many of n points the next frame draws where the latest ones drew `drawn` or nearly, in so many seconds each.

    Between `LEAST` and n; it changes by a quarter at most, and not at all where the frames take nearly what they may.
    """
    time = max(statistics.median(took), 1e-6)
    if STEADY * FRAME <= time <= FRAME:
        return drawn
    factor = min(1.0 + CHANGE, max(1.0 - CHANGE, AIM * FRAME / time))
    return max(min(LEAST, n), min(n, round(drawn * factor)))

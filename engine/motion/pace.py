"""The pace of a path that is known: how long each part of it takes, so that a scale of bounded speed can follow.

Of all scales within the corridor between too small and too large the taut string changes least, and as evenly as goes
(Davies & Kovac 2001), whatever is charged for a change; so the path takes the least time that it can, and where the
string rises or falls it goes as slowly as the bound on the scale's speed asks, elsewhere at its own speed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .rotation import Array

SMOOTH = 2  # knots on each side, over which the pace changes


@dataclass(frozen=True, eq=False)
class Pace:
    """How slowly time passes for what moves along a path."""

    own: Array
    """Moments (k,) of the path's own clock, in seconds, ascending from 0 on."""
    slowness: Array
    """(k,) how many seconds pass to one of that clock there, at least 1; linear in between."""

    @cached_property
    def taken(self) -> Array:
        """When those moments come, in seconds (k,)."""
        steps = 0.5 * (self.slowness[1:] + self.slowness[:-1]) * np.diff(self.own)
        return np.concatenate([[0.0], np.cumsum(steps)])

    def clock(self, elapsed: float) -> float:
        """The path's own time after so many seconds; beyond the end of the path it runs at the usual rate."""
        if elapsed >= self.taken[-1]:
            return float(self.own[-1] + elapsed - self.taken[-1])
        k = max(0, int(np.searchsorted(self.taken, elapsed, side="right")) - 1)
        now, change = self.slowness[k], (self.slowness[k + 1] - self.slowness[k]) / (self.own[k + 1] - self.own[k])
        left = elapsed - self.taken[k]  # of which own time x takes now x + change x^2 / 2
        return float(self.own[k] + 2.0 * left / (now + math.sqrt(max(0.0, now * now + 2.0 * change * left))))

    def at(self, elapsed: float) -> float:
        """The slowness after so many seconds."""
        return float(np.interp(self.clock(elapsed), self.own, self.slowness, right=1.0))

    def halfway(self, other: "Pace") -> "Pace":
        """Between this one and another, of the same moments."""
        return Pace(self.own, 0.5 * (self.slowness + other.slowness))

    def within(self, longest: float) -> "Pace":
        """The same pace, sped up so that the path takes at most so many seconds, or its own time if that is longer."""
        own, total = self.own[-1], self.taken[-1]
        if total <= max(longest, own):
            return self
        share = max(0.0, longest - own) / (total - own)
        return Pace(self.own, 1.0 + (self.slowness - 1.0) * share)

    def after(self, slowness: float) -> "Pace":
        """The same pace, entered smoothly from the given slowness."""
        left = np.maximum(0.0, 1.0 - np.arange(len(self.own)) / (2.0 * SMOOTH))
        return Pace(self.own, np.maximum(self.slowness, 1.0 + (slowness - 1.0) * left))


def slowest(paces: Sequence[Pace]) -> Pace:
    """The pace that suits them all, of the same moments."""
    return Pace(paces[0].own, np.max([each.slowness for each in paces], axis=0))


def paced(own: Array, low: Array, high: Array, *, rate: float, late: float) -> Pace:
    """The pace at which a scale of bounded speed gets from low[0] = high[0] through a corridor (k,), in the least time.

    own: the moments (k,), ascending. rate: the bound on the scale's speed. late: seconds before it begins to move.
    """
    need = np.maximum(1.0, np.abs(np.diff(taut(low, high))) / (rate * np.diff(own)))
    slowness = _spread(np.maximum(np.append(need, 1.0), np.insert(need, 0, 1.0)))
    pace = Pace(own, slowness)
    way = np.maximum(low - low[0], low[0] - high)
    behind = np.where(way > 1e-9, late + way / rate - pace.taken, 0.0).max()
    if behind <= 0.0:
        return pace
    first = int(np.argmax(way > 1e-9))  # until then all the time that is missing has to pass
    return Pace(own, slowness + np.where(np.arange(len(own)) <= first, behind / own[first], 0.0))


def _spread(values: Array) -> Array:
    """Values (k,) that change smoothly, and are no smaller anywhere: the mean of the largest around."""
    wide = np.lib.stride_tricks.sliding_window_view(np.pad(values, 2 * SMOOTH, mode="edge"), 2 * SMOOTH + 1)
    largest = wide.max(axis=1)
    around: Array = np.lib.stride_tricks.sliding_window_view(largest, 2 * SMOOTH + 1).mean(axis=1)
    return around


def taut(low: Array, high: Array) -> Array:
    """The string (k,) pulled taut between a floor and a ceiling: from low[0] = high[0] on, its end free."""
    string = np.array(low, dtype=np.float64)
    k, last = 0, len(low) - 1
    while k < last:
        steps = np.arange(1, last - k + 1)
        up, down = (low[k + 1 :] - string[k]) / steps, (high[k + 1 :] - string[k]) / steps  # slopes that touch either
        least, most = np.maximum.accumulate(up), np.minimum.accumulate(down)
        barred = least > most
        clear = int(np.argmax(barred)) if barred.any() else last - k  # so far a straight line leads
        floor, ceiling = least[clear - 1], most[clear - 1]
        slope = min(max(0.0, floor), ceiling)
        if clear < last - k:
            slope = ceiling if up[clear] > ceiling else floor
        if clear < last - k or slope != 0.0:  # it bends where it touched last
            clear = 1 + int(np.flatnonzero((up if slope == floor else down)[:clear] == slope)[-1])
        string[k + 1 : k + clear + 1] = string[k] + slope * steps[:clear]
        k += clear
    return string

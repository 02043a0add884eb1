"""Where the names of regions stand on the screen: few, never over each other, and calm while the picture turns.

Regions of one class that are near each other share a name, that of the higher rank.
A name follows its region at a walking pace; where the region runs away from it, the name leaves, and comes again once
the region goes slowly. One that stands is kept before another that ranks a little higher.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MOST = 12  # names in a pane
PACE = 60.0  # pixels a second, at most
LOST = 40.0  # pixels from its region, beyond which a name leaves
EASE_SECONDS = 0.3
FADE_SECONDS = 0.16
APART = 4.0  # pixels between two names; a new one keeps three times as much
AGAIN = 100.0  # pixels from a name to the same one, which stands once nearer; a new one keeps half as much more
KEPT = 1.6  # times the rank of a name that stands

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Standing:
    """A name on the screen."""

    place: tuple[float, float]
    """Its middle, pixels."""
    opacity: float
    leaving: bool = False


@dataclass
class Names:
    """The names that stand now, by the number of their region."""

    standing: dict[int, Standing] = field(default_factory=dict)
    _places: NDArray[np.floating] | None = None

    def step(
        self,
        places: NDArray[np.floating],
        ranks: NDArray[np.floating],
        sizes: Sequence[tuple[float, float]],
        *,
        bounds: Box,
        obstacles: Sequence[Box] = (),
        seconds: float,
        titles: Sequence[object] = (),
    ) -> bool:
        """Let time pass; whether any still moves or fades.

        places: (k, 2), the middle of each region now. ranks: (k,), the higher the sooner, those of 0 never. sizes:
        width and height of the names. bounds, obstacles: left, top, right, bottom, within which and clear of which
        they stand. titles: what each region is called.
        """
        self.standing = {k: each for k, each in self.standing.items() if k < len(places)}
        moved = {k: _followed(each.place, places[k], seconds) for k, each in self.standing.items() if not each.leaving}
        running = np.zeros(len(places), dtype=bool)
        if self._places is not None and self._places.shape == places.shape:
            running = np.hypot(*(places - self._places).T) > PACE * seconds
        self._places = places
        order = np.argsort([-rank * (KEPT if k in moved else 1.0) for k, rank in enumerate(ranks.tolist())])
        taken = list(obstacles)
        kept: dict[int, tuple[float, float]] = {}
        for k in order.tolist():
            if ranks[k] <= 0.0 or (k not in moved and (running[k] or k in self.standing)):  # it waits until it has left
                continue
            place = moved.get(k, (float(places[k, 0]), float(places[k, 1])))
            gap = APART if k in moved else 3.0 * APART
            box = _box(place, sizes[k], gap)
            if len(kept) < MOST and _inside(box, bounds) and not any(_overlap(box, other) for other in taken):
                if k in moved and math.dist(place, places[k]) > LOST:
                    continue
                again = AGAIN if k in moved else 1.5 * AGAIN
                if titles and any(titles[j] == titles[k] and math.dist(place, at) < again for j, at in kept.items()):
                    continue
                kept[k] = place
                taken.append(_box(place, sizes[k], 0.0))
        before, self.standing = self.standing, {}
        step = seconds / FADE_SECONDS
        for k, each in before.items():
            if k not in kept and each.opacity - step > 0.0:
                self.standing[k] = Standing(moved.get(k, each.place), each.opacity - step, leaving=True)
        for k, place in kept.items():
            opacity = before[k].opacity if k in before else 0.0
            self.standing[k] = Standing(place, min(1.0, opacity + step))
        return any(
            each.leaving or each.opacity < 1.0 or math.dist(each.place, places[k]) > 0.5
            for k, each in self.standing.items()
        )


def _followed(place: tuple[float, float], goal: NDArray[np.floating], seconds: float) -> tuple[float, float]:
    """On the way from a place to a goal, easing, no faster than the pace."""
    x, y = float(goal[0]) - place[0], float(goal[1]) - place[1]
    away = math.hypot(x, y)
    share = 1.0 - math.exp(-seconds / EASE_SECONDS)
    if away * share > PACE * seconds:
        share = PACE * seconds / away
    return place[0] + share * x, place[1] + share * y


def _box(middle: tuple[float, float], size: tuple[float, float], gap: float) -> Box:
    x, y, wide, high = *middle, 0.5 * size[0] + gap, 0.5 * size[1] + gap
    return x - wide, y - high, x + wide, y + high


def _inside(box: Box, bounds: Box) -> bool:
    return box[0] >= bounds[0] and box[1] >= bounds[1] and box[2] <= bounds[2] and box[3] <= bounds[3]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]

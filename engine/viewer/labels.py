"""Where the labels of handles stand, so that none covers another, a handle, or a panel. numpy alone, no drawing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

HEIGHT = 24
GAP = 18  # from a handle's centre to its label beside it
APART = 3  # between two labels
DISC = 9  # half the side of what a handle covers
FAR = (46.0, 74.0, 104.0)  # pixels to the middle of a label that had to give way
MOST = 40
NAMES = 12 / 640  # labels to a pixel of the pane's width, at most
ALOOF = 200.0  # pixels from the next handle, beyond which more make no difference
KEPT = 1.5  # times as prominent, so that labels do not flicker: what had a label in the frame before
GLIDE_SECONDS = 0.15

# Beside, above and below; then around in a ring, farther and farther out, which needs a leader.
RIGHT, LEFT, ABOVE, BELOW = range(4)
_TURNS = [np.radians(k) for k in (-40, 40, -140, 140, -90, 90, 0, 180)]


@lru_cache(maxsize=512)
def slots(width: float) -> NDArray[np.float64]:
    """The top left corners (s, 2) that a label of `width` can have, relative to its handle."""
    near = [(GAP, -HEIGHT / 2), (-GAP - width, -HEIGHT / 2), (-width / 2, -GAP - HEIGHT + 4), (-width / 2, GAP - 4)]
    far = [
        (np.cos(turn) * (reach + width / 2 * abs(np.cos(turn))) - width / 2, np.sin(turn) * reach - HEIGHT / 2)
        for reach in FAR
        for turn in _TURNS
    ]
    return np.array(near + far)


def most_names(width: float) -> int:
    """How many handles of a pane of `width` pixels have their names shown at once."""
    return max(4, min(MOST, int(NAMES * width)))


def prominence(anchors: NDArray[np.floating], sizes: NDArray[np.floating]) -> NDArray[np.float64]:
    """How much the names of handles (h,) have to say: of many points, and apart from the others on the screen.

    anchors: (h, 2) pixels; sizes: how many points each has. The geometric mean of both, the distance up to ALOOF.
    """
    apart = np.hypot(*(anchors[:, None] - anchors[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, ALOOF)
    nearest = np.minimum(apart.min(axis=1), ALOOF)
    return np.sqrt(np.asarray(sizes, dtype=np.float64) * (nearest + 1.0))


def is_near(slot: int) -> bool:
    """Whether a label in that slot stands right beside its handle and needs no leader."""
    return slot < 4


def leader_end(
    handle: tuple[float, float], box: tuple[float, float, float, float], *, scale: float = 1.0
) -> tuple[float, float]:
    """Where the leader from a handle ends: the nearest place of its label's box, not quite at a corner.

    scale: pixels to a pixel of the design.
    """
    (x, y), (left, top, right, bottom) = handle, box
    return min(max(x, left + 4 * scale), right - 4 * scale), min(max(y, top), bottom)


@dataclass(frozen=True)
class Room:
    """Where labels may stand; boxes are left, top, right, bottom, in pixels."""

    bounds: tuple[float, float, float, float]
    obstacles: Sequence[tuple[float, float, float, float]] = ()
    middle: float = 0.0
    """x of the picture's middle, away from which is outward."""


def place(
    anchors: NDArray[np.floating],
    widths: Sequence[float],
    order: Sequence[int],
    *,
    room: Room,
    before: Mapping[int, int] = {},
    always: Sequence[int] = (),
    most: int = MOST,
) -> dict[int, int]:
    """A free slot for the label of each handle, as many as there is room for: handle -> slot.

    anchors: (h, 2) pixels. order: who chooses first. before: slots of the frame before, kept while they are free.
    always: who gets a label even where there is no room for it, or its handle is hidden.
    """
    discs = np.column_stack([anchors - DISC, anchors + DISC])
    obstacles = np.array(room.obstacles, dtype=np.float64).reshape(-1, 4)
    hidden = np.any(_overlap(np.column_stack([anchors, anchors]), obstacles), axis=1)
    blocked = np.vstack([discs, obstacles, np.zeros((len(anchors), 4))])
    used = len(discs) + len(room.obstacles)
    found: dict[int, int] = {}
    for k in [*always, *(k for k in order if k not in always)]:
        if (len(found) >= most or hidden[k]) and k not in always:
            continue
        corner = anchors[k] + slots(widths[k])
        boxes = np.column_stack([corner, corner + np.array([widths[k], HEIGHT])])
        overlap = _overlap(boxes, blocked[:used])
        overlap[:, k] = False  # its own disc is no obstacle, and none of its slots covers it
        bad = np.column_stack([overlap, boxes[:, :2] < room.bounds[:2], boxes[:, 2:] > room.bounds[2:]])
        free = set(np.flatnonzero(~bad.any(axis=1)).tolist())
        outward = (RIGHT, LEFT) if anchors[k, 0] >= room.middle else (LEFT, RIGHT)
        wanted = [outward[0], ABOVE, BELOW, outward[1], *range(4, len(boxes))]
        if k in before and (is_near(before[k]) or not free & {0, 1, 2, 3}):
            wanted.insert(0, before[k])
        slot = next((each for each in wanted if each in free), None)
        if slot is None and k in always:
            slot = wanted[0]
        if slot is not None:
            found[k] = slot
            blocked[used] = boxes[slot] + (-APART, -APART, APART, APART)
            used += 1
    return found


def _overlap(boxes: NDArray[np.floating], others: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Whether each of boxes (b, 4) overlaps each of others (o, 4); (b, o)."""
    a, b = boxes.T[:, :, None], others.T[:, None]
    overlap: NDArray[np.bool_] = (a[0] < b[2]) & (b[0] < a[2]) & (a[1] < b[3]) & (b[1] < a[3])
    return overlap


@dataclass
class Glide:
    """Labels on their way to their slots, by whatever key stands for a handle."""

    slots: dict[int, int] = field(default_factory=dict)
    offsets: dict[int, tuple[float, float]] = field(default_factory=dict)
    """From a handle to its label's top left corner, now."""

    def step(self, goals: Mapping[int, tuple[float, float]], slots: Mapping[int, int], seconds: float) -> bool:
        """Go on towards the goals, easing out; a label that is new stands there at once. Whether any still moves."""
        share = 1.0 - math.exp(-4.0 * seconds / GLIDE_SECONDS)
        moving, offsets = False, {}
        for key, (x, y) in goals.items():
            now = self.offsets.get(key, (x, y))
            step = ((x - now[0]) * share, (y - now[1]) * share)
            rest = math.hypot(x - now[0] - step[0], y - now[1] - step[1])
            offsets[key] = (x, y) if rest < 0.5 else (now[0] + step[0], now[1] + step[1])
            moving = moving or rest >= 0.5
        self.offsets, self.slots = offsets, dict(slots)
        return moving

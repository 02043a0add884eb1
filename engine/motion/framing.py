"""Framing: the scale and the centre that keep the figure in the free area of a pane, and how they follow it.

The figure is the box of 99 in 100 of the shown points' projections. It is measured on a few thousand rows of a layer,
its support points, and the camera follows it as a critically damped spring does: its speed never jumps, and the scale's
relative speed is bounded. What the spring lags behind, it is shown beforehand: the figure as it will be then. Where a
hand makes the figure change faster than the scale may, by a scrub through the layers or a haste of its own, the camera
is carried along with it, as far as the figure needs to stay in sight. What is known beforehand is planned (trajectory).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .camera import Camera, Size
from .flight import smoothstep
from .rotation import Array

SUPPORT = 4000  # rows
STRAYS = 0.0025  # of the support points, beyond each side: a fourth of 1 in 100
FILL = 0.88  # of the free area's limiting side, at rest
ROUND = 20  # a power: how smoothly one side takes over from the other as the one that limits
LAG = 0.8  # seconds that the camera is behind what it follows, and looks ahead
PULL = 0.5  # of the scale's logarithm, at most, towards what it follows: so its speed does not jump
FASTEST = 1.0 / 3.0  # relative speed of the scale, per second, while the figure stays within:
SMALL = (0.20, 0.36)  # by how much it may be too small, as a logarithm: 0.72 of a side, and never less than 0.61
LARGE = (0.04, 0.12)  # by how much too large: never more than 0.99
ASIDE = (0.03, 0.12)  # and how far its middle may be off, in half panes
WAITING = (0.28, 0.375), (0.08, 0.125)  # from where to where a tour waits for the scale, too small and too large
ENOUGH, HALVINGS, CLOSER = 0.9, 20, 3  # of the share that it goes on at: as good as allowed, and how it is looked for
THIN, FLAT = 0.04, 0.01  # of a figure's length: a thinner line, or a flatter plane, a Grand Tour may lose
STEP = 1.0 / 120.0  # seconds, at most, between two looks at the bound on speed
ENDS = 1e-4  # of the scale, and of the speed: below it the camera rests
ZOOMS = (0.5, 150.0)  # a figure of one place is not enlarged for ever
PAINTED = 2.0  # pixels, at least, that a free area keeps on each side
FEW, PLACES, GRID = 0.03, 4, 8  # a share of the points, and of so many squares along each side of the free area those
COVERED = 0.04  # that have one, and a share of it that they cover: with less of all, next to nothing is in sight

Points = NDArray[np.floating]


# ------------------------------------------------------------------------------------------ the figure


def support(points: Points, *, count: int = SUPPORT) -> NDArray[np.intp]:
    """Rows of `points` (n, d) that stand for all of them in any projection: all, or `count` spread evenly.

    Sorted along the first principal axis, and in strips of it along the second, to and fro: of every so many
    neighbours one is taken. It depends on the points alone, not on the order of their rows.
    """
    n = len(points)
    if n <= count:
        return np.arange(n)
    x = points - points.mean(axis=0, dtype=np.float64)
    axes = np.linalg.eigh(x.T @ x)[1][:, :-3:-1]
    axes *= np.where(((x @ axes) ** 3).sum(axis=0) < 0.0, -1.0, 1.0)  # a sign that the points have
    along = x @ axes
    strip = np.empty(n, dtype=np.intp)
    strips = math.isqrt(count)
    strip[np.argsort(along[:, 0], kind="stable")] = np.arange(n) * strips // n
    order = np.lexsort((along[:, 1] * (1 - 2 * (strip % 2)), strip))
    return np.sort(order[((np.arange(count) + 0.5) * n / count).astype(np.intp)])


def is_thin(points: Points) -> bool:
    """Whether points (m, d) lie in a plane, or so near to a line, that they all but vanish from some sides."""
    x = points - points.mean(axis=0, dtype=np.float64)
    *_, third, second, first = np.linalg.eigvalsh(x.T @ x).tolist()
    return bool(second <= THIN**2 * first or third <= FLAT**2 * first)


@dataclass(frozen=True)
class Box:
    """What is to be seen of the projected data: its middle and half its sides, in units of the layer's radius."""

    center: tuple[float, float]
    half: tuple[float, float]


def box(shown: Points) -> Box:
    """The box of 99 in 100 of projected points (m, 2), no point more than so many beyond each side."""
    m = len(shown)
    beyond = int(STRAYS * m)
    ends = [beyond, m - 1 - beyond]
    x, y = np.partition(np.ascontiguousarray(shown.T), ends, axis=1)[:, ends].astype(np.float64).tolist()
    return Box(((x[0] + x[1]) / 2.0, (y[0] + y[1]) / 2.0), ((x[1] - x[0]) / 2.0, (y[1] - y[0]) / 2.0))


def measured(sides: Sequence[tuple[Points, float]], frame: Array, *, radius: float) -> Box:
    """The box of support points mixed from `sides`, each (m, d) aligned points and a share, through a frame (d, 3)."""
    return box(projected(sides, frame, radius=radius))


def projected(sides: Sequence[tuple[Points, float]], frame: Array, *, radius: float) -> Points:
    """Where such points are, (m, 2) in units of the radius."""
    across = frame[:, :2].T / radius
    shown = sum((share * across).astype(points.dtype) @ points.T for points, share in sides)  # (2, m), row after row
    return np.asarray(shown).T


# ------------------------------------------------------------------------------------------ into the free area


@dataclass(frozen=True)
class Area:
    """A pane and its free area, in pixels from its top left corner."""

    size: Size
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    """How much panels cover at each side, and how much of a point may stand out beyond its place."""

    @property
    def free(self) -> Size:
        """Width and height of the free area; panels never take all of it."""
        width, height = self.size
        return (
            max(width - self.left - self.right, 0.2 * width, PAINTED),
            max(height - self.top - self.bottom, 0.2 * height, PAINTED),
        )

    def within(self, margin: float) -> "Area":
        """With so many pixels less on each side."""
        return Area(self.size, self.left + margin, self.top + margin, self.right + margin, self.bottom + margin)

    def fitted(self, figure: Box) -> Camera:
        """The camera that shows a figure in the middle of the free area, as large as goes."""
        unit = Camera().pixels_per_radius(self.size)
        sides = [FILL * side / (2.0 * half * unit) for side, half in zip(self.free, figure.half, strict=True)
                 if half > 0.0]  # fmt: skip
        least = min(sides, default=1.0)
        even = sum((least / side) ** ROUND for side in sides) or 1.0  # 1 where one side limits, 2 where both do
        zoom = min(max(least / even ** (1.0 / ROUND), ZOOMS[0]), ZOOMS[1])
        return self.centered(figure.center, zoom)

    def is_bare(self, shown: Points, camera: Camera, *, reach: float) -> bool:
        """Whether next to nothing of projected points (m, 2) in radii is in the free area.

        reach: half the size in pixels at which a point is drawn. A few points that fill the area are not nothing.
        """
        corner, free = (self.left, self.top), self.free
        places = (camera.to_pixels(shown, size=self.size) - corner) / free
        places = places[((places >= 0.0) & (places < 1.0)).all(axis=1)]
        squares = len(np.unique((places * GRID).astype(np.intp) @ (GRID, 1)))
        painted = len(places) * (2.0 * reach) ** 2 / (free[0] * free[1])
        return len(places) < FEW * len(shown) and squares < PLACES and painted < COVERED

    def centered(self, place: tuple[float, float], zoom: float) -> Camera:
        """The camera of that zoom that has a place, in radii, in the middle of the free area."""
        shift = 0.5 * (self.left - self.right), 0.5 * (self.top - self.bottom)  # of that middle, in pixels
        return Camera(place, zoom).panned(shift, size=self.size)


# ------------------------------------------------------------------------------------------ in time


@dataclass(frozen=True)
class Follower:
    """A camera that follows others: its centre in pixels of the scale, its scale by its logarithm, and their speeds."""

    camera: Camera
    speed: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Of the centre's two coordinates, in radii times zoom per second, and of the logarithm of the zoom."""

    def moved(self, before: Camera, after: Camera) -> "Follower":
        """Carried along at once: what took `before` to `after` on the screen is done to this camera."""
        return replace(self, camera=carried(self.camera, before, after))

    def swept(self, before: Camera, after: Camera) -> "Follower":
        """Carried along as the camera that would fit goes from `before` to `after`, as far as the figure needs it.

        Not at all while the figure is about as large and in the middle as it is to be, wholly where it would otherwise
        be too small, too large or aside; in between by a smooth share, so that the speed does not jump.
        """
        camera = self.camera
        away, step = math.log(camera.zoom / before.zoom), math.log(after.zoom / before.zoom)
        share = _ramp(step - away, SMALL) if step > 0.0 else _ramp(away - step, LARGE)
        zoom = camera.zoom * math.exp(share * step)
        x, y = (
            new + _held((c - old) * camera.zoom, (new - old) * camera.zoom) / zoom
            for c, old, new in zip(camera.center, before.center, after.center, strict=True)
        )
        return replace(self, camera=Camera((x, y), zoom))

    def followed(self, goal: Camera, seconds: float) -> "Follower":
        """Later by `seconds`, on the way to `goal`: a critically damped spring that is LAG behind a steady motion."""
        count = max(1, math.ceil(seconds / STEP))
        step, spring = seconds / count, 2.0 / LAG
        decay = math.exp(-spring * step)
        (x, y), scale = self.camera.center, math.log(self.camera.zoom)
        u, v, w = self.speed
        end = math.log(goal.zoom)
        for _ in range(count):
            zoom = math.exp(scale)
            before = scale
            pulled = min(max(end, scale - PULL), scale + PULL)
            scale, w = sprung(scale - pulled, w, spring, step, decay)
            scale += pulled
            if abs(w) > FASTEST or abs(scale - before) > FASTEST * step:
                w = math.copysign(min(abs(w), FASTEST), w)
                scale = before + math.copysign(min(abs(scale - before), FASTEST * step), scale - before)
            dx, u = sprung((x - goal.center[0]) * zoom, u, spring, step, decay)
            dy, v = sprung((y - goal.center[1]) * zoom, v, spring, step, decay)
            x, y = goal.center[0] + dx / zoom, goal.center[1] + dy / zoom
        return Follower(Camera((x, y), math.exp(scale)), (u, v, w))

    def rests_at(self, goal: Camera) -> bool:
        """Whether it stands where it is going, as far as can be seen."""
        zoom = self.camera.zoom
        away = max(abs(a - b) * zoom for a, b in zip(self.camera.center, goal.center, strict=True))
        return max(away, abs(math.log(zoom / goal.zoom)), *map(abs, self.speed)) < ENDS


def patience(off: float) -> float:
    """The share of its speed at which a tour goes on while its figure is too large by a logarithm, or too small."""
    small, large = WAITING
    return 1.0 - max(_ramp(-off, small), _ramp(off, large))


def agreed(allowed: Callable[[float], float], share: float) -> float:
    """The share of its speed at which what a tour comes to allows it as much, at most the given one.

    allowed: from a share of the speed to the share that the figure allows to which it leads. A line that is seen end on
    is many times as long in the next frame, so what that allows is asked before, and not when it is there.
    """
    least, most = share, share
    for _ in range(HALVINGS):
        if allowed(least) >= ENOUGH * least:
            break
        least, most = 0.5 * least, least
    for _ in range(CLOSER if least < most else 0):
        middle = 0.5 * (least + most)
        least, most = (middle, most) if allowed(middle) >= middle else (least, middle)
    return least


def _ramp(value: float, ends: tuple[float, float]) -> float:
    """From 0 to 1 as a value goes from one end to the other, smoothly."""
    return smoothstep((value - ends[0]) / (ends[1] - ends[0]))


def _held(away: float, step: float) -> float:
    """The new offset from the middle, `away` before, when the middle moves by `step` and carries it along."""
    left = away - step
    return left + _ramp(abs(left), ASIDE) * step if abs(left) > abs(away) else left


def sprung(away: float, speed: float, spring: float, step: float, decay: float) -> tuple[float, float]:
    """How far from its end a critically damped spring is after a step, and how fast: exact whatever the step."""
    push = speed + spring * away
    return (away + push * step) * decay, (speed - spring * push * step) * decay


def carried(camera: Camera, before: Camera, after: Camera) -> Camera:
    """Another camera after what took `before` to `after`: the same turn of the wheel, the same pull on the screen."""
    if camera == before or before == after:
        return after if camera == before else camera
    zoom = camera.zoom * after.zoom / before.zoom
    x, y = (
        c + (new - old) * after.zoom / zoom
        for c, old, new in zip(camera.center, before.center, after.center, strict=True)
    )
    return Camera((x, y), zoom)

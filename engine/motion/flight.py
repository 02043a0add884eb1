"""A flight: from one place to look from to another, along geodesics, eased at both ends."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .camera import Camera
from .rotation import Array, geodesic


@dataclass(frozen=True, eq=False)
class Pose:
    """What a flight moves: a frame (d, 3), a camera, and a place among the layers (3.5 is between 3 and 4)."""

    frame: Array
    camera: Camera = field(default_factory=Camera)
    layer: float = 0.0


def smoothstep(t: float) -> float:
    """3 t^2 - 2 t^3 on [0, 1], constant outside: no velocity at either end."""
    t = min(1.0, max(0.0, t))
    return t * t * (3.0 - 2.0 * t)


def flight(start: Pose, end: Pose) -> Callable[[float], Pose]:
    """The poses on the way from `start` (t = 0) to `end` (t = 1), eased by smoothstep.

    Frames follow `geodesic`. Zoom changes by equal factors in equal times, and the centre moves along with it
    so that one point of the plane stands still on the screen: the way a wheel zoom does.
    """
    frames = geodesic(start.frame, end.frame)
    a, b = start.camera, end.camera

    def at(t: float) -> Pose:
        if t <= 0.0 or t >= 1.0:
            return start if t <= 0.0 else end
        e = smoothstep(t)
        zoom = a.zoom ** (1.0 - e) * b.zoom**e
        # centre = fixed + k / zoom passes through both ends; without a change of zoom it is a straight line
        share = e if abs(b.zoom / a.zoom - 1.0) < 1e-6 else (1 / a.zoom - 1 / zoom) / (1 / a.zoom - 1 / b.zoom)
        center = tuple(p + (q - p) * share for p, q in zip(a.center, b.center, strict=True))
        layer = start.layer + (end.layer - start.layer) * e
        return Pose(frames(e), Camera((center[0], center[1]), zoom), layer)

    return at

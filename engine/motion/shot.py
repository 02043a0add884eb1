"""What one frame shows, as values: layers and their shares, frame, camera, sizes."""

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from .camera import Camera
from .transition import Blend

MOST_GROWTH = {"dots": 2.0, "images": 1.5}
MOST_ENLARGED = 1.6  # times what suits as many dots as are drawn
LISTED = 1 << 20
"""Points that are not greyed, up to which all of them are drawn where only some of all points are."""


@dataclass(frozen=True, eq=False)
class Shot:
    """Everything that can change from one frame to the next. Matrices and numbers; nothing grows with n."""

    source: Blend
    target: Blend
    mix: float
    frame: NDArray[np.float64]
    """(d, 3)."""
    camera: Camera
    mode: str
    theme: str
    depth_cue: float
    """0 to 1."""
    dot_size: float
    """Diameter in pixels; `min_dot` is the smallest that any dot gets."""
    image_size: float
    """Side in pixels."""
    min_dot: float = 1.0
    opacity: float = 1.0
    """Below 1, points are drawn whatever their depth: what is see-through hides nothing."""
    background: float = 0.0
    isolate: bool = False
    """Whether greyed points are left out."""
    class_frames: bool = False
    """Whether each image has the colour of its class round it, where points are coloured."""
    density: bool = False
    """Whether it is shaded under the points where many lie, and dots thin out there."""
    receding: bool = False
    """Whether greyed images are fainter than a plain picture has them."""
    growth: float = 1.0
    """Times the size, of what is not greyed."""
    hovered: int | None = None
    """The point under the cursor."""
    scale: float = 1.0
    """Pixels to a pixel of the design."""
    drawn: int | None = None
    """How many points are drawn, the first ones of the fair order; None is all. Sizes are those that suit all."""

    def differs(self, other: "Shot") -> bool:
        """Whether anything but the number of points drawn is otherwise."""
        names = (each.name for each in fields(self) if each.name not in ("frame", "drawn"))
        return bool((self.frame != other.frame).any()) or any(getattr(self, k) != getattr(other, k) for k in names)


def dot_size(n: int, *, side: float, zoom: float) -> float:
    """Diameter in pixels that suits n dots on a pane of that shorter side: 3.2 at 50,000 on 800."""
    return _suiting_dot(n) * math.sqrt(side / 800.0) * zoom**0.5


def image_size(n: int, *, side: float, zoom: float) -> float:
    """Side in pixels that suits n images on a pane of that shorter side: 26 at 1,200 on 800."""
    return _suiting_image(n) * math.sqrt(side / 800.0) * zoom**0.5


def growth(shown: int, n: int, mode: str) -> float:
    """Times the size, of the few of n points that are not greyed: from a tenth of them on, as far as there is room."""
    suiting = _suiting_image if mode == "images" else _suiting_dot
    return min(MOST_GROWTH[mode], max(1.0, suiting(10 * max(1, shown)) / suiting(n)))


def enlargement(drawn: int, n: int) -> float:
    """Times the size of dots where `drawn` of n are drawn, so that the picture is as bright as that of all.

    Where points lie anyhow, what their dots cover depends on their number times the area of one alone. Where they lie
    dense that is more than the pane, so no dot is larger than some times what suits so many.
    """
    share = max(1, drawn) / n
    return min(share**-0.5, MOST_ENLARGED * share**-0.25)


def _suiting_dot(n: int) -> float:
    return min(16.0, 3.2 * (50_000 / n) ** 0.25)


def _suiting_image(n: int) -> float:
    return min(44.0, max(10.0, 26.0 * math.sqrt(1_200 / n)))


def covered(shot: Shot, *, drawn: int, side: int) -> float:
    """How often so many images would cover the square of the data; the shorter side of the pane in pixels."""
    return drawn * shot.image_size**2 / (side * shot.camera.zoom) ** 2

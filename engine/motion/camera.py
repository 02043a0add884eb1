"""The camera: which part of the projected data the pane shows, and where on the pane a point lands.

With r the largest norm among a layer's centred points, the square [-1.1 r, 1.1 r] fits the shorter side of the
pane at zoom 1, y up. The camera's centre is kept in units of r, so it means the same on every layer and through
every transition. Pixels are continuous, x right and y down from the pane's top left corner: pixel k covers
[k, k + 1).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .rotation import Array

MARGIN = 1.1  # of r, from the centre to the shorter side
ZOOM_LIMITS = (0.1, 150.0)

Size = tuple[float, float]  # width, height in pixels


@dataclass(frozen=True)
class Camera:
    """Where the camera looks and how close."""

    center: tuple[float, float] = (0.0, 0.0)
    """What stands in the middle of the pane, in units of r."""
    zoom: float = 1.0

    def pixels_per_radius(self, size: Size) -> float:
        """How many pixels one r takes on a pane of `size`."""
        return min(size) / (2.0 * MARGIN) * self.zoom

    def to_pixels(self, xy: ArrayLike, *, size: Size, radius: float = 1.0) -> Array:
        """Pixels (..., 2) of projected points (..., 2) in data units, on a pane of `size`."""
        offset = np.asarray(xy, dtype=np.float64) / radius - self.center
        return np.asarray(size) / 2.0 + offset * self.pixels_per_radius(size) * (1.0, -1.0)

    def from_pixels(self, pixels: ArrayLike, *, size: Size, radius: float = 1.0) -> Array:
        """Projected points (..., 2) in data units at pixels (..., 2): the inverse of `to_pixels`."""
        offset = (np.asarray(pixels, dtype=np.float64) - np.asarray(size) / 2.0) * (1.0, -1.0)
        return (offset / self.pixels_per_radius(size) + self.center) * radius

    def panned(self, pixels: tuple[float, float], *, size: Size) -> "Camera":
        """The camera after the picture was dragged by `pixels` (x right, y down)."""
        scale = self.pixels_per_radius(size)
        return Camera((self.center[0] - pixels[0] / scale, self.center[1] + pixels[1] / scale), self.zoom)

    def zoomed(self, factor: float, *, at: tuple[float, float], size: Size) -> "Camera":
        """The camera `factor` times closer, with what is under the pixel `at` staying there."""
        zoom = float(np.clip(self.zoom * factor, *ZOOM_LIMITS))
        fixed = self.from_pixels(at, size=size)
        x, y = fixed - (fixed - self.center) * (self.zoom / zoom)
        return Camera((float(x), float(y)), zoom)

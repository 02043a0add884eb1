"""Names of dense regions over the points: bold in the colour of their class, on a pill, under the handles."""

import math
from functools import lru_cache

import numpy as np

from ..motion.label_placement import Box
from ..tour.colors import Rgb, contrast, oklab, srgb
from ..viewer.handles import Handles
from ..viewer.region_names import RegionNames
from ..viewer.theme import SMALL, Rgba
from ..viewer.viewer import Viewer
from .ui import Ui

HIGH = 20
PADDING = 7
WIDEST = 150
CLEAR = 14.0  # pixels that a name keeps from the middle of a handle
READABLE = 4.5


def draw(ui: Ui, viewer: Viewer, regions: RegionNames, handles: Handles) -> None:
    """Draw those of one pane; they move on by the time since the frame before."""
    regions.seek(viewer)
    texts = [ui.elide(name, WIDEST, size=SMALL, bold=True) for name in regions.found.names]
    sizes = [(math.ceil(ui.width(text, size=SMALL, bold=True)) + 2.0 * PADDING, float(HIGH)) for text in texts]
    if regions.step(viewer, sizes, ui.size, [*ui.standing, *_handles(ui, handles)], ui.seconds):
        ui.moving = True
    for k, each in regions.names.standing.items():
        (width, high), (x, y) = sizes[k], each.place
        left, top = round(x - width / 2), round(y - high / 2)
        ui.rect(left, top, width, high, (*ui.colors.surface[:3], 0.85), radius=HIGH / 2, opacity=each.opacity)
        color = regions.color(viewer, k)
        paint = ui.colors.text if color is None else readable(color, ui.colors.surface)
        ui.text(left + PADDING, top + high / 2, texts[k], size=SMALL, bold=True, color=paint, opacity=each.opacity)


def _handles(ui: Ui, handles: Handles) -> list[Box]:
    """What handles and their labels take."""
    if not handles.all:
        return []
    where, _ = handles.positions(ui.size)
    discs = [(x - CLEAR, y - CLEAR, x + CLEAR, y + CLEAR) for x, y in where.tolist()]
    return [*discs, *handles.labels.values()]


@lru_cache(maxsize=512)
def readable(color: Rgb, surface: Rgba) -> Rgba:
    """A colour, lighter or darker as far as text in it needs on that surface."""
    ground = np.round(np.multiply(surface[:3], 255)).astype(np.uint8)
    lab = oklab(np.round(np.multiply([color], 255)).astype(np.uint8))
    away = 0.02 if oklab(ground[None])[0, 0] < 0.6 else -0.02
    found = srgb(lab)
    while contrast(found, ground)[0] < READABLE and 0.0 < lab[0, 0] < 1.0:
        lab[0, 0] += away
        found = srgb(lab)
    r, g, b = (found[0] / 255.0).tolist()
    return r, g, b, 1.0

"""Distance to the shape, kept in the see-through texels of an image, in its own four channels: for outlines.

Where nothing shows, premultiplied colour is zero and says nothing. There it holds a nearness instead, from 1 beside the
shape to 0 at `REACH` texels, in all three channels alike; and where something shows faintly, white shines through it as
if that lay behind. Filtered between texels, colour and nearness come apart again (outline.glsl): every texel next to
one that shows is as near as can be, so whatever is mixed with a shape is mixed with white.
"""

import numpy as np
from numpy.typing import NDArray

REACH = 7
"""Texels from what shows to where nearness ends (outline.glsl)."""
FAINT = 8
"""Opacity, of 255, below which nothing shows: the ripples that a filter leaves beside a shape when it shrinks it."""


def matted(tiles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Premultiplied tiles (m, t, t, 4) with nearness in what lets through; opaque ones are the same."""
    if (tiles[..., 3] == 255).all():
        return tiles
    tiles = np.where(tiles[..., 3:] < FAINT, np.uint8(0), tiles)
    alpha = tiles[..., 3]
    steps = np.maximum(np.arange(REACH + 2) - 1, 0)
    near = (255 - steps * 255 // REACH).astype(np.uint16)[distance(alpha > 0)]
    white = ((255 - alpha.astype(np.uint16)) * near + 127) // 255
    out = tiles.copy()
    out[..., :3] = np.minimum(tiles[..., :3] + white[..., None], 255)
    return out


def distance(shown: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Texels from each place of tiles (m, t, t) to the nearest that shows, 0 there and `REACH` + 1 at most.

    Steps go to four neighbours and to eight in turn, eight first: an octagon in place of a circle.
    """
    found = np.where(shown, 0, REACH + 1).astype(np.uint8)
    grown = shown
    for step in range(1, REACH + 1):
        rows, columns = _spread(grown, 1), _spread(grown, 2)
        grown = _spread(rows, 2) if step % 2 else rows | columns
        found[grown & (found > step)] = step
    return found


def _spread(shown: NDArray[np.bool_], axis: int) -> NDArray[np.bool_]:
    """What shows, and its neighbours along an axis."""
    wider = shown.copy()
    ahead, behind = [slice(None)] * 3, [slice(None)] * 3
    ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
    wider[tuple(ahead)] |= shown[tuple(behind)]
    wider[tuple(behind)] |= shown[tuple(ahead)]
    return wider

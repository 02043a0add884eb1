"""What a View asks for, resolved on its tour: colouring, frame, place among the layers, selected points."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..motion.rotation import as_frame, first_axes
from ..motion.selection import Mask
from ..tour.colors import Coloring, color_by
from ..tour.epochs import line
from ..tour.movement import DIFFERENCE
from ..tour.point_numbers import PointNumbers
from ..tour.tour import Tour
from ..tour.view import View
from .derived import derived, is_derived

MANY = 2_000
"""Points, beyond which density is shown unless it is switched off."""


def first_view(tour: Tour) -> View:
    """The view that a tour opens with: its images, or dots coloured by its first classes; framed.

    Its zoom is for who does not frame it. In d dimensions a projection shows a vector of norm 1 with a norm of
    sqrt(2 / d) in the mean square, so a pane that has room for all norms (zoom 1) is mostly empty; twice the mean keeps
    nearly everything in it.
    """
    classes = [name for name in tour.attributes.columns if is_classes(tour, name)]
    return View(
        **window_look(tour),
        mode="images" if tour.sprites else "dots",
        color_by=classes[0] if classes else None,
        zoom=max(1.0, round(0.55 * math.sqrt(tour.dims / 2), 2)),
        fit=True,
    )


def window_look(tour: Tour) -> dict[str, Any]:
    """What a window and the pictures of its kind show of their own accord, and a bare View does not."""
    return {"class_frames": True, "density": tour.n > MANY}


def is_classes(tour: Tour, name: str) -> bool:
    """Whether an attribute is one of classes, ordered or not."""
    values = tour.attributes[name]
    return not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)


def coloring_of(tour: Tour, view: View) -> Coloring:
    """The colouring that a view asks for; movement is that since the layer before, agreement takes seconds.

    Raises KeyError where the tour has no such attribute.
    """
    if view.color_by is None:
        return color_by(None, n=tour.n)
    if is_derived(tour, view):
        layer = round(position_of(tour, view))
        by = derived(tour, view, layer=layer, since=layer_before(tour, layer))
        if by is not None:
            return by.coloring()
        what = "open it beside another tour" if view.color_by == DIFFERENCE else "it has no labels to agree with"
        raise KeyError(f"{tour.name} has no {view.color_by} by itself; {what}")
    extent = tour.attributes.attrs.get("extent", {}).get(view.color_by)
    return color_by(tour.attribute(view.color_by), n=tour.n, palette=view.palette, extent=extent)


def layer_before(tour: Tour, layer: int) -> int:
    """The layer before in the network, of the first one the layer after."""
    return layer - 1 if layer % tour.depth else min(layer + 1, line(tour, layer)[-1])


def frame_of(tour: Tour, view: View) -> NDArray[np.float64]:
    """A view's frame as an array (d, 3). Raises ValueError where it is not one for this tour."""
    return first_axes(tour.dims) if view.frame is None else as_frame(view.frame, tour.dims)


def position_of(tour: Tour, view: View) -> float:
    """A view's place among the layers as a number. Raises KeyError or IndexError where there is no such layer."""
    if isinstance(view.layer, str) or float(view.layer).is_integer():
        return float(tour.index(view.layer if isinstance(view.layer, str) else int(view.layer)))
    if not 0 <= view.layer <= len(tour.layers) - 1:
        raise IndexError(f"{tour.name} has layers 0 to {len(tour.layers) - 1}, not {view.layer}")
    return float(view.layer)


def mask_of(selected: Sequence[int] | None, n: int) -> Mask | None:
    """Point numbers as a mask (n,); None stays None. Raises IndexError where there is no such point."""
    if selected is None:
        return None
    numbers = PointNumbers(selected)
    if not numbers.within(n):
        raise IndexError(f"points are numbered 0 to {n - 1}; {max(numbers)} is not among them")
    mask = np.zeros(n, dtype=bool)
    mask[np.asarray(numbers)] = True
    return mask


def check_view(tour: Tour, view: View) -> None:
    """Raises ValueError where a view wants what its tour does not have."""
    if view.mode == "images" and tour.sprites is None:
        raise ValueError(f"{tour.name} has no images; show dots, or import it again with --images")

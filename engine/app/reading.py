"""What a View asks for, read off its tour: colours, frame, place among the layers, points."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..motion.selection import Mask
from ..render.colors import Coloring, color_by
from ..tour.movement import DIFFERENCE
from ..tour.numbers import Numbers
from ..tour.tour import Layer, Tour
from ..tour.view import View
from .displaced import is_displacement, moved


def first_view(tour: Tour) -> View:
    """The view that a tour opens with: its images, or dots coloured by its first classes, and close enough.

    In d dimensions a projection shows a vector of norm 1 with a norm of sqrt(2 / d) in the mean square, so a pane
    that has room for all norms (zoom 1) is mostly empty; twice the mean keeps nearly everything in it.
    """
    classes = [name for name in tour.attributes.columns if is_classes(tour, name)]
    return View(
        mode="images" if tour.sprites else "dots",
        color_by=classes[0] if classes else None,
        zoom=max(1.0, round(0.55 * math.sqrt(tour.dims / 2), 2)),
    )


def is_classes(tour: Tour, name: str) -> bool:
    """Whether an attribute is one of classes, ordered or not."""
    values = tour.attributes[name]
    return not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)


def coloring_of(tour: Tour, view: View) -> Coloring:
    """The colouring that a view asks for; movement is that since the layer before.

    Raises KeyError where the tour has no such attribute.
    """
    if view.color_by is None:
        return color_by(None, n=tour.n)
    if is_displacement(tour, view):
        if view.color_by == DIFFERENCE:
            raise KeyError(f"{tour.name} has no difference by itself; open it beside another tour")
        return moved(tour, round(position_of(tour, view)))
    extent = tour.attributes.attrs.get("extent", {}).get(view.color_by)
    return color_by(tour.attribute(view.color_by), n=tour.n, palette=view.palette, extent=extent)


def frame_of(tour: Tour, view: View) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """A view's frame as an array (d, 3). Raises ValueError where it is not one for this tour."""
    from ..motion.rotation import as_frame, first_axes

    return first_axes(tour.dims) if view.frame is None else as_frame(view.frame, tour.dims)


def position_of(tour: Tour, view: View) -> float:
    """A view's place among the layers as a number. Raises KeyError or IndexError where there is no such layer."""
    if isinstance(view.layer, str) or float(view.layer).is_integer():
        return float(tour.index(view.layer if isinstance(view.layer, str) else int(view.layer)))
    if not 0 <= view.layer <= len(tour.layers) - 1:
        raise IndexError(f"{tour.name} has layers 0 to {len(tour.layers) - 1}, not {view.layer}")
    return float(view.layer)


def layer_title(tour: Tour, index: int) -> str:
    """A layer's name without the number that it may begin with and its epoch: these stand beside it anyway."""
    layer: Layer = tour.layers[index]
    epoch, number = divmod(index, tour.depth)
    name = layer.name.removesuffix(f"@{tour.epochs[epoch]}") if tour.epochs else layer.name
    return name.removeprefix(f"{number}-") or layer.kind


def numbered_title(tour: Tour, index: int) -> str:
    """A layer's number in the network and its name, and its epoch where there are several: "3 conv2, epoch 8"."""
    return f"{index % tour.depth} {layer_title(tour, index)}{_of_epoch(tour, index)}"


def layer_number(tour: Tour, index: int) -> str:
    """A layer's number in the network, and its epoch where there are several: "3, epoch 8"."""
    return f"{index % tour.depth}{_of_epoch(tour, index)}"


def _of_epoch(tour: Tour, index: int) -> str:
    return f", epoch {tour.epochs[index // tour.depth]}" if tour.epochs else ""


def mask_of(selected: Sequence[int] | None, n: int) -> Mask | None:
    """Point numbers as a mask (n,); None stays None. Raises IndexError where there is no such point."""
    if selected is None:
        return None
    numbers = Numbers(selected)
    if not numbers.within(n):
        raise IndexError(f"points are numbered 0 to {n - 1}; {max(numbers)} is not among them")
    mask = np.zeros(n, dtype=bool)
    mask[np.asarray(numbers)] = True
    return mask

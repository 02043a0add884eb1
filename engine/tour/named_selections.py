"""A selection with a name, as an attribute of its tour like any other: to colour by, to filter, to save."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .agreement import AGREEMENT
from .movement import DIFFERENCE, MOVEMENT
from .tour import Tour

OTHERS = "others"
TAKEN = (MOVEMENT, DIFFERENCE, AGREEMENT, "point")  # what a colouring or a list of points goes by already


def with_selection(tour: Tour, name: str, selected: NDArray[np.bool_]) -> Tour:
    """The tour with an attribute `name` of two classes: the name itself for `selected` points (n,), and others.

    The tour given stays as it is, and so does its folder until the new one is saved. A selection of that name is
    replaced. Raises ValueError where the name is empty or stands for something else, or nothing is selected.
    """
    name = " ".join(name.split())
    if not name or name.casefold() == OTHERS:
        raise ValueError(f"a selection needs a name, and '{OTHERS}' are those outside it")
    if name in TAKEN or (name in tour.attributes.columns and not is_selection(tour, name)):
        raise ValueError(f"{tour.name} has '{name}' already; give the selection another name")
    if selected.shape != (tour.n,) or not selected.any():
        raise ValueError(f"a selection is a boolean for each of {tour.n:,} points, true for one at least")
    table = tour.attributes.copy()
    table[name] = pd.Categorical(np.where(selected, name, OTHERS), categories=[name, OTHERS])
    table.attrs = dict(tour.attributes.attrs)
    return replace(tour, attributes=table)


def is_selection(tour: Tour, name: str) -> bool:
    """Whether an attribute is a named selection."""
    dtype = tour.attributes[name].dtype
    return isinstance(dtype, pd.CategoricalDtype) and list(dtype.categories) == [name, OTHERS]

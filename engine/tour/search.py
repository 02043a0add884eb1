"""Finding points by what their text attributes say, fast enough to do at every letter."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .tour import Tour


def text_attributes(tour: Tour) -> list[str]:
    """The attributes that hold text: classes, and columns of strings."""
    return [str(name) for name in tour.attributes.columns if _is_text(tour.attributes[name])]


def _is_text(values: "pd.Series[Any]") -> bool:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return not pd.api.types.is_numeric_dtype(values.cat.categories.dtype)
    return bool(pd.api.types.is_string_dtype(values.dtype) or pd.api.types.is_object_dtype(values.dtype))


def _factorized(values: "pd.Series[Any]") -> tuple[NDArray[np.integer], Any]:
    """The number of each point's text, -1 for none, and the texts. Of classes they are there already."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy(), values.cat.categories
    return pd.factorize(values.astype("string"))


class TextIndex:
    """The text attributes of a tour, each distinct text once, without its case."""

    def __init__(self, tour: Tour) -> None:
        self.n = tour.n
        self._columns: dict[str, tuple[list[str], NDArray[np.integer]]] = {}
        self.attributes = text_attributes(tour)
        for name in self.attributes:
            codes, texts = _factorized(tour.attributes[name])
            self._columns[name] = [str(text).casefold() for text in texts], codes

    def matches(self, text: str, *, attribute: str | None = None) -> NDArray[np.bool_] | None:
        """Points with an attribute, or that one, in which all words of `text` occur; None for no text.

        Raises KeyError where there is no such text attribute.
        """
        words = text.casefold().split()
        if not words:
            return None
        found = np.zeros(self.n, dtype=bool)
        for texts, codes in self._columns.values() if attribute is None else [self._columns[attribute]]:
            hits = np.array([*(all(word in each for word in words) for each in texts), False])  # -1 is no text
            found |= hits[codes]
        return found

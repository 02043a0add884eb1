"""Selected points as a table that other programs read, and such a list back."""

import csv
import io
import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .tour import Tour

COLUMN = "point"


def table(tour: Tour, selected: NDArray[np.bool_]) -> pd.DataFrame:
    """The selected points (mask (n,)) with their numbers, in the first column, and all their attributes."""
    rows = np.flatnonzero(selected)
    attributes = tour.attributes.iloc[rows].reset_index(drop=True)
    kept = attributes.drop(columns=COLUMN, errors="ignore")  # or the numbers would not be the points' own
    kept.insert(0, COLUMN, rows)
    return kept


def to_csv(tour: Tour, selected: NDArray[np.bool_]) -> str:
    """That table as comma-separated values, a header first."""
    return table(tour, selected).to_csv(index=False, lineterminator="\n")


def from_text(tour: Tour, text: str) -> NDArray[np.bool_]:
    """Which points a text lists, as a mask (n,): CSV with a column "point", or numbers and nothing else.

    Raises ValueError saying what is wrong with it.
    """
    text = text.lstrip("\ufeff").strip()
    if not text:
        raise ValueError("the list of points is empty")
    plain = re.fullmatch(r"[\[\](){}\s,;\d+-]+", text)
    fields = re.findall(r"[+-]?\d+", text) if plain else _column(text)
    mask = np.zeros(tour.n, dtype=bool)
    for field in fields:
        if not re.fullmatch(r"\+?0*\d{1,18}", field) or int(field) >= tour.n:
            raise ValueError(f"points are numbered 0 to {tour.n - 1}; '{field[:20]}' is not among them")
        mask[int(field)] = True
    if not mask.any():
        raise ValueError("the list of points is empty")
    return mask


def _column(text: str) -> list[str]:
    """What a table says under "point"."""
    try:
        reader = csv.reader(io.StringIO(text, newline=None), delimiter=_delimiter(text))  # whatever ends its lines
        header = [name.strip() for name in next(reader)]
        if COLUMN in header:
            column = header.index(COLUMN)
            return [row[column].strip() for row in reader if len(row) > column]
    except csv.Error as error:  # a field of more than 131,072 letters
        raise ValueError(f"the list of points is no table ({error})") from None
    raise ValueError(f'a list of points is numbers, or a table with a column "{COLUMN}"; this has neither')


def _delimiter(text: str) -> str:
    """Of a header line: what a spreadsheet may have made of the comma."""
    header = text.splitlines()[0]
    return max(",;\t", key=header.count)

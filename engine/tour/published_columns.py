"""Columns of a published attribute table: which one a key means, what it holds, and whether two divide points alike."""

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def column_for(pattern: str, columns: "pd.Index[str]") -> str | None:
    """The column that a key of the attribute table means: the one of that name, else the first it matches.

    As published, keys are regular expressions, found anywhere in a column's name.
    """
    if pattern in columns:
        return pattern
    try:
        return next((each for each in columns if re.search(pattern, each)), None)
    except re.error:
        return None


def guessed(values: "pd.Series[str]") -> Any:
    """A column that the meta file says nothing of: numbers if it holds nothing else, else classes."""
    numbers = pd.to_numeric(values, errors="coerce")
    return pd.Categorical(values) if numbers.isna().any() else numbers.astype(np.float64)


def classes_of(attributes: pd.DataFrame) -> list[str]:
    return [each for each in attributes.columns if isinstance(attributes[each].dtype, pd.CategoricalDtype)]


def same_partition(codes: NDArray[Any], values: "pd.Series[Any]") -> bool:
    """Whether two labellings of the points put the same ones together, whatever the classes are called."""
    pairs = pd.DataFrame({"a": codes, "b": values.cat.codes.to_numpy()}).drop_duplicates()
    return len(pairs) == pairs["a"].nunique() == pairs["b"].nunique()


def first_difference(codes: NDArray[Any], values: "pd.Series[Any]") -> int:
    """The first row at which the pairing of classes, fixed by their first meeting, breaks."""
    forth: dict[int, int] = {}
    back: dict[int, int] = {}
    for row, (a, b) in enumerate(zip(codes.tolist(), values.cat.codes.tolist(), strict=True)):
        if forth.setdefault(a, b) != b or back.setdefault(b, a) != a:
            return row
    return len(codes) - 1

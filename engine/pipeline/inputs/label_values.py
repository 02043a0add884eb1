"""What one label means: numbers, names, tensors, one-hot rows and shares, as a class or a number, and as a column."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from torch import Tensor

from ...tour.folders import whole_letters


def label_of(value: Any) -> Any:
    """A label as an int, a float, a str or None: one number, the place of the one in a one-hot row, or its words.

    None where there is none, and for boxes and masks.
    """
    if isinstance(value, Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.generic):
        value = np.asarray(value)
    if isinstance(value, list | tuple) and value and all(isinstance(each, int | float) for each in value):
        value = np.asarray(value)
    if isinstance(value, np.ndarray):
        if value.size != 1:
            return _of_row(value)
        value = value.reshape(()).item()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and not value.strip():
        return None
    if value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list | tuple | set) and value and all(isinstance(each, str) for each in value):
        return " ".join(value)
    if isinstance(value, Mapping | list | tuple | set | Image.Image):
        return None  # boxes or a mask
    return value if value is None or isinstance(value, str | int | float) else str(value)


def column_of(values: Sequence[Any], classes: Sequence[str] = ()) -> Any:
    """Labels as a column: classes, numbers by the names in `classes`; or numbers, where some are no whole ones."""
    present = [value for value in values if value is not None]
    if classes and all(isinstance(value, int) and 0 <= value < len(classes) for value in present):
        named = [None if value is None else classes[value] for value in values]
        return pd.Categorical(named, categories=list(dict.fromkeys(classes)))
    if any(isinstance(value, float) for value in present) and all(isinstance(value, int | float) for value in present):
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if all(isinstance(value, int) for value in present):
        order = [str(value) for value in sorted(set(present))]
    else:
        order = sorted({_word(value) for value in present})
    return pd.Categorical([None if value is None else _word(value) for value in values], categories=order)


def _word(value: Any) -> str:
    return whole_letters(str(value))


def _of_row(row: "np.ndarray[Any, Any]") -> Any:
    """The class of a one-hot row or of a row of shares; any other row in words; None for what is no row."""
    if row.ndim == 1 and len(row) and row.dtype.kind in "uifb":
        numbers = row.astype(np.float64)
        if (numbers >= 0).all() and abs(numbers.sum() - 1.0) < 1e-3:
            return int(numbers.argmax())
        if row.dtype.kind in "ub" or ((numbers == 0) | (numbers == 1)).all():
            return " ".join(str(k) for k in np.flatnonzero(numbers)) or None
    return " ".join(str(value) for value in row[:8]) or None if row.ndim == 1 else None

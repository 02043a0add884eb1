"""Columns of a table as attributes of pictures, each with its type: numbers, dates, classes, text; and their label."""

import logging
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...tour.folders import whole_letters
from ...tour.tables import COLUMNS
from ...tour.tour import nearest
from .images import Images
from .labelled_images import labelled

log = logging.getLogger("engine")

LABELS = ("label", "labels", "target", "targets", "class", "cls", "category", "fine_label", "y")
OWN = frozenset(("label", "label_coarse", "prediction", "confidence", "error", "file"))
"""Names of attributes that a build gives itself."""
FEW = 50  # values of text that are classes, whatever there are of them
DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d.*)?")
NONE = frozenset(("nan", "na", "n/a", "null", "none", "-", "?"))  # what stands among numbers for no number
BOOLS = {"true": "true", "false": "false"}


def check_columns(file: Path, count: int) -> None:
    """Raises ValueError where a table has more columns than a tour has attributes."""
    if count > COLUMNS:
        raise ValueError(f"{file}: has {count:,} columns, and a tour has at most {COLUMNS:,} attributes")


def with_columns(images: Images, table: Mapping[str, Any], *, rows: "np.ndarray[Any, Any] | None" = None) -> Images:
    """The images with the columns of a table as attributes; one that is called a label is theirs if they have none.

    rows: which row of the table is whose picture's, -1 for none; in their order unless given.
    """
    values = {whole_letters(str(name)): typed(pd.Series(column)) for name, column in table.items()}
    if rows is not None:
        values = {name: _taken(column, rows) for name, column in values.items()}
    named = next((name for key in LABELS for name in values if name.lower() == key), None)
    if named is not None and images.labels is None and "label" not in images.columns:
        given = values.pop(named)
        rowwise = rows is None and any(isinstance(each, list | np.ndarray) for each in table[named])  # one-hot ones
        images = labelled(images, list(table[named]) if rowwise else given)
    columns, taken = dict(images.columns), {*images.columns, *OWN}
    for name, column in values.items():
        free = free_name(name, taken)
        taken.add(free)
        if free != name:
            log.info("column %s becomes the attribute %s: the tour has one of its own", name, free)
        columns[free] = column
    return replace(images, columns=columns)


def with_label(images: Images, name: str) -> Images:
    """The images with one of their attributes as label; the label that they had stays as `label_given`.

    Raises ValueError where there is no such attribute.
    """
    if name == "label" and images.labels is not None:
        return images
    if name not in images.columns:
        there = [*images.columns, *(["label"] if images.labels is not None else [])]
        raise ValueError(f"no column '{name}' to take the labels from{nearest(name, there)}")
    columns = dict(images.columns)
    values = columns.pop(name)
    if name in OWN:
        columns[name] = values
    if images.labels is not None:
        columns[free_name("label", {*columns, *OWN})] = images.labels
    return labelled(replace(images, columns=columns), values)


def typed(values: "pd.Series[Any]") -> Any:
    """A column as an attribute: numbers, dates, classes (few of them, or truth values), else text.

    Text that could be numbers is numbers, unless a value has zeros before it, as ids have. What is empty is missing.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.array.rename_categories([whole_letters(str(each)) for each in values.cat.categories])
    if pd.api.types.is_bool_dtype(values.dtype):
        return _classes([None if pd.isna(each) else str(bool(each)).lower() for each in values])
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.to_numpy(np.float64, na_value=np.nan) if values.hasnans else values.to_numpy()
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values.array
    texts = [None if _missing(each) else _text(each) for each in values]
    present = [each for each in texts if each is not None]
    if present and all(each.lower() in BOOLS for each in present):
        return _classes([each and each.lower() for each in texts])
    values_said = [each for each in present if each.lower() not in NONE]
    if values_said and not any(_is_code(each) for each in values_said):
        numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce")
        if numbers.notna().sum() == len(values_said):
            return numbers.to_numpy()
    if present and all(DATE.fullmatch(each) for each in present):
        dates = pd.to_datetime(pd.Series(texts, dtype=object), errors="coerce", format="ISO8601", utc=True)
        if dates.notna().sum() == len(present):
            return dates.dt.tz_localize(None).array
    distinct = len(set(present))
    if distinct <= max(FEW, len(texts) // 2) and distinct < max(len(present), 2):
        return _classes(texts)
    return np.array([each or "" for each in texts], dtype=object)


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, or NAME_given, NAME_given2, ... where it is taken."""
    names = (f"{name}{end}" for end in ("", "_given", *(f"_given{k}" for k in range(2, 1000))))
    return next(each for each in names if each not in taken)


def _classes(texts: list[str | None]) -> pd.Categorical:
    return pd.Categorical(texts, categories=sorted({each for each in texts if each is not None}))


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list | tuple | np.ndarray):
        value = " ".join(str(each) for each in value)
    return whole_letters(str(value)).strip()


def _missing(value: Any) -> bool:
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return isinstance(value, float | type(pd.NaT) | type(pd.NA)) and bool(pd.isna(value))


def _is_code(text: str) -> bool:
    """Digits that are no number: 007, or more of them than a number keeps."""
    digits = text.lstrip("+-")
    return digits.isdigit() and (len(digits) > 15 or (len(digits) > 1 and digits[0] == "0"))


def _taken(column: Any, rows: "np.ndarray[Any, Any]") -> Any:
    """The values of these rows, those of -1 being missing."""
    if isinstance(column, pd.Categorical):
        return pd.Categorical.from_codes(np.where(rows < 0, -1, column.codes[rows]), dtype=column.dtype)
    values = pd.Series(column).take(np.maximum(rows, 0)).reset_index(drop=True)
    if (rows < 0).any():
        values = values.where(pd.Series(rows >= 0), "" if values.dtype == object else None)
    return values.array if pd.api.types.is_datetime64_any_dtype(values.dtype) else values.to_numpy()

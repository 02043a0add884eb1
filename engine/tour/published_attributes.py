"""The attribute table of a published UMAP Tour: a CSV, which column each key means, classes or numbers; label files."""

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as arrow
from numpy.typing import NDArray

from ..files import opened
from .published_meta import Meta, fail
from .schema import TourFormatError

BYTES, BYTES_A_POINT = 16 * 2**20, 16 * 2**10  # of the table

log = logging.getLogger("engine")


def read_attributes(meta: Meta) -> pd.DataFrame:
    """The attributes of the points, those first that the meta file describes. Raises TourFormatError."""
    file = meta.path(meta.folder.parent, meta.values["attribute_url"])
    table = _read_table(file, meta.n)
    if len(table) != meta.n:
        more = "more than " if len(table) > meta.n else ""
        fail(file, f"has {more}{min(len(table), meta.n):,} rows for {meta.n:,} points")
    table = table.drop(columns=[name for name in table.columns if name.startswith("Unnamed:")])
    columns: dict[str, Any] = {}
    extents: dict[str, list[float]] = {}
    for pattern, described in meta.attributes.items():
        how = described if isinstance(described, dict) else {}
        column = column_for(pattern, table.columns)
        if column is None:
            log.warning("attribute %s: no such column in %s; left out", pattern, file.name)
            continue
        columns[column] = _column(file, table[column], how)
        extent = how.get("extent")
        if isinstance(extent, list) and len(extent) == 2 and all(_is_finite(end) for end in extent):
            extents[column] = [float(end) for end in extent]
    rest = {name: guessed(table[name]) for name in table.columns if name not in columns}
    attributes = pd.DataFrame({**columns, **rest})
    attributes.attrs["extent"] = extents
    return attributes


def _read_table(file: Path, n: int) -> pd.DataFrame:
    try:  # as text, or pandas takes a class called "NA" or "null" for none
        with opened(file) as stream:
            if os.fstat(stream.fileno()).st_size > BYTES + BYTES_A_POINT * n:
                fail(file, f"has {os.fstat(stream.fileno()).st_size:,} bytes, too many for {n:,} points")
            return pd.read_csv(stream, index_col=False, dtype=str, keep_default_na=False, nrows=n + 1)
    except FileNotFoundError:
        fail(file, "missing; it holds the attributes of the points")
    except TourFormatError:
        raise
    except (ValueError, OSError, OverflowError) as error:
        fail(file, f"no readable table ({error})")


def _is_finite(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < 1e300


def _column(file: Path, values: "pd.Series[str]", how: dict[str, Any]) -> Any:
    """A column as the meta file describes it: numbers, or classes in the order that it lists."""
    if how.get("type") == "continuous":
        numbers = pd.to_numeric(values, errors="coerce").astype(np.float64)
        if numbers.isna().all():
            fail(file, f"column {values.name} is called continuous and holds no number")
        return numbers
    present = [value for value in values.unique() if value]
    listed = how.get("order")
    order = [str(value) for value in listed] if isinstance(listed, list) else present
    known = dict.fromkeys([*order, *present])
    return pd.Categorical(values, categories=list(known), ordered=how.get("type") == "ordinal")


def add_labels(meta: Meta, folder: Path, labels: Any, attributes: pd.DataFrame) -> None:
    """Label files repeat what the table says. One that does not becomes an attribute of its own."""
    name = labels.get("id") if isinstance(labels, dict) else None
    if not isinstance(name, str):
        return
    file = meta.path(folder, f"{name}.bin")
    shape = labels.get("shape")
    if not file.is_file():
        log.info("label file %s: missing; left out", file.name)
    elif shape not in (meta.n, [meta.n]) or file.stat().st_size != 2 * meta.n:
        seen = f"{file.stat().st_size:,} bytes for shape {shape}"
        log.warning("label file %s: %s, not one uint16 a point; left out", file.name, seen)
    else:
        with opened(file) as stream:
            codes = np.fromfile(stream, dtype="<u2", count=meta.n)
        if not any(same_partition(codes, attributes[column]) for column in classes_of(attributes)):
            attributes[name] = pd.Categorical(codes)
            log.info("label file %s: an attribute that the table does not have; added", file.name)


def column_for(pattern: str, columns: "pd.Index[str]") -> str | None:
    """The column that a key of the attribute table means: the one of that name, else the first it matches.

    As published, keys are regular expressions, found anywhere in a column's name. They are matched by RE2, whose time
    grows with the length of a name alone: none of them can hang.
    """
    if pattern in columns:
        return pattern
    try:
        found = arrow.match_substring_regex(pa.array(list(columns), pa.string()), pattern).to_pylist()
    except (pa.ArrowInvalid, UnicodeEncodeError):
        return None
    return next((each for each, matches in zip(columns, found, strict=True) if matches), None)


def guessed(values: "pd.Series[str]") -> Any:
    """A column that the meta file says nothing of: numbers if it holds nothing else, else classes."""
    numbers = pd.to_numeric(values, errors="coerce")
    return pd.Categorical(values) if numbers.isna().any() else numbers.astype(np.float64)


def classes_of(attributes: pd.DataFrame) -> list[str]:
    """The names of the attributes that hold classes."""
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

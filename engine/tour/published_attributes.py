"""The attribute table of a published UMAP Tour: a CSV, which column each key means, classes or numbers; label files."""

import csv
import io
import itertools
import logging
import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as arrow

from ..files import opened
from .published_labels import labels_of_folder
from .published_meta import Meta, fail
from .schema import TourFormatError

COLUMNS = 1000  # each of which takes some milliseconds
BYTES, BYTES_A_POINT = 16 * 2**20, 16 * 2**10  # of the table

log = logging.getLogger("engine")


def read_attributes(meta: Meta, folder: Path) -> pd.DataFrame:
    """The attributes of the points, those first that the meta file describes. Raises TourFormatError.

    folder: of the embeddings, where a meta file of the older form keeps labels.
    """
    if meta.is_older:
        return labels_of_folder(meta, folder)
    file = meta.path(meta.folder.parent, meta.values["attribute_url"])
    table = _read_table(file, meta.n)
    if len(table) < meta.n:
        fail(file, f"has {len(table):,} rows for {meta.n:,} points")
    if len(table) > meta.n:
        first = " ".join(each for each in table.iloc[meta.n] if each)[:40]
        log.warning("%s: what follows the %d points is ignored, from %r on", file.name, meta.n, first)
        table = table.iloc[: meta.n]
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
    """The first n + 1 rows, as text: a class may be called "NA". Commas at the end of a line are no columns."""
    try:
        with opened(file) as stream:
            if os.fstat(stream.fileno()).st_size > BYTES + BYTES_A_POINT * n:
                fail(file, f"has {os.fstat(stream.fileno()).st_size:,} bytes, too many for {n:,} points")
            lines = csv.reader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""))
            names = [name or f"Unnamed: {k}" for k, name in enumerate(next(lines, []))]
            if len(names) > COLUMNS:
                fail(file, f"has {len(names):,} columns, and at most {COLUMNS:,} are read")
            rows = [row for row in itertools.islice((row for row in lines if row), n + 1)]
    except FileNotFoundError:
        fail(file, "missing; it holds the attributes of the points")
    except TourFormatError:
        raise
    except (ValueError, OSError, csv.Error) as error:
        fail(file, f"no readable table ({error})")
    for k, row in enumerate(rows):
        if k < n and any(row[len(names) :]):
            fail(file, f"row {k} has {len(row)} values, and the first line names {len(names)}")
    whole = [(row + [""] * len(names))[: len(names)] for row in rows]
    twice = Counter[str]()
    for k, name in enumerate(names):
        names[k] = f"{name}.{twice[name]}" if twice[name] else name
        twice[name] += 1
    return pd.DataFrame(whole, columns=names, dtype=object)


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

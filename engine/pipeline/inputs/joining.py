"""Further attributes of pictures from somebody's table, joined by path, file name or id; what has no match is said."""

import logging
import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ...tour.folders import SUFFIXES
from .columns import with_columns
from .images import Images
from .table_files import Table, read_table

log = logging.getLogger("engine")

Key = Callable[[str], str]
KEYS: dict[str, Key] = {
    "path": lambda text: text.replace("\\", "/").removeprefix("./"),
    "file name": lambda text: text.replace("\\", "/").rpartition("/")[2],
    "file name without its ending": lambda text: _stem(text.replace("\\", "/").rpartition("/")[2]),
}


def with_attributes(images: Images, file: Path) -> Images:
    """The images with the columns of a table that has a row for each, found by its path, file name, or `id`.

    Pictures without a row, rows without a picture, and names that are not one picture's alone are counted and said.
    Raises ValueError where no column names any of the pictures.
    """
    table = read_table(file)
    found = max(_matches(images, table), key=lambda match: int((match[2] >= 0).sum()), default=None)
    if found is None or not (found[2] >= 0).any():
        raise ValueError(
            f"{file}: none of its columns ({', '.join(map(str, table.frame.columns))}) names the pictures, by path, "
            f"file name or id; the first picture is {images.name_of(0)}"
        )
    column, by, rows = found
    used = np.unique(rows[rows >= 0])
    log.info("%s: joined by %s, which its column '%s' holds", file.name, by, column)
    for count, what in (
        (int((rows < 0).sum()), f"of {images.n:,} pictures have no row of their own in it, and lack its attributes"),
        (len(table.frame) - len(used), f"of its {len(table.frame):,} rows are no picture's"),
    ):
        if count:
            log.warning("%s: %d %s", file.name, count, what)
    others = {name: table.frame[name] for name in table.frame.columns if name != column}
    return with_columns(images, others, rows=rows)


def _matches(images: Images, table: Table) -> "list[tuple[str, str, np.ndarray[tuple[int], np.dtype[np.int64]]]]":
    """Column, kind of key and the row of every picture, for all columns of text or whole numbers; strictest first."""
    named: list[tuple[str, Key, Sequence[str]]] = []
    if "file" in images.columns:
        files = [str(each) for each in images.columns["file"]]
        named += [("path", KEYS["path"], _inside(files))]
        named += [("the end of its path", end, [end(each) for each in files]) for end in map(_end, range(6, 1, -1))]
        named += [(by, KEYS[by], [KEYS[by](each) for each in files]) for by in KEYS if by != "path"]
    if "id" in images.columns:
        named += [("id", lambda text: text, [str(each) for each in images.columns["id"]])]
    found = []
    for by, key, keys in named:
        for column in table.frame.columns:
            values = table.frame[column]
            if values.dtype == object or pd.api.types.is_string_dtype(values) or pd.api.types.is_integer_dtype(values):
                found.append((str(column), by, _rows(keys, [key(str(each)) for each in values])))
    return found


def _stem(name: str) -> str:
    """Without the ending of a picture; 1.5 is no picture, nor is scan.0001."""
    stem, ending = os.path.splitext(name)
    return stem if ending.lower() in SUFFIXES else name


def _end(parts: int) -> Key:
    """The last so many parts of a path."""
    return lambda text: "/".join(KEYS["path"](text).split("/")[-parts:])


def _inside(files: Sequence[str]) -> list[str]:
    """Paths from the folder that holds all the pictures."""
    folder = os.path.commonpath([os.path.dirname(each) for each in files])
    return [os.path.relpath(each, folder).replace(os.sep, "/") for each in files]


def _rows(keys: Sequence[str], values: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The row of every key, -1 for none, for one that two pictures have, or two rows."""
    shared = {key for key, count in Counter(keys).items() if count > 1}
    twice = {value for value, count in Counter(values).items() if count > 1}
    places = {value: k for k, value in enumerate(values) if value not in twice and value not in shared}
    return np.array([places.get(key, -1) for key in keys], dtype=np.int64)

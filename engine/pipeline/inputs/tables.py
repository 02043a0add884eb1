"""Pictures that a table lists: a column of paths, relative to its file, or of encoded pictures; the rest attributes."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...tour.folders import SUFFIXES, Remarks, text_of, whole_path
from .columns import with_columns
from .decoding import Decoding
from .files import stamp
from .images import BrokenImageError, Images, Picture, digest_of
from .table_files import Table, read_table

PATHS = ("file", "path", "filename", "file_name", "filepath", "file_path", "image", "image_path", "image_file", "img",
         "img_path", "image_name", "picture", "photo", "jpg", "png")  # fmt: skip
LOOKED_AT = 20  # values of a column, to see whether it holds paths
ENCODED = re.compile(r"(data:image/[\w.+-]+;base64,)?(/9j/|iVBORw0KGgo|R0lGOD|UklGR|Qk[0-3]|SUkq|TU0A)[\w+/=\s]{20,}")


def from_table(file: Path, decoding: Decoding) -> Images:
    """The pictures that the rows of a .csv, .tsv, .jsonl or .parquet file name or hold; other columns are attributes.

    Raises ValueError or OSError saying in which file and line what is wrong. A missing or broken picture
    is found out when it is read, as with folders.
    """
    table = read_table(file)
    if table.encoded is not None:
        return _encoded(table, table.encoded, table.frame, decoding)
    texts = [name for name in table.frame.columns if _has_text(table.frame[name])]
    inside = next((name for name in texts if _first(table.frame[name], ENCODED.match)), None)
    if inside is not None:
        values = table.frame[inside]
        return _encoded(table, lambda row: _decoded(values.iloc[row]), table.frame.drop(columns=inside), decoding)
    return _files(table, _column_of_paths(table, texts), decoding)


def _files(table: Table, column: str, decoding: Decoding) -> Images:
    folder = table.file.parent
    texts = ["" if pd.isna(each) else str(each) for each in table.frame[column]]
    paths = [place(folder, text) for text in texts]
    notes = Remarks()

    def read(i: int) -> tuple[Picture, None]:
        where = f"{table.place(i)}: {texts[i] or 'no file named'}"
        if not paths[i].is_file():
            raise BrokenImageError(f"{where}: no such file; it is looked for as {text_of(paths[i].absolute())}")
        return decoding.picture(paths[i], notes, name=where), None

    images = Images(
        n=len(paths),
        read=read,
        origin=f"table of {len(paths):,} files, {digest_of(stamp(each) for each in paths)}",
        columns={"file": np.array([whole_path(path) for path in paths], dtype=object)},
        elsewhere=not decoding.on_gpu,
        notes=notes,
    )
    return with_columns(images, {name: table.frame[name] for name in table.frame.columns if name != column})


def _encoded(table: Table, encoded: Callable[[int], bytes], others: pd.DataFrame, decoding: Decoding) -> Images:
    notes = Remarks()

    def read(i: int) -> tuple[Picture, None]:
        try:
            data = encoded(i)
        except ValueError as error:
            raise BrokenImageError(f"{table.place(i)}: {error}") from None
        return decoding.picture(data, notes, name=table.place(i)), None

    n = len(table.frame)
    images = Images(n, read, f"table of {n:,} pictures, {digest_of([stamp(table.file)])}", notes=notes)
    return with_columns(images, {name: others[name] for name in others.columns})


def _column_of_paths(table: Table, texts: Sequence[str]) -> str:
    """The column most of whose first values are files. Raises ValueError where none are."""
    folder = table.file.parent

    def preference(name: str) -> int:
        return PATHS.index(name.lower()) if name.lower() in PATHS else len(PATHS)

    def there(name: str) -> int:
        return len(_some(table.frame[name], lambda text: place(folder, text).is_file()))

    ordered = sorted(texts, key=preference)
    found = max(ordered, key=there, default=None)
    if found is not None and there(found):
        return found
    named = [
        name
        for name in ordered
        if name.lower() in PATHS or _first(table.frame[name], lambda text: Path(text).suffix.lower() in SUFFIXES)
    ]
    if not named:
        raise ValueError(
            f"{table.file}: none of its columns ({', '.join(map(str, table.frame.columns))}) holds paths of pictures "
            "or encoded ones; paths are relative to the table's folder, in a column such as 'file'; for names "
            "without endings, give their folder to --images and the table to --attributes"
        )
    row = next(k for k, each in enumerate(table.frame[named[0]]) if isinstance(each, str) and each)
    text = table.frame[named[0]].iloc[row]
    if re.match(r"\w+://", text):
        raise ValueError(f"{table.file}: its column '{named[0]}' holds addresses ({text}); name files on this machine")
    raise ValueError(
        f"{table.place(row)}: '{text}' in column '{named[0]}' is no file, nor are the others looked at; paths are "
        f"relative to the table, so it is looked for as {text_of(place(folder, text).absolute())}"
    )


def place(folder: Path, text: str) -> Path:
    """The file that a table in a folder calls so; backslashes part folders where no file has them in its name."""
    try:
        path = folder / text
        if "\\" in text and not path.exists():
            path = folder / text.replace("\\", "/")
        path.exists()
    except (OSError, ValueError):  # too long a name, or NUL
        return folder / "?"
    return path


def _has_text(values: "pd.Series[Any]") -> bool:
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = pd.Series(values.cat.categories)
    numbers = pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_datetime64_any_dtype(values.dtype)
    return not numbers and any(isinstance(each, str) for each in values)


def _some(values: "pd.Series[str]", good: Callable[[str], object]) -> list[str]:
    first = [each for each in values.iloc[: 10 * LOOKED_AT] if isinstance(each, str) and each][:LOOKED_AT]
    return [each for each in first if good(each)]


def _first(values: "pd.Series[str]", good: Callable[[str], object]) -> bool:
    """Whether most of the first values are such."""
    first = _some(values, bool)
    return bool(first) and len(_some(values, good)) > len(first) // 2


def _decoded(text: object) -> bytes:
    """Base64, as a text file holds bytes."""
    if not isinstance(text, str) or not text:
        raise ValueError("has no picture")
    try:
        return base64.b64decode(text.partition("base64,")[2] or text, validate=False)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"its picture is no base64 ({error})") from None

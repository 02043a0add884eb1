"""Tables that people have - .csv, .tsv, .jsonl, .parquet - read whole but for encoded pictures, rows by their lines."""

import csv
import io
import json
import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ...files import opened, why
from ...tour.folders import SUFFIXES, whole_letters
from .columns import check_columns
from .parquet_pictures import ParquetPictures

log = logging.getLogger("engine")

TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
LARGEST = 2 * 2**30  # bytes of text
BEGIN = 1024  # bytes that tell whether it is text
EMPTY = 10**6  # lines
SPARSE = 10**7  # values that are missing, beyond which there are too many
SEPARATORS = ",;\t|"
DECIMAL = re.compile(r"[+-]?\d+(,\d+)?")


@dataclass(frozen=True, eq=False)
class Table:
    """A table and where its rows stand in its file."""

    file: Path
    frame: pd.DataFrame
    """Text of a CSV as it stands there; the columns of other files with their types."""
    lines: Sequence[int]
    """The line of each row, or its number in a file without lines."""
    encoded: Callable[[int], bytes] | None = None
    """Row -> the encoded picture in it, where the file has such a column. Raises ValueError where there is none."""

    def place(self, row: int) -> str:
        """How a person finds a row."""
        return f"{self.file.name}, {'row' if self.file.suffix.lower() == '.parquet' else 'line'} {self.lines[row]}"


def read_table(file: Path) -> Table:
    """A table by the ending of its file. Raises ValueError naming file, line and fault, OSError where it is not there.

    A CSV may be separated by commas, semicolons, tabs or bars, and may lack a header where its first line names a
    picture.
    """
    ending = file.suffix.lower()
    if ending not in TABLES:
        raise ValueError(f"{file}: a table is {', '.join(TABLES)}, not {ending or 'a file without an ending'}")
    if not file.exists():
        raise FileNotFoundError(f"{file}: no such table")
    with opened(file) as stream:  # which says what it is where it is no file
        size = os.fstat(stream.fileno()).st_size
    if ending != ".parquet" and size > LARGEST:
        raise ValueError(f"{file}: has more than {LARGEST // 2**30} GB of text; save it as .parquet")
    if ending == ".parquet":
        table = _parquet(file)
    else:
        text = _text(file)
        table = _csv(file, text) if ending in (".csv", ".tsv") else _jsonl(file, text)
    check_columns(file, len(table.frame.columns))
    if not len(table.frame):
        raise ValueError(f"{file}: has no rows")
    return table


def _csv(file: Path, text: str) -> Table:
    first = text.partition("\n")[0]
    separator = "\t" if file.suffix.lower() == ".tsv" and "\t" in first else max(SEPARATORS, key=first.count)
    reader = csv.reader(_bounded(file, text, separator), delimiter=separator)
    rows: list[list[str]] = []
    lines: list[int] = []
    names: list[str] | None = None
    begun = 1
    try:
        for cells in reader:
            line, begun = begun, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = _names(file, cells)
                if names is not None:
                    continue
                names = ["file", "label"] if len(cells) == 2 else [f"column {k + 1}" for k in range(len(cells))]
                log.info("%s has no line of names; its columns are %s", file.name, ", ".join(names))
            while len(cells) > len(names) and not cells[-1].strip():
                cells.pop()  # a comma at the end
            if len(cells) != len(names):
                what = "a quotation mark may be left open" if any("\n" in cell for cell in cells) else ""
                raise ValueError(
                    f"{file}, line {line}: has {len(cells)} values, and the first line has {len(names)}; "
                    f"{what or 'put values that hold the separator in quotes'}"
                )
            rows.append([cell.strip() for cell in cells])
            lines.append(line)
    except csv.Error as error:
        raise ValueError(f"{file}, line {reader.line_num}: {error}") from None
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    return Table(file, frame if separator == "," else frame.apply(_points), lines)


def _bounded(file: Path, text: str, separator: str) -> Iterator[str]:
    """The lines of a table. Raises ValueError where one has too many values, or too many in a row have none."""
    empty = 0
    for line in io.StringIO(text, newline=""):
        check_columns(file, line.count(separator))
        empty = empty + 1 if len(line) < 3 and line.isspace() else 0
        if empty > EMPTY:
            raise ValueError(f"{file}: has more than {EMPTY:,} empty lines in a row; take them out")
        yield line


def _points(values: "pd.Series[str]") -> "pd.Series[str]":
    """Numbers with a decimal comma, as spreadsheets of half the world write them, with a point."""
    present = [each for each in values if each]
    decimal = any("," in each for each in present) and all(DECIMAL.fullmatch(each) for each in present)
    return values.str.replace(",", ".") if decimal else values


def _names(file: Path, cells: list[str]) -> list[str] | None:
    """The names in a first line; None where it is a row, since it names a picture."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if any(Path(name).suffix.lower() in SUFFIXES for name in names):
        return None
    names = [name or ("index" if k == 0 else f"column {k + 1}") for k, name in enumerate(names)]
    check_columns(file, len(names))
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise ValueError(f"{file}, line 1: names the column '{twice}' twice; call one of them otherwise")
    return names


def _jsonl(file: Path, text: str) -> Table:
    records: list[dict[str, Any]] = []
    lines: list[int] = []
    known: set[str] = set()
    given = 0
    for line, words in enumerate(text.splitlines(), start=1):
        if not words.strip():
            continue
        try:
            record = json.loads(words)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{file}, line {line}: is no JSON ({error}); each line is an object of its own") from None
        if not isinstance(record, dict):
            raise ValueError(f'{file}, line {line}: is {type(record).__name__}, not an object such as {{"file": ...}}')
        known |= record.keys()
        given += len(record)
        check_columns(file, len(known))
        if len(known) * len(records) > SPARSE + 5 * given:
            raise ValueError(f"{file}, line {line}: most lines name other keys than those before; name them alike")
        records.append({whole_letters(key): plain_value(each) for key, each in record.items()})
        lines.append(line)
    return Table(file, pd.DataFrame.from_records(records), lines)


def plain_value(value: Any) -> Any:
    """Text of whole letters, a table as its JSON, and a whole number that no column of numbers holds as its digits."""
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, str):
        return whole_letters(value)
    return str(value) if type(value) is int and not -(2**63) <= value < 2**64 else value


def _parquet(file: Path) -> Table:
    try:
        pictures = ParquetPictures(file)
        frame = pictures.others()
    except OSError:
        raise
    except Exception as error:  # pyarrow raises whatever its C++ met
        raise ValueError(f"{file}: no readable parquet table ({why(error)})") from None
    return Table(file, frame, range(1, pictures.n + 1), pictures.read if pictures.column else None)


def _text(file: Path) -> str:
    with opened(file) as stream:
        data = stream.read()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")  # as Excel calls "Unicode text"
    no_text = ValueError(f"{file}: is no text, so no table; is its ending the right one?")
    if data[:BEGIN].count(0) > BEGIN // 8:
        raise no_text
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise no_text from None
        line = data.count(b"\n", 0, error.start) + 1
        log.info("%s is not UTF-8 (line %d); it is read as Windows-1252", file.name, line)
        return data.decode("cp1252", "replace")

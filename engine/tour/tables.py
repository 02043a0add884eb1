"""attributes.parquet: asked for its rows and columns first, then read, so that a small file cannot fill the memory."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.parquet as parquet

from ..files import opened

COLUMNS = 10_000
ROWS = 1 << 16  # at a time
BYTES, BYTES_A_POINT = 128 * 2**20, 64 * 2**10  # uncompressed
TEXT_A_POINT, PACKED = 256, 50  # bytes of text for each point and for each byte of the file


def read_attributes(file: Path, n: int) -> pd.DataFrame:
    """The table of n points. Raises ValueError saying what is wrong with it, OSError where it cannot be read."""
    try:
        with opened(file) as stream:
            size = os.fstat(stream.fileno()).st_size
            texts = _check_size(parquet.ParquetFile(stream), n)
            stream.seek(0)
            check_texts(parquet.ParquetFile(stream, read_dictionary=texts), texts, n, size)
            stream.seek(0)
            frame = pd.read_parquet(stream)
    except (RefusedError, OSError):
        raise
    except Exception as error:  # pyarrow raises whatever its C++ met
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f"no readable parquet table ({why})") from None
    if frame.columns.empty:
        frame = pd.DataFrame(index=range(n))  # parquet keeps no rows without columns
    if len(frame) != n:
        raise ValueError(f"has {len(frame):,} rows for {n:,} points")
    _check_extents(frame)
    return frame


class RefusedError(ValueError):
    """What the table says of itself cannot be that of a tour."""


def _check_size(table: parquet.ParquetFile, n: int) -> list[str]:
    """What the table says of itself; returns the columns of text."""
    about, schema = table.metadata, table.schema_arrow
    if about.num_rows != n and schema.names:
        raise RefusedError(f"has {about.num_rows} rows for {n} points")
    if len(schema.names) > COLUMNS:
        raise RefusedError(f"has {len(schema.names):,} columns, and a tour has at most {COLUMNS:,}")
    if len(set(schema.names)) < len(schema.names):
        raise RefusedError("has two columns of the same name")
    size = sum(about.row_group(k).total_byte_size for k in range(about.num_row_groups))
    if not 0 <= size <= _most(n):
        raise RefusedError(f"unpacks to {size:,} bytes, too many for {n:,} points")
    for column in schema:
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            raise RefusedError(f"column '{column.name}' holds {kind}; attributes are numbers, classes, text or dates")
    return text_columns(schema)


def text_columns(schema: pa.Schema) -> list[str]:
    """The columns of text, but for those that hold each text once."""
    return [each.name for each in schema if pa.types.is_string(each.type) or pa.types.is_large_string(each.type)]


def check_texts(table: parquet.ParquetFile, texts: list[str], n: int, nbytes: int) -> None:
    """Check that texts stored once for many rows do not take too much memory as a text a row.

    table: opened so that these columns are read as dictionaries. nbytes: of its file. Raises ValueError.
    """
    size, most = 0, min(_most(n), BYTES + TEXT_A_POINT * n + PACKED * nbytes)
    for batch in table.iter_batches(batch_size=ROWS, columns=texts) if texts else ():
        for column in batch.columns:
            rows = np.bincount(column.indices.drop_null().to_numpy(), minlength=len(column.dictionary))
            size += int(np.dot(rows, compute.fill_null(compute.binary_length(column.dictionary), 0).to_numpy()))
        if size > most:
            raise RefusedError(f"unpacks to more than {most:,} bytes of text, too many for {n:,} points")


def _most(n: int) -> int:
    return BYTES + BYTES_A_POINT * n


def _check_extents(frame: pd.DataFrame) -> None:
    """The ends of colour bars, which travel with the table."""
    extents: Any = frame.attrs.get("extent", {})
    if not isinstance(extents, dict):
        raise ValueError("its 'extent' is no table of colour bars")
    for name, ends in extents.items():
        numbers = isinstance(ends, list) and all(type(end) in (int, float) for end in ends)
        if not numbers or len(ends) != 2 or not np.isfinite(np.asarray(ends, dtype=object).astype(float)).all():
            raise ValueError(f"its 'extent' of '{name}' is not two finite numbers")

"""Encoded pictures in a column of a parquet file, read a group of rows at a time: all at once may be too many."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet

from ...tour.tables import check_texts, text_columns

ROWS = 50_000_000
KEPT = 2  # groups of rows


class ParquetPictures:
    """Owns an open parquet file. `column` is its first column of bytes, or of structs with bytes, None without one."""

    def __init__(self, file: Path) -> None:
        self._file = parquet.ParquetFile(file)
        schema = self._file.schema_arrow
        about = self._file.metadata
        self.n = about.num_rows
        if len(set(schema.names)) < len(schema.names):
            raise ValueError("two columns have the same name")
        if self.n > ROWS:
            raise ValueError(f"has {self.n:,} rows, and at most {ROWS:,} are read")
        texts = text_columns(schema)
        check_texts(parquet.ParquetFile(file, read_dictionary=texts), texts, self.n, file.stat().st_size)
        self._ends = np.cumsum([about.row_group(k).num_rows for k in range(about.num_row_groups)])
        held = [field.name for field in schema if _holds_bytes(field.type)]
        self.column = held[0] if held else None
        once = [f"{name}.bytes" if pa.types.is_struct(schema.field(name).type) else name for name in held]
        self._file = parquet.ParquetFile(file, read_dictionary=once)  # a picture that stands there once for many rows
        self._left_out = held
        self._lock = threading.Lock()
        self._groups: dict[int, Any] = {}

    def others(self) -> pd.DataFrame:
        """The columns without bytes, with their types."""
        names = [field.name for field in self._file.schema_arrow if field.name not in self._left_out]
        frame = self._file.read(columns=names).to_pandas()
        return frame.reset_index(drop=True) if names else pd.DataFrame(index=range(self.n))

    def read(self, row: int) -> bytes:
        """The encoded picture in a row. Raises ValueError where there is none."""
        group = int(np.searchsorted(self._ends, row, side="right"))
        begin = int(self._ends[group - 1]) if group else 0
        value = self._group(group)[row - begin].as_py()
        data = value.get("bytes") if isinstance(value, dict) else value
        if not data and isinstance(value, dict) and value.get("path"):
            raise ValueError(f"names the file {value['path']} and has no bytes of it; give a table of paths as text")
        if not data:
            raise ValueError("has no bytes of a picture")
        return bytes(data)

    def _group(self, group: int) -> Any:
        with self._lock:
            if group not in self._groups:
                while len(self._groups) >= KEPT:
                    del self._groups[next(iter(self._groups))]
                self._groups[group] = self._file.read_row_group(group, columns=[self.column]).column(0)
            return self._groups[group]


def _holds_bytes(kind: Any) -> bool:
    if pa.types.is_struct(kind):
        return any(kind.field(k).name == "bytes" for k in range(kind.num_fields))
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))

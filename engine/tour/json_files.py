"""JSON from files that nobody vouches for: regular files, of bounded size, depth and number of values; and its seal.

A seal is a checksum that stands among the values that it is of. A file without one was written before there were any,
or by hand.
"""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from ..files import opened, read_bytes
from .number_lists import pieces, without_lists

BYTES = 32 * 2**20
VALUES = 3_000_000  # of 32 bytes and more each in memory
TEXTS = 500_000  # of 100 bytes and more, keys of tables among them
CONTAINERS = 300_000
STORY = 16 * 2**20, 1_500_000  # bytes and values of saved views, beside long lists of points
SHORT = 200_000  # letters that are indented for people to read; an indent around a million numbers takes seconds


def read_json(file: Path) -> Any:
    """The values in a JSON file of at most BYTES.

    Raises ValueError where it is no such JSON, OSError where it cannot be read or is no regular file.
    """
    return _parsed(read_bytes(file, BYTES), VALUES)


def read_views(file: Path, *, limit: int) -> Any:
    """The values in a JSON file of saved views: long lists of whole numbers, such as selections, become arrays.

    At most half of `limit` bytes is ever in memory at once. Raises as `read_json`.
    """
    with opened(file) as stream:
        if os.fstat(stream.fileno()).st_size > limit:
            raise ValueError(f"has more than {limit:,} bytes")
        return views_in(stream, limit=limit)


def views_in(stream: BinaryIO, *, limit: int) -> Any:
    """The same of a stream. Raises ValueError where it is no such JSON."""
    nbytes, values = STORY
    text, mark, lists = without_lists(stream, longest=limit // 15, numbers=limit // 10, rest=nbytes)
    return _parsed(text, values, lambda table: lists[table[mark]] if mark in table else table)


def _parsed(data: bytes, most: int, hook: Callable[[dict[str, Any]], Any] | None = None) -> Any:
    """JSON's values, once their number is bounded."""
    values, texts, containers = data.count(b","), data.count(b'"') // 2, data.count(b"[") + data.count(b"{")
    if values > most or texts > TEXTS or containers > CONTAINERS:
        raise ValueError(
            f"holds {values:,} values, {texts:,} texts and {containers:,} lists, more than this engine writes"
        )
    try:
        return json.loads(data.decode("utf-8"), object_hook=hook)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def as_text(values: dict[str, Any]) -> str:
    """Plain values as JSON."""
    short = json.dumps(values, ensure_ascii=False)
    return (short if len(short) > SHORT else json.dumps(values, indent=1, ensure_ascii=False)) + "\n"


def sealed(values: dict[str, Any]) -> dict[str, Any]:
    """With a seal at the end."""
    return values | {"seal": seal(values)}


def seal(values: dict[str, Any]) -> str:
    """SHA-256 of plain values but their own seal: the same whatever the spaces and the order in their JSON."""
    digest = hashlib.sha256()
    for piece in pieces({key: value for key, value in values.items() if key != "seal"}):
        digest.update(piece)
    return digest.hexdigest()

"""JSON from files that nobody vouches for: regular files, of bounded size, depth and number of values; and its seal.

A seal is a checksum that stands among the values that it is of. A file without one was written before there were any,
or by hand.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from ..files import read_bytes

BYTES = 32 * 2**20
VALUES = 3_000_000  # of 32 bytes and more each in memory
CONTAINERS = 300_000
SHORT = 200_000  # letters that are indented for people to read; an indent around a million numbers takes seconds


def read_json(file: Path, *, limit: int = BYTES) -> Any:
    """The values in a JSON file of at most `limit` bytes.

    Raises ValueError where it is no such JSON, OSError where it cannot be read or is no regular file.
    """
    data = read_bytes(file, limit)
    values, containers = data.count(b","), data.count(b"[") + data.count(b"{")
    if values > max(VALUES, limit // 8) or containers > CONTAINERS:
        raise ValueError(f"holds {values:,} values in {containers:,} lists, more than this engine writes")
    try:
        return json.loads(data.decode("utf-8"))
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
    rest = {key: value for key, value in values.items() if key != "seal"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

"""Long lists of whole numbers in JSON, read as arrays: a selection of a million points takes 4 MB, not 36.

While the file is read, a block at a time, such lists are cut out of its text and parsed by numpy; a short mark in
their place leads to them. A mark is drawn at random, so that no file can hold it.
"""

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute
from numpy.typing import NDArray

LONG = 20_000  # bytes of a list: no text that a view holds is as long
BLOCK = 2**20
AT_ONCE = 2**16  # numbers that are written as text
LARGEST = 2**31 - 1
SPACES = b" \t\r\n"
INSIDE = b"0123456789," + SPACES
SPACED = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*")

Numbers = NDArray[np.int32]


def without_lists(stream: BinaryIO, *, longest: int, numbers: int, rest: int) -> tuple[bytes, str, list[Numbers]]:
    """JSON without its long lists, the mark that stands in their place, and the lists.

    longest: bytes of one list; numbers: of all lists together; rest: bytes of everything else. Raises ValueError
    where there is more, or a list is none.
    """
    mark = uuid.uuid4().hex
    text, lists = bytearray(), []
    held: list[bytes] = []  # of a list that goes on
    long_list = re.compile(rb"\[([0-9, \t\r\n]{%d,}+)\]" % LONG)

    def cut(match: re.Match[bytes]) -> bytes:
        lists.append(_parsed(match[1]))
        if sum(map(len, lists)) > numbers:
            raise ValueError(f"holds more than {numbers:,} numbers of points")
        return b'{"%s":%d}' % (mark.encode(), len(lists) - 1)

    while block := stream.read(BLOCK):
        if held and not block.translate(None, INSIDE):
            held.append(block)  # all of it is in the list, which is looked through once it has ended
        else:
            block = long_list.sub(cut, b"".join((*held, block)))
            start = _unfinished(block)
            text += block[:start]
            held = [block[start:]] if start < len(block) else []
        if sum(map(len, held)) > longest:
            raise ValueError(f"holds a list of more than {longest:,} bytes")
        if len(text) > rest:
            raise ValueError(f"has more than {rest:,} bytes beside long lists of points")
    return bytes(text) + b"".join(held), mark, lists


def _unfinished(block: bytes) -> int:
    """Where a list of numbers begins that goes on after the block; its end where there is none."""
    start = block.rfind(b"[")
    return len(block) if start < 0 or block[start + 1 :].translate(None, INSIDE) else start


def _parsed(text: bytes) -> Numbers:
    plain = text.replace(b", ", b",")
    if plain.translate(None, b"0123456789,"):  # it is laid out otherwise than we do
        plain = SPACED.sub(b",", plain.strip(SPACES))
    if plain.translate(None, b"0123456789,") or b",," in plain or plain[:1] in b"," or plain[-1:] == b",":
        raise ValueError("a list of point numbers cannot be read")
    array = np.fromstring(plain, dtype=np.int64, sep=",")
    if array.max() > LARGEST:
        raise ValueError(f"a list holds {array.max()}, which is no number of a point")
    small = array.astype(np.int32)
    small.flags.writeable = False
    return small


def pieces(values: Any) -> Iterator[bytes]:
    """The text of JSON values without spaces and with sorted keys, arrays of numbers as lists, a part at a time."""
    mark, lists = uuid.uuid4().hex, []

    def set_aside(array: Any) -> str:
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{type(array).__name__} is no value of JSON")
        lists.append(array)
        return mark

    first, *others = json.dumps(values, sort_keys=True, separators=(",", ":"), default=set_aside).split(f'"{mark}"')
    yield first.encode()
    for array, text in zip(lists, others, strict=True):
        for start in range(0, len(array), AT_ONCE):
            yield b"," if start else b"["
            yield _joined(array[start : start + AT_ONCE])
        yield b"]" + text.encode()


def _joined(array: Numbers) -> bytes:
    """Numbers with commas between them, six times as fast as by Python's own texts."""
    texts = compute.cast(pa.array(array), pa.string())
    joined: str = compute.binary_join(pa.ListArray.from_arrays(pa.array([0, len(array)], pa.int32()), texts), ",")[
        0
    ].as_py()
    return joined.encode()

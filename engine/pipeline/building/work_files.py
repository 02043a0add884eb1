"""Values and arrays that unfinished work keeps on the disk: written whole, and read as files that may be spoiled.

Between one call and the next a disk may have lost what was not on it yet, and somebody may have looked for room.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...files import opened, read_bytes, whole, why

LARGEST = 2**30  # bytes of JSON: the names of some million pictures that could not be read


def read_json(file: Path, **kinds: type) -> dict[str, Any] | None:
    """A table of values, or None where it is not there. kinds: of values that must be in it.

    Raises FileExistsError where the file holds something else, OSError where it cannot be read.
    """
    try:
        values = json.loads(read_bytes(file, LARGEST))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise _spoiled(file, why(error)) from None
    if not isinstance(values, dict):
        raise _spoiled(file, f"it holds {type(values).__name__}, no table of values")
    for name, kind in kinds.items():
        if not isinstance(values.get(name), kind):
            raise _spoiled(file, f"its '{name}' is missing or no {kind.__name__}")
    return values


def write_json(file: Path, values: dict[str, Any]) -> None:
    """Write a table of values, whole, into a folder that need not be there yet."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with whole(file) as draft:
        draft.write_text(json.dumps(values, default=lambda value: value.item()), encoding="utf-8")


def read_array(file: Path, *, mapped: bool = False) -> NDArray[Any]:
    """An array, in memory or as it lies on the disk. Raises FileExistsError where the file is no whole one."""
    try:
        with opened(file):  # which waits for no pipe
            array: NDArray[Any] = np.load(file, mmap_mode="r" if mapped else None, allow_pickle=False)
    except FileNotFoundError:
        raise _spoiled(file, "it is gone") from None
    except (ValueError, EOFError) as error:
        raise _spoiled(file, why(error)) from None
    return array


def make_folder(folder: Path) -> None:
    """A folder that may be there. Raises FileExistsError where something else is."""
    try:
        folder.mkdir(exist_ok=True)
    except FileExistsError:
        raise _spoiled(folder, "it is no folder") from None


def _spoiled(file: Path, what: str) -> FileExistsError:
    return FileExistsError(f"{file}: is not as it was left ({what}); --fresh starts over, or choose another --out")

"""Checks of plain values that nobody vouches for: finite numbers in a range, whole numbers, pairs, frames, texts."""

import math
import numbers
from typing import Any

import numpy as np

LETTERS = 10_000


def as_number(name: str, value: Any, *, low: float = -1e9, high: float = 1e9) -> float:
    """A finite number from `low` to `high`. Raises ValueError naming it."""
    if isinstance(value, numbers.Real | np.bool_):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if low <= number <= high:
            return number
    raise ValueError(f"{name} is a number from {low:g} to {high:g}, not {quoted(value)}")


def as_whole(name: str, value: Any, *, low: int) -> int:
    """A whole number from `low` to 2**31. Raises ValueError naming it."""
    if isinstance(value, numbers.Integral) and not isinstance(value, bool) and low <= int(value) <= 2**31:
        return int(value)
    raise ValueError(f"{name} is a whole number from {low} to {2**31}, not {quoted(value)}")


def as_pair(name: str, value: Any) -> tuple[float, float]:
    """Two finite numbers. Raises ValueError naming them."""
    if not isinstance(value, tuple | list | np.ndarray) or len(value) != 2:
        raise ValueError(f"{name} is two numbers, not {quoted(value)}")
    return as_number(name, value[0]), as_number(name, value[1])


def as_frame_rows(frame: Any) -> tuple[tuple[float, ...], ...]:
    """A frame (d, 3) as rows of numbers. Raises ValueError where it is none."""
    try:
        array = np.asarray(frame, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("frame is no table of numbers") from None
    if array.ndim != 2 or array.shape[1] != 3:
        raise ValueError(f"a frame has shape (d, 3), not {array.shape}")
    return tuple(tuple(row) for row in array.tolist())


def fit_text(value: str) -> str:
    """As much of a text as `check_text` lets pass."""
    return "".join(letter for letter in value[:LETTERS] if letter != "\0" and not "\ud800" <= letter <= "\udfff")


def check_text(name: str, value: Any) -> None:
    """Raises ValueError unless it is text that can be written and shown."""
    if not isinstance(value, str):
        raise ValueError(f"{name} is text, not {quoted(value)}")
    if len(value) > LETTERS or "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError(f"{name} is text of at most {LETTERS:,} letters, none of them NUL or half a letter")


def quoted(value: Any) -> str:
    """A value as an error quotes it, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # of a whole number with thousands of digits
        text = type(value).__name__
    return text if len(text) <= 40 else f"{text[:37]}..."

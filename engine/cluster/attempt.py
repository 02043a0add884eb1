"""A task on a worker: done, or why this worker cannot do it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..malloc import restore_thresholds


@dataclass(frozen=True)
class Unfit:
    """What a worker answers that cannot do a task."""

    why: str


def attempt(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    """The worker's address and what the function returns, or why this worker cannot do it."""
    from distributed import get_worker

    restore_thresholds()
    address = str(get_worker().address)
    try:
        return address, function(*arguments)
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        return address, Unfit(" ".join(named.split()) or type(error).__name__)

"""Files that are made for a person: a name that is free, and a file that is there only when it is whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_file(stem: str, suffix: str) -> Path:
    """The first of STEM.suffix, STEM-2.suffix, ... in the present folder that is not there yet."""
    names = (f"{stem}{'' if k == 1 else f'-{k}'}{suffix}" for k in range(1, 10_000))
    return next(Path(name) for name in names if not Path(name).exists())


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """Where to write what becomes `file` once all of it is there; where that fails, nothing is left of it."""
    partial = file.with_name(f".{file.name}.part")
    try:
        yield partial
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)

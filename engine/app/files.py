"""Names for files that a person saves from the window."""

from pathlib import Path


def free_file(stem: str, suffix: str) -> Path:
    """The first of STEM.suffix, STEM-2.suffix, ... in the present folder that is not there yet."""
    names = (f"{stem}{'' if k == 1 else f'-{k}'}{suffix}" for k in range(1, 10_000))
    return next(Path(name) for name in names if not Path(name).exists())

"""Folders put in place whole: staged beside it, on the disk, then exchanged in one step, so that one is always there.

A staging folder is held by its writer, with `flock`, for as long as it lives; what a killed one left is held by nobody
and is cleared away by whoever saves next. Two that save to one path at once have a staging folder each. Windows has no
such locks: nobody clears away what a killed one left there.
"""

import ctypes
import errno
import os
import re
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..files import LOCKS, hold, share_as, to_disk

EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
AT_FDCWD = -100


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """An empty folder to fill, which becomes `path` when all in it is on the disk; where that fails, nothing changes.

    What was at `path` is gone afterwards. A link is followed, and stays. Raises OSError where the disk refuses.
    """
    path = Path(os.path.realpath(path))
    staging = path.parent / f".{path.name}.new.{uuid.uuid4().hex[:8]}"
    with held(path.parent):
        staging.mkdir()
        share_as(path, staging)
        holder = os.open(staging, os.O_RDONLY) if LOCKS else None
        if holder is not None:
            hold(holder, wait=True)
    try:
        yield staging
        for folder, _, names in os.walk(staging, topdown=False):
            for name in names:
                to_disk(Path(folder, name))
            to_disk(Path(folder))
        with held(path.parent):
            _put(staging, path)
            to_disk(path.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)  # which by now is what was there before
        if holder is not None:
            os.close(holder)
            with (
                suppress(OSError),
                held(path.parent),
            ):  # or a folder that is made just now would look like one that was left
                _clear(path)


def _put(staging: Path, path: Path) -> None:
    """One step from what was there to what is there now."""
    empty = path.is_dir() and not any(path.iterdir())
    if not path.exists() or (empty and sys.platform != "win32"):  # Windows renames to no name that is taken
        staging.rename(path)
    elif not _exchanged(staging, path):  # then two steps; between them `path` is missing, and the next save mends it
        old = staging.with_name(f"{staging.name}.old")
        path.rename(old)
        try:
            staging.rename(path)
        except OSError:
            old.rename(path)
            raise
        old.rename(staging)


def _exchanged(a: Path, b: Path) -> bool:
    """Whether the system could swap the names of two folders at once: Linux, on nearly every file system."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if call is None:
        return False
    if call(AT_FDCWD, os.fsencode(a), AT_FDCWD, os.fsencode(b), EXCHANGE) == 0:
        return True
    if (number := ctypes.get_errno()) in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP):
        return False
    raise OSError(number, os.strerror(number), str(b))


def _clear(path: Path) -> None:
    """Remove what killed writers left beside `path`, those of older versions of this engine too."""
    ours = re.compile(re.escape(f".{path.name}.new") + r"(\.[0-9a-f]{8})?(\.old)?")
    for name in filter(ours.fullmatch, os.listdir(path.parent)):
        left = path.parent / name
        with suppress(OSError):  # as where it is a pipe, or a link to somebody's folder
            holder = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                hold(holder)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(holder)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Alone among the writers into a folder that ask for it, where its file system has locks."""
    if not LOCKS:
        yield
        return
    holder = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            hold(holder, wait=True)
        yield
    finally:
        os.close(holder)

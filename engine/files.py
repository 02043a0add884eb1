"""Files made for a person: a safe and free name, whole or not there, on the disk when said to be; regular files read.

A name made from data is a name and no path. What is written stands beside its place first, and is renamed once it is
on the disk; others may do with it what they might with what was there. What is read is a regular file: no pipe, device,
socket or folder that would never end or hold for ever.
"""

import os
import stat
import sys
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader, BytesIO
from pathlib import Path

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

LOCKS = fcntl is not None
"""Whether files and folders can be held: not on Windows, which opens no folder either."""
LONGEST = 100  # letters of a name made from data; file systems take 255 bytes


def safe_stem(name: str) -> str:
    """A file's name made from any text: one visible name without a folder in it, of 100 letters at most."""
    kept = "".join("-" if each in '/\\:*?"<>|' or not each.isprintable() else each for each in name)[:LONGEST]
    while len(kept.encode("utf-8", "replace")) > 2 * LONGEST:
        kept = kept[:-1]
    return kept.strip().lstrip(".-") or "tour"


def why(error: Exception) -> str:
    """What an error says, in one line."""
    return " ".join(str(error).split()) or type(error).__name__


def printable(text: object) -> str:
    """A text as it may be printed: what would steer a terminal, or turn the line round, is written as its number."""
    plain = str(text)
    if plain.isprintable():
        return plain
    return "".join(each if _is_plain(each) else f"\\u{ord(each):04x}" for each in plain)


def _is_plain(letter: str) -> bool:
    joiner = letter in "\u200c\u200d\ufe0f"  # which emoji and many scripts need
    return joiner or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def free_file(stem: str, suffix: str) -> Path:
    """The first of STEM.suffix, STEM-2.suffix, ... in the present folder that is not there yet."""
    stem = safe_stem(stem)
    names = (f"{stem}{'' if k == 1 else f'-{k}'}{suffix}" for k in range(1, 10_000))
    return next(Path(name) for name in names if not Path(name).exists())


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """Where to write what becomes `file` once all of it is on the disk; where that fails, nothing is left of it.

    Raises OSError where the disk refuses, or something else than a file has that name: a device would be gone.
    """
    there = False
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(mode := file.stat().st_mode):
            raise OSError(f"{file}: is {_kind(mode)}, not a regular file")
        there = True
    partial = file.with_name(f".{uuid.uuid4().hex[:12]}.part")
    try:
        if there:
            partial.touch(mode=0o600)
            share_as(file, partial)
        yield partial
        to_disk(partial)
        partial.replace(file)
        to_disk(file.parent)
    except OSError as error:
        if str(error.filename) == str(partial):
            raise OSError(error.errno, error.strerror, str(file)) from error
        raise
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def share_as(there: Path, new: Path) -> None:
    """Let others do with `new` what they may with `there`, if that is there: what replaces a private one is private."""
    with suppress(FileNotFoundError):
        new.chmod(stat.S_IMODE(there.stat().st_mode) & 0o077 | stat.S_IMODE(new.stat().st_mode) & 0o700)


def hold(descriptor: int, *, wait: bool = False) -> None:
    """Hold what is open alone until it is closed, where there are locks.

    Raises BlockingIOError where somebody else does and `wait` is off, OSError where the file system has none.
    """
    if LOCKS:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def to_disk(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk, so that a power cut does not lose it."""
    folder = path.is_dir()
    if folder and sys.platform == "win32":
        return
    # Windows flushes only what may be written
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        if not folder:  # some file systems cannot do that with folders
            raise
    finally:
        os.close(descriptor)


@contextmanager
def opened(file: Path, *, at_once: int = 0) -> Iterator[BufferedReader | BytesIO]:
    """A regular file opened for reading; never waits for a pipe. Raises OSError where it is anything else.

    at_once: one of no more bytes is read now, in one piece.
    """
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{file}: is {_kind(status.st_mode)}, not a regular file")
        if 0 < status.st_size <= at_once:
            data = os.read(descriptor, status.st_size)
            if len(data) == status.st_size:
                yield BytesIO(data)
                return
            os.lseek(descriptor, 0, os.SEEK_SET)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            yield stream
    finally:
        os.close(descriptor)


def read_bytes(file: Path, limit: int) -> bytes:
    """All of a regular file. Raises ValueError where it has more than `limit` bytes, OSError where it is none."""
    with opened(file) as stream:
        data = stream.read(limit + 1) if os.fstat(stream.fileno()).st_size <= limit else None
    if data is None or len(data) > limit:
        raise ValueError(f"has more than {limit:,} bytes")
    return data


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for is_kind, name in kinds if is_kind(mode)), "a device")

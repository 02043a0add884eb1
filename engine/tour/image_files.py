"""Image files that nobody vouches for, opened: decoders inside Pillow alone, regular files, bounded pixels and time.

Pillow would hand PostScript to Ghostscript, which runs programs and may never end; none of the decoders here starts
another process.
"""

import io
import struct
import time
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from ..files import opened

FAULTS = (OSError, SyntaxError, ValueError, IndexError, KeyError, EOFError, TypeError, OverflowError, AttributeError,
          NotImplementedError, AssertionError, RecursionError, struct.error, zlib.error,
          Image.DecompressionBombError)  # fmt: skip
"""What Pillow's decoders raise at a file that is not as it should be."""
ELSEWHERE = frozenset(("BUFR", "EPS", "FLI", "GRIB", "HDF5", "MPEG", "PDF", "WMF"))
"""Formats that other programs are started for, documents, films, and mere names."""

SECONDS = 20.0  # of a processor, for one picture: several times what the largest takes
SIP = 512  # bytes of a large JPEG at a time: a megabyte can ask for the same pixels ten thousand times
GULP = 65536  # of a small one: each time takes Python's lock, which all threads that decode share
AT_ONCE = 2**20  # bytes of a file that is read whole before it is looked at, for the same reason
JPEG = b"\xff\xd8\xff"
SIPPED = 4 * 10**9  # pixels gone over for what was read at once, at 12 bytes a time: some seconds


class PictureError(ValueError):
    """A file is no picture that is read here. The message says why, without the file's name."""


@cache
def readable_formats() -> tuple[str, ...]:
    """What Pillow reads by itself, by its names; HEIC too where pillow-heif is installed."""
    Image.init()
    with suppress(ModuleNotFoundError):  # phones write HEIC, for which Pillow has no decoder of its own
        import_module("pillow_heif").register_heif_opener()
    return tuple(name for name in Image.OPEN if name not in ELSEWHERE)


def most_pixels() -> int:
    """How many pixels a picture may have unless more are allowed: twice what Pillow begins to warn at."""
    return 2 * (Image.MAX_IMAGE_PIXELS or 2**62)


@contextmanager
def opened_picture(
    source: Path | BinaryIO,
    *,
    formats: Collection[str] | None = None,
    pixels: int | None = None,
    at_least: int | None = None,
    note: Callable[[str], None] = lambda what: None,
) -> Iterator[Image.Image]:
    """An image file, its pixels read when they are first used. Raises PictureError, also for what fails within.

    formats: by Pillow's names; all that it reads by itself unless given. pixels: no more than so many, whatever the
    file says; a JPEG that has more is read at a half, a quarter or an eighth of its size. at_least: so is any JPEG,
    while its shorter side keeps so many pixels. note: is told what was decided for this picture.
    """
    most = most_pixels() if pixels is None else pixels
    try:
        with (
            opened(source, at_once=AT_ONCE) if isinstance(source, Path) else nullcontext(source) as stream,
            identified(_Timed(stream), readable_formats() if formats is None else formats) as image,
        ):
            if image.format == "JPEG":
                image.decodermaxblock = _sip(image.width * image.height)  # type: ignore[attr-defined]
            if at_least is not None:
                image.draft("RGB", (at_least, at_least))
            if image.width * image.height > most:
                _shrink(image, most, note)
            yield image
    except PictureError:
        raise
    except UnidentifiedImageError:
        one = next(iter(formats or ())) if len(formats or ()) == 1 else None
        raise PictureError("is no image that Pillow can read" if one is None else f"is no {one}") from None
    except FAULTS as error:
        text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        text = text.removeprefix(f"{source}: ") if isinstance(source, Path) else text
        raise PictureError(" ".join((text or type(error).__name__).split())) from None


def _sip(pixels: int) -> int:
    """How many bytes of a JPEG are read at a time: what they can ask for takes some seconds at most."""
    return max(SIP, min(GULP, SIPPED // max(1, pixels)))


class _Timed(io.RawIOBase):
    """A stream that ends with PictureError once this thread has worked too long on what was read from it.

    A decoder cannot be stopped, but it has to ask for more.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._until = time.thread_time() + SECONDS
        self.small = isinstance(stream, io.BytesIO) and stream.getbuffer().nbytes <= AT_ONCE

    @contextmanager
    def untimed(self) -> Iterator[None]:
        """Read small pieces without looking at the clock, which would take longer than the reading."""
        self.read = self._stream.read  # type: ignore[assignment, method-assign]
        try:
            yield
        finally:
            del self.read

    def read(self, size: int = -1) -> bytes:
        if time.thread_time() > self._until:
            raise PictureError(f"takes more than {SECONDS:g} s to decode")
        return self._stream.read(size)

    def readline(self, size: int | None = -1) -> bytes:
        return self._stream.readline(-1 if size is None else size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def identified(stream: _Timed, formats: Collection[str]) -> Image.Image:
    """What `Image.open` returns, without its limit of pixels, which is kept here. Raises UnidentifiedImageError."""
    Image.init()
    begin = stream.read(16)
    from_front_to_back = stream.small and begin.startswith(JPEG)
    with stream.untimed() if from_front_to_back else nullcontext():
        return _identified(stream, formats, begin)


def _identified(stream: _Timed, formats: Collection[str], begin: bytes) -> Image.Image:
    for name in formats:
        factory, accepts = Image.OPEN[name]
        try:
            if accepts is None or _accepted(accepts, begin):
                stream.seek(0)
                return factory(stream, "")  # type: ignore[arg-type]
        except (SyntaxError, IndexError, TypeError, struct.error):  # it is of another format, or broken
            continue
    raise UnidentifiedImageError


def begins_as_picture(begin: bytes) -> bool:
    """Whether these 16 bytes are the first of a picture that Pillow reads."""
    accepting = (Image.OPEN[name][1] for name in readable_formats())
    return any(accepts is not None and _accepted(accepts, begin) for accepts in accepting)


def _accepted(accepts: Callable[[bytes], bool | str], begin: bytes) -> bool:
    """Text is Pillow's word for a format that it knows and was built without; a file may be too short to be asked."""
    try:
        answer = accepts(begin)
    except (IndexError, struct.error):
        return False
    return bool(answer) and not isinstance(answer, str)


def _shrink(image: Image.Image, most: int, note: Callable[[str], None]) -> None:
    """Have a JPEG decoded at a part of its size. Raises PictureError where that is not enough, or it is none."""
    width, height = image.size
    shrink = next((k for k in (2, 4, 8) if width * height <= most * k * k), 8)
    image.draft("RGB", (width // shrink, height // shrink))
    if image.width * image.height > most:
        raise PictureError(
            f"has {width:,} x {height:,} pixels, more than {most:,}; make it smaller, or allow it: "
            f"--max-pixels {width * height}"
        )
    note(f"more than {most / 1e6:.0f} million pixels, read at reduced size")

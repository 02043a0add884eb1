"""Images from files that nobody vouches for: decoders inside Pillow alone, regular files, a bounded number of pixels.

Pillow would hand PostScript to Ghostscript, which runs programs and may never end; none of the decoders here starts
another process.
"""

import struct
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ..files import opened

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "PPM", "TIFF", "WEBP")
PIXELS = 128 * 2**20
FAULTS = (OSError, SyntaxError, ValueError, IndexError, KeyError, EOFError, TypeError, OverflowError, AttributeError,
          NotImplementedError, AssertionError, RecursionError, struct.error, zlib.error,
          Image.DecompressionBombError)  # fmt: skip
"""What Pillow's decoders raise at a file that is not as it should be."""


class PictureError(ValueError):
    """A file is no picture that is read here. The message says why, without the file's name."""


@contextmanager
def opened_picture(file: Path, *, formats: Collection[str] = FORMATS, pixels: int = PIXELS) -> Iterator[Image.Image]:
    """An image file, its pixels read when they are first used. Raises PictureError, also for what fails within.

    formats: by Pillow's names. pixels: no more than so many, whatever the file says.
    """
    try:
        with opened(file) as stream, Image.open(stream, formats=tuple(formats)) as image:
            if image.width * image.height > pixels:
                raise PictureError(f"has {image.width} x {image.height} pixels, more than {pixels:,}")
            yield image
    except PictureError:
        raise
    except UnidentifiedImageError:
        raise PictureError(f"is no {formats[0]}" if len(formats) == 1 else "is no image") from None  # type: ignore[index]
    except FAULTS as error:
        text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PictureError(" ".join((text or type(error).__name__).split())) from None

"""The picture file of a point for a browser, full size and as the network saw it: its range, its ground, upright."""

import io
import os
from pathlib import Path

from PIL import ExifTags, Image

from ..files import opened
from ..tour.image_files import opened_picture
from ..tour.pixels import Limits, decode, grounded

MEDIA = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
"""What every browser shows, by Pillow's names."""
AS_IT_IS = 64 * 2**20  # bytes; a picture with more behind its pixels is written anew
TURNED_BY_BROWSERS = frozenset(("JPEG", "MPO"))


def original(file: Path, *, limits: Limits | None, ground: str | None) -> tuple[str, bytes]:
    """Media type and bytes: the file as it is where a browser shows it just so, else a PNG of what the network saw.

    limits, ground: what values of more than 8 bits are scaled by, and what transparent pictures stand on (`shown_as`).
    Raises PictureError, OSError, or ValueError for a name with NUL, where there is no picture.
    """
    with opened(file) as stream:
        with opened_picture(stream) as image:
            media, alike = MEDIA.get(image.format or ""), _is_alike(image)
        stream.seek(0)
        if media and alike and os.fstat(stream.fileno()).st_size <= AS_IT_IS:
            return media, stream.read(AS_IT_IS)
        picture = decode(stream, limits=limits)
    anew = io.BytesIO()
    grounded(picture, ground).save(anew, "PNG", compress_level=1)
    return "image/png", anew.getvalue()


def _is_alike(image: Image.Image) -> bool:
    """Whether a browser makes of these bytes what `decode` does: 8 bits, opaque, one frame, upright."""
    upright = image.format in TURNED_BY_BROWSERS or image.getexif().get(ExifTags.Base.Orientation, 1) == 1
    single = image.format == "MPO" or not getattr(image, "is_animated", False)
    return image.mode in ("L", "RGB") and not image.has_transparency_data and upright and single

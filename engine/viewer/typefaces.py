"""Roboto, and the system's typefaces of scripts that it has not, for names and captions in window and pictures."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

NO_CHARACTER = "\U0010ffff"

# The first of each row that is there: Chinese, Japanese and Korean; Arabic and Hebrew; Devanagari; Thai.
SYSTEM = (
    (
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
        "/System/Library/Fonts/Supplemental/Arial Unicode.ttf", "C:/Windows/Fonts/msyh.ttc",
    ),
    ("C:/Windows/Fonts/malgun.ttf",),
    (
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/TTF/DejaVuSans.ttf",
        "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf", "C:/Windows/Fonts/segoeui.ttf",
    ),
    ("/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf", "C:/Windows/Fonts/Nirmala.ttf"),
    ("/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf", "C:/Windows/Fonts/LeelawUI.ttf"),
)  # fmt: skip


def others(rows: Sequence[Sequence[str]] = SYSTEM) -> list[Path]:
    """The system's typefaces of other scripts, of which a character is taken that none before has."""
    found = (next((Path(file) for file in row if Path(file).is_file()), None) for row in rows)
    return [file for file in found if file is not None]


def typeface(size: float, *, bold: bool = False, text: str = "") -> ImageFont.FreeTypeFont:
    """Roboto; for a text in a script that it has not, the typeface of the system that has most of its characters."""
    roboto = _roboto(bold=bold)
    known = not _lacking(roboto, text)
    return _typeface(roboto if known else min((roboto, *others()), key=lambda file: _lacking(file, text)), size)


@lru_cache
def _lacking(file: Path, text: str) -> int:
    """How many characters of a text a typeface has not: those that look like one that is none."""
    if text.isascii():
        return 0
    font = _typeface(file, 16.0)
    none = bytes(font.getmask(NO_CHARACTER))
    return sum(bytes(font.getmask(each)) == none for each in set(text) if not each.isspace())


@lru_cache
def _typeface(file: Path, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), size)


@lru_cache
def _roboto(*, bold: bool) -> Path:
    """Which imgui-bundle brings; found without loading it."""
    spec = find_spec("imgui_bundle")
    folder = Path(str(spec.origin if spec else "")).parent / "assets" / "fonts" / "Roboto"
    return folder / f"Roboto-{'Bold' if bold else 'Regular'}.ttf"

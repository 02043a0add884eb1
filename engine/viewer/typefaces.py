"""The system's typefaces of scripts that Roboto has not, for names and captions in window and pictures."""

from collections.abc import Sequence
from pathlib import Path

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

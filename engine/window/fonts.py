"""Typefaces: Roboto and the icons, which imgui-bundle brings, and for other scripts what the system has."""

from collections.abc import Sequence
from pathlib import Path

import imgui_bundle
from imgui_bundle import imgui

FONTS = Path(imgui_bundle.__file__).parent / "assets" / "fonts"
ICONS = FONTS / "Font_Awesome_6_Free-Solid-900.otf"

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


def load(file: str, size: float, *, more: Sequence[Path] | None = None) -> imgui.ImFont:
    """A typeface of FONTS with the icons and other scripts merged into it. size: of a line, in pixels."""
    fonts = imgui.get_io().fonts
    font = fonts.add_font_from_file_ttf(str(FONTS / file), size)
    icons = imgui.ImFontConfig()
    icons.merge_mode = True
    icons.glyph_offset = imgui.ImVec2(0.0, 1.0)
    fonts.add_font_from_file_ttf(str(ICONS), size, icons)
    for each in others() if more is None else more:
        merged = imgui.ImFontConfig()
        merged.merge_mode = True
        fonts.add_font_from_file_ttf(str(each), size, merged)
    return font

"""Typefaces of the window: Roboto and the icons, which imgui-bundle brings, and for other scripts the system's."""

from pathlib import Path

import imgui_bundle
from imgui_bundle import imgui

from ..viewer.typefaces import others

FONTS = Path(imgui_bundle.__file__).parent / "assets" / "fonts"
ICONS = FONTS / "Font_Awesome_6_Free-Solid-900.otf"


def load(file: str, size: float) -> imgui.ImFont:
    """A typeface of FONTS with the icons and other scripts merged into it. size: of a line, in pixels."""
    fonts = imgui.get_io().fonts
    font = fonts.add_font_from_file_ttf(str(FONTS / file), size)
    icons = imgui.ImFontConfig()
    icons.merge_mode = True
    icons.glyph_offset = imgui.ImVec2(0.0, 1.0)
    fonts.add_font_from_file_ttf(str(ICONS), size, icons)
    for each in others():
        merged = imgui.ImFontConfig()
        merged.merge_mode = True
        fonts.add_font_from_file_ttf(str(each), size, merged)
    return font

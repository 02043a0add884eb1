"""The look of the chrome: colours by use, metrics, fonts. Pixels here are those of the design, at scale 1."""

from dataclasses import dataclass, fields

Rgba = tuple[float, float, float, float]

MARGIN = 16
GAP = 8
TOOLBAR = 284  # wide
UNDER_TOOLBAR = MARGIN + 40 + GAP  # where what it opens begins
ABOVE_DOCK = MARGIN + 48 + GAP  # from the bottom of the window up to where what stands over the dock ends
SMALL, NORMAL, CAPTION = 12, 14, 20  # text, pixels to the em


@dataclass(frozen=True)
class Palette:
    """One theme's colours by what they are for."""

    canvas: Rgba
    surface: Rgba
    control: Rgba
    pressed: Rgba
    border: Rgba
    text: Rgba
    second: Rgba
    disabled: Rgba
    track: Rgba
    accent: Rgba
    accent_text: Rgba
    tint: Rgba


def _of(**colors: str) -> Palette:
    """ "#RRGGBB" or "#RRGGBB 94", the second number per cent of opacity."""

    def parse(text: str) -> Rgba:
        digits, _, opacity = text.partition(" ")
        r, g, b = (int(digits[k : k + 2], 16) / 255 for k in (1, 3, 5))
        return (r, g, b, float(opacity or 100) / 100)

    return Palette(**{each.name: parse(colors[each.name]) for each in fields(Palette)})


PALETTES = {
    "dark": _of(
        canvas="#17181B", surface="#212327 94", control="#2E3137", pressed="#3C4047", border="#FFFFFF 10",
        text="#ECEDEF", second="#A9AEB6", disabled="#6F757E", track="#4A4F57", accent="#FFA62B",
        accent_text="#FFB54D", tint="#FFA62B 16",
    ),
    "light": _of(
        canvas="#F3F3F4", surface="#FFFFFF 95", control="#ECEDEF", pressed="#DCDEE2", border="#000000 12",
        text="#1B1D20", second="#5B6169", disabled="#8A9099", track="#C9CCD1", accent="#CC7000",
        accent_text="#965000", tint="#CC7000 13",
    ),
}  # fmt: skip
ORANGE = (1.0, 0xA6 / 255, 0x2B / 255, 1.0)  # in either theme
RESET_GLYPH = (0x1C / 255, 0x14 / 255, 0x04 / 255, 1.0)


def rgb(color: Rgba) -> tuple[int, int, int]:
    """A colour in bytes, for Pillow; its opacity is left out."""
    return (round(255 * color[0]), round(255 * color[1]), round(255 * color[2]))

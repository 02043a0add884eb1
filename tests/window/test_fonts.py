"""Names in other scripts than Roboto has, by the typefaces of the system."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont, features

from engine.viewer.theme import PALETTES
from engine.viewer.typefaces import others, typeface
from engine.window.shaped import Shaped
from engine.window.textures import Textures


def test_a_window_has_letters_of_every_script_that_the_system_has(opened):
    window, _ = opened
    if not any("DejaVuSans" in file.name for file in others()):
        pytest.skip("no DejaVu Sans on this machine")
    for font in (window.ui.regular, window.ui.bold):
        assert all(font.is_glyph_in_font(ord(letter)) for letter in "aЖΩאب\uf04b")


@pytest.fixture
def shapes():
    """Pillow shapes text here, and there is a typeface with letters for it."""
    if not features.check("raqm"):
        pytest.skip("this Pillow comes without Raqm")
    if not any("DejaVuSans" in file.name for file in others()):
        pytest.skip("no DejaVu Sans on this machine")


@pytest.mark.parametrize(
    "name",
    [
        "\u05de\u05e1\u05e2 \u05e9\u05dc \u05ea\u05de\u05d5\u05e0\u05d5\u05ea",
        "\u0643\u0644\u0628 \u0623\u0633\u0648\u062f 12",
    ],
)
def test_names_that_are_read_from_the_right_are_set_as_in_pictures(shapes, open_window, small_tour, name):
    window, hand = open_window(replace(small_tour, name=name))
    hand.wait(3)
    font = typeface(14.0, bold=True, text=name)
    wide = round(font.getlength(name))
    pixels = window.screenshot()[27:47, 28 : 28 + wide, 0].astype(float)  # the title of the legend
    colors = PALETTES["dark"]
    text, ground = 255 * colors.text[0], np.median(pixels)

    def drawn(how):
        mask = Image.new("L", (wide, 28))
        other = ImageFont.truetype(font.path, 14, layout_engine=how)
        ImageDraw.Draw(mask).text((0, 14), name, font=other, fill=255, anchor="lm")
        return ground + np.asarray(mask)[4:24] / 255 * (text - ground)

    shaped, plain = (np.abs(pixels - drawn(how)).mean() for how in (ImageFont.Layout.RAQM, ImageFont.Layout.BASIC))
    assert shaped < 1.0 < plain
    assert window.ui.elide(name, 60.0).endswith("\u2026") and window.ui.width(window.ui.elide(name, 60.0)) <= 60.0


def test_texts_as_textures_are_let_go(shapes, open_window, small_tour, monkeypatch):
    window, _ = open_window(small_tour)
    window._surface.begin()
    dropped, drop = [], Textures.drop
    monkeypatch.setattr("engine.window.shaped.KEPT", 4)
    monkeypatch.setattr(Textures, "drop", lambda self, each: (dropped.append(each), drop(self, each)))
    shaped = Shaped(window._surface.textures)
    made = [shaped.picture(f"\u05d0 {k}", 14, bold=False)[0] for k in (0, 1, 2, 3, 0, 4, 0)]
    assert made[0] is made[4] is made[6]  # wanted again, it is kept in place of the next
    assert dropped == [made[1]]

"""Names in other scripts than Roboto has, by the typefaces of the system."""

import pytest

from engine.viewer.typefaces import others


def test_a_window_has_letters_of_every_script_that_the_system_has(opened):
    window, _ = opened
    if not any("DejaVuSans" in file.name for file in others()):
        pytest.skip("no DejaVu Sans on this machine")
    for font in (window.ui.regular, window.ui.bold):
        assert all(font.is_glyph_in_font(ord(letter)) for letter in "aЖΩאب\uf04b")

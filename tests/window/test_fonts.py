"""Names in other scripts than Roboto has, by the typefaces of the system."""

import pytest

from engine.window import fonts


def test_the_first_of_each_row_that_is_there(tmp_path):
    for name in ("b.ttf", "c.ttf", "d.ttf"):
        (tmp_path / name).touch()
    rows = [[str(tmp_path / name) for name in row] for row in (("a.ttf", "b.ttf", "c.ttf"), ("a.ttf",), ("d.ttf",))]
    assert fonts.others(rows) == [tmp_path / "b.ttf", tmp_path / "d.ttf"]


def test_a_window_has_letters_of_every_script_that_the_system_has(opened):
    window, _ = opened
    if not any("DejaVuSans" in file.name for file in fonts.others()):
        pytest.skip("no DejaVu Sans on this machine")
    for font in (window.ui.regular, window.ui.bold):
        assert all(font.is_glyph_in_font(ord(letter)) for letter in "aЖΩאب\uf04b")

"""Which typefaces of the system there are."""

from engine.viewer.typefaces import others


def test_the_first_of_each_row_that_is_there(tmp_path):
    for name in ("b.ttf", "c.ttf", "d.ttf"):
        (tmp_path / name).touch()
    rows = [[str(tmp_path / name) for name in row] for row in (("a.ttf", "b.ttf", "c.ttf"), ("a.ttf",), ("d.ttf",))]
    assert others(rows) == [tmp_path / "b.ttf", tmp_path / "d.ttf"]

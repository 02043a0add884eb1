"""Similarities as a picture: cells against the numbers, the marks on the best matches, names of any length."""

import numpy as np
import pytest

from engine.pictures.heatmap import SCALE, Heatmap, _Sheet, best, drawn
from engine.tour.colors import viridis


def of(values, *, name="layer", same=False):
    rows, columns = ([f"{name}{k}" for k in range(count)] for count in values.shape)
    return Heatmap(values, rows, columns, ("alpha", "beta"), "CKA: alpha and beta", "of nothing", same=same)


@pytest.mark.parametrize("shape", [(5, 5), (25, 21), (3, 30), (80, 80), (1, 1)])
def test_every_cell_has_the_colour_of_its_value(shape, rng):
    values = rng.uniform(-0.2, 1.0, shape)
    sheet = _Sheet(of(values))
    picture = np.asarray(sheet.drawn()).astype(int)
    colors = viridis(256)[(values.clip(0, 1) * 255).round().astype(int)].astype(int)
    for i in range(shape[0]):
        for j in range(shape[1]):
            corner = picture[sheet.top + i * sheet.cell + 1, sheet.left + j * sheet.cell + 1]
            assert (corner == colors[i, j]).all()
    assert sheet.right <= picture.shape[1] and sheet.bottom < picture.shape[0]
    assert sheet.cell >= 12 * SCALE  # a name has room


def test_each_row_has_one_mark_on_its_largest_value(rng):
    values = rng.uniform(0.0, 0.4, (20, 16))  # dark enough for white to tell
    sheet = _Sheet(of(values))
    picture = np.asarray(sheet.drawn())
    cells = picture[sheet.top : sheet.bottom, sheet.left : sheet.right].reshape(20, sheet.cell, 16, sheet.cell, 3)
    marked = (cells == 255).all(axis=-1).any(axis=(1, 3))
    assert (marked.sum(axis=1) == 1).all()
    assert (marked.argmax(axis=1) == values.argmax(axis=1)).all()


def test_the_best_match_of_a_layer_within_its_own_tour_is_another_one():
    values = np.array([[1.0, 0.3, 0.8], [0.3, 1.0, 0.2], [0.8, 0.2, 1.0]])
    assert best(values).tolist() == [0, 1, 2]
    assert best(values, same=True).tolist() == [2, 0, 0]
    assert best(np.ones((1, 1)), same=True).tolist() == [0]


def test_long_names_are_shortened_where_they_do_not_differ():
    sheet = _Sheet(of(np.eye(40), name="features.denseblock4.a.very.long.module.path.denselayer"))
    assert all(name.endswith(f"layer{k}  {k}") and "…" in name for k, name in enumerate(sheet.row_names))
    assert sheet.column_names[3].startswith("3  features.")
    assert sheet.image.width < 3000


def test_titles_wider_than_the_cells_are_whole():
    table = of(np.eye(2))
    long = Heatmap(table.values, table.rows, table.columns, table.names, "A title " * 12, "a note " * 20)
    assert drawn(long).width > drawn(table).width
    ends = np.asarray(drawn(long))[:, -40:].reshape(-1, 3)
    assert (ends == ends[0]).all()  # a margin on the right

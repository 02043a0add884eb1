"""Counts for the legend and the table of similarities, as they are shown."""

import numpy as np
import pytest

from engine.tour.colors import viridis
from engine.tour.view import View
from engine.viewer.similarity_table import best, shades
from engine.viewer.tally import Tally
from engine.viewer.viewer import Viewer


def test_each_class_is_counted_and_what_is_selected_of_it(small_tour):
    viewer, tally = Viewer.of(small_tour, View(color_by="kind")), Tally()
    tally.count(viewer)
    codes = viewer.coloring.codes
    assert tally.rows.tolist() == [int((codes == k).sum()) for k in range(len(viewer.coloring.table))]
    assert tally.selected is None and tally.rows.sum() == 60
    viewer.select(np.arange(60) < 25)
    rows = tally.rows
    tally.count(viewer)
    assert tally.rows is rows  # the colouring is as it was
    assert tally.selected.tolist() == [int((codes[:25] == k).sum()) for k in range(len(rows))]
    selected = tally.selected
    tally.count(viewer)
    assert tally.selected is selected  # nothing changed
    viewer.change(color_by="size")
    tally.count(viewer)
    assert len(tally.rows) == len(viewer.coloring.table) and tally.rows.sum() == 60 and tally.selected.sum() == 25


def test_the_best_match_of_each_row():
    values = np.array([[0.9, 0.2, 0.5], [0.1, 1.0, 0.3], [0.4, 0.6, 0.8]])
    assert best(values).tolist() == [0, 1, 2]
    assert best(values, same=True).tolist() == [2, 2, 1]
    assert best(np.array([[1.0]]), same=True).tolist() == [0]


def test_shades_are_viridis_from_0_to_1():
    found = shades(np.array([[-0.5, 0.0, 0.5], [1.0, 1.5, 0.25]]))
    scale = viridis(256)
    assert found.shape == (2, 3, 3)
    assert found.tolist() == scale[[[0, 0, 128], [255, 255, 64]]].tolist()
    assert found[0, 0].tolist() == pytest.approx([68, 1, 84])

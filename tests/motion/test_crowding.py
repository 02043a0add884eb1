"""How crowded a place is: a Gaussian of the points around it, in dots that lie over each other."""

import numpy as np
import pytest

from engine.motion.crowding import REACH, around, cell, thinned

PANE = (1600, 900)  # cells of ten pixels
SIGMA = REACH / 3 * 10.0
DOT = SIGMA * np.sqrt(8)  # so large that one point at a place is one dot there
AT = np.array([300.0, 200.0])


def test_a_cell_is_a_part_of_the_longer_side_and_four_pixels_at_least():
    assert cell(PANE) == cell(PANE[::-1]) == 10.0
    assert cell((640, 100)) == cell((320, 100)) == 4.0
    assert around(PANE) == 10.0 * REACH and around((320, 100)) == 4.0 * REACH


@pytest.mark.parametrize(("n", "expected"), [(0, 1.0), (1, 1.0), (2, 0.8875), (4, 0.775), (16, 0.55), (1000, 0.55)])
def test_one_dot_is_made_no_smaller_and_sixteen_are_made_smallest(n, expected):
    assert thinned(np.tile(AT, (n, 1)), AT, pane=PANE, dot=DOT) == pytest.approx(expected)
    assert thinned(np.tile(AT, (4 * n, 1)), AT, pane=PANE, dot=DOT / 2) == pytest.approx(expected)


@pytest.mark.parametrize("way", [(1.0, 0.0), (0.0, -1.0), (0.6, 0.8)])
def test_points_count_less_the_farther_they_are(way):
    sixteen = np.tile(AT + SIGMA * np.array(way), (16, 1))
    overlap = 16 * np.exp(-0.5)
    expected = 1 - 0.45 * np.log2(overlap) / 4
    assert thinned(sixteen, AT, pane=PANE, dot=DOT) == pytest.approx(expected)
    many = np.tile(way, (10_000, 1))
    assert thinned(AT + 2.99 * SIGMA * many, AT, pane=PANE, dot=DOT) == pytest.approx(0.55)
    assert thinned(AT + 3.01 * SIGMA * many, AT, pane=PANE, dot=DOT) == 1.0

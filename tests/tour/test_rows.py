"""Selected points as CSV and back, and what is no list of points."""

import io

import numpy as np
import pandas as pd
import pytest

from engine.tour.rows import from_text, to_csv


@pytest.fixture
def mask(small_tour, rng):
    return rng.random(small_tour.n) < 0.3


def test_rows_go_out_with_their_attributes(small_tour, mask):
    table = pd.read_csv(io.StringIO(to_csv(small_tour, mask)))
    rows = np.flatnonzero(mask)
    assert list(table.columns) == ["point", "kind", "size", "weight"]
    assert table["point"].tolist() == rows.tolist()
    assert table["kind"].tolist() == small_tour.attributes["kind"].iloc[rows].astype(str).tolist()
    assert table["weight"].tolist() == pytest.approx(small_tour.attributes["weight"].iloc[rows].tolist())


def test_and_come_back(small_tour, mask):
    assert (from_text(small_tour, to_csv(small_tour, mask)) == mask).all()


@pytest.mark.parametrize(
    "text", ["3, 5\n7", "[3,5,7]", "3\n5\n7\n", "name;point\na;3\nb;5\nc;7", "\ufeffpoint\n3\n7\n5"]
)
def test_lists_as_other_programs_write_them(text, small_tour):
    assert np.flatnonzero(from_text(small_tour, text)).tolist() == [3, 5, 7]


def test_names_with_commas_and_lines(make_tour, rng):
    attributes = pd.DataFrame({"name": ['a, "b"', "two\nlines", "c"]})
    tour = make_tour([rng.standard_normal((3, 3))], attributes=attributes)
    mask = np.array([True, True, False])
    assert (from_text(tour, to_csv(tour, mask)) == mask).all()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "empty"),
        ("point\n", "empty"),
        ("60", "numbered 0 to 59; '60'"),
        ("-1", "'-1' is not among them"),
        ("point\nfirst", "'first' is not"),
        ("cats and dogs", 'a column "point"'),
    ],
)
def test_what_is_no_list_of_points(text, complaint, small_tour):
    with pytest.raises(ValueError, match=complaint):
        from_text(small_tour, text)

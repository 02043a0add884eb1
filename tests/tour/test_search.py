"""Finding points by text: classes and columns of strings, any case, all words, as fast as one types."""

import numpy as np
import pandas as pd
import pytest

from engine.tour.search import TextIndex, text_attributes


@pytest.fixture
def tour(make_tour, rng):
    attributes = pd.DataFrame(
        {
            "kind": pd.Categorical(["Wild Dog", "cat", "dog", None]),
            "file": ["a/dog1.png", "b/cat.png", "c/Straße.png", None],
            "year": pd.Categorical([2001, 2002, 2001, 2001]),
            "weight": [1.0, 2.0, 3.0, 4.0],
        }
    )
    return make_tour([rng.standard_normal((4, 3))], attributes=attributes)


def test_text_attributes(tour, small_tour):
    assert text_attributes(tour) == ["kind", "file"]
    assert text_attributes(small_tour) == ["kind", "size"]


@pytest.mark.parametrize(
    ("text", "attribute", "found"),
    [
        ("dog", None, [0, 2]), ("DOG", "file", [0]), ("dog wild", None, [0]), ("wild cat", None, []),
        ("strasse", None, [2]), ("png", "kind", []), ("<na>", None, []), ("nan", None, []),
    ],
)  # fmt: skip
def test_matches(text, attribute, found, tour):
    assert np.flatnonzero(TextIndex(tour).matches(text, attribute=attribute)).tolist() == found


def test_no_text_is_no_search(tour):
    assert TextIndex(tour).matches("  ") is None


def test_50_000_different_names_are_searched(make_tour, rng):
    names = [f"image-{k:06}.jpeg" for k in range(50_000)]
    index = TextIndex(make_tour([rng.standard_normal((50_000, 3))], attributes=pd.DataFrame({"file": names})))
    found = index.matches("0123")
    assert found.sum() == sum("0123" in name for name in names)

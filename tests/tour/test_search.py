"""Finding points by text: classes and columns of strings, any case, all words, as fast as one types."""

import numpy as np
import pandas as pd
import pytest

from engine.tour.search import BEGINNING, INSIDE, NONE, WHOLE, TextIndex


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


def test_what_is_looked_through(tour, small_tour):
    assert TextIndex(tour).attributes == ["kind", "file", "year"]
    assert TextIndex(small_tour).attributes == ["kind", "size"]


@pytest.mark.parametrize(
    ("text", "attribute", "found"),
    [
        ("dog", None, [0, 2]), ("DOG", "file", [0]), ("dog wild", None, [0]), ("wild cat", None, []),
        ("strasse", None, [2]), ("png", "kind", []), ("<na>", None, []), ("nan", None, []),
        ("2001", None, [0, 2, 3]), ("200", None, []), ("2002", "year", [1]),  # of numbers the whole
    ],
)  # fmt: skip
def test_matches(text, attribute, found, tour):
    assert np.flatnonzero(TextIndex(tour).matches(text, attribute=attribute)).tolist() == found


@pytest.mark.parametrize("text", ["digit 1", "digit: 1", "digit:1", "Digit=1", " digit  1 "])
def test_a_class_is_found_by_its_attribute_and_its_name(text, make_tour, rng):
    digits = pd.Categorical(["1", "11", "2", "1"])
    table = pd.DataFrame(
        {"digit": digits, "guess": pd.Categorical(["2", "1", "2", "1"]), "code": pd.Categorical([1, 1, 2, 3])}
    )
    index = TextIndex(make_tour([rng.standard_normal((4, 3))], attributes=table))
    assert np.flatnonzero(index.matches(text)).tolist() == [0, 3]
    assert np.flatnonzero(index.matches(text.replace("1", "11"))).tolist() == [1]
    assert np.flatnonzero(index.matches("code 1")).tolist() == [0, 1]
    assert np.flatnonzero(index.matches("1")).tolist() == [0, 1, 3]  # in any attribute
    assert not index.matches("digits 1").any() and not index.matches("digit:").any()


def test_words_that_are_an_attributes_name_are_words_as_well(make_tour, rng):
    table = pd.DataFrame(
        {"size": pd.Categorical(["large", "small", "small"]), "note": ["x", "size small", "size: smaller"]}
    )
    index = TextIndex(make_tour([rng.standard_normal((3, 3))], attributes=table))
    assert np.flatnonzero(index.matches("size small")).tolist() == [1, 2]
    assert np.flatnonzero(index.matches("size la")).tolist() == [0]  # as far as it is typed


def test_no_text_is_no_search(tour):
    assert TextIndex(tour).matches("  ") is None


def test_50_000_different_names_are_searched(make_tour, rng):
    names = [f"image-{k:06}.jpeg" for k in range(50_000)]
    index = TextIndex(make_tour([rng.standard_normal((50_000, 3))], attributes=pd.DataFrame({"file": names})))
    found = index.matches("0123")
    assert found.sum() == sum("0123" in name for name in names)


@pytest.mark.parametrize(
    ("text", "ranks"),
    [
        ("cat", [INSIDE, BEGINNING, WHOLE, WHOLE, WHOLE, NONE]),
        ("CAT s", [INSIDE, BEGINNING, INSIDE, NONE, BEGINNING, NONE]),  # the word that it has worst
        ("kind: cat", [NONE, NONE, NONE, WHOLE, NONE, NONE]),
        ("kind: catc", [INSIDE, NONE, NONE, NONE, NONE, NONE]),
        ("2001", [NONE, NONE, NONE, WHOLE, NONE, WHOLE]),
        ("-", [NONE, NONE, BEGINNING, NONE, NONE, NONE]),
    ],
)
def test_whole_words_are_the_best_hits_then_beginnings_then_the_inside_of_words(text, ranks, make_tour, rng):
    attributes = pd.DataFrame(
        {
            "kind": ["oystercatcher", "catfish, small", "Wild-cat nest", "cat", "dog", "dog"],
            "file": ["a.png", "b.png", "c.png", "d.png", "a/small_cat_1.png", "e.png"],
            "year": pd.Categorical([1, 2, 3, 2001, 4, 2001]),
        }
    )
    index = TextIndex(make_tour([rng.standard_normal((6, 3))], attributes=attributes))
    assert index.ranks(text).tolist() == ranks
    assert (index.matches(text) == (np.array(ranks) < NONE)).all()

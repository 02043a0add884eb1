"""A named selection is an attribute like any other, and on disk only once it is saved."""

import numpy as np
import pytest

import engine
from engine.tour.named_selections import is_selection, with_selection


def test_a_selection_becomes_an_attribute_and_is_kept_by_saving(saved):
    tour = engine.load(saved / "small.tour")
    mask = np.arange(60) < 5
    named = with_selection(tour, " my  ants ", mask)
    assert "my ants" not in tour.attributes
    assert list(named.attributes["my ants"].cat.categories) == ["my ants", "others"]
    assert (named.attributes["my ants"] == "my ants").tolist() == mask.tolist()
    assert "my ants" not in engine.load(saved / "small.tour").attributes
    named.save(saved / "small.tour")
    again = engine.load(saved / "small.tour")
    assert (again.attributes["my ants"] == "my ants").tolist() == mask.tolist()
    assert is_selection(again, "my ants")
    other = with_selection(again, "my ants", ~mask)  # a name that is a selection's may be given again
    assert (other.attributes["my ants"] == "my ants").sum() == 55


@pytest.mark.parametrize("name", ["", "  ", "Others", "kind", "movement", "agreement"])
def test_names_that_no_selection_can_have(small_tour, name):
    with pytest.raises(ValueError, match=r"name|already"):
        with_selection(small_tour, name, np.ones(60, dtype=bool))


def test_nothing_selected_is_no_attribute(small_tour):
    with pytest.raises(ValueError, match="true for one at least"):
        with_selection(small_tour, "none", np.zeros(60, dtype=bool))

"""Histograms of attributes: which bin holds what, what a selection has of each, and brushes that narrow it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.viewer.histogram import BINS, MOST, binned, counted, narrowed


def of(values):
    return binned(SimpleNamespace(attributes=pd.DataFrame({"a": values})), "a")


def test_numbers_fall_into_equal_steps_from_the_least_to_the_largest():
    values = np.array([10.0, 42.0, np.nan, 10.99, 11.0, 41.01, np.inf, 26.5])
    found = of(values)
    assert found.bins.tolist() == [0, 31, -1, 0, 1, 31, -1, 16]
    assert found.counts.tolist() == np.bincount([0, 31, 0, 1, 31, 16], minlength=BINS).tolist()
    assert len(found.names) == BINS and found.names[0] == "10 to 11" and found.names[-1] == "41 to 42"


@pytest.mark.parametrize("values", [[1.0, 1.0, np.nan], [np.nan, np.nan], pd.array([None, None], dtype="Int64")])
def test_numbers_that_do_not_differ_have_none(values):
    assert of(values) is None


def test_whole_numbers_with_gaps_are_numbers():
    found = of(pd.array([0, None, 32, 1], dtype="Int64"))
    assert found.bins.tolist() == [0, -1, 31, 1]


def test_classes_keep_their_order_and_truths_and_words_are_classes():
    found = of(pd.Categorical(["b", "a", None, "b"], categories=["b", "a", "c"]))
    assert (found.names, found.bins.tolist(), found.counts.tolist()) == (("b", "a", "c"), [0, 1, -1, 0], [2, 1, 0])
    assert of([True, False, True]).names == ("False", "True")
    assert of(["x", "y", None]).bins.tolist() == [0, 1, -1]


def test_as_many_classes_as_can_be_told_apart():
    assert of([f"{k:02}" for k in range(MOST)]) is not None
    assert of([f"{k:02}" for k in range(MOST + 1)]) is None
    assert of(["same"] * 3) is None
    assert of(["one", "other"]) is not None


def test_a_selection_is_counted_and_narrowed_by_all_brushes():
    classes, numbers = of(pd.Categorical(["a", "b", None, "b", "a", "b"])), of([0.0, 1.0, 2.0, 3.0, 31.9, 32.0])
    selected = np.array([True, True, True, True, False, True])
    assert counted(classes, selected).tolist() == [1, 3]
    attributes = {"kind": classes, "size": numbers}
    assert narrowed(selected, {}, attributes) is selected
    assert narrowed(selected, {"kind": (1, 1)}, attributes).tolist() == [False, True, False, True, False, True]
    assert narrowed(selected, {"size": (1, 3)}, attributes).tolist() == [False, True, True, True, False, False]
    both = narrowed(selected, {"kind": (1, 1), "size": (2, 31)}, attributes)
    assert both.tolist() == [False, False, False, True, False, True]

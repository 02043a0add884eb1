"""Points in a list sorted by a choice; histograms and brushes that narrow a selection."""

import numpy as np
import pandas as pd
import pytest

from engine.viewer.histogram import BINS, binned, counted, narrowed
from engine.viewer.listing import AS_FOUND, TO_PINNED, Listed, arranged, as_found, choices


@pytest.fixture
def tour(make_tour, rng):
    table = pd.DataFrame(
        {
            "kind": pd.Categorical(["b", "a", None, "c"] * 5, categories=["c", "b", "a"]),
            "weight": [*range(19, 0, -1), np.nan],
            "file": [f"/somewhere/{k:02}.png" for k in range(20)],
            "same": [1.0] * 20,
        }
    )
    return make_tour([rng.standard_normal((20, 5))], attributes=table)


def test_a_list_is_sorted_by_a_choice_and_what_has_no_value_stands_last(tour):
    listed = Listed(np.array([3, 19, 0, 2, 1]))
    assert arranged(listed, tour, by=AS_FOUND, layer=0, pinned=None) is listed
    by_weight = arranged(listed, tour, by="weight", layer=0, pinned=None)
    assert by_weight.points.tolist() == [3, 2, 1, 0, 19] and by_weight.measure == "weight"
    by_kind = arranged(listed, tour, by="kind", layer=0, pinned=None)  # in the order of the categories
    assert by_kind.points.tolist() == [3, 19, 0, 1, 2]
    assert by_kind.values.tolist()[:4] == ["c", "c", "b", "a"]


def test_what_is_found_stands_in_the_order_of_its_ranks_else_of_its_numbers():
    mask, ranks = np.array([1, 1, 0, 1, 1, 1], dtype=bool), np.array([2, 0, 3, 1, 0, 2], dtype=np.int8)
    assert as_found(mask, 6, ranks).points.tolist() == [1, 4, 3, 0, 5]
    assert as_found(mask, 6).points.tolist() == [0, 1, 3, 4, 5]
    assert as_found(None, 3).points.tolist() == [0, 1, 2]


def test_distances_are_from_the_pinned_point_in_the_layer(tour):
    listed = arranged(Listed(np.arange(20)), tour, by=TO_PINNED, layer=0, pinned=4)
    points = tour.layers[0].points
    distances = np.linalg.norm(points - points[4], axis=1)
    assert listed.points[0] == 4 and listed.values == pytest.approx(np.sort(distances))
    assert distances[listed.points] == pytest.approx(listed.values)


def test_choices(tour):
    assert choices(tour, pinned=False) == [AS_FOUND, "kind", "weight", "file", "same"]
    assert choices(tour, pinned=True)[1] == TO_PINNED


def test_numbers_and_classes_are_cut_into_bins(tour):
    weight = binned(tour, "weight")
    assert len(weight.counts) == BINS and weight.counts.sum() == 19 and weight.bins[19] == -1
    assert weight.bins[18] == 0 and weight.bins[0] == BINS - 1  # the least and the most
    kind = binned(tour, "kind")
    assert kind.names == ("c", "b", "a") and kind.counts.tolist() == [5, 5, 5] and (kind.bins == -1).sum() == 5
    assert binned(tour, "same") is None


def test_too_many_classes_have_no_histogram(make_tour, rng):
    table = pd.DataFrame({"name": [f"n{k}" for k in range(60)]})
    assert binned(make_tour([rng.standard_normal((60, 4))], attributes=table), "name") is None


def test_brushes_narrow_together(tour):
    cut = {name: binned(tour, name) for name in ("kind", "weight")}
    everything = np.ones(20, dtype=bool)
    assert narrowed(everything, {}, cut).all()
    both = narrowed(everything, {"kind": (1, 1), "weight": (BINS // 2, BINS - 1)}, cut)
    weight = tour.attributes["weight"].to_numpy()
    share = (weight - 1) / 18
    expected = np.asarray(tour.attributes["kind"] == "b") & (np.floor(share * BINS) >= BINS // 2)
    assert (both == expected).all() and both.any()
    assert counted(cut["kind"], both).tolist() == [0, int(both.sum()), 0]

"""Lists of points worth a look: each finds what was planted, in order, with its values."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import special_ortho_group
from sklearn.neighbors import LocalOutlierFactor

from engine.tour.agreement import agreement, agrees_from, label_of, share_alike, share_of_another, shared_neighbors
from engine.tour.findings import About, Finding, lists, outlier_factors
from engine.tour.movement import displacement
from engine.tour.neighbors import nearest, neighbors_of

NAN = np.nan


def found(about: About, name: str) -> Finding:
    (listing,) = [each for each in lists(about) if each.name == name]
    return listing.find(about)


@pytest.fixture
def parted(rng, make_tour):
    """300 points: a heap on layer 0, three classes apart on layers 1 and 2; point 7 lies among another class."""
    classes = np.arange(300) % 3
    heap = rng.standard_normal((300, 6))
    corners = 40.0 * np.eye(3, 6)
    apart = heap + corners[classes]
    apart[7] = heap[7] + corners[(classes[7] + 1) % 3]
    attributes = pd.DataFrame({"label": pd.Categorical.from_codes(classes, categories=["a", "b", "c"])})
    return make_tour([heap, apart, apart @ special_ortho_group.rvs(6, random_state=3) * 2.0], attributes=attributes)


def test_which_lists_a_tour_allows(parted, small_tour):
    names = {each.name for each in lists(About(parted, 1, label="label"))}
    assert names == {
        "Most moved since the layer before", "Among other labels", "Late among their own", "Near-duplicates",
        "Outliers",
    }  # fmt: skip
    assert {each.name for each in lists(About(small_tour, 0))} == {"Near-duplicates", "Outliers"}
    beside = About(parted, 1, other=parted, other_layer=0)
    assert "Other neighbours in the other" in {each.name for each in lists(beside)}


def test_every_list_is_sorted_and_its_values_are_its_points_own(parted):
    about = About(parted, 1, label="label", other=parted, other_layer=0)
    for listing in lists(about):
        finding = listing.find(about)
        steps = np.diff(finding.values)
        assert (steps >= 0).all() or (steps <= 0).all(), listing.name
        assert len(np.unique(finding.points)) == len(finding.points) == len(finding.values), listing.name
        assert finding.measure, listing.name


def test_the_layers_that_a_list_reads_are_all_that_it_needs(parted):
    about = About(parted, 1, label="label", other=parted, other_layer=0)
    for listing in lists(about):
        reads = listing.reads(about)
        assert set(reads) <= set(parted.layers)
    (late,) = [each for each in lists(about) if each.name == "Late among their own"]
    assert late.reads(about) == parted.layers


def test_wrong_predictions_by_error_or_by_confidence(make_tour, rng):
    table = {
        "label": pd.Categorical(["cat", "dog", "dog", None, "cat"]),
        "prediction": pd.Categorical(["cat", "cat", "cat", "cat", "bee"]),
        "confidence": [0.9, 0.6, 0.8, 0.1, 0.7],
    }
    points = [rng.standard_normal((5, 3))]
    wrong = found(About(make_tour(points, attributes=pd.DataFrame(table)), 0), "Wrong predictions")
    assert (wrong.points.tolist(), wrong.values.tolist(), wrong.measure) == ([2, 4, 1], [0.8, 0.7, 0.6], "confidence")
    other = table | {"prediction": pd.Categorical(["tabby", "beagle", "beagle", "tabby", "bee"])}
    about = About(make_tour(points, attributes=pd.DataFrame(other)), 0)
    assert "Wrong predictions" not in [each.name for each in lists(about)]  # they are of another task
    table["error"] = [0.1, 3.0, 2.0, NAN, 1.0]
    wrong = found(About(make_tour(points, attributes=pd.DataFrame(table)), 0), "Wrong predictions")
    assert (wrong.points.tolist(), wrong.values.tolist(), wrong.measure) == ([1, 2, 4], [3.0, 2.0, 1.0], "error")


def test_least_confident_leaves_out_who_has_no_confidence(make_tour, rng):
    table = pd.DataFrame({"confidence": [0.5, NAN, 0.1, 0.9]})
    unsure = found(About(make_tour([rng.standard_normal((4, 3))], attributes=table), 0), "Least confident")
    assert (unsure.points.tolist(), unsure.values.tolist()) == ([2, 0, 3], [0.1, 0.5, 0.9])


def test_moved_and_elsewhere_by_displacement(parted):
    moved = found(About(parted, 1), "Most moved since the layer before")
    distances = displacement(parted.layers[0].points, parted.layers[1].points)
    assert moved.values == pytest.approx(np.sort(distances)[::-1])
    assert distances[moved.points] == pytest.approx(moved.values)
    there = found(About(parted, 1, other=parted, other_layer=0), "Farthest from their place in the other")
    assert there.values == pytest.approx(moved.values)


def test_neighbours_shared_do_not_see_a_rotation(parted):
    same = found(About(parted, 1, other=parted, other_layer=2), "Other neighbours in the other")
    assert same.values.min() > 0.99
    changed = found(About(parted, 1, other=parted, other_layer=0), "Other neighbours in the other")
    a, b = (neighbors_of(parted.layers[k]).ids for k in (1, 0))
    for point, value in zip(changed.points[:20], changed.values[:20], strict=True):
        here, there = set(a[point]), set(b[point])
        assert value == pytest.approx(len(here & there) / len(here | there))


def test_who_lies_among_another_class(parted):
    strangers = found(About(parted, 1, label="label"), "Among other labels")
    assert (strangers.points.tolist(), strangers.values.tolist()) == ([7], [1.0])
    heap = replace(parted, attributes=pd.DataFrame({"label": pd.Categorical(np.arange(300) % 30)}))
    assert not len(found(About(heap, 0, label="label"), "Among other labels").points)  # among all labels alike
    late = found(About(parted, 1, label="label"), "Late among their own")
    assert late.points[0] == 7
    assert late.values[0] == np.inf  # never
    assert set(late.values[1:]) == {1.0}  # and nobody who is among their own from the first layer on
    assert (late.values == 1.0).sum() > 200  # in the heap a third agrees


def test_shares_of_neighbours_alike():
    ids = np.array([[1, 2], [0, 2], [0, 1], [0, 2]], dtype=np.int32)
    assert share_alike(ids, np.array([0, 0, 1, -1])) == pytest.approx([0.5, 0.5, 0.0, NAN], nan_ok=True)
    assert share_alike(ids, np.array([0, -1, -1, 0])) == pytest.approx([NAN, NAN, NAN, 1.0], nan_ok=True)


def test_share_of_the_commonest_other_class():
    classes = np.array([0, 1, 1, 2, -1])
    ids = np.array([[1, 2, 3], [0, 2, 3], [1, 3, 4], [1, 2, 4], [0, 1, 2]], dtype=np.int32)
    assert share_of_another(ids, classes) == pytest.approx([2 / 3, 1 / 3, 1 / 2, 1.0, NAN], nan_ok=True)
    assert share_of_another(np.array([[1, 2, 3]] * 4), np.array([1, 0, 0, 2])) == pytest.approx(
        [2 / 3, 1 / 3, 1 / 3, 2 / 3]
    )


def test_agrees_from_the_last_change_on():
    shares = np.array([[0.9, 0.9, 0.1, 0.2, NAN], [0.1, 0.9, 0.5, 0.2, NAN], [0.8, 0.9, 0.6, 0.2, NAN]])
    assert agrees_from(shares) == pytest.approx([2, 0, 1, 3, NAN], nan_ok=True)
    assert agrees_from(np.array([[NAN, 0.9], [NAN, 0.9], [0.9, NAN]])) == pytest.approx([2, NAN], nan_ok=True)


def test_shared_neighbours_is_the_jaccard_index():
    a, b = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.int32), np.array([[3, 2, 9], [7, 8, 9]], dtype=np.int32)
    assert shared_neighbors(a, b) == pytest.approx([2 / 4, 0.0])
    assert shared_neighbors(a, a) == pytest.approx([1.0, 1.0])
    assert shared_neighbors(a[:, :0], b[:, :0]) == pytest.approx([1.0, 1.0])  # nothing is the same as nothing


def test_planted_doubles_come_in_pairs_nearest_first(rng, make_tour):
    points = rng.standard_normal((200, 8)) * 10.0
    points[50] = points[10] + 0.02
    points[60] = points[20] + 0.01
    doubles = found(About(make_tour([points]), 0), "Near-duplicates")
    assert doubles.points.tolist() == [20, 60, 10, 50]
    assert doubles.partners.tolist() == [60, 20, 50, 10]
    assert doubles.values[0] < doubles.values[2] < 0.25


def test_outliers_by_their_local_outlier_factor(rng, make_tour):
    points = rng.standard_normal((300, 5))
    points[3], points[4] = 30.0, -12.0
    outliers = found(About(make_tour([points]), 0), "Outliers")
    assert outliers.points[:2].tolist() == [3, 4]
    reference = LocalOutlierFactor(n_neighbors=15).fit(points)
    assert outlier_factors(nearest(points)) == pytest.approx(-reference.negative_outlier_factor_, rel=1e-6)


def test_the_label_that_neighbours_agree_with(small_tour, parted, make_tour, rng):
    assert label_of(parted) == "label"
    assert label_of(small_tour) == "kind"
    assert label_of(make_tour([rng.standard_normal((4, 3))])) is None
    assert agreement(parted, 1, "label").mean() > 0.99
    with pytest.raises(KeyError, match="no attribute 'lable'; did you mean 'label'"):
        agreement(parted, 1, "lable")

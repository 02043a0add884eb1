"""What a tour opens with: the layer that parts classes, its principal axes, a few handles, or its first saved view."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.tour.view import SavedView, View
from engine.viewer.hands import Hands
from engine.viewer.opening import HANDLES, opening_view, principal_axes
from engine.viewer.resolve import coloring_of
from engine.viewer.viewer import Viewer


@pytest.fixture
def parted(rng, make_tour):
    """Nine classes in 15-D on six layers: a heap, but far apart on layer 4; the last is a heap again."""
    classes = np.arange(900) % 9
    layers = [rng.standard_normal((900, 15)) for _ in range(6)]
    layers[4] += (30.0 * rng.standard_normal((9, 15)))[classes]
    attributes = pd.DataFrame({"label": pd.Categorical([f"c{k}" for k in classes])})
    return make_tour(layers, attributes=attributes)


def test_the_layer_where_classes_part_along_its_principal_axes(parted):
    view = opening_view(parted)
    assert view.layer == 4 and view.fit
    frame = np.array(view.frame)
    points = parted.aligned(4)
    spread = (points @ frame).var(axis=0)
    assert spread[0] >= spread[1] >= spread[2]
    largest = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)[:2]
    assert spread[:2].sum() == pytest.approx((largest**2).sum() / 900, rel=1e-3)


def test_no_early_layer_is_opened_however_well_it_parts(parted, make_tour):
    points = [layer.points for layer in parted.layers]
    early = make_tour([points[0], points[4], *points[2:4], points[0], points[5]], attributes=parted.attributes)
    assert opening_view(early).layer == 4  # of the last third, though all is a heap there
    assert opening_view(make_tour([points[4], *points[1:]], attributes=parted.attributes)).layer == 4


def test_a_few_handles_each_of_one_class_by_its_name(parted):
    handles = opening_view(parted).handles
    assert len(handles) == HANDLES
    assert len({each.name for each in handles}) == HANDLES
    names = coloring_of(parted, opening_view(parted)).names
    for each in handles:
        assert each.name == names[each.row] and each.attribute == "label"
        assert set(parted.attributes["label"].iloc[list(each.points)]) == {each.name}
        assert len(each.points) == 100
    Viewer.of(parted, opening_view(parted))


def test_names_of_classes_that_no_handle_may_have_are_cut(parted):
    names = {"c0": "0" + 20_000 * "x", "c1": "1\0nul"}
    labels = [names.get(each, each) for each in parted.attributes["label"]]
    tour = replace(parted, attributes=pd.DataFrame({"label": pd.Categorical(labels)}))
    opened = Viewer.of(tour, opening_view(tour))
    assert len(opened.base.handles) == HANDLES
    opened.change(handles=())
    assert Hands(opened).handles.of_classes() == "9 handles"
    made = {each.row: each.name for each in opened.base.handles}
    assert set(made.values()) == {"0" + 9_999 * "x", "1nul", *(f"c{k}" for k in range(2, 9))}


def test_without_labels_the_last_layer_but_one_and_no_handles(parted):
    view = opening_view(replace(parted, attributes=pd.DataFrame(index=range(900))))
    assert (view.layer, view.handles, view.color_by) == (4, (), None)
    assert len(np.unique(np.round(np.array(view.frame).T @ np.array(view.frame), 9))) == 2


def test_saved_views_go_first(parted):
    story = [SavedView("first", View(layer=1, zoom=2.0)), SavedView("second", View(layer=2))]
    assert opening_view(replace(parted, views=story)).layer == 1


def test_tours_of_one_layer_and_of_one_class_open(small_tour):
    one = replace(small_tour, layers=small_tour.layers[:1])
    assert opening_view(one).layer == 0
    single = replace(one, attributes=pd.DataFrame({"kind": pd.Categorical(["a"] * 60)}))
    assert opening_view(single).handles == ()


def test_axes_do_not_hang_on_the_order_of_rows(rng):
    points = rng.standard_normal((500, 6)) ** 3 * np.linspace(3, 1, 6)
    assert principal_axes(points) == pytest.approx(principal_axes(points[rng.permutation(500)]), abs=1e-9)

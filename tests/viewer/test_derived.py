"""Colouring by what depends on the layer: the neighbours' agreement against brute force, and where it is offered."""

from dataclasses import replace

import numpy as np
import pytest

import engine
from engine.tour.story import misfit
from engine.tour.view import View
from engine.viewer.derived import choices
from engine.viewer.resolve import coloring_of
from engine.viewer.viewer import Viewer


def by_brute_force(tour, layer, label):
    points = np.asarray(tour.layers[layer].points, dtype=float)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    near = np.argsort(apart, axis=1)[:, :15]
    values = tour.attributes[label].to_numpy()
    return (values[near] == values[:, None]).mean(axis=1)


def levels(shares):
    return np.clip(np.floor(shares * 256), 0, 255)


def test_agreement_is_of_the_layer_shown_and_follows_it(small_tour):
    viewer = Viewer.of(small_tour, View(color_by="kind"))
    viewer.change(color_by="agreement")
    for layer in (0, 2, 3):
        viewer.go_to(layer)
        for _ in range(60):
            viewer.advance(1 / 60)
        assert np.abs(viewer.coloring.codes - levels(by_brute_force(small_tour, layer, "kind"))).max() <= 1
        assert viewer.coloring.extent == (0.0, 1.0)
    viewer.change(color_by="size")
    assert viewer.coloring.kind == "ordinal"


def test_a_view_coloured_by_agreement_is_drawn_saved_and_opened(small_tour):
    view = View(layer=1, color_by="agreement")
    assert np.abs(coloring_of(small_tour, view).codes - levels(by_brute_force(small_tour, 1, "kind"))).max() <= 1
    assert misfit(small_tour, view) == ""
    plain = engine.snapshot(small_tour, layer=1, size=(160, 160))
    assert (engine.snapshot(small_tour, layer=1, color_by="agreement", size=(160, 160)) != plain).any()


def test_what_a_tour_can_be_coloured_by(small_tour, make_tour, rng):
    assert choices(small_tour, compared=False) == ["movement", "agreement"]
    assert choices(small_tour, compared=True) == ["movement", "agreement", "difference"]
    bare = make_tour([rng.standard_normal((20, 5))])
    assert choices(bare, compared=False) == []
    assert "agreement" in misfit(bare, View(color_by="agreement"))
    with pytest.raises(KeyError, match="no labels to agree with"):
        engine.snapshot(bare, color_by="agreement")
    table = small_tour.attributes.assign(agreement=0.5)
    assert choices(replace(small_tour, attributes=table), compared=False) == ["movement"]

"""What a Tour answers: its layers and attributes by name, and what to say of a name that it does not have."""

import numpy as np
import pytest

from engine.tour.tour import nearest


def test_layers_by_index_and_name(small_tour):
    assert [small_tour.index(each) for each in (0, 3, -1, -4, "2-Block")] == [0, 3, 3, 0, 2]
    assert (small_tour.n, small_tour.dims, small_tour.depth) == (60, 15, 4)
    for layer in (4, -5):
        with pytest.raises(IndexError, match=f"small has layers 0 to 3, not {layer}"):
            small_tour.index(layer)
    with pytest.raises(KeyError, match="small has no layer '2-Blok'; did you mean '2-Block'"):
        small_tour.index("2-Blok")


def test_aligned_layers_are_centred_and_turned(small_tour):
    layer = small_tour.layers[2]
    points = layer.points.astype(np.float64)
    expected = (points - points.mean(axis=0)) @ layer.placement.rotation
    assert small_tour.aligned(2) == pytest.approx(expected, abs=1e-5)
    assert (small_tour.aligned("2-Block") == small_tour.aligned(-2)).all()


def test_attributes_by_name(small_tour):
    assert small_tour.attribute("kind").tolist()[:20] == ["ant"] * 20
    with pytest.raises(KeyError, match="small has no attribute 'wieght'; did you mean 'weight'"):
        small_tour.attribute("wieght")
    with pytest.raises(KeyError) as long:
        small_tour.attribute("x" * 101)
    assert f"'{'x' * 100}\u2026'" in str(long.value)


def test_an_unknown_name_is_answered_with_the_nearest_or_with_what_there_is():
    assert nearest("lable", ["label", "size"]) == "; did you mean 'label'?"
    assert nearest("KIND", ["kind", "size"]) == "; did you mean 'kind'?"
    assert nearest("q", ["kind", "size"]) == "; there is: kind, size"
    assert nearest("q", list("abcdefgh")) == "; there is: a, b, c, d, e, f, g, h"
    assert nearest("q", list("abcdefghi")) == "; there is: a, b, c, d, e, f, g, h, ..."
    assert nearest("q", []) == ""


def test_the_radius_of_a_mean_of_layers_is_the_mean_of_theirs_and_1_of_one_place(make_tour):
    tour = make_tour([np.array([[-3.0, 0, 0], [3, 0, 0]]), np.ones((2, 3)), np.array([[0.0, 5, 0], [0, -5, 0]])])
    assert [tour.radius([(k, 1.0)]) for k in range(3)] == pytest.approx([3.0, 1.0, 5.0])
    assert tour.radius([(0, 0.5), (1, 0.25), (2, 0.25)]) == pytest.approx(3.0)

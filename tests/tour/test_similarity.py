"""Measures between layers by their axioms, against sums over all pairs of points, and against the published table."""

import json

import numpy as np
import pandas as pd
import pytest

import engine
from engine.motion.rotation import random_frame
from engine.tour.similarity import BLOCK, MEASURES, matrices, measures


def unbiased_hsic(k, el):
    """Song et al. 2012, equation 5, from n x n matrices as it is written there."""
    n = len(k)
    k, el = k - np.diag(np.diag(k)), el - np.diag(np.diag(el))
    ones = np.ones(n)
    middle = (ones @ k @ ones) * (ones @ el @ ones) / ((n - 1) * (n - 2))
    return (np.vdot(k, el) + middle - 2 / (n - 2) * ((ones @ k) @ (el @ ones))) / (n * (n - 3))


def directly(x, y):
    """Both alignments from n x n Gram matrices."""
    k, el = x @ x.T, y @ y.T
    a, b = (each - each.mean(axis=0) - each.mean(axis=1)[:, None] + each.mean() for each in (k, el))
    debiased = unbiased_hsic(k, el) / np.sqrt(unbiased_hsic(k, k) * unbiased_hsic(el, el))
    return np.vdot(a, b) / np.sqrt(np.vdot(a, a) * np.vdot(b, b)), debiased


@pytest.mark.parametrize(("n", "d", "e"), [(4, 3, 3), (12, 5, 5), (40, 15, 3), (BLOCK + 1, 4, 4)])
def test_no_large_matrix_is_needed(n, d, e, rng):
    x = rng.standard_normal((n, d)) @ rng.standard_normal((d, d)) + 3.0
    y = rng.standard_normal((n, e)) + x[:, :1]
    found = measures(x, y)
    cka, debiased = directly(x, y)
    assert found["cka"] == pytest.approx(cka, abs=1e-10)
    assert found["debiased cka"] == pytest.approx(debiased, abs=1e-8)
    centred = [each - each.mean(axis=0) for each in (x, y)]
    nuclear = np.linalg.norm(centred[0].T @ centred[1], "nuc")
    assert found["procrustes"] == pytest.approx(nuclear / np.prod([np.linalg.norm(each) for each in centred]))


def test_turned_mirrored_shifted_and_scaled_a_layer_is_the_same(rng):
    x, y = rng.standard_normal((2, 300, 6)) + rng.standard_normal((300, 1))
    turn = random_frame(rng, 6, 6)
    before = measures(x, y)
    for rotation in (turn, turn * [-1, 1, 1, 1, 1, 1]):
        assert measures(x @ rotation * 0.2 + 7.0, y) == pytest.approx(before, abs=1e-9)
        assert measures(x @ rotation * 0.2 + 7.0, x) == pytest.approx(dict.fromkeys(MEASURES, 1.0))
    assert all(value < 0.9 for value in before.values())


def test_debiased_is_near_zero_where_points_have_nothing_in_common(rng):
    found = [measures(*rng.standard_normal((2, 40, 15))) for _ in range(40)]
    values = np.array([each["debiased cka"] for each in found])
    assert abs(values.mean()) < 4 * values.std() / np.sqrt(len(values))
    assert abs(values.mean()) < 0.03
    assert min(each["cka"] for each in found) > 0.15


def test_tables_are_those_of_each_pair(small_tour, make_tour, rng):
    other = make_tour([rng.standard_normal((60, 15)) for _ in range(3)])
    tables = matrices(small_tour, other)
    assert list(tables) == list(MEASURES)
    for name, table in tables.items():
        assert table.shape == (4, 3) and table.dtype == np.float64
        for i, a in enumerate(small_tour.layers):
            for j, b in enumerate(other.layers):
                assert table[i, j] == pytest.approx(measures(a.points, b.points)[name], abs=1e-9)
        assert matrices(other, small_tour)[name] == pytest.approx(table.T)


def test_a_tour_against_itself_is_symmetric(small_tour):
    for table in matrices(small_tour, small_tour).values():
        assert table == pytest.approx(table.T, abs=1e-14)
        assert np.diag(table) == pytest.approx(np.ones(4))


def test_the_public_similarity_is_the_cosine_under_the_best_rotation(small_tour, make_tour, rng):
    other = make_tour([rng.standard_normal((60, 15)) for _ in range(3)])
    table = engine.similarity(small_tour, other)
    assert table.shape == (4, 3) and table.dtype == np.float64
    for i, a in enumerate(small_tour.layers):
        for j, b in enumerate(other.layers):
            assert table[i, j] == pytest.approx(engine.procrustes(a.points, b.points).similarity, abs=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_points_and_single_places_are_zero_and_no_error(n, rng):
    found = measures(rng.standard_normal((n, 4)), rng.standard_normal((n, 4)))
    assert found["debiased cka"] == 0.0
    assert measures(np.ones((9, 4)), rng.standard_normal((9, 4))) == dict.fromkeys(MEASURES, 0.0)


def test_similarity_needs_the_same_points(small_tour, make_tour, rng):
    with pytest.raises(ValueError, match="small has 60 points and small 61, and nothing tells which are the same"):
        engine.similarity(small_tour, make_tour([rng.standard_normal((61, 15))]))


def test_points_in_another_order_are_found_by_their_files(make_tour, rng, caplog):
    points, files = rng.standard_normal((40, 5)), pd.DataFrame({"file": [f"{k}.png" for k in range(40)]})
    order = rng.permutation(40)
    tour, mixed = make_tour([points], attributes=files), make_tour([points[order]], attributes=files.iloc[order])
    assert engine.similarity(tour, mixed)[0, 0] == pytest.approx(1.0) and not caplog.text
    part = make_tour([points[order[:30]]], attributes=files.iloc[order[:30]])
    assert engine.similarity(tour, part)[0, 0] == pytest.approx(1.0)
    assert "30 points are in both of 40 and 30" in caplog.text


def test_the_published_networks_lie_in_the_published_range(published, make_tour):
    tours = []
    for name in ("resnet50", "googlenet"):
        folder = published / f"{name}-umap-51200D-to-15D-50000-maxpool"
        entries = json.loads((folder / "schema.json").read_text())["layers"]
        tours.append(
            make_tour([np.fromfile(folder / f"{entry['id']}.bin", "<f4").reshape(entry["shape"]) for entry in entries])
        )
    tables = matrices(*tours)
    assert tables["procrustes"].shape == (25, 21)
    assert (tables["procrustes"].min().round(4), tables["procrustes"].max().round(4)) == (0.0746, 0.9973)
    assert tables["cka"] == pytest.approx(tables["debiased cka"], abs=1e-4)  # 50,000 points leave no bias

"""Few points and many classes, odd labels, huge and tiny layers: right, or refused in one line."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import engine
from engine.tour.colors import color_by
from engine.tour.search import TextIndex
from engine.tour.similarity import matrices


def kept(tour, tmp_path):
    tour.save(tmp_path / "a.tour")
    return engine.load(tmp_path / "a.tour")


@pytest.mark.parametrize("n", [1, 2, 3, 15, 16])
@pytest.mark.parametrize("dims", [3, 24])
def test_few_points(n, dims, make_tour, rng, tmp_path):
    tour = make_tour([rng.standard_normal((n, dims)) for _ in range(2)])
    back = kept(tour, tmp_path)
    assert (back.aligned(1) == tour.aligned(1)).all()
    for values in matrices(back, back).values():
        assert values.shape == (2, 2) and np.isfinite(values).all()


@pytest.mark.parametrize("scale", [0.0, 1e-30, 1e30])
def test_layers_of_any_scale(scale, make_tour, rng, tmp_path):
    shape = rng.standard_normal((40, 5))
    tour = kept(make_tour([shape, scale * shape]), tmp_path)
    assert np.isfinite(tour.aligned(1)).all()
    assert engine.similarity(tour, tour)[0, 1] == pytest.approx(1.0 if scale else 0.0, abs=1e-5)


def test_points_that_are_all_one(make_tour, tmp_path):
    tour = kept(make_tour([np.ones((20, 4)), np.ones((20, 4))]), tmp_path)
    assert not tour.aligned(1).any() and np.isfinite(engine.similarity(tour, tour)).all()


COLUMNS = {
    "one class": pd.Categorical(["a"] * 6),
    "long": ["x" * 10_000, "y", "z", "x", "y", "z"],
    "emoji": ["👩‍🚀", "🦊", "مرحبا", "\u202ea", "é", "e\u0301"],
    "NUL": ["a\0b", "a\0c", "", " ", "\n", "\t"],
    "all missing": [None] * 6,
    "missing numbers": [np.nan] * 6,
    "infinities": [np.inf, -np.inf, np.nan, 0.0, 1e308, -1e308],
    "beyond 2^53": [2**63 - 1, 2**63 - 2, -(2**63), 0, 1, 2**53 + 1],
    "dates": pd.date_range("1999-12-31", periods=6),
    "true or false": [True, False, True, True, False, False],
    "some missing": pd.array([1, None, 3, 4, 5, 6], dtype="Int64"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_attributes_of_any_kind(name, make_tour, rng, tmp_path):
    tour = make_tour([rng.standard_normal((6, 3))], attributes=pd.DataFrame({name: COLUMNS[name]}))
    values = kept(tour, tmp_path).attribute(name)
    assert [str(each) for each in values] == [str(each) for each in tour.attributes[name]]
    coloring = color_by(values, n=6)
    assert coloring.codes.shape == (6,) and np.isfinite(coloring.codes).all()
    assert coloring.codes.max() < len(coloring.table)
    assert TextIndex(tour).matches("x") is not None


def test_a_hundred_thousand_classes(make_tour, rng, tmp_path):
    names = pd.Categorical([f"class {k}" for k in range(100_000)])
    tour = make_tour([rng.standard_normal((100_000, 3))], attributes=pd.DataFrame({"name": names}))
    assert kept(tour, tmp_path).attribute("name").nunique() == 100_000


def test_half_a_letter_is_refused_in_one_line(small_tour, tmp_path):
    with pytest.raises(ValueError, match="control characters"):
        dataclasses.replace(small_tour, name="\ud800").save(tmp_path / "a.tour")
    assert list(tmp_path.iterdir()) == []

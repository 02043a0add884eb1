"""Similarity of full activations from what is kept of them: its bound by construction, and what lacks it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import engine
from engine.tour.matching import matched
from engine.tour.schema import TourFormatError
from engine.tour.similarity import measures
from engine.tour.sketches import ACTIVATIONS, activation_matrices, has_activations
from engine.tour.tour import Sketch


def kept(full, keep):
    """The first principal components of activations, and exactly how far their Gram matrix is from that of all."""
    centred = full - full.mean(axis=0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    values = (u[:, :keep] * s[:keep]).astype(np.float16)
    rounded = values.astype(np.float64)
    return Sketch(values, float(np.linalg.norm(rounded @ rounded.T - centred @ centred.T)))


@pytest.fixture
def networks(make_tour, rng):
    """Two tours of 50 files with what is kept of activations, and the activations."""
    shared = rng.standard_normal((50, 6)) * [5, 4, 3, 2, 1, 1]
    files = pd.DataFrame({"file": [f"{k}.png" for k in range(50)]})
    found = []
    for count in (3, 2):
        full = [
            np.hstack([shared @ rng.standard_normal((6, 20)), rng.standard_normal((50, 30)) * (k + 1)])
            for k in range(count)
        ]
        tour = make_tour([each[:, :4] for each in full], attributes=files, name=f"net{count}")
        layers = tuple(replace(layer, sketch=kept(each, 8)) for layer, each in zip(tour.layers, full, strict=True))
        found.append((replace(tour, layers=layers), full))
    return found


def assert_bounded(a, b, full_a, full_b):
    found = activation_matrices(a, b)
    assert list(found) == list(ACTIVATIONS)
    for name, table in found.items():
        full = np.array([[measures(x, y)[name.removeprefix("activations ")] for y in full_b] for x in full_a])
        assert (abs(table.values - full) <= table.bounds + 1e-9).all()
        off = table.bounds[table.bounds > 0]
        assert off.size and off.min() > 1e-4  # a bound of something
        assert abs(table.values - full).max() > 1e-6  # which was not exact


def test_what_is_kept_tells_similarity_to_within_its_bound(networks):
    (a, full_a), (b, full_b) = networks
    assert_bounded(a, b, full_a, full_b)
    assert_bounded(a, a, full_a, full_a)
    for table in activation_matrices(a, a).values():
        assert np.diag(table.values) == pytest.approx(np.ones(3)) and (np.diag(table.bounds) == 0).all()


def test_the_bound_holds_for_the_points_that_two_tours_share(networks):
    (a, full_a), (b, full_b) = networks
    files = [f"{k}.png" for k in range(49, -1, -1)]
    other = replace(b, attributes=pd.DataFrame({"file": [f if k < 30 else f"x{f}" for k, f in enumerate(files)]}))
    match = matched(a, other)
    rows_a, rows_b = match.rows
    assert match.left.n == 30 and has_activations(match.left)
    assert_bounded(match.left, match.right, [each[rows_a] for each in full_a], [each[rows_b] for each in full_b])


def test_a_folder_keeps_it(networks, tmp_path):
    (a, _), _ = networks
    a.save(tmp_path / "a.tour")
    read = engine.load(tmp_path / "a.tour")
    for ours, theirs in zip(read.layers, a.layers, strict=True):
        assert isinstance(ours.sketch.values, np.memmap) and ours.sketch.values.dtype == np.float16
        assert (ours.sketch.values == theirs.sketch.values).all() and ours.sketch.error == theirs.sketch.error
    read.save(tmp_path / "b.tour")
    for file in (tmp_path / "a.tour").rglob("*.*"):
        assert (
            file.is_dir()
            or file.read_bytes() == (tmp_path / "b.tour" / file.relative_to(tmp_path / "a.tour")).read_bytes()
        )


def test_faults_in_it_name_the_file(networks, tmp_path):
    (a, _), _ = networks
    a.save(tmp_path / "a.tour")
    file = tmp_path / "a.tour" / "activations" / "001.npy"
    whole = file.read_bytes()
    file.write_bytes(whole[:-2] + b"\x00\x01")
    with pytest.raises(TourFormatError, match=r"activations/001.npy: changed since it was written"):
        engine.load(tmp_path / "a.tour")
    np.save(file, np.zeros((50, 3), dtype=np.float16))
    with pytest.raises(
        TourFormatError, match=r"001.npy: holds float16 \(50, 3\), and tour.json promises float16 \(50, 8"
    ):
        engine.load(tmp_path / "a.tour")
    file.unlink()
    with pytest.raises(TourFormatError, match=r"activations/001.npy: missing"):
        engine.load(tmp_path / "a.tour")


def test_a_tour_without_says_what_to_do(networks, small_tour):
    assert not has_activations(small_tour)
    with pytest.raises(ValueError, match="small keeps nothing of its activations; build it with --similarity"):
        activation_matrices(small_tour, small_tour)
    with pytest.raises(ValueError, match="net3 has 50, small has 60"):
        activation_matrices(networks[0][0], small_tour)

"""Procrustes by its axioms, and against the published numbers."""

import itertools
import json

import numpy as np
import pytest

import engine
from engine.motion.rotation import random_frame
from engine.tour.alignment import chain
from engine.tour.published_embeddings import residual

DIMS = [3, 5, 15, 24]


@pytest.mark.parametrize("dims", DIMS)
@pytest.mark.parametrize("reflected", [False, True])
def test_recovers_a_known_rotation_whatever_the_shift_and_scale(dims, reflected, rng):
    points = rng.standard_normal((200, dims))
    rotation = random_frame(rng, dims, dims)
    if (np.linalg.det(rotation) < 0) != reflected:
        rotation[:, 0] *= -1
    fit = engine.procrustes(points * 0.3 + 5.0, points @ rotation - 2.0)
    assert fit.rotation == pytest.approx(rotation, abs=1e-9)
    assert fit.similarity == pytest.approx(1.0)
    assert np.linalg.det(fit.rotation) == pytest.approx(-1 if reflected else 1)


@pytest.mark.parametrize("dims", DIMS)
def test_is_the_best_orthogonal_matrix(dims, rng):
    source, target = rng.standard_normal((2, 100, dims))
    fit = engine.procrustes(source, target)
    assert fit.rotation.T @ fit.rotation == pytest.approx(np.eye(dims), abs=1e-12)
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    best = np.linalg.norm(a @ fit.rotation - b)
    for _ in range(50):
        nudge = np.linalg.qr(np.eye(dims) + 0.05 * rng.standard_normal((dims, dims)))[0]
        assert np.linalg.norm(a @ fit.rotation @ nudge - b) >= best
    cosine = np.vdot(a @ fit.rotation, b) / (np.linalg.norm(a) * np.linalg.norm(b))
    assert fit.similarity == pytest.approx(cosine)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_similarity_does_not_hang_on_the_unit(scale, rng):
    source, target = rng.standard_normal((2, 100, 5))
    fit = engine.procrustes(source * scale, target * scale)
    assert fit.similarity == pytest.approx(engine.procrustes(source, target).similarity)
    assert 0.0 < fit.similarity < 1.0


def test_a_single_point_is_similar_to_nothing(rng):
    fit = engine.procrustes(np.ones((10, 4)), rng.standard_normal((10, 4)))
    assert fit.similarity == 0.0
    assert fit.rotation.T @ fit.rotation == pytest.approx(np.eye(4))


def test_shapes_must_agree(rng):
    with pytest.raises(ValueError, match="same shape"):
        engine.procrustes(np.ones((10, 4)), np.ones((9, 4)))


def test_float32_input_is_summed_in_float64(rng):
    points = rng.standard_normal((200_000, 3)).astype(np.float32) + 1000.0
    placement = chain([points])[0]
    assert placement.mean == pytest.approx(points.astype(np.float64).mean(axis=0), rel=1e-12)


def test_layers_are_aligned_each_to_the_one_before(small_tour):
    rotation = np.eye(15)
    for k, layer in enumerate(small_tour.layers):
        points = layer.points.astype(np.float64)
        here = points - points.mean(axis=0)
        if k:
            u, _, vt = np.linalg.svd(here.T @ before)  # noqa: F821
            rotation = (u @ vt) @ rotation
        before = here  # noqa: F841
        aligned = small_tour.aligned(k)
        assert aligned.dtype == np.float32
        assert aligned == pytest.approx(here @ rotation, abs=1e-5)
        assert layer.placement.radius == pytest.approx(np.linalg.norm(here, axis=1).max())
        assert (small_tour.aligned(layer.name) == aligned).all()


def test_a_layer_rotated_as_a_whole_aligns_to_where_it_was(rng, make_tour):
    points = rng.standard_normal((100, 6))
    tour = make_tour([points, points @ random_frame(rng, 6, 6) + 3.0])
    assert tour.aligned(1) == pytest.approx(tour.aligned(0), abs=1e-5)


def test_published_residuals_are_reproduced(published):
    folder = published / "googlenet-umap-51200D-to-15D-50000-maxpool"
    entries = json.loads((folder / "schema.json").read_text())["layers"]
    layers = [np.fromfile(folder / f"{entry['id']}.bin", "<f4").reshape(entry["shape"]) for entry in entries]
    ours = [residual(b, a) for a, b in itertools.pairwise(layers)]
    assert ours == pytest.approx([entry["residual"] for entry in entries[1:]], abs=5e-6)


def test_sums_over_blocks_of_rows_are_those_over_all(rng, monkeypatch):
    layers = [rng.standard_normal((100, 5)).astype(np.float32) + 2.0 for _ in range(3)]
    whole = chain(layers)
    monkeypatch.setattr("engine.tour.alignment.BLOCK", 7)
    for ours, theirs in zip(chain(layers), whole, strict=True):
        assert ours.mean == pytest.approx(theirs.mean, abs=1e-14)
        assert ours.rotation == pytest.approx(theirs.rotation, abs=1e-12)
        assert ours.radius == pytest.approx(theirs.radius, rel=1e-14)
        assert ours.similarity == pytest.approx(theirs.similarity, rel=1e-13)

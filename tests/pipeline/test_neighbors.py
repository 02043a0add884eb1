"""Neighbours: exact in the design's sense, also where a matrix product alone would lose them."""

import numpy as np
import pytest
import torch

from engine.pipeline.neighbors import nearest

N = 400


def matrix(kind):
    generator = torch.Generator().manual_seed(3)

    def normal(*shape):
        return torch.randn(*shape, generator=generator)

    return {
        "plain": normal(N, 300),
        "few columns": normal(N, 2),
        "far from the origin": normal(N, 100) + 1000.0,
        "after a ReLU": torch.relu(normal(N, 200) - 2.0),
        "near-duplicates": normal(8, 300).repeat(N // 8, 1) + 1e-4 * normal(N, 300),
        "duplicates": normal(10, 30).repeat(N // 10, 1),
        "one outlier": torch.cat([normal(N - 1, 50), torch.full((1, 50), 1e4)]),
        "all equal": torch.ones(N, 20),
        "half precision": normal(N, 64).half(),
    }[kind]


KINDS = [
    "plain", "few columns", "far from the origin", "after a ReLU", "near-duplicates", "duplicates", "one outlier",
    "all equal", "half precision",
]  # fmt: skip


@pytest.mark.parametrize("k", [1, 15, 60])
@pytest.mark.parametrize("kind", KINDS)
def test_every_neighbour_is_within_a_millionth_of_the_true_distance(kind, k):
    points = matrix(kind)
    indices, distances = nearest(points, k)
    exact = torch.cdist(points.double(), points.double(), compute_mode="donot_use_mm_for_euclid_dist")
    true = exact.sort(dim=1).values[:, k - 1 : k]
    assert indices.shape == distances.shape == (len(points), k)
    assert (indices.dtype, distances.dtype) == (torch.int64, torch.float32)
    assert (indices[:, 0] == torch.arange(len(points))).all() and (distances[:, 0] == 0).all()
    assert all(len(set(row)) == k for row in indices.tolist())
    found = exact.gather(1, indices)
    assert (found <= true * (1 + 1e-6)).all()
    assert distances.numpy() == pytest.approx(found.numpy(), rel=1e-5, abs=1e-6)
    assert (distances.diff(dim=1) >= 0).all()


def test_small_tiles_change_nothing(monkeypatch):
    points = matrix("near-duplicates")
    whole = nearest(points, 15)
    monkeypatch.setattr("engine.pipeline.neighbors.TILE_BYTES", 4 * N * 7)
    parts = nearest(points, 15)
    assert np.allclose(whole[1], parts[1])


@pytest.mark.parametrize("k", [0, N + 1])
def test_more_neighbours_than_points(k):
    with pytest.raises(ValueError, match="at most 400"):
        nearest(matrix("plain"), k)

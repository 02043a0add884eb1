"""Neighbours: exact in the design's sense, also where a matrix product alone would lose them."""

from functools import cache

import numpy as np
import pytest
import torch

import engine.pipeline.algebra.products as products
import engine.pipeline.neighbors as neighbors
from engine.pipeline.algebra.products import lower_bounds, operands, slack
from engine.pipeline.neighbors import nearest
from near import close

N = 400


@cache
def matrices():
    generator = torch.Generator().manual_seed(3)

    def normal(*shape):
        return torch.randn(*shape, generator=generator)

    def outlier(times):
        return torch.where(torch.arange(N) == 7, times, 1.0)[:, None]

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
        "one outlier ten times the rest": torch.relu(normal(N, 32) @ normal(32, 200)) * outlier(10.0),
        "log-normal norms": torch.relu(normal(N, 32) @ normal(32, 200)) * torch.exp(normal(N, 1)),
        "subnormal beside an outlier": normal(N, 50) * outlier(1e7),
    }


def matrix(kind):
    return matrices()[kind].clone()


KINDS = [
    "plain", "few columns", "far from the origin", "after a ReLU", "near-duplicates", "duplicates", "one outlier",
    "all equal", "half precision",
]  # fmt: skip


@pytest.fixture(params=["float32, as on a CPU", "float16, as on a GPU"])
def half(request, monkeypatch):
    """Whether products are of a float16 copy; a CPU computes them here just as exactly as a GPU's tensor cores."""
    as_a_gpu = request.param.startswith("float16")
    monkeypatch.setattr(neighbors, "operands", lambda points, keep: operands(points, half=as_a_gpu, keep=keep))
    return as_a_gpu


@pytest.mark.parametrize("k", [1, 15, 60])
@pytest.mark.parametrize("kind", KINDS)
def test_every_neighbour_is_within_a_millionth_of_the_true_distance(kind, k, half):
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
    assert close(distances, found, rel=1e-5, abs=1e-6)
    assert (distances.diff(dim=1) >= 0).all()


@pytest.mark.parametrize("kind", [*KINDS, "log-normal norms", "subnormal beside an outlier"])
def test_every_pair_lies_between_its_bounds(kind, half):
    points = matrix(kind)
    of = operands(points, half=half)
    least = lower_bounds(of, 0, torch.empty(N, N)).double() + of.low.double()[:, None]
    rows = torch.arange(N)
    most = least + slack(of, rows, rows.repeat(N, 1)).double()
    exact = torch.cdist(points.double(), points.double(), compute_mode="donot_use_mm_for_euclid_dist") ** 2
    exact *= of.scale**2
    assert (least <= exact).all()
    assert (most >= exact)[~torch.eye(N, dtype=torch.bool)].all()


def test_what_a_gpu_is_given_has_no_bit_that_its_tensor_cores_would_cut_off():
    """TF32 keeps ten bits after the point, and whether hardware rounds or cuts off the others is nowhere promised."""
    copy = operands(matrix("after a ReLU"), half=True).copy.float()
    cut = (copy.view(torch.int32) & ~0x1FFF).view(torch.float32)
    assert (cut == copy).all() and copy.any()


def cut_off(left, right, *, out):
    """Float16 products as tensor cores add them up at worst: exactly, a few at a time, and each sum then cut off."""
    total = torch.zeros(out.shape)
    for a, b in zip(left.split(products.CUT, dim=1), right.split(products.CUT, dim=1), strict=True):
        exact = total.double() + a.double() @ b.double().T
        rounded = exact.float()
        nearer = torch.nextafter(rounded, torch.zeros(()))
        total = torch.where(rounded.double().abs() > exact.abs(), nearer, rounded)
    out.copy_(total)


def lost():
    """Rows of 51,200 values of which one is 1, and every few others add to its square what is just cut off again."""
    row = torch.full((51_200,), 2.0**-13 * (1 - 2.0**-10))
    row[0] = 1.0
    return row * torch.tensor([1.0, 1.0, -1.0, -1.0])[:, None]


@pytest.mark.parametrize("kind", ["lost", "plain", "far from the origin", "log-normal norms"])
def test_every_pair_lies_between_its_bounds_whatever_tensor_cores_cut_off(kind, monkeypatch):
    monkeypatch.setattr(products, "multiply", cut_off)
    points = lost() if kind == "lost" else matrix(kind)
    n = len(points)
    of = operands(points, half=True)
    least = lower_bounds(of, 0, torch.empty(n, n)).double() + of.low.double()[:, None]
    most = least + slack(of, torch.arange(n), torch.arange(n).repeat(n, 1)).double()
    exact = torch.cdist(points.double(), points.double(), compute_mode="donot_use_mm_for_euclid_dist") ** 2
    exact *= of.scale**2
    assert (least <= exact).all()
    assert (most >= exact)[~torch.eye(n, dtype=torch.bool)].all()


@pytest.mark.parametrize(("kind", "most"), [("plain", 17), ("one outlier ten times the rest", 17),
                                            ("log-normal norms", 20)])  # fmt: skip
def test_few_pairs_are_measured_directly(kind, most, half, monkeypatch):
    """The bound is of each pair, not of the largest norm: a row ten times the rest costs the others nothing."""
    pairs, real = [], neighbors._differences

    def counted(points, rows, candidates, possible):
        pairs.append(int(possible.sum()))
        return real(points, rows, candidates, possible)

    monkeypatch.setattr(neighbors, "_differences", counted)
    nearest(matrix(kind), 15)
    assert 15 <= sum(pairs) / N <= most


def test_small_tiles_change_nothing(monkeypatch):
    points = matrix("near-duplicates")
    whole = nearest(points, 15)
    monkeypatch.setattr("engine.pipeline.algebra.tiling.TILE_BYTES", 4 * N * 7)
    parts = nearest(points, 15)
    assert np.allclose(whole[1], parts[1])


@pytest.mark.parametrize("k", [0, N + 1])
def test_more_neighbours_than_points(k):
    with pytest.raises(ValueError, match="at most 400"):
        nearest(matrix("plain"), k)


def by_distance_then_row(points, k):
    """The definition, written out: the distance that differences give, then the row; itself first."""
    squares = torch.stack([(points.float() - row.float()).square().sum(dim=1) for row in points])
    squares.fill_diagonal_(-1.0)
    return squares.sort(dim=1, stable=True).indices[:, :k]


@pytest.mark.parametrize("kind", [*KINDS, "whole numbers"])
def test_of_points_equally_far_the_lower_row_is_nearer(kind, half):
    points = (matrix("few columns") * 2).round() if kind == "whole numbers" else matrix(kind)
    assert torch.equal(nearest(points, 15)[0], by_distance_then_row(points, 15))


@pytest.mark.parametrize("kind", [*KINDS, "whole numbers"])
def test_blocks_searched_one_after_the_other_bring_the_same_bits(kind, half):
    points = (matrix("few columns") * 2).round() if kind == "whole numbers" else matrix(kind)
    indices, distances = nearest(points, 15)
    cuts = [0, 7, 150, 151, 320, N]
    for order, queries in [([0, 1, 2, 3, 4], slice(7, 150)), ([4, 2, 0, 1, 3], slice(151, 320))]:
        rows = points[queries]
        found = neighbors.nothing_found(len(rows), 15, points.device)
        for number in order:
            block = slice(cuts[number], cuts[number + 1])
            inside = block.start <= queries.start and queries.stop <= block.stop
            neighbors.merge(rows, points[block], block.start, found, at=queries.start - block.start if inside else None)
        assert torch.equal(found[0], indices[queries])
        assert torch.equal(neighbors.distances(found), distances[queries])


def test_the_distance_of_one_pair_does_not_depend_on_the_number_of_threads(rng):
    """A sum of one row alone would be cut into as many parts as there are threads."""
    row = torch.from_numpy(rng.standard_normal((1, 51_200)).astype(np.float32))
    assert torch.equal(neighbors._sums(row), torch.cat([row, row + 1]).sum(dim=1)[:1])

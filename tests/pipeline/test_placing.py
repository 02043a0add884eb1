"""New rows among embedded ones: exact neighbours, UMAP's strengths, a row alone as among others, true as a build."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

import engine.pipeline.algebra.trustworthiness as trust
from engine.pipeline import placing
from engine.pipeline.algebra.trustworthiness import penalties, sampled, trustworthiness
from engine.pipeline.device import machine
from engine.pipeline.embedding import embed, prepare_umap, principal_start, schedule
from engine.pipeline.neighbors import nearest

N, M, K = 500, 120, 10


@pytest.fixture(scope="module")
def rows():
    order = np.random.default_rng(0).permutation(1797)[: N + M]
    return torch.from_numpy(load_digits().data[order].astype(np.float32))


@pytest.fixture(scope="module")
def found(rows):
    return tuple(each.numpy() for each in placing.neighbors_among(rows[N:], rows[:N], K))


def test_neighbors_among_others_are_exact_in_any_blocks(rows, found, monkeypatch):
    indices, lengths = found
    oracle = NearestNeighbors(n_neighbors=K, algorithm="brute").fit(rows[:N].double().numpy())
    wanted = oracle.kneighbors(rows[N:].double().numpy())[0]
    assert lengths == pytest.approx(wanted, rel=1e-5)
    monkeypatch.setattr(placing, "BLOCK_BYTES", 64 * 4 * 37)
    cut = placing.neighbors_among(rows[N:], rows[:N], K)
    assert (cut[0].numpy() == indices).all() and (cut[1].numpy() == lengths).all()


@pytest.mark.trains
def test_strengths_are_those_of_umap(found):
    """As its transform has them, whose rows all have the least width that the mean of all distances allows."""
    prepare_umap()  # compiled once for all that run these tests
    from umap.umap_ import compute_membership_strengths, smooth_knn_dist

    indices, lengths = found
    widths, strengths = smooth_knn_dist.py_func, compute_membership_strengths.py_func  # compiling takes four seconds
    sigmas, rhos = widths(lengths, float(K), local_connectivity=0.0)
    wanted = strengths(indices.astype(np.int32), lengths, sigmas, rhos, False, True)[2]
    got = placing.strengths(lengths)
    assert got == pytest.approx(wanted.reshape(got.shape), rel=1e-5)
    assert (np.diff(got, axis=1) <= 0).all() and got.min() >= 0 and got.max() <= 1
    assert got[:, 1:].sum(axis=1) == pytest.approx(np.log2(K), abs=1e-3)


@pytest.mark.trains
def test_what_is_the_same_starts_where_that_is():
    points = np.array([[0.0, 0, 0], [4, 0, 0], [0, 8, 0]], dtype=np.float32)
    indices = np.array([[1, 0, 2], [0, 1, 2], [2, 1, 0]])
    lengths = np.array([[0, 1, 2], [1, 1, 1], [0, 0, 0]], dtype=np.float32)
    weights = placing.strengths(lengths)
    start = placing.weighted_mean(indices, weights, points)
    assert start[0].tolist() == [4, 0, 0]  # the first that is the same
    assert start[1] == pytest.approx(points.mean(axis=0), rel=1e-6)  # equally far from all
    assert start[2].tolist() == [0, 8, 0] and (weights[2] == 1).all()


@pytest.mark.trains
def test_a_row_lands_where_it_lands_alone(found, rows):
    indices, lengths = found
    points = np.random.default_rng(1).normal(size=(N, 5)).astype(np.float32) * 4
    before = points.copy()
    whole = placing.place_rows(indices, lengths, points, min_dist=0.1, seed=0)
    for part in (slice(0, 1), slice(7, 30), slice(M - 1, M), slice(M - 1, None, -1), slice(5, 5)):
        alone = placing.place_rows(indices[part], lengths[part], points, min_dist=0.1, seed=0)
        assert (alone == whole[part]).all()
    assert (points == before).all() and np.isfinite(whole).all()
    assert (placing.place_rows(indices, lengths, points, min_dist=0.1, seed=1) != whole).any()


def test_half_precision_rounds_what_it_holds_and_keeps_the_rest():
    rows = torch.tensor([[1.0 + 2**-13, 2.0], [7e4, 1.0 + 2**-13]])
    assert placing.fitted(rows, 1.0, half=True).tolist() == [[1.0, 2.0], rows[1].tolist()]
    assert placing.fitted(rows, 2.0, half=False).tolist() == (2 * rows).tolist()


@pytest.mark.trains
def test_the_placed_are_about_as_true_as_a_build_of_all(rows, found):
    """The bound is 0.02 of trustworthiness; 100 epochs lose 0.001 of it on all the digits."""
    new = torch.arange(N, N + M)

    def built(part):
        start = principal_start(part, 15, seed=0)
        return embed(nearest(part, K), start, how=schedule(len(part), first=True), min_dist=0.1, seed=0,
                     machine=machine("cpu"))  # fmt: skip

    def truth(points):
        values = penalties(rows[new], points[new], rows, points, K, own=new)
        return trustworthiness(values, len(rows), K)

    whole, part = built(rows), built(rows[:N])
    placed = torch.from_numpy(placing.place_rows(*found, part.numpy(), min_dist=0.1, seed=0))
    assert truth(torch.cat([part, placed])) > truth(whole) - 0.02
    scattered = part[torch.randperm(N, generator=torch.Generator().manual_seed(0))[:M]]
    assert truth(torch.cat([part, scattered])) < truth(whole) - 0.1  # or it would say nothing


def test_trustworthiness_is_scikit_learns(rows):
    from sklearn.manifold import trustworthiness as oracle

    points = rows[:, 20:23].contiguous()
    own = torch.arange(len(rows))
    got = trustworthiness(penalties(rows, points, rows, points, K, own=own), len(rows), K)
    assert got == pytest.approx(oracle(rows.numpy(), points.numpy(), n_neighbors=K), abs=1e-3)
    assert np.isnan(trustworthiness([], 100, K)) and np.isnan(trustworthiness([1.0], 12, K))
    part = sampled(1000, seed=0)
    assert len(set(part.tolist())) == 256 and part.max() < 1000 and (sampled(9, seed=0) == np.arange(9)).all()


def test_no_product_stands_behind_ranks_on_a_gpu(monkeypatch):
    """A script may have products of float32 rounded to ten bits there: nothing near would be told apart."""
    modes = []
    monkeypatch.setattr(torch, "cdist", lambda a, b, compute_mode: modes.append(compute_mode))
    for there in (True, False):
        trust._distances(SimpleNamespace(is_cuda=there), None)
    assert modes == ["donot_use_mm_for_euclid_dist", "use_mm_for_euclid_dist_if_necessary"]
    monkeypatch.setattr(trust, "_distances", lambda a, b: 1 / 0)
    with pytest.raises(ZeroDivisionError):  # and there is no other way
        penalties(*(torch.ones(9, 2) for _ in range(4)), 3)

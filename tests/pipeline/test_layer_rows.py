"""Rows compared on principal axes, and placed among a sample that is embedded: what that loses is what is said."""

import numpy as np
import pytest
import torch
from sklearn.manifold import trustworthiness
from torch import nn

from builds import contents, make
from engine import load
from engine.cli.examine import _lines, _measured
from engine.pipeline.algebra.reduction import recall, reduced, reduced_to, sample_axes, tried_rows, variance
from engine.pipeline.building.layer_rows import Compared, most_embedded, placed, rest_of, sampled
from engine.pipeline.building.options import Options
from engine.pipeline.neighbors import nearest

CPU = torch.device("cpu")


def options(**more):
    return Options(3, 8, 0.1, 51_200, "average", 8, 0, **more)


def spectrum(rng, n, width, power):
    rows = rng.standard_normal((n, width)) * np.arange(1, width + 1.0) ** -power
    return torch.from_numpy((rows @ np.linalg.qr(rng.standard_normal((width, width)))[0] + 3.0).astype(np.float32))


@pytest.mark.parametrize("kind", [torch.float32, torch.float16])
def test_rows_of_few_directions_lose_nothing(rng, kind):
    matrix = (torch.from_numpy(rng.standard_normal((90, 6)) @ rng.standard_normal((6, 40))) + 2.0).to(kind)
    axes = sample_axes(matrix, 12, seed=0, device=CPU)
    assert axes.axes.shape == (40, 12) and (kind != torch.float32 or (axes.axes[:, 6:] == 0.0).all())
    few, tried = reduced(matrix, axes), tried_rows(90, 0)
    assert few.dtype == torch.float32
    apart = torch.cdist(matrix.double(), matrix.double())
    assert torch.cdist(few.double(), few.double()).numpy() == pytest.approx(apart.numpy(), abs=2e-2)
    assert variance(matrix, axes, tried) == pytest.approx(1.0, abs=1e-5)
    assert recall(nearest(few, 8)[0], nearest(matrix, 8)[0][tried], tried) > 0.98


def test_what_axes_lose_is_measured_as_it_is(rng):
    """Against all rows in one piece: the share of variance, and of neighbours but oneself."""
    matrix = spectrum(rng, 200, 60, 0.7)
    axes = sample_axes(matrix, 10, seed=0, device=CPU)
    x = matrix.double().numpy() - matrix.double().numpy().mean(axis=0)
    values = np.linalg.svd(x, compute_uv=False) ** 2
    tried = tried_rows(200, 0)
    assert len(tried) == 200 and variance(matrix, axes, tried) == pytest.approx(
        values[:10].sum() / values.sum(), abs=1e-4
    )
    few = reduced(matrix, axes).double().numpy()
    orders = [np.argsort(np.square(each[:, None] - each[None]).sum(axis=2), axis=1)[:, :8] for each in (few, x)]
    true = np.mean([len(set(a) & set(b)) - 1 for a, b in zip(*orders, strict=True)]) / 7
    found = recall(nearest(torch.from_numpy(few).float(), 8)[0], nearest(matrix, 8)[0], tried)
    assert 0.5 < true < 1.0 and found == pytest.approx(true, abs=0.005)


@pytest.mark.parametrize("words", ["fast", "reduced", "reduced:0", "reduced:-3", "reduced:5.5", "exact:5"])
def test_what_neighbours_are_not(words):
    with pytest.raises(ValueError, match=f"neighbours are exact, or reduced:512 .* not '{words}'"):
        reduced_to(words)
    assert reduced_to("exact") is None and reduced_to("reduced:512") == 512


def test_how_many_are_embedded_together():
    assert most_embedded(10**6, options(), 24 * 2**30) is None
    some = most_embedded(10**9, options(), 24 * 2**30)
    assert 10**7 < some < 10**8  # a kilobyte each, of 24 GiB
    assert most_embedded(1000, options(embed_sample=100), 24 * 2**30) == 100
    assert most_embedded(100, options(embed_sample=100), 24 * 2**30) is None
    with pytest.raises(ValueError, match="embed_sample is a number of images, 8 or more"):
        options(embed_sample=7)


def test_every_row_is_in_the_sample_or_in_the_rest_of_one_part():
    chosen = options(embed_sample=30)
    rests = [rest_of(60, part, chosen).tolist() for part in ((0, 1), (1, 40), (40, 60))]
    assert all(each == sorted(each) for each in rests)
    assert sorted([*sampled(60, chosen).tolist(), *rests[0], *rests[1], *rests[2]]) == list(range(60))


@pytest.mark.trains
def test_who_is_placed_does_not_depend_on_the_parts(rng, monkeypatch):
    matrix, chosen = spectrum(rng, 60, 20, 0.5), options(embed_sample=30)
    sample = sampled(60, chosen)
    points = rng.standard_normal((30, 3)).astype(np.float32)
    once = placed(matrix, Compared(matrix[sample], None), points, options=chosen)
    assert (once[sample] == points).all() and np.isfinite(once).all()
    monkeypatch.setattr("engine.pipeline.algebra.centred.FEWEST", 23)
    assert (placed(matrix, Compared(matrix[sample], None), points, options=chosen) == once).all()


@pytest.mark.trains
def test_a_build_of_a_sample_on_few_axes_by_one_machine_and_by_workers(client, tmp_path, rng, quick, monkeypatch):
    """The same bytes; and the trustworthiness that is said is that of scikit-learn, all rows being tried."""
    monkeypatch.setattr("engine.pipeline.sharded.multiplying.LEAST", 0)
    pixels = rng.integers(0, 256, (90, 8, 8), dtype=np.uint8) // rng.integers(1, 9, (90, 1, 1), dtype=np.uint8)
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 30), nn.ReLU(), nn.Linear(30, 10))
    asked = {"neighbours": "reduced:20", "embed_sample": 50}
    alone = make(network, pixels, tmp_path / "a" / "x.tour", **asked)
    make(network, pixels, tmp_path / "b" / "x.tour", cluster=client, **asked)
    assert contents(tmp_path / "a" / "x.tour") == contents(tmp_path / "b" / "x.tour")
    assert alone.n == 90 and alone.how["inputs"]["embed_sample"] == 50
    names = [layer.name for layer in alone.layers]
    measured = alone.how["measured"]
    assert list(measured) == names
    assert [name for name in names if "recall" in measured[name]] == names[:3]  # the others are not wider than 20
    assert all(0.5 < measured[name]["recall"] <= 1.0 and 0.5 < measured[name]["variance"] < 1.0 for name in names[:3])
    sample = sampled(90, Options(15, 8, 0.1, 51_200, "average", 8, 0, embed_sample=50)).numpy()
    rows = pixels.reshape(90, 64)[sample] / np.float32(255)
    true = trustworthiness(rows, alone.layers[0].points[sample], n_neighbors=8)
    assert measured[names[0]]["trust"] == pytest.approx(true, abs=1e-6)
    assert measured[names[0]]["trust of the placed"] > 0.6
    assert load(tmp_path / "a" / "x.tour").how["measured"] == measured
    info = list(_lines(alone))
    assert "measured by the build" in info and any(
        f"recall {measured[names[0]]['recall']:.3f}" in line for line in info
    )
    assert list(_measured(["spoiled"])) == [] and list(_measured({"a": 3}))[2:] == []

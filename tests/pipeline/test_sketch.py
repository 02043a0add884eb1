"""What is kept of activations: near the Gram matrix of all, within the bound stored beside it."""

import numpy as np
import pytest
import torch

from engine.pipeline.activations import Settings, capture
from engine.pipeline.algebra.sketch import MOST, sketch
from engine.pipeline.device import machine
from engine.pipeline.digits import digits, train
from engine.pipeline.inputs.images import part_of
from engine.pipeline.networks import as_network
from engine.pipeline.probing.probes import default_probes
from engine.pipeline.probing.trace import trace
from engine.tour.similarity import cka, debiased_cka, gram_products
from engine.tour.sketches import activation_matrices
from engine.tour.tour import Layer, Tour


def gram(rows):
    rows = np.asarray(rows, dtype=np.float64)
    rows = rows - rows.mean(axis=0)
    return rows @ rows.T


def difference(kept, matrix):
    """The norm of the Gram matrix kept less that of all, in units of the one kept, and the bound on it."""
    ours, theirs = gram(kept.values), gram(matrix.float())
    scale = 2.0 ** np.round(np.log2(np.vdot(ours, theirs) / np.vdot(theirs, theirs)))
    return np.linalg.norm(ours - scale * theirs) / np.linalg.norm(ours), kept.error / np.linalg.norm(ours)


def spectrum(rng, n, width, power):
    """Points whose singular values fall as a power of their number."""
    u, v = (np.linalg.qr(rng.standard_normal((side, min(n, width))))[0] for side in (n, width))
    return torch.from_numpy(((u * np.arange(1, min(n, width) + 1.0) ** -power) @ v.T * 1e3 + 5.0).astype(np.float32))


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize(("n", "width"), [(300, 500), (500, 260)])
@pytest.mark.parametrize("direct", [True, False])
def test_the_error_lies_within_its_bound_and_not_far_below(n, width, power, direct, rng, monkeypatch):
    monkeypatch.setattr("engine.pipeline.algebra.sketch.DIRECT", 2048 if direct else 128)
    matrix = spectrum(rng, n, width, power)
    kept = sketch(matrix)
    error, bound = difference(kept, matrix)
    assert kept.values.dtype == np.float16 and kept.values.shape[0] == n and kept.values.shape[1] <= MOST
    assert error <= bound <= 3.5 * error + 1e-4
    if power == 2.0:
        assert bound < 0.008


@pytest.mark.parametrize(("n", "width"), [(40, 300), (300, 12), (5, 5)])
def test_small_layers_are_kept_but_for_rounding(n, width, rng):
    matrix = torch.from_numpy(rng.standard_normal((n, width)).astype(np.float32))
    error, bound = difference(sketch(matrix), matrix)
    assert error <= bound < 2e-3


@pytest.mark.parametrize("factor", [1e-9, 1.0, 1e9])
def test_scale_does_not_matter(factor, rng):
    matrix = spectrum(rng, 200, 60, 1.0)
    matrix = matrix.half() if factor == 1.0 else matrix * factor
    error, bound = difference(sketch(matrix), matrix)
    assert error <= bound < 0.02


@pytest.fixture(scope="module")
def networks():
    """Two networks that read digits a little, and what their layers make of 500 of them."""
    images = part_of(digits(), limit=500, sample=None, seed=0)
    found = []
    for seed in (0, 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("engine.pipeline.digits.EPOCHS", 1)
            module, _ = train(digits(), seed=seed)
        probes = default_probes(module, trace(module, torch.zeros(1, 1, 8, 8)))
        seen = capture(as_network(module), images, probes, how=Settings(machine("cpu").device, 400))
        found.append([seen.matrices[probe.name] for probe in probes])
    return found


def tour_of(matrices, make_tour, rng):
    bare = make_tour([rng.standard_normal((len(matrices[0]), 3)) for _ in matrices])
    layers = tuple(
        Layer(layer.name, layer.kind, layer.points, layer.placement, sketch(matrix))
        for layer, matrix in zip(bare.layers, matrices, strict=True)
    )
    return Tour("x", layers, bare.attributes)


@pytest.mark.trains
def test_real_activations_compare_within_the_bound(networks, make_tour, rng):
    tours = [tour_of(each, make_tour, rng) for each in networks]
    for i, j in ((0, 0), (0, 1)):
        left, right = ([matrix.numpy() for matrix in networks[k]] for k in (i, j))
        products = gram_products(left, left if i == j else right)
        found = activation_matrices(tours[i], tours[j])
        for table, full in zip(found.values(), (cka(products), debiased_cka(products)), strict=True):
            assert (abs(table.values - full) <= table.bounds + 1e-6).all()
            assert abs(table.values - full).max() < 0.02
            assert table.bounds.max() < 0.12

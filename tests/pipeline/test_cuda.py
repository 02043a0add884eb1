"""The same on a GPU: results as on the CPU, nothing large leaves the device on the way, memory comes back."""

import importlib.util
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

import engine
from engine.pipeline.activations import Settings, capture
from engine.pipeline.algebra.fused import squared_distances
from engine.pipeline.algebra.sketch import sketch
from engine.pipeline.building.layer_rows import LayerRows
from engine.pipeline.building.layers import _layer
from engine.pipeline.building.neighbors_ahead import neighbors
from engine.pipeline.building.options import Options
from engine.pipeline.device import machine
from engine.pipeline.embedding import embed, principal_start, schedule
from engine.pipeline.inputs.arrays import from_array
from engine.pipeline.loader import sent
from engine.pipeline.neighbors import nearest
from engine.pipeline.networks import as_network
from engine.pipeline.placing import neighbors_among
from engine.pipeline.probing.probes import default_probes
from engine.pipeline.probing.trace import trace
from engine.tour.alignment import chain, procrustes
from engine.tour.similarity import measures
from tests.doubles.copies import Copies

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine"),
]
needs_cupy = pytest.mark.skipif(importlib.util.find_spec("cupy") is None, reason="CuPy is not installed")
needs_cuml = pytest.mark.skipif(
    importlib.util.find_spec("cuml") is None or importlib.util.find_spec("cupy") is None,
    reason="cuML is not installed",
)
OPTIONS = Options(dims=15, n_neighbors=15, min_dist=0.1, max_width=51_200, pooling="average", tile=8, seed=0)


def true_distances(points, indices):
    exact = points.double().cpu()
    return (exact[indices.cpu()] - exact[:, None]).norm(dim=2)


@pytest.mark.parametrize("kind", ["spread", "near-duplicates", "duplicates", "half"])
def test_neighbours_are_those_of_the_cpu(kind):
    generator = torch.Generator().manual_seed(0)
    x = torch.relu(torch.randn(3000, 32, generator=generator) @ torch.randn(32, 700, generator=generator))
    if kind == "near-duplicates":
        x = x[torch.randint(0, 40, (3000,), generator=generator)] + 1e-3 * torch.randn(x.shape, generator=generator)
    elif kind == "duplicates":
        x = x[torch.randint(0, 40, (3000,), generator=generator)]
    elif kind == "half":
        x = x.half()
    here, _ = nearest(x, 15)
    there, distances = nearest(x.cuda(), 15)
    assert (there[:, 0].cpu() == torch.arange(3000)).all()
    limit = true_distances(x, here)[:, -1:] * (1 + 1e-6) + 1e-9
    assert (true_distances(x, there) <= limit).all()
    assert distances.cpu().numpy() == pytest.approx(true_distances(x, there).numpy(), rel=1e-5, abs=1e-4)


def test_neighbours_in_blocks_are_those_in_one_and_take_what_was_planned(monkeypatch):
    """As where a layer leaves no room for a copy of it."""
    x = torch.randn(6000, 51_200, device="cuda", dtype=torch.float16, generator=torch.Generator("cuda").manual_seed(0))
    whole = nearest(x, 15)
    for room in (2**30, 2**29):
        monkeypatch.setattr("engine.pipeline.neighbors.room", lambda device, room=room: room)
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        parts = nearest(x, 15)
        assert all((a == b).all() for a, b in zip(whole, parts, strict=True))
        assert torch.cuda.max_memory_allocated() - before <= room + 2**26  # cuBLAS's workspace, and results


def test_neighbours_among_rows_that_lie_on_the_host():
    """As those of a layer that workers share lie on a disk."""
    x = torch.randn(1000, 60, generator=torch.Generator().manual_seed(0))
    here, there = neighbors_among(x[:50], x, 15), neighbors_among(x[:50].cuda(), x, 15)
    assert there[0].is_cuda and (there[0].cpu() == here[0]).all()
    assert there[1].cpu().numpy() == pytest.approx(here[1].numpy(), rel=1e-5, abs=1e-4)


def test_numbers_of_pixels_are_those_of_the_cpu_to_the_bit():
    """Divided there as well: CUDA multiplies by the reciprocal of a plain number."""
    net = as_network("resnet18", weights="none")
    pixels = torch.arange(256, dtype=torch.uint8).repeat(4, 224, 1)[None].permute(0, 2, 3, 1)
    there = sent(net, list(pixels.numpy()), torch.device("cuda"))
    assert there.is_cuda and torch.equal(there.cpu(), sent(net, list(pixels.numpy()), torch.device("cpu")))


def test_what_is_kept_of_activations_is_that_of_the_cpu():
    x = torch.randn(500, 60, generator=torch.Generator().manual_seed(0)) * torch.linspace(3, 0.1, 60)
    here, there = sketch(x), sketch(x.cuda())
    assert measures(here.values, there.values)["cka"] == pytest.approx(1.0, abs=1e-5)
    assert there.error == pytest.approx(here.error, rel=0.1)


def test_a_start_is_that_of_the_cpu():
    x = torch.randn(500, 60, generator=torch.Generator().manual_seed(0)) * torch.linspace(3, 0.1, 60)
    here, there = principal_start(x, 15, seed=0), principal_start(x.cuda(), 15, seed=0)
    assert there.device.type == "cuda"
    assert there.cpu().numpy() == pytest.approx(here.numpy(), abs=1e-3)


def test_activations_are_those_of_the_cpu(network, pixels):
    net, images = as_network(network), from_array(pixels)
    probes = default_probes(network, trace(network, torch.randn(1, 1, 10, 10)))
    here = capture(net, images, probes, how=Settings(torch.device("cpu"), 10_000)).matrices
    there = capture(net, images, probes, how=Settings(torch.device("cuda"), 10_000)).matrices
    for name, matrix in here.items():
        assert there[name].device.type == "cuda"
        assert there[name].cpu().numpy() == pytest.approx(matrix.numpy(), abs=2e-2 * float(matrix.abs().max()))


@needs_cupy
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
@pytest.mark.parametrize("width", [1, 33, 51_200])
def test_the_kernel_for_distances_is_right_to_float32(dtype, width):
    points = (torch.randn(200, width, generator=torch.Generator().manual_seed(0)) * 3).to(dtype)
    left, right = torch.arange(200).repeat(2), torch.arange(400) % 199
    exact = (points.double()[left] - points.double()[right]).square().sum(dim=1)
    found = squared_distances(points.cuda(), left.cuda(), right.cuda())
    assert found is not None
    assert found.cpu().numpy() == pytest.approx(exact.numpy(), rel=5e-7)


@needs_cupy
def test_squares_that_are_hardly_numbers_are_numbers():
    """As the probabilities of a network that is sure of itself have them; CuPy's own options make nothing of them."""
    points = torch.randn(200, 70, generator=torch.Generator().manual_seed(0)) * 1e-20
    left, right = torch.arange(200).repeat(2), torch.arange(400) % 199
    exact = (points.double()[left] - points.double()[right]).square().sum(dim=1)
    found = squared_distances(points.cuda(), left.cuda(), right.cuda())
    assert found is not None
    assert found.cpu().numpy() == pytest.approx(exact.numpy(), rel=1e-5, abs=70 * 1.4e-45)


@needs_cupy
def test_alignment_on_the_gpu_is_that_of_numpy(rng):
    import cupy

    layers = [rng.standard_normal((400, 15)).astype(np.float32) for _ in range(3)]
    here, there = chain(layers), chain([cupy.asarray(each) for each in layers])
    for a, b in zip(here, there, strict=True):
        assert b.rotation == pytest.approx(a.rotation, abs=1e-8) and b.similarity == pytest.approx(a.similarity)
    assert type(procrustes(cupy.asarray(layers[0]), cupy.asarray(layers[1])).rotation) is cupy.ndarray


@needs_cupy
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_measures_on_the_gpu_are_those_of_numpy(rng, dtype):
    import cupy

    a, b = rng.standard_normal((2, 5000, 15)).astype(dtype)
    here, there = measures(a, b), measures(cupy.asarray(a), cupy.asarray(b))
    assert there == pytest.approx(here, rel=1e-4, abs=1e-6)


def test_nothing_large_leaves_the_device_before_the_embedding():
    """But for the graph, which cuML copies by itself."""
    matrix = torch.randn(4000, 300, device="cuda")
    with Copies() as seen:
        indices, distances = nearest(matrix, 15)
        principal_start(matrix, 15, seed=0)
    assert indices.is_cuda and distances.is_cuda
    assert seen.largest <= 65_536, seen.copies
    with Copies() as seen:  # and a copy is seen where there is one
        matrix.cpu()
    assert seen.largest == matrix.nbytes


@needs_cuml
@pytest.mark.parametrize("seed", [0, None])
def test_cumls_embedding_is_as_true_as_umap_learns(seed):
    """A stand-in for its issue 7176, serial epochs with a seed: trustworthiness here within 0.005 of the CPU's."""
    from sklearn.datasets import load_digits
    from sklearn.manifold import trustworthiness

    x = load_digits().data.astype(np.float32)
    values = {}
    for name in ("cpu", "cuda"):
        here = machine(name)
        with here.current():
            matrix = torch.from_numpy(x).to(here.device)
            graph = nearest(matrix, 15)
            start = principal_start(matrix, 15, seed=0)
            how = schedule(len(x), first=True)
            points = embed(graph, start, how=how, min_dist=0.1, seed=seed, machine=here)
        values[name] = trustworthiness(x, points.cpu().numpy(), n_neighbors=15)
    assert values["cuda"] >= values["cpu"] - 0.005


def layer(matrix, probe, here, pool):
    return _layer(LayerRows.of(matrix), probe, None, OPTIONS, here, neighbors(pool, matrix, 15, label="", machine=here))


@needs_cuml
def test_a_layer_gives_its_memory_back_and_repeats():
    here = machine("cuda")
    probe = default_probes(torch.nn.Sequential(torch.nn.Linear(3, 3)), trace(torch.nn.Linear(3, 3), torch.ones(1, 3)))[
        0
    ]
    matrix = torch.randn(2000, 300, generator=torch.Generator().manual_seed(0)).cuda()
    with ThreadPoolExecutor(1) as pool:  # as in a build; cuBLAS keeps memory for every thread and stream
        first = layer(matrix, probe, here, pool)
        torch.cuda.empty_cache()
        before = torch.cuda.memory_allocated()
        second = layer(matrix, probe, here, pool)
        torch.cuda.empty_cache()
    assert torch.cuda.memory_allocated() <= before
    assert (first[0] == second[0]).all()


def test_a_build_on_the_gpu(network, pixels, tmp_path):
    tour = engine.build(network, pixels, n_neighbors=8, tile=8, device="cuda", out=tmp_path / "x.tour", progress=False)
    assert len(tour.layers) == 8 and all(np.isfinite(layer.points).all() for layer in tour.layers)

"""Every branch of the GPU's way, run on the CPU against test doubles of CuPy and cuML (tests/doubles).

They prove which calls are made, in what order, on which device, and what is let go of; nothing about speed, and about
numbers only that the branch itself changes none: what comes out equals, to the bit, the CPU's own way.
"""

import importlib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import engine
from builds import make
from engine.cluster.connect import _on_this_machine
from engine.pipeline.building.layer_rows import LayerRows
from engine.pipeline.building.layers import _layer
from engine.pipeline.building.neighbors_ahead import neighbors as neighbors_of
from engine.pipeline.building.options import Options
from engine.pipeline.device import machine
from engine.pipeline.embedding import Schedule, embed
from engine.pipeline.loader import sent
from engine.pipeline.models.network import Network
from engine.pipeline.models.preset import Preset
from engine.pipeline.neighbors import nearest
from engine.pipeline.probing.probes import Probe
from engine.tour.alignment import chain, procrustes
from engine.tour.similarity import measures
from tests.doubles import Stream, dask_cuda, gpus, runtime
from tests.doubles.devices import OnTheProcessor

OPTIONS = Options(dims=5, n_neighbors=8, min_dist=0.1, max_width=51_200, pooling="average", tile=8, seed=0)


# ---------------------------------------------------------------------------------------------- which device


def test_the_device_asked_for_becomes_current_for_torch_and_cupy(two):
    here = machine("cuda:1")
    assert here.device == torch.device("cuda:1") and here.cuml
    with here.current():
        assert torch.cuda.current_device() == two.cupy.cuda.Device().id == 1
        assert two.cupy.zeros(3).device.id == 1
    assert torch.cuda.current_device() == two.cupy.cuda.Device().id == 0


def test_every_thread_makes_it_current_for_itself(two):
    here, seen = machine("cuda:1"), []

    def work():
        seen.append((torch.cuda.current_device(), two.cupy.cuda.Device().id))
        with here.current():
            seen.append((torch.cuda.current_device(), two.cupy.cuda.Device().id))

    with here.current():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen == [(0, 0), (1, 1)]


def test_no_number_is_the_current_device(two):
    assert machine("cuda").device == torch.device("cuda:0")
    with torch.cuda.device(torch.device("cuda:1")):
        assert machine().device == torch.device("cuda:1")


@pytest.mark.parametrize(
    ("count", "device", "message"),
    [
        (1, "cuda:1", r"no device 'cuda:1': there is cuda:0 alone"),
        (2, "cuda:7", r"no device 'cuda:7': there is cuda:0 to cuda:1"),
        (1, "mps", r"a device is cpu, cuda or cuda:N, not 'mps'"),
        (1, "abacus", r"no device is called 'abacus'"),
    ],
)
def test_a_device_that_is_not_there_is_said_before_anything_starts(
    monkeypatch, network, pixels, count, device, message
):
    gpus(monkeypatch, count)
    with pytest.raises(ValueError, match=message):
        engine.build(network, pixels, device=device, progress=False)


def test_a_gpu_without_cuml_embeds_with_umap_learn(monkeypatch):
    gpus(monkeypatch, 1, libraries=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    here = machine()
    assert not here.cuml and str(here) == "GPU of a test, umap-learn"
    with here.current():
        here.release()


@pytest.mark.parametrize("gpus", [[], ["0", "1"], ["GPU-4f1e", "GPU-8932f937"]])
def test_workers_of_this_machine_end_for_no_memory_that_a_scheduler_counts(monkeypatch, gpus):
    """Files that they map count as theirs, so Dask would end them; with a GPU each it is dask-cuda that does."""
    importlib.import_module("distributed")  # as whoever asks for workers does first; dask has its settings from then on
    asked = []

    def kind(**options):
        asked.append(options)
        return SimpleNamespace(workers={}, close=lambda **_: None)

    monkeypatch.setitem(sys.modules, "dask_cuda", dask_cuda)
    dask_cuda.LocalCUDACluster.asked.clear()
    if not gpus:
        monkeypatch.setattr("distributed.LocalCluster", kind)
    with _on_this_machine(2, gpus, ["engine"]):
        pass
    (options,) = asked or dask_cuda.LocalCUDACluster.asked
    assert options["n_workers"] == 2 and options["threads_per_worker"] == 1 and options["memory_limit"] == 0
    assert options["host"] == "127.0.0.1"
    assert options.get("CUDA_VISIBLE_DEVICES", []) == gpus


@pytest.mark.parametrize(
    ("visible", "there", "names"),
    [
        (None, 1, ["0"]),
        (None, 2, ["0", "1"]),
        ("3", 1, ["3"]),
        ("3,1", 2, ["3", "1"]),
        ("GPU-8932f937,GPU-4f1e", 1, ["GPU-8932f937"]),
        ("MIG-a, MIG-b,MIG-c", 1, ["MIG-a", "MIG-b", "MIG-c"]),
        ("MIG-GPU-8932f937/1/0", 1, ["MIG-GPU-8932f937/1/0"]),
    ],
)
def test_each_named_part_of_a_card_is_a_gpu_for_a_worker(monkeypatch, visible, there, names):
    """CUDA shows a process one of them, however many are named; of whole cards it shows those that are there."""
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    gpus(monkeypatch, there)
    assert machine("cuda").gpus == machine().gpus == names and machine("cpu").gpus == []
    for k in range(there):  # asked for by its number, it is the only one
        assert machine(f"cuda:{k}").gpus == [names[k]]


@pytest.mark.parametrize("count", [1, 2])
def test_more_workers_than_gpus_are_refused(monkeypatch, network, pixels, tmp_path, count):
    gpus(monkeypatch, count)
    said = {1: r"one may be used \(GPU 0\); ask for local:1", 2: "2 may be used; ask for local:2"}[count]
    with pytest.raises(ValueError, match=f"local:3 is 3 workers with a GPU each, and {said}"):
        engine.build(network, pixels, cluster="local:3", out=tmp_path / "x.tour", progress=False)


def test_workers_have_the_gpu_that_is_asked_for_and_no_other(two, monkeypatch, network, pixels, tmp_path):
    kind = dask_cuda.LocalCUDACluster

    def no_client(self, where, **_):
        raise RuntimeError("no workers in a test")

    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setitem(sys.modules, "dask_cuda", dask_cuda)
    monkeypatch.setattr(
        "engine.cluster.connect._distributed",
        lambda: SimpleNamespace(Client=type("Client", (), {"__init__": no_client})),
    )
    how = {"out": tmp_path / "x.tour", "progress": False, "n_neighbors": 8}
    with pytest.raises(ValueError, match=r"one may be used \(GPU 1\); ask for local:1"):
        engine.build(network, pixels, device="cuda:1", cluster="local:2", **how)
    for device, named in [("cuda:1", ["1"]), ("cuda", ["0", "1"]), (None, ["0", "1"])]:
        with pytest.raises(OSError, match="no workers in a test"):
            engine.build(network, pixels, device=device, cluster="local:1", fresh=True, **how)
        assert kind.asked.pop()["CUDA_VISIBLE_DEVICES"] == named


# ---------------------------------------------------------------------------------------------- the whole way


@pytest.mark.trains
def test_a_build_is_that_of_the_cpu_to_the_bit(two, network, pixels, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.pipeline.device.Machine.batch", 16)  # sums of another batch differ in their last bits
    there = make(network, pixels, tmp_path / "gpu.tour", device="cuda:1")
    here = make(network, pixels, tmp_path / "cpu.tour", device="cpu")
    assert there.how["inputs"]["machine"] == "GPU of a test, cuML"
    for a, b in zip(here.layers, there.layers, strict=True):
        assert (a.points == b.points).all()
        assert a.placement.to_json() == b.placement.to_json()
    assert len(two.cuml.UMAP.made) == len(there.layers) == 8
    assert {each.device for each in two.cuml.UMAP.made} == {1}


@pytest.mark.trains
def test_pictures_go_to_the_device_from_pinned_memory_and_the_host_goes_on(two, network, pixels, tmp_path):
    make(network, pixels, tmp_path / "x.tour", device="cuda")
    batch = pixels.size * 4
    assert [(pinned, alone) for size, pinned, alone in two.sent if size == batch] == [(True, True)]
    assert machine("cuda").batch == 256


def test_pixels_go_to_the_device_so_too(two, rng):
    """A batch of four bytes a pixel, of which the device makes numbers."""
    network, here = Network("none", torch.nn.Identity(), Preset(None, (0.5,) * 3, (0.2,) * 3)), machine("cuda:1")
    pixels = list(rng.integers(0, 256, (5, 6, 7, 4), dtype=np.uint8))
    with here.current():
        there = sent(network, pixels, here.device)
        assert there.device == here.device and there.shape == (5, 3, 6, 7)
    assert (5 * 6 * 7 * 4, True, True) in two.sent


@pytest.mark.trains
def test_a_pass_beside_another_has_a_stream_of_its_own(two, network, pixels, tmp_path):
    make(network, pixels, tmp_path / "a.tour", device="cuda")
    before = two.synchronized
    assert before == 8  # the neighbours of every layer
    assert two.streams == 1  # which share one thread: cuBLAS keeps memory for every stream it has seen
    engine.build(
        network, pixels, n_neighbors=8, tile=8, memory="200kB", device="cuda", out=tmp_path / "b.tour", progress=False
    )
    assert two.synchronized - before == 9
    assert (tmp_path / "b.tour" / "layers" / "007.npy").read_bytes() == (
        tmp_path / "a.tour" / "layers" / "007.npy"
    ).read_bytes()


def test_work_beside_waits_for_the_stream_of_whoever_asks(two):
    """A script may have made one its own, in which what is worked on is still being written."""
    here = machine("cuda:1")
    with here.current(), ThreadPoolExecutor(1) as pool, torch.cuda.stream(Stream("a script's", two, 1)):
        points = torch.randn(60, 10, generator=torch.Generator().manual_seed(0)).to(here.device)
        neighbors_of(pool, points, 8, label="", machine=here).result()
    assert two.waited == ["a script's"]


@pytest.mark.trains
def test_a_network_on_two_gpus_has_what_it_says_brought_to_one(two, pixels, tmp_path, monkeypatch):
    """As large ones are spread: it stays where it is, and every layer's rows are where they are worked on."""

    def number(self, device):  # torch takes any device, current or not: the test double is stricter
        return None if device.type != "cuda" else runtime.device if device.index is None else device.index

    monkeypatch.setattr(OnTheProcessor, "_number", number)

    class Spread(torch.nn.Module):
        def __init__(self, first, second):
            super().__init__()
            self.first, self.second = first, second

        def forward(self, x):
            return self.second(self.first(x).to(torch.device("cuda:1")))

    def parts():
        torch.manual_seed(0)
        return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(100, 30)), torch.nn.Linear(30, 20)

    whole = torch.nn.Sequential(*parts())
    first, second = parts()
    with machine("cuda:0").current():
        first.to(torch.device("cuda:0")), second.to(torch.device("cuda:1"))
    pictures = torch.from_numpy(pixels)[:, None] / 255.0
    there = make(Spread(first, second).eval(), pictures, tmp_path / "a.tour", device="cuda:0")
    here = make(whole.eval(), pictures, tmp_path / "b.tour", device="cpu")
    assert len(there.layers) == len(here.layers) > 2
    assert all((a.points == b.points).all() for a, b in zip(there.layers, here.layers, strict=True))
    assert (first[1].weight.lies_on, second.weight.lies_on) == (0, 1)


@pytest.mark.trains
def test_of_a_layer_little_leaves_cupys_arrays(two, network, pixels, tmp_path):
    make(network, pixels, tmp_path / "x.tour", device="cuda")
    assert max(two.left) <= 8 * 15 * 15  # a rotation


@pytest.mark.trains
@pytest.mark.parametrize("seed", [0, None])
def test_cuml_is_asked_as_its_contract_says(two, seed):
    here = machine("cuda")
    with here.current():
        points = torch.randn(60, 10, generator=torch.Generator().manual_seed(0)).to(here.device)
        indices, distances = nearest(points, 8)
        start = points[:, :5].contiguous()
        found = embed(
            (indices, distances), start, how=Schedule(20, 0.5), min_dist=0.2, seed=seed, machine=here
        )  # fmt: skip
    (model,) = two.cuml.UMAP.made
    asked = {name: model.options[name] for name in ("n_neighbors", "n_components", "n_epochs", "learning_rate")}
    assert asked == {"n_neighbors": 8, "n_components": 5, "n_epochs": 20, "learning_rate": 0.5}
    assert model.options["min_dist"] == 0.2 and model.options["random_state"] == seed
    assert model.options["force_serial_epochs"] is True
    # Handed over, not copied: the graph that cuML is given is the memory that torch has.
    knn = model.options["precomputed_knn"]
    assert knn[0]._values.ctypes.data == indices.data_ptr() and knn[1]._values.ctypes.data == distances.data_ptr()
    assert model.options["init"]._values.ctypes.data == start.data_ptr()
    assert found.shape == (60, 5) and found.dtype == torch.float32 and torch.isfinite(found).all()


# ---------------------------------------------------------------------------------------------- CuPy arrays


def test_alignment_of_cupy_arrays_is_that_of_numpy(two, rng):
    layers = [rng.standard_normal((40, 6)).astype(np.float32) for _ in range(3)]
    here, there = chain(layers), chain([two.cupy.asarray(each) for each in layers])
    assert [each.to_json() for each in here] == [each.to_json() for each in there]
    fit = procrustes(*(two.cupy.asarray(each) for each in layers[:2]))
    assert type(fit.rotation) is two.cupy.ndarray
    with pytest.raises(TypeError, match="Unsupported type"):
        procrustes(two.cupy.asarray(layers[0]), layers[1])


def test_every_measure_of_cupy_arrays_is_that_of_numpy(two, rng):
    a, b = rng.standard_normal((2, 50, 6)).astype(np.float32)
    assert measures(two.cupy.asarray(a), two.cupy.asarray(b)) == measures(a, b)
    assert measures(two.cupy.asarray(a.astype(np.float16)), two.cupy.asarray(b)) == measures(a.astype(np.float16), b)


@pytest.mark.trains
def test_a_layer_by_itself(two):
    here = machine("cuda:1")
    probe = Probe("0-Linear", "Linear", "x", shape=(20,))
    with here.current():
        matrix = torch.randn(60, 20, generator=torch.Generator().manual_seed(0)).to(here.device)
        with ThreadPoolExecutor(1) as pool:
            graphs = [neighbors_of(pool, each, 8, label="", machine=here) for each in (matrix, matrix * 2)]
        points, placement = _layer(LayerRows.of(matrix), probe, None, OPTIONS, here, graphs[0])
        after, _ = _layer(LayerRows.of(matrix * 2), probe, (points, placement), OPTIONS, here, graphs[1])
    assert two.waited == ["the default stream"] * 2 and two.synchronized == 2
    assert type(points) is np.ndarray and after.shape == (60, 5)

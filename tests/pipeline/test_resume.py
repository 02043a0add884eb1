"""Builds that are killed, run out of room, or find something else in their place."""

import json
import os
import signal
import subprocess
import sys
import time
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import engine
import engine.pipeline.building.layers as layers_module
import engine.pipeline.building.passes as passes_module
import forked
from builds import contents, make, squeezenet
from engine.pipeline.activations import capture
from engine.tour.sketches import has_activations

pytestmark = pytest.mark.trains


COMMAND = ["-m", "engine", "build", "--layers", "features.?", "--layers", "Softmax", "--n-neighbors", "5",
           "--max-width", "2000"]  # fmt: skip


def test_killed_again_and_again_it_ends_with_the_same_bytes(photos, tmp_path):
    """Whole commands and real SIGKILLs, each once the build has got a little further than the one before."""
    (photos / "ant" / "00.jpg").write_bytes(b"broken")
    command = [*COMMAND, "--network", squeezenet(tmp_path), "--images", photos, "--similarity", "--out"]
    whole, killed = tmp_path / "a" / "x.tour", tmp_path / "b" / "x.tour"
    first = forked.run([*command, whole], cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    work = killed.parent / ".x.tour.build"
    for marks in ["tiles.npy", "seen.json", "layers/000.json", "layers/006.json"]:
        program = forked.Program([*command, killed], cwd=tmp_path)
        until = time.monotonic() + 60
        while not (work / marks).exists() and program.running and time.monotonic() < until:
            time.sleep(0.002)
        program.kill()
        done = program.wait()
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert not killed.exists()  # a folder is complete or is not there
    last = forked.run([*command, killed], cwd=tmp_path)
    assert last.returncode == 0, last.stderr
    assert "going on where an earlier build stopped: 7 of" in last.stderr or "8 of" in last.stderr, last.stderr
    assert contents(killed) == contents(whole)
    assert [each.name for each in killed.parent.iterdir()] == ["x.tour"]
    tour = engine.load(killed)
    assert tour.n == 23 and not any(name.endswith("00.jpg") for name in tour.attributes["file"])
    again = forked.run([*command, killed], cwd=tmp_path)
    assert again.returncode == 0 and "is finished and built from the same; nothing to do" in again.stderr


def test_what_is_kept_of_activations_is_the_same_bytes_after_a_stop(quick, network, pixels, tmp_path, monkeypatch):
    whole, stopped, without = (tmp_path / name / "x.tour" for name in "abc")
    tour = make(network, pixels, whole, similarity=True)
    assert has_activations(tour) and tour.how["inputs"]["similarity"]
    stop_after(monkeypatch, 3)
    with pytest.raises(KeyboardInterrupt):
        make(network, pixels, stopped, similarity=True)
    monkeypatch.setattr(layers_module, "_layer", LAYER)
    make(network, pixels, stopped, similarity=True, memory="70kB")
    assert contents(stopped) == contents(whole)
    make(network, pixels, without)
    rest = {name: data for name, data in contents(whole).items() if "activations" not in name and name != "tour.json"}
    assert rest == {name: data for name, data in contents(without).items() if name != "tour.json"}
    with pytest.raises(FileExistsError, match="another similarity"):
        make(network, pixels, without, similarity=True)


def test_several_passes_are_the_same_tour(quick, network, pixels, tmp_path):
    one, several = tmp_path / "a" / "x.tour", tmp_path / "b" / "x.tour"
    make(network, pixels, one)
    make(network, pixels, several, memory="70kB")  # the widest layer takes 64
    assert contents(one) == contents(several)


def test_the_plan_is_kept_on_resume(quick, network, pixels, tmp_path, monkeypatch):
    out = tmp_path / "x.tour"
    stop_after(monkeypatch, 3)
    with pytest.raises(KeyboardInterrupt):
        make(network, pixels, out, memory="70kB")
    plan = json.loads((tmp_path / ".x.tour.build" / "job.json").read_text())["plan"]
    assert len(plan["passes"]) > 2
    passes = []
    monkeypatch.setattr(passes_module, "capture", lambda *a, **k: (passes.append(len(a[2])), capture(*a, **k))[1])
    monkeypatch.setattr(layers_module, "_layer", LAYER)
    make(network, pixels, out)
    assert sum(passes) == 8 - 3 and len(passes) == len(plan["passes"]) - next(
        k for k, layers in enumerate(plan["passes"]) if max(layers) >= 3
    )


LAYER = layers_module._layer


def stop_after(monkeypatch, count):
    """Interrupt a build, as Ctrl-C does, when it comes to layer number `count`."""
    done = []

    def layer(*arguments):
        if len(done) == count:
            raise KeyboardInterrupt
        done.append(1)
        return LAYER(*arguments)

    monkeypatch.setattr(layers_module, "_layer", layer)


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"n_neighbors": 9}, r"another n neighbors \(8, and now 9\)"),
        ({"dims": 5}, r"another dims \(15, and now 5\)"),
        ({"seed": 1}, r"another seed \(0, and now 1\)"),
        ({"layers": ["stem"]}, "another layers"),
        ({"limit": 30}, r"another images \(array \(40, 10, 10\), .*, and now 30 of array"),
    ],
)
def test_another_build_is_refused_with_the_difference(
    changes, difference, quick, network, pixels, tmp_path, monkeypatch
):
    out = tmp_path / "x.tour"
    stop_after(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        make(network, pixels, out)
    monkeypatch.setattr(layers_module, "_layer", LAYER)
    with pytest.raises(FileExistsError, match=difference + ".*--fresh starts over"):  # unfinished
        make(network, pixels, out, **changes)
    make(network, pixels, out)
    before = contents(out)
    with pytest.raises(FileExistsError, match=difference):  # finished
        make(network, pixels, out, **changes)
    assert contents(out) == before
    make(network, pixels, out, fresh=True, **changes)
    assert contents(out) != before and [each.name for each in tmp_path.iterdir()] == ["x.tour"]


def test_threads_are_never_mixed_in_a_build(quick, network, pixels, tmp_path, monkeypatch):
    """Other numbers of them add up in other orders; a tour that is whole is whole, whatever made it."""
    out, threads = tmp_path / "x.tour", torch.get_num_threads()
    stop_after(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        make(network, pixels, out)
    monkeypatch.setattr(layers_module, "_layer", LAYER)
    try:
        torch.set_num_threads(threads + 1)
        difference = rf"another processor \(.*{threads} thread.*, and now .*{threads + 1} threads\); --fresh"
        with pytest.raises(FileExistsError, match=difference):
            make(network, pixels, out)
        torch.set_num_threads(threads)
        make(network, pixels, out)
        torch.set_num_threads(threads + 1)
        before = contents(out)
        make(network, pixels, out)
        assert contents(out) == before
    finally:
        torch.set_num_threads(threads)


def test_other_weights_are_another_build(quick, network, pixels, tmp_path):
    make(network, pixels, tmp_path / "x.tour")
    with torch.no_grad():
        network.head.weight[0, 0] += 1e-3
    with pytest.raises(FileExistsError, match="another structure and weights"):
        make(network, pixels, tmp_path / "x.tour")


def test_a_tour_that_no_build_made_is_not_replaced(small_tour, network, pixels, tmp_path):
    small_tour.save(tmp_path / "x.tour")
    before = contents(tmp_path / "x.tour")
    with pytest.raises(FileExistsError, match="a tour that no build made; --fresh replaces it"):
        make(network, pixels, tmp_path / "x.tour")
    assert contents(tmp_path / "x.tour") == before


def test_killed_at_the_very_end(quick, network, pixels, tmp_path, monkeypatch):
    from engine.pipeline.building.job import Job

    monkeypatch.setattr(Job, "remove", lambda job: None)
    make(network, pixels, tmp_path / "x.tour")
    monkeypatch.undo()
    assert len(list(tmp_path.iterdir())) == 2
    make(network, pixels, tmp_path / "x.tour")
    assert [each.name for each in tmp_path.iterdir()] == ["x.tour"]


def test_two_builds_of_one_tour_do_not_meet(quick, network, pixels, tmp_path):
    from engine.pipeline.building.job import Job

    with Job.of(tmp_path / "x.tour").begun({}, fresh=False), pytest.raises(FileExistsError, match="at work on it"):
        make(network, pixels, tmp_path / "x.tour")


def test_pictures_at_fault_leave_nothing_behind(network, pixels, tmp_path):
    equal = np.repeat(pixels[:1], 40, axis=0)
    with pytest.raises(ValueError, match="no layer tells the images apart"):
        make(network, equal, tmp_path / "x.tour")
    assert not list(tmp_path.iterdir())


SHORT = {
    "torch": torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
    "Python": MemoryError(),
    "RMM": MemoryError("std::bad_alloc: out_of_memory: CUDA error"),
    "CuPy": type("OutOfMemoryError", (MemoryError,), {})("Out of memory allocating 2,147,483,648 bytes"),
    "cuBLAS": RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
}


@pytest.mark.parametrize("error", SHORT.values(), ids=SHORT)
def test_short_memory_halves_the_layers_then_the_batch_and_goes_on(
    quick, network, pixels, tmp_path, monkeypatch, error
):
    """There is no GPU to exhaust here, so capture complains as the libraries do on one."""
    tried = []

    def tight(*arguments, **options):
        tried.append((options["how"].batch, len(arguments[2])))
        if len(arguments[2]) > 4 or (options["how"].batch > 4 and len(arguments[2]) == 1):
            raise error
        return capture(*arguments, **options)

    monkeypatch.setattr(passes_module, "capture", tight)
    tour = make(network, pixels, tmp_path / "x.tour")
    assert tried == [(16, 8), (16, 4), (16, 4)]
    assert len(tour.layers) == 8
    tried.clear()
    monkeypatch.setattr(
        passes_module, "capture", lambda *a, **k: tight(*a, **k | {"how": replace(k["how"], batch=100)})
    )
    with pytest.raises(RuntimeError, match=r"out of memory \(.*--cluster local:1"):
        make(network, pixels, tmp_path / "y.tour", layers=["head"])


def test_another_error_is_no_short_memory(quick, network, pixels, tmp_path, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr(passes_module, "capture", broken)
    with pytest.raises(RuntimeError, match="illegal memory access"):
        make(network, pixels, tmp_path / "x.tour")


def test_memory_that_is_short_at_a_layer_keeps_the_layers_that_are_done(quick, network, pixels, tmp_path, monkeypatch):
    """What did not fit is let go of before the next attempt, and what was finished is not done again."""
    done, rows, real = [], [], layers_module._layer

    def tight(matrix, probe, *rest):
        if len(done) == 3 and not rows:
            rows.append(weakref.ref(matrix))
            raise MemoryError("std::bad_alloc: out_of_memory")
        assert not rows or rows[0]() is None
        done.append(probe.name)
        return real(matrix, probe, *rest)

    monkeypatch.setattr(layers_module, "_layer", tight)
    tour = make(network, pixels, tmp_path / "x.tour")
    assert done == [layer.name for layer in tour.layers] and len(set(done)) == 8
    monkeypatch.setattr(layers_module, "_layer", real)
    whole = make(network, pixels, tmp_path / "y.tour")
    assert all((a.points == b.points).all() for a, b in zip(tour.layers, whole.layers, strict=True))


FULL = """
import sys, numpy as np, torch
sys.path[:0] = {path!r}
import engine
from tests_conftest import Net
torch.manual_seed(0)
try:
    engine.build(Net().eval(), np.random.default_rng(0).integers(0, 256, (400, 10, 10), dtype=np.uint8), tile=64,
                 n_neighbors=8, out="{folder}/x.tour", progress=False)
except OSError as error:
    print(error)
"""


def test_a_full_disk_is_said(tmp_path):
    """A real one: a file system of one megabyte."""
    (tmp_path / "tests_conftest.py").write_text((Path(__file__).parent / "conftest.py").read_text())
    disk = tmp_path / "disk"
    disk.mkdir()
    script = tmp_path / "full.py"
    script.write_text(FULL.format(path=[str(tmp_path)], folder=disk))
    mounted = f"mount -t tmpfs -o size=1m none {disk} && {sys.executable} {script} && ls -A {disk}/.x.tour.build"
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(["unshare", "-rm", "sh", "-c", mounted], capture_output=True, text=True, cwd=root,
                         env=os.environ | {"PYTHONPATH": f"{root}:{root / 'tests'}"})  # fmt: skip
    if "unshare" in run.stderr or "mount" in run.stderr:
        pytest.skip("this machine lets nobody mount a small disk")
    assert "x.tour: the disk is full; make room, and the same command then goes on where it was" in run.stdout, run
    assert "job.json" in run.stdout  # what was done is kept

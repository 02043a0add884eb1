"""Builds by workers in processes of their own: the bytes of one machine, whatever their number and whoever dies."""

import os
import shutil
import subprocess
import time
from glob import glob
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import forked
from builds import contents, make
from clusters import Cluster
from engine import load
from engine.cluster.connect import connected
from engine.cluster.workers import Workers
from engine.pipeline.algebra.centred import parts
from engine.pipeline.inputs.images import BrokenImageError
from engine.pipeline.sharded.multiplying import multiply

pytestmark = pytest.mark.trains

KILLS = int(os.environ.get("KILLS_N", "2"))
SEED = int(os.environ.get("KILLS_SEED", "1"))
SHARDS = 7  # of 100 pictures, 16 at a time

NETWORK = '''
import torch
from torch import nn

class Loud(nn.Module):
    """Outgrows half precision with the brightest picture."""

    def forward(self, x):
        return x * torch.where(x.amax(dim=(1, 2, 3), keepdim=True) > 0.98, 3e5, 1.0)

def network():
    return nn.Sequential(
        nn.Upsample(size=(56, 56)), Loud(), nn.Conv2d(3, 4, 3, padding=1), nn.AdaptiveMaxPool2d(4), nn.Flatten(),
        nn.Linear(64, 3),
    )
'''  # fmt: skip


@pytest.fixture(scope="session")
def asked(once):
    """A network in a file and 100 pictures, one of them broken, and the tour that a plain build makes of them."""

    def fill(folder):
        rng = np.random.default_rng(11)
        (folder / "net.py").write_text(NETWORK)
        for k in range(100):
            place = folder / "photos" / ["ant", "bee"][k % 2]
            place.mkdir(parents=True, exist_ok=True)
            colors = rng.integers(0, 256 if k == 57 else 200, (4, 4, 3), dtype=np.uint8)
            colors[0, 0] = 255 if k == 57 else colors[0, 0]
            Image.fromarray(colors).resize((24, 24), Image.Resampling.NEAREST).save(place / f"{k:03}.png")
        (folder / "photos" / "ant" / "010.png").write_bytes(b"broken")
        done = build(folder, folder / "plain" / "x.tour")
        assert done.returncode == 0, done.stderr

    return once("cluster", fill)


def words(folder, out, *more):
    return ["-m", "engine", "build", "--network", f"{folder / 'net.py'}:network", "--images", folder / "photos",
            "--n-neighbors", "6", "--tile", "8", "--similarity", "--out", out, *more]  # fmt: skip


def build(folder, out, *more):
    out.parent.mkdir(exist_ok=True)
    return forked.run(words(folder, out, *more), cwd=folder)


def same(folder, out):
    return contents(folder / "plain" / "x.tour") == contents(out)


def test_three_workers_make_the_bytes_of_one_machine(asked, tmp_path):
    """With a layer that outgrows half precision in the middle, and a broken picture. One and two make them below."""
    out = tmp_path / "b" / "x.tour"
    done = build(asked, out, "--cluster", "local:3")
    assert done.returncode == 0, done.stderr
    assert "3 workers at tcp://127.0.0.1" in done.stderr and "outgrew half precision" in done.stderr
    assert done.stderr.count("left out: ") == 1
    assert same(asked, out) and [each.name for each in out.parent.iterdir()] == ["x.tour"]


def test_workers_are_killed_at_any_moment_and_the_scheduler_at_last(asked, tmp_path):
    """SIGKILL for the worker that has been there longest, another one joining, at so many moments of a build; then for
    the scheduler. The same command goes on by other workers, and the bytes are the same. `make kills` has twenty."""
    rng = np.random.default_rng(SEED)
    layers = len(load(asked / "plain" / "x.tour").layers)
    files = SHARDS + SHARDS * layers + layers + len(parts(99, 1)) * layers  # of pictures, layers, rows, neighbours
    moments = 0.85 * files * (np.arange(KILLS + 1) + rng.random(KILLS + 1)) / (KILLS + 1)
    out = tmp_path / "b" / "x.tour"
    out.parent.mkdir()
    seen = set()

    def written():
        work = out.parent / ".x.tour.build"
        for pattern in ("shards/0*.json", "shards/*/0*.json", "rows/*.json", "neighbors/*.npz"):
            seen.update(glob(f"{work}/{pattern}"))  # Path.glob raises where a folder goes as it looks into it
        return len(seen)

    with Cluster(tmp_path, workers=2) as cluster:
        program = forked.Program(words(asked, out, "--cluster", cluster.file), cwd=asked)
        for moment in moments:
            wait_for(lambda moment=moment: written() > moment, program)
            time.sleep(0.05 * rng.random())  # within whatever is being written
            if moment < moments[-1]:
                cluster.kill(cluster.workers.pop(0))
                cluster.workers.append(cluster.add())
        cluster.kill(cluster.scheduler)
        done = program.wait()
        assert done.returncode == 1, done.stderr
        assert done.stderr.splitlines()[-1].startswith("umap-tour: ") and "the scheduler is gone" in done.stderr
        assert not out.exists()
    (tmp_path / "others").mkdir()
    with Cluster(tmp_path / "others", workers=2) as cluster:
        again = build(asked, out, "--cluster", cluster.file)
    assert again.returncode == 0 and "going on where an earlier build stopped" in again.stderr, again.stderr
    assert same(asked, out)


def wait_for(there, program, seconds=600):
    until = time.monotonic() + seconds
    while not there() and program.running and time.monotonic() < until:
        time.sleep(0.005)
    assert there() and program.running, program.wait().stderr


@pytest.fixture
def can_hide():
    """Skips where nobody may mount a folder for one process alone."""
    alone = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    if not shutil.which("unshare") or subprocess.run(alone, capture_output=True).returncode:
        pytest.skip("this user may not mount a folder for one process alone")


def test_workers_that_see_no_images_or_have_a_full_disk_are_left_out(asked, can_hide, tmp_path):
    out = tmp_path / "b" / "x.tour"
    shards = out.parent / ".x.tour.build" / "shards"
    with Cluster(tmp_path) as cluster:
        cluster.add(hiding=asked / "photos")
        blind = build(asked, out, "--cluster", cluster.file)
        assert blind.returncode == 1, blind.stderr
        assert "no worker is of use" in blind.stderr.splitlines()[-1] and str(asked / "photos") in blind.stderr
        shards.mkdir(exist_ok=True)
        cluster.add(hiding=shards)
        cluster.add()
        done = build(asked, out, "--cluster", cluster.file)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("is left out: ") >= 1
    assert same(asked, out)


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_a_client_from_python_and_pixels_in_memory_by_two_threads_each(client, tmp_path, rng, quick, two_threads):
    """Sums of long rows end in other bits by other numbers of threads, so workers take as many as the command."""
    pixels = rng.integers(0, 256, (40, 40, 40), dtype=np.uint8)
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 38 * 38, 9))
    alone = make(network, pixels, tmp_path / "a" / "x.tour")
    make(network, pixels, tmp_path / "b" / "x.tour", cluster=client)
    assert "2 threads" in alone.how["inputs"]["processor"]
    assert contents(tmp_path / "a" / "x.tour") == contents(tmp_path / "b" / "x.tour")


def test_workers_multiply_large_layers_for_principal_components_and_similarity(
    client, tmp_path, rng, quick, monkeypatch
):
    """Beyond so many bytes, here all, found by iteration and directly: sums of parts in their order, the same bytes."""
    pixels = rng.integers(0, 256, (60, 8, 8), dtype=np.uint8)
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 40), nn.ReLU(), nn.Linear(40, 30))
    monkeypatch.setattr("engine.pipeline.algebra.principal.EXACT", 16)
    multiplied = set()
    run = Workers.run

    def noted(self, function, tasks):
        for task, found in run(self, function, tasks):
            if function is multiply:
                multiplied.add(task.arguments[3][0])
            yield task, found

    monkeypatch.setattr(Workers, "run", noted)
    make(network, pixels, tmp_path / "a" / "x.tour", similarity=True)
    monkeypatch.setattr("engine.pipeline.sharded.multiplying.LEAST", 0)
    make(network, pixels, tmp_path / "b" / "x.tour", similarity=True, cluster=client)
    assert multiplied == {"sum", "gram", "gram times", "times", "transposed times"}
    assert contents(tmp_path / "a" / "x.tour") == contents(tmp_path / "b" / "x.tour")


def stopped(*arguments):
    raise KeyboardInterrupt


@pytest.fixture
def ask(asked, tmp_path):
    """Builds one layer of the network, in this process."""

    def ask(name, **options):
        return make(
            f"{asked / 'net.py'}:network", asked / "photos", tmp_path / name / "x.tour", layers=["5"], **options
        )

    return ask


def test_a_build_that_one_machine_began_is_finished_by_workers(ask, client, tmp_path, quick, monkeypatch):
    """It knows all pictures, and no shard of them is there."""
    ask("a")
    with monkeypatch.context() as patch:
        patch.setattr("engine.pipeline.building.layers.embed_layer", stopped)
        with pytest.raises(KeyboardInterrupt):
            ask("b")
    ask("b", cluster=client)
    assert contents(tmp_path / "a" / "x.tour") == contents(tmp_path / "b" / "x.tour")


def test_a_strict_build_stops_at_a_broken_picture(ask, client, monkeypatch):
    """Also where an earlier build, which was not strict, has seen it and left it out."""
    with pytest.raises(BrokenImageError) as alone:
        ask("a", strict=True)
    with pytest.raises(BrokenImageError) as by_workers:
        ask("b", strict=True, cluster=client)
    monkeypatch.setattr("engine.pipeline.sharded.passes.embed_layer", stopped)
    with pytest.raises(KeyboardInterrupt):
        ask("c", cluster=client)
    with pytest.raises(BrokenImageError) as again:
        ask("c", strict=True, cluster=client)
    assert str(alone.value) == str(by_workers.value) == str(again.value) and "010.png" in str(alone.value)


@pytest.mark.parametrize(
    ("cluster", "says"),
    [
        ("local:0", "1 or more, not 0"),
        ("moon", "a cluster is local:N"),
        ("nothing.json", "^nothing.json: no such scheduler file"),
        ("tcp://127.0.0.1:9", "no scheduler answers there"),
    ],
)
def test_what_is_no_cluster(cluster, says, monkeypatch):
    monkeypatch.setattr("engine.cluster.connect.WAIT", 1)
    with pytest.raises((ValueError, OSError), match=says), connected(cluster):
        pass


def test_workers_of_this_machine_leave_its_number_of_threads_as_it_is(monkeypatch):
    """They have one thread each, which does not spin; what is loaded here next to them has as many as before."""
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    monkeypatch.setenv("GOMP_SPINCOUNT", "2000")  # as the command line has it
    monkeypatch.setenv("KMP_BLOCKTIME", "1")

    def said():
        return {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")}

    before = said()
    with connected("local:1") as workers:
        assert said() == before
        assert set(workers.client.run(os.getenv, "OMP_NUM_THREADS").values()) == {"1"}
        assert set(workers.client.run(os.getenv, "OMP_WAIT_POLICY").values()) == {"PASSIVE"}
        assert set(workers.client.run(os.getenv, "GOMP_SPINCOUNT").values()) == {"0"}
        assert set(workers.client.run(os.getenv, "KMP_BLOCKTIME").values()) == {"0"}
        assert "OMP_WAIT_POLICY" not in os.environ and os.environ["GOMP_SPINCOUNT"] == "2000"
        assert os.environ["KMP_BLOCKTIME"] == "1"
    assert said() == before


def test_workers_that_do_not_end_in_time_are_killed_and_nothing_fails(monkeypatch):
    """As on a machine so busy that Dask gives up waiting for their end; a double of that, which gives up at once."""
    from distributed import Nanny

    async def gives_up(*_, **__):
        raise TimeoutError

    with connected("local:1") as workers:
        (pid,) = workers.client.run(os.getpid).values()
        monkeypatch.setattr(Nanny, "kill", gives_up)
    until = time.monotonic() + 120
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


def test_the_doctor_says_what_workers_have(asked, can_hide, tmp_path):
    with Cluster(tmp_path, workers=1) as cluster:
        cluster.add(hiding=asked / "photos")
        cluster_words = ["--cluster", cluster.file, "--images", asked / "photos", "--out", tmp_path / "x.tour"]
        until = time.monotonic() + 120
        while True:
            done = forked.run(["-m", "engine", "doctor", *cluster_words], cwd=tmp_path)
            if "2 workers at" in done.stdout or time.monotonic() > until:
                break
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 workers at" in done.stdout and "100 images" in done.stdout and "not there" in done.stdout
    assert done.stdout.count("written to") == 2 and "mount the folder of images" in done.stdout

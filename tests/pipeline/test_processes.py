"""Pictures decoded in processes: the same as in threads, to the bit; nothing is left of them, and none ends a build."""

import contextlib
import multiprocessing
import os
import shutil
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import engine.pipeline.processes as processes
import forked
from engine.pipeline.activations import Settings, capture
from engine.pipeline.building.fingerprint import Witness
from engine.pipeline.inputs.arrays import from_array
from engine.pipeline.inputs.decoding import Decoding
from engine.pipeline.inputs.files import from_folder
from engine.pipeline.inputs.images import BrokenImageError, part_of
from engine.pipeline.loader import batches, reader
from engine.pipeline.models.network import Network
from engine.pipeline.models.preset import Preset
from engine.pipeline.probing.probes import Probe
from engine.pipeline.sources import as_images

N = 90
INPUT = [Probe("0-Input", "Input", "", shape=(3, 24, 24))]


@pytest.fixture(autouse=True)
def two(monkeypatch):
    """Processes, each reading eight pictures at a time."""
    monkeypatch.setattr(processes, "cores", lambda: 3)
    monkeypatch.setattr(processes, "CHUNK", 8)
    monkeypatch.setattr(processes, "LOOK", 0.2)
    before = multiprocessing.active_children()
    yield
    assert multiprocessing.active_children() == before


def fill(folder):
    rng = np.random.default_rng(20221)
    for k in range(N):
        picture = Image.fromarray(rng.integers(0, 256, (40 + k % 7, 50, 3), dtype=np.uint8))
        if k % 10 == 3:
            picture.putalpha(100)
            picture.save(folder / f"{k:02}.png")
        elif k % 10 == 5:
            Image.fromarray(rng.integers(0, 2**16, (30, 30), dtype=np.uint16)).save(folder / f"{k:02}.png")
        elif k % 20 == 7:
            picture.save(folder / f"{k:02}.gif", save_all=True, append_images=[picture.rotate(90)])
        else:
            picture.save(folder / f"{k:02}.jpg")
    for k in (0, 41, 42):
        (folder / f"{k:02}.jpg").write_bytes(b"\xff\xd8 no picture")


@pytest.fixture
def folder(tmp_path, once):
    """Of all kinds: JPEGs, and some that are transparent, wider than 8 bits, of several frames, or broken."""
    return shutil.copytree(once("pictures of all kinds", fill), tmp_path, dirs_exist_ok=True)


def net():
    preset = Preset(lambda image: image.resize((24, 24)), (0.5, 0.4, 0.3), (0.2, 0.2, 0.2))
    return Network("none", torch.nn.Identity(), preset, side=24)


def seen(monkeypatch, images, *, apart, **options):
    monkeypatch.setattr("engine.pipeline.activations.worthwhile", lambda *_: apart)
    tiles = np.zeros((images.n, 16, 16, 4), np.uint8)
    how = Settings(torch.device("cpu"), 3 * 24 * 24, batch=20)
    return capture(net(), images, INPUT, how=how, tiles=tiles, **options), tiles, images.notes.said()


def test_what_they_read_is_what_threads_read(folder, monkeypatch):
    state = torch.get_rng_state()
    (here, tiles, notes), (there, other_tiles, other_notes) = (
        seen(monkeypatch, from_folder(folder), apart=apart, skip={8, 9, 20}) for apart in (False, True)
    )
    assert torch.equal(here.matrices["0-Input"], there.matrices["0-Input"])
    assert (tiles == other_tiles).all() and here.rows == there.rows and len(here.rows) == N - 6
    assert here.broken == there.broken and set(there.broken) == {0, 41, 42}
    assert sorted(notes) == sorted(other_notes) and any("several frames" in each for each in notes)
    assert torch.equal(torch.get_rng_state(), state)  # no seed of a build is drawn for them


def test_a_part_of_a_table_is_read_so_too(folder, monkeypatch):
    table = folder / "all.csv"
    table.write_text("file,size\n" + "".join(f"{k:02}.jpg,{k}\n" for k in (1, 2, 4, 6, 8, 41, 99)))
    images = part_of(as_images(str(table)), limit=6)
    assert images.elsewhere
    (here, *_), (there, *_) = (seen(monkeypatch, images, apart=apart) for apart in (False, True))
    assert torch.equal(here.matrices["0-Input"], there.matrices["0-Input"]) and here.broken == there.broken


def test_no_more_are_read_ahead_than_wait_for_the_network(tmp_path):
    """Each process has two chunks at most that nobody has asked for."""
    for k in range(200):
        Image.new("RGB", (20, 20)).save(tmp_path / f"{k:03}.png")
    images, count = from_folder(tmp_path), multiprocessing.Value("i", 0)
    read = reader(net(), images, 8)

    def counted(i):
        with count.get_lock():
            count.value += 1
        return read(i)

    with contextlib.closing(processes.decoded(images, counted, numbers=batches(200, 16, ()), apart=True)) as found:
        assert len(next(found)) == 16
        threading.Event().wait(0.5)  # for as much as they would read meanwhile
        assert count.value <= 16 + 8 * 2 * (processes.AHEAD + 1)


ENDS = {
    "is killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "ends": lambda: os._exit(3),
    "hangs": lambda: time.sleep(1000),
    "is slow": lambda: time.sleep(0.7),
}


@pytest.mark.parametrize("way", ENDS)
def test_where_one_fails_threads_go_on(folder, way, caplog, monkeypatch):
    """As when the system has no memory left, a segmentation fault, or a lock that nobody lets go of.

    Of one that hangs nothing tells but that nothing comes; that one has ended is known long before. One that is slow,
    and of which nothing comes for several looks, goes on.
    """
    monkeypatch.setattr(processes, "WAIT", 1 if way == "hangs" else 300)
    begun = time.monotonic()
    images = from_folder(folder)
    read, me = reader(net(), images, 8), os.getpid()

    def deadly(i):
        if i == 35 and os.getpid() != me:
            ENDS[way]()
        return read(i)

    given = {}
    for batch in processes.decoded(images, deadly, numbers=batches(N, 20, {7}), apart=True):
        for i, attempt in batch:
            with contextlib.suppress(BrokenImageError):
                given[i] = attempt().given
    assert list(given) == [i for i in range(N) if i not in (0, 7, 41, 42)]
    assert all(np.array_equal(given[i], read(i).given) for i in given)
    assert caplog.text.count("processes no longer decode pictures, and threads go on (") == (way != "is slow")
    assert ("timed out" in caplog.text) == (way == "hangs")
    assert time.monotonic() - begun < 150


@pytest.mark.parametrize("where", ["as they begin", "while a chunk is awaited"])
def test_a_signal_interrupts_none_of_dataloaders_own_steps(folder, where, monkeypatch):
    """Between two of its locks it would leave one of them closed, and wait for it when Python ends."""
    done = []

    class Interrupted:
        def __init__(self, *given, **options):
            self.loader = torch.utils.data.DataLoader(*given, **options)

        def __iter__(self):
            self.begun = iter(self.loader)
            if where == "as they begin":
                signal.raise_signal(signal.SIGINT)
                done.append(where)
            return self

        def __next__(self):
            chunk = next(self.begun)
            signal.raise_signal(signal.SIGINT)
            done.append(where)
            return chunk

        def __del__(self):
            self.begun.__del__()

    monkeypatch.setattr(processes, "DataLoader", Interrupted)
    images = from_folder(folder)
    found = processes.decoded(images, reader(net(), images, 8), numbers=batches(N, 20, {7}), apart=True)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # under nohup it is ignored
    try:
        with pytest.raises(KeyboardInterrupt) as interrupted:
            next(found)
    finally:
        signal.signal(signal.SIGINT, before)
    assert done == [where] and interrupted.tb is not None


def test_one_that_is_yet_to_hear_of_signals_is_ended_as_well(folder, monkeypatch):
    """What its parent did with SIGTERM as it was forked, it does until DataLoader's own handler is there."""
    handling = torch.utils.data._utils.signal_handling
    monkeypatch.setattr(handling, "_set_worker_signal_handlers", lambda: None)
    images, me = from_folder(folder), os.getpid()
    read = reader(net(), images, 8)

    def slow(i):
        if i >= 40 and os.getpid() != me:
            time.sleep(60)
        return read(i)

    with contextlib.closing(processes.decoded(images, slow, numbers=batches(N, 20, {7}), apart=True)) as found:
        assert len(next(found)) == 19


def test_none_of_them_touches_the_gpu_that_the_command_has_begun_with(folder, monkeypatch, caplog):
    """CUDA cannot be used in a process that was forked from one that uses it, as torch says of itself there."""
    me = os.getpid()

    def touched(*_, **__):
        assert os.getpid() == me, "a process that decodes asks for the GPU"

    monkeypatch.setattr(torch.cuda, "_is_in_bad_fork", lambda: os.getpid() != me)
    for name in ("_lazy_init", "_lazy_call", "current_device", "current_stream", "set_device", "synchronize"):
        monkeypatch.setattr(torch.cuda, name, touched)
    images = from_folder(folder)
    numbers = batches(N, 20, {0, 41, 42})
    read = processes.decoded(images, reader(net(), images, 8), numbers=numbers, apart=True)
    assert sum(len([attempt() for _, attempt in batch]) for batch in read) == N - 3
    assert "threads go on" not in caplog.text


APART = """
import os, sys, time
import engine.pipeline.activations as activations
import engine.pipeline.loader as loader
import engine.pipeline.processes as processes
activations.worthwhile = lambda *_: True
processes.cores = lambda: 3
"""
SLOW = """
me, tile_of = os.getpid(), loader.tile_of
def slow(*given):
    if os.getpid() != me:
        print("a process reads", file=sys.stderr, flush=True)
        time.sleep(100)
    return tile_of(*given)
loader.tile_of = slow
from engine.cli import main
sys.argv = ["umap-tour", "build", "--network", "small.py:small", "--images", ".", "--out", "a.tour"]
main()
"""
SMALL = """
import torch
def small():
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten()), lambda image: torch.ones(3, 9, 9)
"""


def test_ctrl_c_ends_all_of_them_in_one_line(folder):
    """The terminal sends it to each of them; a picture that takes its time is not waited for."""
    (folder / "small.py").write_text(SMALL)
    program = forked.Program(["-c", APART + SLOW], cwd=folder)
    assert program.said("a process reads"), program.wait(1).stderr
    pid = program.pid
    children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    assert len(children) >= 2
    for each in (*children, pid):
        os.kill(each, signal.SIGINT)
    done = program.wait(60)
    assert done.returncode == 130 and "Traceback" not in done.stderr, done.stderr
    assert done.stderr.splitlines()[-1] == "umap-tour: stopped; the same command goes on from there"
    assert not any(Path(f"/proc/{each}").exists() for each in children)


PLAIN = """
from pathlib import Path
from engine.pipeline.inputs.files import from_folder
from engine.pipeline.models.network import Network
from engine.pipeline.models.preset import Preset
print("begun")
images = from_folder(Path("."))
preset = Preset(lambda image: image.resize((24, 24)), (0, 0, 0), (1, 1, 1))
read = loader.reader(Network("none", None, preset), images, 8)
found = processes.decoded(images, read, numbers=loader.batches(images.n, 40, {0, 41, 42}), apart=True)
print(sum(len([attempt() for _, attempt in batch]) for batch in found))
"""


def test_a_script_needs_no_guard(folder):
    """Forked processes do not run the script of whoever calls again."""
    (folder / "script.py").write_text(APART + PLAIN)
    done = forked.run(["script.py"], cwd=folder)
    assert (done.returncode, done.stdout) == (0, f"begun\n{N - 3}\n"), done.stderr


def test_where_they_are_worth_while(folder, monkeypatch):
    cuda, cpu = torch.device("cuda", 0), torch.device("cpu")
    images, network = from_folder(folder), replace(net(), side=256)
    monkeypatch.setattr(processes, "LEAST", N)
    monkeypatch.setattr(processes, "cores", lambda: 16)
    monkeypatch.setattr(processes, "_shared_memory", lambda: 2**32)
    assert processes.worthwhile(images, network, cuda, 64)
    assert not processes.worthwhile(images, network, cpu, 64)
    assert not processes.worthwhile(part_of(images, limit=N - 1), network, cuda, 64)
    assert not processes.worthwhile(from_folder(folder, Decoding(on_gpu=True)), network, cuda, 64)
    assert not processes.worthwhile(Witness(images).images, network, cuda, 64)
    assert not processes.worthwhile(from_array(np.zeros((N, 8, 8), np.uint8)), network, cuda, 64)
    assert not processes.worthwhile(images, replace(network, preprocess=lambda image: None), cuda, 64)
    with monkeypatch.context() as short:
        short.setattr(processes, "cores", lambda: 4)
        assert not processes.worthwhile(images, network, cuda, 64)
    with monkeypatch.context() as short:
        short.setattr(processes, "_shared_memory", lambda: 64 * 2**20)  # of a container
        assert not processes.worthwhile(images, network, cuda, 64)
    with monkeypatch.context() as short:
        short.setattr(multiprocessing.current_process(), "_config", {"daemon": True})  # of a worker of Dask's
        assert not processes.worthwhile(images, network, cuda, 64)

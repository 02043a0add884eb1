"""Seeded numbers, strict arithmetic, small tours, a display, and where the published data is, if it is here."""

import gc
import itertools
import json
import logging
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

import forked
from engine.tour.alignment import chain
from engine.tour.published import import_published
from engine.tour.tour import Layer, Sprites, Tour
from hand import Hand
from limit import end_with_parent, pytest_configure, pytest_runtest_protocol  # noqa: F401 - hooks of pytest's

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"

os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"  # or it imports trio where that is
import hypothesis  # noqa: E402, F401 - its plugin asks for it at the first test, and then finds frozen what it looks for

gc.disable()  # until all is imported: half a million objects that stay, looked through again and again


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what opens a window or a page. What trains comes first: it takes longest, and short tests fill the gaps."""
    for item in items:
        if {"display", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("window")
    items.sort(key=lambda item: item.get_closest_marker("trains") is None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Programs find UMAP imported where some of the tests that are left may embed. And what is imported is no garbage:
    each window that closes would look through it, a third of a second. Nor is looked for any after every 700 objects:
    that takes three fourths of the time in which a file is parsed."""
    gc.freeze()
    gc.set_threshold(100_000)
    gc.enable()
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.propagate = True  # torch's do not, and pytest would attach itself to each of them six times a test
    training = any(item.get_closest_marker("trains") for item in session.items)
    forked.preload(training=training)
    if not training:
        sys.meta_path.insert(0, WithoutUMAP())


class WithoutUMAP:
    """Importing UMAP takes each worker seconds, and where nothing that runs is marked to embed, it is an error."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "umap":
            raise ImportError("a test that embeds is marked `trains` (CONTRIBUTING.md), and none that runs is: no UMAP")


def pytest_sessionfinish() -> None:
    """What is garbage is collected here, and once: pytest looks through all that ever was made ten times over."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Makes a folder once for all workers: a name, and what fills the folder."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        folder, whole = shared / name, shared / f"{name}.whole"
        with FileLock(shared / f"{name}.lock"):
            if not whole.exists():
                shutil.rmtree(folder, ignore_errors=True)  # what a failure left
                folder.mkdir()
                fill(folder)
                whole.touch()
        return folder

    return make


@pytest.fixture(autouse=True)
def strict_arithmetic():
    with np.errstate(divide="raise", invalid="raise"):
        yield


@pytest.fixture(scope="session")
def state_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders that are not there yet. (pytest's own look through all that are there, for each of 3,000 tests.)"""
    folder = tmp_path_factory.mktemp("states")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_state(state_folders: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows keep how they were left in a folder of this test's own, which they make."""
    monkeypatch.setenv("XDG_STATE_HOME", str(next(state_folders)))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20221)


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of the published UMAP Tour's data."""
    folder = REFERENCE / "umap-tour" / "data"
    if not folder.is_dir():
        pytest.skip("the published data (reference/umap-tour/data) is not on this machine")
    return folder


@pytest.fixture(scope="session")
def googlenet(published: Path) -> Tour:
    """The published tour of GoogLeNet, read once: half a second, and no test changes a tour."""
    return import_published(published / "meta-googlenet-15D.json")


def tour_of(
    points: list[np.ndarray[Any, Any]],
    *,
    attributes: pd.DataFrame | None = None,
    sprites: Sprites | None = None,
    name: str = "small",
) -> Tour:
    points = [np.asarray(each, dtype=np.float32) for each in points]
    layers = tuple(
        Layer(f"{k}-Block", "Block", each, placement)
        for k, (each, placement) in enumerate(zip(points, chain(points), strict=True))
    )
    if attributes is None:
        attributes = pd.DataFrame(index=range(len(points[0])))
    return Tour(name, layers, attributes, sprites=sprites)


def sprites_of(tiles: np.ndarray[Any, Any], *, per_page: int | None = None) -> Sprites:
    """Sprites from tiles (n, t, t, 4)."""
    n = len(tiles)
    per_page = per_page or math.isqrt(n - 1) ** 2 + 2 * math.isqrt(n - 1) + 1  # the next square
    return Sprites(n, tiles.shape[1], per_page, lambda page: tiles[page * per_page : (page + 1) * per_page])


@pytest.fixture
def make_tour() -> Callable[..., Tour]:
    return tour_of


@pytest.fixture
def make_sprites() -> Callable[..., Sprites]:
    return sprites_of


@pytest.fixture
def small_tour(rng: np.random.Generator) -> Tour:
    """60 points in 15-D on four layers, two attributes of classes and one of numbers, images of 8 x 8."""
    first = rng.standard_normal((60, 15)) * np.linspace(3, 0.5, 15)
    points = [first]
    for _ in range(3):
        points.append(points[-1] + 0.4 * rng.standard_normal(first.shape) + rng.standard_normal(15))
    kinds = pd.Categorical(np.repeat(["ant", "bee", "cat"], 20), categories=["cat", "bee", "ant"])
    sizes = pd.Categorical(np.tile(["small", "large"], 30), categories=["small", "large"], ordered=True)
    attributes = pd.DataFrame({"kind": kinds, "size": sizes, "weight": rng.random(60)})
    tiles = rng.integers(0, 256, (60, 8, 8, 4), dtype=np.uint8)
    tiles[..., 3] = 255
    return tour_of(points, attributes=attributes, sprites=sprites_of(tiles))


@pytest.fixture
def saved(small_tour: Tour, once: Callable[..., Path], tmp_path: Path) -> Path:
    """A folder with that tour in it, small.tour. (It is the same in every test: saved once, and copied.)"""
    folder = once("small", lambda folder: small_tour.save(folder / "small.tour"))
    shutil.copytree(folder, tmp_path, copy_function=shutil.copy, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def published_folder(tmp_path: Path, rng: np.random.Generator) -> Callable[..., Path]:
    """Writes a small UMAP Tour as published; returns its meta file. Keywords replace what is in it."""

    def make(*, n: int = 30, dims: int = 5, layers: int = 3, **meta: Any) -> Path:
        data = tmp_path / "site" / "data"
        folder = data / "net-umap"
        folder.mkdir(parents=True)
        entries = []
        before = None
        for k in range(layers):
            points = rng.standard_normal((n, dims)).astype("<f4") + 1.0
            points.tofile(folder / f"{k}-Block.bin")
            entries.append({"id": f"{k}-Block", "shape": [n, dims], "residual": published_residual(points, before)})
            before = points
        labels = np.arange(n, dtype="<u2") % 3
        labels.tofile(folder / "labels.bin")
        schema = {"archIndex": 0, "labels": {"id": "labels", "shape": n}, "layers": entries}
        (folder / "schema.json").write_text(json.dumps(schema))
        table = pd.DataFrame(
            {"label": np.array(["oak", "elm", "NA"])[labels], "confidence": rng.random(n), "year": 1990 + labels}
        )
        table.to_csv(folder / "attributes.csv")
        values = {
            "data_shape": [n, dims],
            "attribute_url": "data/net-umap/attributes.csv",
            "attributes": {
                "label": {"type": "categorical", "order": ["elm", "oak", "NA"]},
                "confidence": {"type": "continuous", "extent": [0, 2]},
            },
            "image_urls": ["data/images/sheet-0.png"],
            "epoch_arch_to_dir": {"0,0": "./net-umap/"},
        } | meta
        file = data / "meta-net-5D.json"
        file.write_text(json.dumps(values))
        return file

    return make


def published_residual(points: np.ndarray[Any, Any], before: np.ndarray[Any, Any] | None) -> float:
    """As the reference defines it, written out: scaled orthogonal Procrustes of the raw coordinates."""
    if before is None:
        return 0.0
    x, y = points.astype(np.float64), before.astype(np.float64)
    u, singular, vt = np.linalg.svd(x.T @ y)
    return float(np.mean((singular.sum() / (x**2).sum() * x @ (u @ vt) - y) ** 2))


@pytest.fixture(scope="session")
def display():
    """The name of a virtual display, 2560 x 1600."""
    read, write = os.pipe()
    # -noreset: or a program that connects while the last client leaves is refused, and its window cannot be opened
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "2560x1600x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL, preexec_fn=end_with_parent)
    os.close(write)
    with os.fdopen(read) as pipe:
        name = f":{pipe.readline().strip()}"
    yield name
    import glfw

    glfw.terminate()  # or Xlib ends the process when its server goes
    server.terminate()
    server.wait()


@pytest.fixture(scope="session")
def window_class():
    """Loads ImGui, and has none of what it brings looked through for garbage when a window closes."""
    from engine.window.window import Window

    gc.freeze()
    return Window


@pytest.fixture
def open_window(display, window_class, monkeypatch, tmp_path):
    """Opens windows: tour (or two), keywords -> (window, hand). They are closed after the test."""
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setattr("engine.window.window.IDLE", 0.01)
    monkeypatch.chdir(tmp_path)
    windows = []

    def open_one(*tours, **keywords):
        window = window_class(*tours, **keywords)
        windows.append(window)
        window.show()
        hand = Hand(window)
        hand.do("mousemove", 640, 600, frames=4)
        return window, hand

    # OpenGL drivers and ImGui's float arithmetic are not ours to hold to strict arithmetic
    with np.errstate(all="ignore"):
        yield open_one
        for window in windows:
            if not window.closed:
                window.close()
    gc.freeze()


@pytest.fixture
def opened(open_window, small_tour):
    """A window on the small tour at rest, as dots, with room around the figure; and its hand."""
    from engine.tour.view import View

    window, hand = open_window(small_tour, view=View(mode="dots", color_by="kind", zoom=1.5))
    window.viewer.playing = False
    hand.wait(3)
    return window, hand


@pytest.fixture
def window(opened):
    """Of what `opened` opened, the test file's own where it has one."""
    return opened[0]


@pytest.fixture
def hand(opened):
    return opened[1]


@pytest.fixture
def two(monkeypatch):
    """A machine with two GPUs that are not there, of which the second is current."""
    from engine.pipeline.device import machine
    from tests.doubles import gpus

    seen = gpus(monkeypatch, 2)
    seen.device = machine("cuda:1")
    with seen.device.current():
        yield seen

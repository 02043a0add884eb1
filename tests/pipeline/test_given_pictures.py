"""Builds of what people give on the command line, as they run them: tables, joined attributes, grounds, ranges."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import engine
import forked

FACTORY = """
import torch
from torch import nn

def small():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
"""
BUILD = ["-m", "engine", "build", "--network", "net.py:small", "--n-neighbors", "5", "--tile", "16", "--out", "x.tour"]


@pytest.fixture
def place(tmp_path):
    """A network, sixteen 16-bit pictures of which half are transparent ones of 8 bits, and two tables of them."""
    (tmp_path / "net.py").write_text(FACTORY)
    (tmp_path / "p").mkdir()
    rng = np.random.default_rng(0)
    for k in range(16):
        file = tmp_path / "p" / f"{k:02}.png"
        if k % 2:
            Image.fromarray(rng.integers(0, 4096, (16, 16)).astype(np.uint16)).save(file)
        else:
            Image.fromarray(rng.integers(0, 256, (16, 16, 4), dtype=np.uint8)).save(file)
    names = [f"{k:02}" for k in range(16)]
    table = pd.DataFrame({"picture": [f"p/{name}.png" for name in names], "kind": list("abcd") * 4, "size": range(16)})
    table.to_csv(tmp_path / "pictures.csv", index=False)
    pd.DataFrame({"id": names[1:], "weather": ["rain"] * 15}).to_csv(tmp_path / "more.csv", index=False)
    return tmp_path


def build(place, *words, check=0):
    done = forked.run([*BUILD, *words], cwd=place)
    assert done.returncode == check, done.stderr
    return done.stderr


@pytest.mark.trains
def test_a_table_with_attributes_joined_and_a_label(place):
    said = build(place, "--images", "pictures.csv", "--attributes", "more.csv", "--label", "kind")
    assert "more.csv: 1 of 16 pictures have no row of their own in it" in said
    table = engine.load(place / "x.tour").attributes
    assert list(table["label"]) == list("abcd") * 4 and table["size"].tolist() == list(range(16))
    assert table["weather"].isna().tolist() == [True] + [False] * 15
    assert table["file"][3] == str(place / "p" / "03.png")
    assert "nothing to do" in build(place, "--images", "pictures.csv", "--attributes", "more.csv", "--label", "kind")
    (place / "more.csv").write_text((place / "more.csv").read_text().replace("rain", "snow"))
    said = build(place, "--images", "pictures.csv", "--attributes", "more.csv", "--label", "kind", check=1)
    assert "was begun with another labels and attributes" in said


@pytest.mark.trains
def test_ground_and_range_are_the_same_everywhere(place):
    build(place, "--images", "p", "--ground", "#ff0000", "--range", "0", "8190")
    tour = engine.load(place / "x.tour")
    tiles = tour.sprites.load(0)
    assert (tiles[..., 3] == 255).all()
    for k in range(16):
        values = np.asarray(Image.open(place / "p" / f"{k:02}.png"))
        if k % 2:
            expected = np.repeat((values / 8190 * 255)[..., None], 3, axis=2)
        else:
            alpha = values[..., 3:] / 255
            expected = values[..., :3] * alpha + np.array([255, 0, 0]) * (1 - alpha)
        assert np.abs(tiles[k][..., :3] - expected).max() <= 1
    assert tour.how["inputs"]["ground"] == "#ff0000" and tour.how["inputs"]["range"] == [0.0, 8190.0]
    said = build(place, "--images", "p", "--ground", "black", "--range", "0", "8190", check=1)
    assert "was begun with another" in said and "--fresh starts over" in said

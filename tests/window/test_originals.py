"""Full images fitted into a square, read beside the drawing; and what is no image."""

import os
import time

import numpy as np
import pytest
from PIL import Image

from engine.tour.pixels import shown_as
from engine.window.originals import SIDE, Originals, fitted


@pytest.mark.parametrize(("size", "shape"), [((400, 200), (256, 128)), ((50, 100), (128, 256)), ((3, 1000), (1, 256))])
def test_fitted_without_stretching(size, shape, tmp_path):
    Image.new("RGB", size, (200, 40, 10)).save(tmp_path / "a.png")
    square = fitted(str(tmp_path / "a.png"))
    filled = square[..., 3] > 0
    assert square.shape == (SIDE, SIDE, 4)
    assert (filled.any(axis=0).sum(), filled.any(axis=1).sum()) == shape
    assert np.abs(square[filled][:, :3].astype(int) - (200, 40, 10)).max() <= 2


def test_what_is_no_image(tmp_path):
    (tmp_path / "a.png").write_text("no image")
    assert fitted(str(tmp_path / "a.png")) is None and fitted(str(tmp_path / "missing.png")) is None


def test_they_arrive(tmp_path):
    Image.new("L", (10, 10), 7).save(tmp_path / "a.jpg")
    originals = Originals()
    image = originals.get(str(tmp_path / "a.jpg"))
    for _ in range(6000):  # a minute, on a machine with other work
        if image is not None:
            break
        time.sleep(0.01)
        image = originals.get(str(tmp_path / "a.jpg"))
    assert image is not None and not originals.arriving
    originals.close()


def test_the_card_shows_what_the_network_saw(tmp_path):
    """Upright, of 16 bits by the range of the build, and on its ground; in formats beyond the usual."""
    exif = Image.Exif()
    exif[0x0112] = 6
    scene = Image.new("RGB", (40, 20), "white")
    scene.paste("red", (30, 0, 40, 20))
    scene.save(tmp_path / "phone.jpg", exif=exif, quality=95)
    square = fitted(str(tmp_path / "phone.jpg"))
    assert square.shape == (SIDE, SIDE, 4) and (square[:, SIDE // 2, 3] > 0).all()  # it stands
    assert square[-20, SIDE // 2, 1] < 60 and square[20, SIDE // 2, 1] > 200  # and red lies below
    Image.fromarray(np.full((8, 8), 1000, dtype=np.uint16)).save(tmp_path / "deep.tif")
    assert fitted(str(tmp_path / "deep.tif"), (0.0, 2000.0))[SIDE // 2, SIDE // 2, 0] == 128
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert fitted(str(tmp_path / "clear.png"))[SIDE // 2, SIDE // 2, 3] == 0
    assert tuple(fitted(str(tmp_path / "clear.png"), None, "#204060")[SIDE // 2, SIDE // 2]) == (0x20, 0x40, 0x60, 255)
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.avif")
    assert fitted(str(tmp_path / "a.avif"))[SIDE // 2, SIDE // 2, 0] > 240


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"range": [0, 4095], "ground": "black"}, ((0.0, 4095.0), "black")),
        ({}, (None, None)),
        ({"range": [3, 3], "ground": "clear"}, (None, None)),
        ({"range": "03", "ground": 7}, (None, None)),
        ({"range": [float("nan"), 3]}, (None, None)),
        ([], (None, None)),
    ],
)
def test_what_a_tour_says_of_how_its_pictures_are_shown(inputs, expected):
    assert shown_as({"inputs": inputs}) == expected


def test_a_pipe_in_the_place_of_an_image_holds_nothing_up(tmp_path):
    """Neither the thread that reads, nor the close of the window, which waits for it."""
    os.mkfifo(tmp_path / "pipe.png")
    originals = Originals()
    for _ in range(3):
        originals.get(str(tmp_path / "pipe.png"))
    originals.close()
    assert not originals.arriving and originals.get(str(tmp_path / "pipe.png")) is None

"""Full images fitted into a square, read beside the drawing; and what is no image."""

import time

import numpy as np
import pytest
from PIL import Image

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

"""A build's sprites are written beside its layers, and are those of the pictures that are left in in the end."""

import threading

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import engine.pipeline.building.layers as layers_module
import engine.pipeline.building.sprites as sprites_module
from builds import make
from engine.tour.tiles import tile_of
from engine.tour.tour import Tour

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("quick")]
LAYER = layers_module._layer


def test_pages_are_written_while_layers_are_embedded(network, pixels, tmp_path, monkeypatch):
    """The first layer waits for the pages here, and nothing is encoded when the tour is saved."""
    written, real = threading.Event(), sprites_module.write_pages

    def write(*arguments, **options):
        files = real(*arguments, **options)
        written.set()
        return files

    def layer(*arguments):
        assert written.wait(timeout=60)
        return LAYER(*arguments)

    def save(tour, path):
        monkeypatch.setattr("engine.tour.sprite_pages._write", lambda *arguments: pytest.fail("encoded once more"))
        return real_save(tour, path)

    real_save = Tour.save
    monkeypatch.setattr(Tour, "save", save)
    monkeypatch.setattr(sprites_module, "write_pages", write)
    monkeypatch.setattr(layers_module, "_layer", layer)
    tour = make(network, pixels, tmp_path / "x.tour", layers=["stem", "head"])
    shown = tour.sprites.load(0)
    assert len(shown) == 40 and not (shown[0] == shown[1]).all()
    assert [each.name for each in tmp_path.iterdir()] == ["x.tour"]


class Fragile(nn.Module):
    """Not finite for a bright picture."""

    def forward(self, x):
        return torch.where(x.mean(dim=1, keepdim=True) > 0.9, x / 0.0, x)


def test_pictures_that_turn_out_not_to_be_finite_have_no_sprite(pixels, tmp_path, caplog):
    """Known after all pages were begun in one build, and before that in the other."""
    caplog.set_level("INFO", logger="engine")
    pixels[[3, 20]] = 255
    network = nn.Sequential(nn.Flatten(), nn.Identity(), nn.Identity(), Fragile()).eval()
    options = {"layers": ["1", "2", "3"], "dims": 5}
    several = make(network, pixels, tmp_path / "a" / "x.tour", **options, memory="32kB")
    assert several.n == 38 and "in 2 passes" in caplog.text
    one = make(network, pixels, tmp_path / "b" / "x.tour", **options)
    for tour in (several, one):
        assert (tour.sprites.load(0)[..., 0] == np.delete(shrunk(pixels), [3, 20], axis=0)).all()


def shrunk(pixels):
    return np.stack([tile_of(Image.fromarray(each), 8)[..., 0] for each in pixels])

"""An old tour is never taken for a new one: whatever changes what a tour shows changes what it was built from."""

import json
import os

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import Dataset, Subset, TensorDataset

import engine
import engine.pipeline.building.layers as layers_module
from engine.tour.json_files import sealed

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("quick")]

N = 30
LAYER = layers_module._layer


def make(network, images, out, **options):
    options = {"n_neighbors": 5, "tile": 8, "dims": 3, "layers": ["stem", "pool"], "progress": False} | options
    return engine.build(network, images, out=out, **options)


class Own(Dataset):
    """A dataset of somebody's own, of which nothing is known before it is read."""

    def __init__(self, pixels, gain=1.0):
        self.pixels, self.gain = pixels, gain

    def __len__(self):
        return len(self.pixels)

    def __getitem__(self, i):
        return torch.from_numpy(self.pixels[i])[None] / 255.0 * self.gain, 0


@pytest.fixture
def pixels(rng):
    return rng.integers(0, 200, (N, 10, 10), dtype=np.uint8)


@pytest.fixture
def others(pixels):
    """The same but for one pixel of one picture, which is none of the first or the last."""
    changed = pixels.copy()
    changed[13, 5, 5] += 50
    return changed


def tensor(pixels):
    return torch.from_numpy(pixels)[:, None] / 255.0


ORIGINS = {
    "array": lambda pixels: pixels,
    "floats": lambda pixels: (pixels / 255.0).astype(np.float32),
    "tensor": tensor,
    "list": lambda pixels: [Image.fromarray(each) for each in pixels],
    "tensor dataset": lambda pixels: TensorDataset(tensor(pixels), torch.zeros(N)),
    "dataset": Own,
    "subset": lambda pixels: Subset(Own(pixels), range(N)),
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_one_pixel_of_one_picture_makes_another_tour(origin, network, pixels, others, tmp_path):
    make(network, ORIGINS[origin](pixels), tmp_path / "x.tour")
    before = (tmp_path / "x.tour" / "tour.json").read_bytes()
    make(network, ORIGINS[origin](pixels), tmp_path / "x.tour")  # nothing to do
    with pytest.raises(FileExistsError, match=r"another (images|content)"):
        make(network, ORIGINS[origin](others), tmp_path / "x.tour")
    assert (tmp_path / "x.tour" / "tour.json").read_bytes() == before


def test_other_labels(network, pixels, tmp_path):
    make(network, (pixels, np.arange(N) % 3), tmp_path / "x.tour")
    with pytest.raises(FileExistsError, match="another labels and attributes"):
        make(network, (pixels, np.arange(N) % 4), tmp_path / "x.tour")


def test_another_transform(network, pixels, tmp_path):
    make(network, Own(pixels), tmp_path / "x.tour")
    with pytest.raises(FileExistsError, match="another first inputs"):
        make(network, Own(pixels, gain=0.5), tmp_path / "x.tour")


def test_a_changed_forward(network, pixels, tmp_path):
    make(network, pixels, tmp_path / "x.tour")
    forward = type(network).forward

    class Net(type(network)):
        def forward(self, x):
            return forward(self, x.flip(2) * 1.01)

    network.__class__ = Net
    with pytest.raises(FileExistsError, match="another activations"):
        make(network, pixels, tmp_path / "x.tour")


def test_files_rewritten_at_the_same_size(network, pixels, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for i, each in enumerate(pixels):
        Image.fromarray(each).save(folder / f"{i:02}.bmp")  # of one size, whatever is in it
    network.stem[0] = torch.nn.Conv2d(3, 4, 3, padding=1)
    make(network, folder, tmp_path / "x.tour")
    make(network, folder, tmp_path / "x.tour")
    size = (folder / "13.bmp").stat().st_size
    Image.fromarray(255 - pixels[13]).save(folder / "13.bmp")
    assert (folder / "13.bmp").stat().st_size == size
    with pytest.raises(FileExistsError, match="another images"):
        make(network, folder, tmp_path / "x.tour")


def test_an_array_file_rewritten(network, pixels, others, tmp_path):
    np.save(tmp_path / "pixels.npy", pixels)
    make(network, tmp_path / "pixels.npy", tmp_path / "x.tour")
    np.save(tmp_path / "pixels.npy", others)
    os.utime(tmp_path / "pixels.npy", ns=(1, 1))
    with pytest.raises(FileExistsError, match="another images"):
        make(network, tmp_path / "pixels.npy", tmp_path / "x.tour")


def test_a_stopped_build_does_not_go_on_with_other_pictures(network, pixels, others, tmp_path, monkeypatch):
    done = []

    def layer(*arguments):
        if done:
            raise KeyboardInterrupt
        done.append(1)
        return LAYER(*arguments)

    monkeypatch.setattr(layers_module, "_layer", layer)
    with pytest.raises(KeyboardInterrupt):
        make(network, Own(pixels), tmp_path / "x.tour")
    monkeypatch.setattr(layers_module, "_layer", LAYER)
    with pytest.raises(FileExistsError, match=r"another content .*--fresh starts over"):
        make(network, Own(others), tmp_path / "x.tour")
    make(network, Own(pixels), tmp_path / "x.tour")
    make(network, Own(pixels), tmp_path / "whole" / "x.tour")
    for name in ("tour.json", "layers/001.npy"):
        assert (tmp_path / "x.tour" / name).read_bytes() == (tmp_path / "whole" / "x.tour" / name).read_bytes()


def test_figures_that_other_threads_round_otherwise_are_the_same(network, pixels, tmp_path):
    make(network, pixels, tmp_path / "x.tour")
    file = tmp_path / "x.tour" / "tour.json"
    manifest = json.loads(file.read_text())
    figures = manifest["build"]["inputs"]["activations"]
    manifest["build"]["inputs"]["activations"] = [value * (1 + 1e-4) for value in figures]
    file.write_text(json.dumps(sealed(manifest)))
    make(network, pixels, tmp_path / "x.tour")
    manifest["build"]["inputs"]["activations"] = [value * 1.01 for value in figures]
    file.write_text(json.dumps(sealed(manifest)))
    with pytest.raises(FileExistsError, match="another activations"):
        make(network, pixels, tmp_path / "x.tour")

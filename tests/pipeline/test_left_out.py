"""One constant layer or one picture that is not finite costs that layer or picture, and no more."""

import numpy as np
import pytest
import torch
from torch import nn

import engine
from builds import make
from engine.pipeline.building.exclusion import ROUNDING, is_constant
from engine.pipeline.device import Machine

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("quick")]

N = 40


class Constant(nn.Module):
    def forward(self, x):
        return torch.full_like(x, 3.0)


def test_a_constant_layer_is_left_out_and_named(network, pixels, tmp_path, caplog):
    network.encoder.layers[1] = Constant()
    tour = make(network, pixels, tmp_path / "x.tour", layers=["Input", "stem.0", "encoder.layers.*"])
    assert [layer.name for layer in tour.layers] == ["0-Input", "1-stem.0", "2-encoder.layers.0"]
    assert "layer 3-encoder.layers.1 is left out: it is the same for every image" in caplog.text
    assert all(np.isfinite(tour.aligned(k)).all() for k in range(3))


@pytest.mark.parametrize("kind", [torch.float32, torch.float16])
def test_rows_that_differ_by_rounding_alone_are_the_same(kind):
    """As of sums that are added up in another order in a batch of another size."""
    draw = np.random.default_rng(0)
    terms = draw.normal(1.0, 1.0, (300, 50)).astype(np.float32)
    terms[-1, 0] -= terms[:, 0].sum()  # which leaves rounding alone
    sums = [np.cumsum(draw.permutation(terms), axis=0)[-1] for _ in range(40)]  # one term after the other
    rows = torch.from_numpy(np.stack(sums)).to(kind)
    assert (rows != rows[0]).any() and is_constant(rows)
    rows[39, 7] *= 1.0 + 2.0 * ROUNDING[kind]
    assert not is_constant(rows)


class Scaled(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor


@pytest.mark.parametrize(("factor", "why"), [(1e30, "so large that distances"), (1e-30, "so nearly the same")])
def test_a_layer_whose_distances_float32_cannot_hold(network, pixels, tmp_path, caplog, factor, why):
    network.encoder.layers[1] = Scaled(factor)
    tour = make(network, pixels, tmp_path / "x.tour", layers=["stem.0", "encoder.layers.*"])
    assert [layer.name for layer in tour.layers] == ["0-stem.0", "1-encoder.layers.0"]
    assert f"layer 2-encoder.layers.1 is left out: its numbers are {why}" in caplog.text


def test_a_constant_first_layer(network, pixels, tmp_path):
    network.stem[0] = Constant()
    network.stem[1] = nn.Conv2d(1, 4, 3, padding=1)
    tour = make(network, pixels, tmp_path / "x.tour", layers=["stem.0", "Input"])
    assert [layer.name for layer in tour.layers] == ["0-Input"]


def tensors(pixels, bad):
    values = torch.from_numpy(pixels)[:, None] / 255.0
    values[bad, 0, 3, 3] = float("nan")
    return values


def test_a_picture_with_nan_is_left_out_and_named_and_the_rest_is_as_without_it(
    network, pixels, tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr(Machine, "batch", 1)  # or other pictures are beside the others, and last bits change
    labels = np.arange(N) % 5
    values = tensors(pixels, 17)
    tour = make(network, (values, labels), tmp_path / "x.tour")
    assert tour.n == N - 1 and len(tour.layers) == 8
    assert "left out: image 17: its activation in layer 0-Input is not finite" in caplog.text
    rest = np.arange(N) != 17
    without = make(network, (values[rest], labels[rest]), tmp_path / "y.tour")
    assert tour.attributes["label"].tolist() == without.attributes["label"].tolist()
    assert tour.attributes["confidence"].to_list() == pytest.approx(
        without.attributes["confidence"].to_list(), rel=1e-4
    )
    assert (tour.sprites.load(0) == without.sprites.load(0)).all()
    for k in range(8):
        assert tour.layers[k].points == pytest.approx(without.layers[k].points, abs=1e-3)


class Fragile(nn.Module):
    """Overflows on a bright picture."""

    def forward(self, x):
        return torch.where(x.mean(dim=(1, 2, 3), keepdim=True) > 1.3, x / 0.0, x)


@pytest.mark.parametrize("memory", [None, "70kB"])
def test_a_picture_that_overflows_late_keeps_the_layers_that_are_done(memory, network, pixels, tmp_path, caplog):
    """With little memory the early layers are embedded, that picture in them, before it is found out."""
    pixels[5] = 255
    network.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1))
    network.stem = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), Fragile())
    nn.init.constant_(network.stem[0].weight, 0.2)
    nn.init.zeros_(network.stem[0].bias)
    tour = make(network, pixels, tmp_path / "x.tour", memory=memory, similarity=True)
    assert tour.n == N - 1 and len(tour.layers) == 8 and len(tour.attributes) == N - 1
    assert "left out: image 5: its activation in layer 2-stem.1 is not finite" in caplog.text
    assert all(np.isfinite(tour.aligned(k)).all() and len(tour.layers[k].sketch.values) == N - 1 for k in range(8))
    for k in range(1, 8):
        assert engine.procrustes(tour.aligned(k), tour.aligned(k - 1)).rotation == pytest.approx(np.eye(15), abs=1e-5)


def test_a_build_that_ends_in_the_middle_keeps_its_work(network, pixels, tmp_path, monkeypatch):
    import engine.pipeline.building.layers as layers_module

    done, layer = [], layers_module._layer

    def failing(*arguments):
        done.append(1)
        if len(done) == 3:
            raise ValueError("a fault of somebody's")
        return layer(*arguments)

    monkeypatch.setattr(layers_module, "_layer", failing)
    with pytest.raises(ValueError, match="somebody's"):
        make(network, pixels, tmp_path / "x.tour")
    assert (tmp_path / ".x.tour.build" / "layers" / "001.json").is_file()
    monkeypatch.setattr(layers_module, "_layer", layer)
    assert len(make(network, pixels, tmp_path / "x.tour").layers) == 8

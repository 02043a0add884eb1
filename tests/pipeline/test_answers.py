"""What a network's output is taken for, and what is said of every picture by it."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import normalize

from builds import make
from engine.pipeline.networks import as_network
from engine.pipeline.probing.answers import classifies, shares
from engine.pipeline.probing.trace import trace
from engine.pipeline.sources import as_images

pytestmark = pytest.mark.usefixtures("quick")

N = 40


def test_rows_that_are_shares_stay():
    scores = torch.tensor([[0.974, 0.02, 0.006], [4.0, 1.0, -1.0]])
    assert shares(scores)[0].tolist() == pytest.approx([0.974, 0.02, 0.006])
    assert shares(scores)[1].tolist() == pytest.approx(scores[1].softmax(0).tolist())
    half = torch.randn(5, 1000).softmax(1).half()
    assert shares(half).numpy() == pytest.approx(half.float().numpy())


def ending(network, last):
    return nn.Sequential(network.stem, network.pool, network.flatten, last).eval()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: nn.Linear(4, 7), True),
        (lambda: nn.Sequential(nn.Linear(4, 7), nn.Softmax(1)), True),
        (lambda: nn.Sequential(nn.Linear(4, 7), nn.LogSoftmax(1)), True),
        (lambda: nn.Identity(), False),
        (lambda: nn.LayerNorm(4), False),
        (lambda: nn.Linear(4, 7, bias=False), False),  # a projection, as CLIP's
        (lambda: nn.Sequential(nn.Linear(4, 7), nn.ReLU()), False),  # the head was taken off
    ],
)
def test_what_tells_classes_apart(make, expected, network, pixels):
    torch.manual_seed(1)  # a head whose every output is positive could not be told from one without ReLU
    net = as_network(ending(network, make()))
    inputs = list(torch.from_numpy(pixels[:4])[:, None] / 255.0)
    assert classifies(net, as_images(pixels), inputs, trace(net.module, inputs[0][None]).answer) is expected


def test_rows_of_length_one_are_an_embedding(network, pixels):
    class Unit(type(network)):
        def forward(self, x):
            return normalize(super().forward(x))

    network.__class__ = Unit
    inputs = list(torch.from_numpy(pixels[:4])[:, None] / 255.0)
    assert not classifies(as_network(network), as_images(pixels), inputs, trace(network, inputs[0][None]).answer)


@pytest.mark.trains
def test_a_network_that_ends_in_a_softmax(network, pixels, tmp_path):
    network.head = nn.Sequential(nn.Linear(4, 5), nn.Softmax(1))
    network.head[0].weight.data *= 30
    tour = make(network, pixels, tmp_path / "x.tour", layers=["stem", "Softmax"])
    with torch.inference_mode():
        expected = network(torch.from_numpy(pixels)[:, None] / 255.0).max(1).values.numpy()
    assert tour.attributes["confidence"].to_numpy() == pytest.approx(expected, rel=1e-4)


@pytest.mark.trains
def test_an_embedding_has_neither_softmax_nor_prediction(network, pixels, tmp_path):
    trunk = ending(network, nn.Identity())
    tour = make(trunk, (pixels, np.arange(N) % 3), tmp_path / "x.tour")
    assert not any("Softmax" in layer.name for layer in tour.layers)
    assert list(tour.attributes.columns) == ["label"]
    with pytest.raises(ValueError, match="no row of class scores"):
        make(trunk, pixels, tmp_path / "y.tour", layers=["Softmax"])


@pytest.mark.trains
@pytest.mark.parametrize("part", [{"limit": 9}, {"sample": 9}])
def test_a_part_has_the_classes_of_the_whole(part, network, pixels, tmp_path):
    """Five classes and five outputs: the fifth class is the fifth output, whether or not all of them are there."""
    labels = np.repeat(np.arange(5), 8)
    whole = make(network, (pixels, labels), tmp_path / "whole.tour", layers=["stem"])
    tour = make(network, (pixels, labels), tmp_path / "x.tour", layers=["stem"], n_neighbors=4, **part)
    assert tour.n == 9
    place = {float(value): row for row, value in enumerate(whole.attributes["confidence"])}
    for _, row in tour.attributes.iterrows():
        nearest = min(place, key=lambda value: abs(value - row["confidence"]))
        assert nearest == pytest.approx(row["confidence"], rel=1e-4)
        assert whole.attributes["label"][place[nearest]] == row["label"]
    if "limit" in part:
        assert tour.attributes["label"].value_counts().to_dict() == {"0": 2, "1": 2, "2": 2, "3": 2, "4": 1}


@pytest.mark.trains
def test_a_picture_without_a_class_has_no_confidence_in_it(network, photos, tmp_path):
    network.stem[0] = nn.Conv2d(3, 4, 3, padding=1)
    network.head = nn.Linear(4, 3)
    for file in photos.rglob("*.*"):
        from PIL import Image

        Image.open(file).convert("RGB").resize((16, 16)).save(file)
    (photos / "ant" / "00.jpg").rename(photos / "above.jpg")
    table = make(network, photos, tmp_path / "x.tour", layers=["stem"]).attributes
    assert table["label"].isna().sum() == table["confidence"].isna().sum() == table["error"].isna().sum() == 1

"""A whole build on small networks: probes, capture, attributes, bytes, and what cannot be built."""

import numpy as np
import pytest
import torch
from torch import nn

import engine

N = 40


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return nn.functional.relu(self.conv(x), inplace=True)


class Encoder(nn.Module):
    """Holds one sequence of blocks of a kind: opened."""

    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout()
        self.layers = nn.Sequential(Block(4), Block(4))

    def forward(self, x):
        return self.layers(self.drop(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.never = nn.Linear(3, 3)
        self.head = nn.Linear(4, 5)
        self.stem = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(inplace=True))
        self.encoder = Encoder()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()

    def forward(self, x):
        return self.head(self.flatten(self.pool(self.encoder(self.stem(x)))))


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Net()


@pytest.fixture
def pixels(rng):
    return rng.integers(0, 256, (N, 10, 10), dtype=np.uint8)


def test_a_build_makes_a_tour(network, pixels, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.pipeline.build.schedule", short)
    labels = np.arange(N) % 5
    tour = engine.build(network, (pixels, labels), n_neighbors=8, tile=16, out=tmp_path / "net.tour", progress=False)
    assert (tour.name, tour.n, tour.dims, len(tour.layers)) == ("net", N, 15, 8)
    assert all(np.isfinite(tour.aligned(k)).all() for k in range(8))
    assert tour.attributes["label"].astype(int).tolist() == labels.tolist()
    with torch.inference_mode():
        scores = network(torch.from_numpy(pixels)[:, None] / 255.0).softmax(dim=1)
    assert tour.attributes["prediction"].astype(int).tolist() == scores.argmax(dim=1).tolist()
    right = scores[torch.arange(N), torch.from_numpy(labels)].numpy()
    assert tour.attributes["confidence"].to_numpy() == pytest.approx(right, rel=1e-4)
    assert tour.attributes["error"].to_numpy() == pytest.approx(-np.log(right), rel=1e-3)
    assert tour.sprites.tile == 16
    tiles = tour.sprites.load(0)
    assert (tiles[..., 3] == 255).all() and len(tiles) == N


def short(n, *, first):
    from engine.pipeline.embedding import Schedule

    return Schedule(30 if first else 15, 1.0)


def test_the_same_build_again_is_the_same_bytes(network, pixels, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.pipeline.build.schedule", short)
    for name in "ab":
        engine.build(network, pixels, n_neighbors=8, tile=8, out=tmp_path / name / "net.tour", progress=False)
    for file in (tmp_path / "a").rglob("*.*"):
        if file.is_file():
            assert file.read_bytes() == (tmp_path / "b" / file.relative_to(tmp_path / "a")).read_bytes(), file


def test_layers_by_name(network, pixels, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.pipeline.build.schedule", short)
    tour = engine.build(network, pixels, layers=["stem", "encoder.layers.1.conv"], dims=3, n_neighbors=8,
                        out=tmp_path / "net.tour", progress=False)  # fmt: skip
    assert [(layer.name, layer.kind) for layer in tour.layers] == [
        ("0-stem", "Sequential"), ("1-encoder.layers.1.conv", "Conv2d"),
    ]  # fmt: skip
    assert tour.dims == 3
    with pytest.raises(ValueError, match=r"no layer 'encoder\.layer' that runs; did you mean"):
        engine.build(network, pixels, layers=["encoder.layer"], out=tmp_path / "other.tour", progress=False)


@pytest.mark.parametrize(
    ("changes", "error", "complaint"),
    [
        ({"dims": 2}, ValueError, "3 to 24 dimensions"),
        ({"tile": 48}, ValueError, "power of two"),
        ({"n_neighbors": N + 1}, ValueError, "there are 40 images, and 41 neighbours"),
        ({"n_neighbors": 1}, ValueError, "counts the point itself"),
        ({"min_dist": 1.5}, ValueError, "min_dist is from 0 to 1"),
        ({"pooling": "median"}, ValueError, "average or max"),
        ({"memory": "lots"}, ValueError, "a size such as 8GB"),
        ({"memory": "1kB"}, ValueError, "by itself, and 1 KiB may be used"),
        ({"limit": 0}, ValueError, "limit is a number of images"),
        ({"device": "cuda:7"}, ValueError, "no CUDA device"),
        ({"device": "abacus"}, ValueError, "no device is called 'abacus'"),
        ({"images": "no-photos"}, FileNotFoundError, "no-photos: no such folder of images"),
        ({"images": 7}, TypeError, "images are a folder, an array"),
        ({"images": np.zeros((1, 10, 10), np.uint8)}, ValueError, "there is one image, and 15 neighbours"),
        ({"images": np.zeros((4, 10, 10))}, ValueError, "uint8"),
        ({"images": np.zeros((0, 10, 10), np.uint8)}, ValueError, "no images"),
        ({"images": (np.zeros((4, 10, 10), np.uint8), [1, 2])}, ValueError, "2 labels for 4 images"),
    ],
)
def test_what_cannot_be_built_is_said_at_once(changes, error, complaint, network, pixels, tmp_path):
    arguments = {"images": pixels, "out": tmp_path / "net.tour", "progress": False} | changes
    if changes.get("device") == "cuda:7" and torch.cuda.is_available():
        pytest.skip("CUDA is here")
    with pytest.raises(error, match=complaint):
        engine.build(network, arguments.pop("images"), **arguments)
    assert not list(tmp_path.iterdir())


def test_an_output_that_is_not_ours_is_refused_before_anything_is_done(network, pixels, tmp_path):
    (tmp_path / "net.tour").mkdir()
    (tmp_path / "net.tour" / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="no tour"):
        engine.build(network, pixels, out=tmp_path / "net.tour", progress=False)


def test_a_network_that_makes_nan_is_named_with_its_layer(network, pixels, tmp_path):
    network.encoder.layers[1].conv.weight.data[0] = float("nan")
    with pytest.raises(ValueError, match=r"layer 4-encoder\.layers\.1: the activation of image 0 is not finite"):
        engine.build(network, pixels, n_neighbors=8, out=tmp_path / "net.tour", progress=False)
    assert not list(tmp_path.iterdir())

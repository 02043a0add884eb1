"""A small network, pictures for it, and a folder of real image files."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from engine.pipeline.embedding import Schedule
from tests.doubles import gpus, runtime


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
    def __init__(self, channels=1):
        super().__init__()
        self.never = nn.Linear(3, 3)
        self.head = nn.Linear(4, 5)
        self.stem = nn.Sequential(nn.Conv2d(channels, 4, 3, padding=1), nn.ReLU(inplace=True))
        self.encoder = Encoder()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()

    def forward(self, x):
        return self.head(self.flatten(self.pool(self.encoder(self.stem(x)))))


@pytest.fixture(autouse=True)
def seeded_torch():
    """Networks have the same random weights whatever ran before: ReLU does nothing to numbers that happen to be > 0."""
    torch.default_generator.manual_seed(0)  # the CPU's: torch.manual_seed writes three stacks down for GPUs to come


@pytest.fixture
def quick_weights(monkeypatch):
    """Networks are made with a short row of random numbers over and over as weights, in a third of the time."""
    row = torch.rand(65_537)  # a prime number of them, so that hardly two rows of a matrix are alike

    def fill(tensor, low=0.0, high=1.0, generator=None):
        flat, values = tensor.detach().view(-1), low + (high - low) * row
        whole = len(flat) // len(row) * len(row)
        flat[:whole].view(-1, len(row)).copy_(values)
        flat[whole:] = values[: len(flat) - whole]
        return tensor

    def normal(tensor, mean=0.0, std=1.0, generator=None):
        return fill(tensor, mean - math.sqrt(3) * std, mean + math.sqrt(3) * std)

    monkeypatch.setattr(torch.Tensor, "uniform_", fill)
    monkeypatch.setattr(torch.Tensor, "normal_", normal)


@pytest.fixture(scope="session")
def client(tmp_path_factory):
    """Of a cluster of two workers, each a process of its own."""
    from distributed import Client

    from clusters import Cluster  # here, for tests that take these fixtures by themselves

    with (
        Cluster(tmp_path_factory.mktemp("cluster"), workers=2) as cluster,
        Client(scheduler_file=str(cluster.file), set_as_default=False) as client,
    ):
        client.wait_for_workers(2)
        yield client


@pytest.fixture
def quick(monkeypatch):
    """Layers are embedded in a few epochs."""
    from engine.pipeline.embedding import Schedule

    monkeypatch.setattr("engine.pipeline.building.layers.schedule", lambda n, *, first: Schedule(20, 1.0))


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Net().eval()


@pytest.fixture
def pixels(rng):
    return rng.integers(0, 256, (40, 10, 10), dtype=np.uint8)


@pytest.fixture
def photos(tmp_path, rng) -> Path:
    """24 image files in three class folders, of several formats, sizes and kinds of colour."""
    folder = tmp_path / "photos"
    for k in range(24):
        place = folder / ["ant", "bee", "cat"][k % 3]
        place.mkdir(parents=True, exist_ok=True)
        height, width = rng.integers(20, 60, 2)
        mode = ["RGB", "L", "RGBA", "P"][k % 4]
        colors = rng.integers(0, 256, (3, 3, 3 if mode == "P" else {"RGB": 3, "L": 1, "RGBA": 4}[mode]), dtype=np.uint8)
        image = Image.fromarray(colors.squeeze()).resize((int(width), int(height)), Image.Resampling.BILINEAR)
        image = image.convert("P") if mode == "P" else image
        image.save(place / f"{k:02}.{'jpg' if mode in ('RGB', 'L') and k % 8 < 4 else 'png'}")
    return folder


@pytest.fixture
def two(monkeypatch):
    """A machine with two GPUs, CuPy and cuML; short schedules."""
    schedule = "engine.pipeline.building.layers.schedule"
    monkeypatch.setattr(schedule, lambda n, *, first: Schedule(20 if first else 10, 1.0))
    seen = gpus(monkeypatch, 2)
    seen.cuml.UMAP.fail.clear()
    seen.cuml.UMAP.made.clear()
    yield seen
    assert runtime.device == seen.cupy.cuda.Device().id == 0  # whatever was made current is as it was

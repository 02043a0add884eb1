"""The demo's data and network: the 1,797 handwritten digits of scikit-learn, and a small network that reads them.

Data: E. Alpaydin & C. Kaynak 1998, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository.
"""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image, ImageDraw
from torch import Tensor, nn

from ..progress import steps
from ..tour.tour import Tour
from .build import build
from .inputs.arrays import from_array
from .inputs.images import Images

log = logging.getLogger("engine")

EPOCHS = 30
HELD_OUT = 360  # of 1,797


class DigitNet(nn.Module):
    """Three convolutional blocks on 8 x 8 pixels, a dense layer, ten classes."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = _block(1, 32)
        self.conv2 = _block(32, 32)
        self.pool = nn.MaxPool2d(2)
        self.conv3 = _block(32, 64)
        self.conv4 = _block(64, 64)
        self.average = nn.AdaptiveAvgPool2d(2)
        self.dense = Dense(256, 64)
        self.logits = nn.Linear(64, 10)

    def forward(self, images: Tensor) -> Tensor:
        x = self.pool(self.conv2(self.conv1(images)))
        x = self.average(self.conv4(self.conv3(x)))
        return self.logits(self.dense(x.flatten(1)))


class ConvBlock(nn.Sequential):
    """Convolution, batch normalisation, ReLU."""


class Dense(nn.Sequential):
    """A fully connected layer with ReLU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(nn.Linear(inputs, outputs), nn.ReLU())


def _block(inputs: int, outputs: int) -> ConvBlock:
    return ConvBlock(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU())


def digits() -> Images:
    """The digits, uint8 (8, 8) each, labelled; `split` says which ones the network is trained on."""
    from sklearn.datasets import load_digits

    data = load_digits()
    pixels = (data.images * (255 / 16)).round().astype(np.uint8)
    held_out = np.zeros(len(pixels), dtype=bool)
    held_out[np.random.default_rng(0).permutation(len(pixels))[:HELD_OUT]] = True
    split = pd.Categorical(np.where(held_out, "held out", "training"), categories=["training", "held out"])
    labels = pd.Categorical(data.target.astype(str))
    return replace(from_array(pixels), labels=labels, columns={"split": split}, draw=card)


def card(digit: Image.Image) -> Image.Image:
    """A digit as dark ink on a small white card: legible on either canvas and on top of other digits."""
    paper = Image.new("RGBA", (64, 64))
    ImageDraw.Draw(paper).rounded_rectangle((1, 1, 62, 62), radius=11, fill="#FBFAF7", outline="#8A9099", width=3)
    ink = digit.resize((50, 50), Image.Resampling.BICUBIC)
    paper.paste("#1B1D20", (7, 7), ink)
    return paper


def train(images: Images, *, seed: int = 0) -> tuple[DigitNet, float]:
    """Train on the training split, shifting every digit by up to a pixel; returns the held-out accuracy too."""
    assert images.labels is not None
    torch.manual_seed(seed)
    pixels = torch.stack([torch.from_numpy(np.array(images.read(i)[0])) for i in range(images.n)])[:, None] / 255.0
    labels = torch.as_tensor(images.labels.codes.astype(np.int64))
    held_out = torch.as_tensor(np.asarray(images.columns["split"]) == "held out")
    x, y = pixels[~held_out], labels[~held_out]
    network = DigitNet()
    batches = -(-len(x) // 64)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-2)
    decay = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=EPOCHS * batches)
    network.train()
    with steps("training", EPOCHS) as advance:
        for _ in range(EPOCHS):
            order = torch.randperm(len(x))
            for part in torch.split(order, 64):
                right, down = torch.randint(-1, 2, (2,)).tolist()
                shifted = torch.roll(x[part], (down, right), dims=(2, 3))
                loss = nn.functional.cross_entropy(network(shifted), y[part])
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                optimizer.step()
                decay.step()
            advance(1)
    network.eval()
    with torch.inference_mode():
        right_ones = network(pixels[held_out]).argmax(dim=1) == labels[held_out]
    return network, float(right_ones.float().mean())


def make_demo(out: str | Path) -> Tour:
    """Train, build and save the demo's tour, saying how well the network reads what it has not seen."""
    images = digits()
    network, accuracy = train(images)
    log.info("%s reads %.1f %% of the %d held-out digits", type(network).__name__, 100 * accuracy, HELD_OUT)
    # Wide neighbourhoods and loose packing: the first layers show their mixture, and images find room.
    return build(network, images, n_neighbors=90, min_dist=0.99, seed=0, out=out)

"""Your own network on your own images, from training to the tour.

Run it:    python examples/01_digits.py            all 1,797 digits, about a minute
           python examples/01_digits.py 500        fewer of them, sooner

The images are the handwritten digits that scikit-learn ships, 8 x 8 pixels each; the network is a small one that
learns them in a few seconds. Everything about the tour happens in one call:

    tour = engine.build(network, (images, labels), out="digits.tour")

It runs the images through the network once and keeps what every module makes of them. It finds each image's nearest
neighbours in every layer, embeds each layer in 15 dimensions with UMAP, starting from the layer before, and turns
the layers into one frame by orthogonal Procrustes, so that going from layer to layer moves points no more than the
network does. The folder digits.tour holds all of it, the images too; `engine.load` opens it in no time.

With a display a window opens on the tour: space pauses, j and k go through the layers, i switches between dots and
images, ? shows the other keys. Without one, four pictures are written beside the tour. Watch the classes: mixed in
the input, drawn apart step by step, ten islands at the end.
"""

import argparse
import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits
from torch import nn

import engine


class SmallNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.edges = nn.Sequential(nn.Conv2d(1, 24, 3, padding=1), nn.ReLU())
        self.strokes = nn.Sequential(nn.Conv2d(24, 48, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.shapes = nn.Sequential(nn.Conv2d(48, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.answer = nn.Linear(256, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.answer(self.shapes(self.strokes(self.edges(images))).flatten(1))


def train(network: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> None:
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    for _ in range(15):
        for part in torch.randperm(len(images)).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(images[part]), labels[part]).backward()
            optimizer.step()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("count", nargs="?", type=int, default=1797, help="how many of them")
    digits, count = load_digits(), arguments.parse_args().count
    pixels, labels = (digits.images[:count] * 255 / 16).round().astype(np.uint8), digits.target[:count]

    torch.manual_seed(0)
    network = SmallNetwork()
    train(network, torch.from_numpy(pixels)[:, None] / 255, torch.from_numpy(labels))

    tour = engine.build(network, (pixels, labels), min_dist=0.5, out="digits.tour")
    if os.environ.get("DISPLAY"):
        engine.show(tour)
        return
    frame = engine.GrandTour(tour.dims, speed=1.0).advance(8.0)
    for layer in (0, len(tour.layers) - 1):
        for mode in ("dots", "images"):
            file = Path(f"digits-{layer}-{mode}.png")
            view = engine.View(layer=layer, frame=frame, mode=mode, color_by="label", zoom=1.5)
            Image.fromarray(engine.snapshot(tour, view=view)).save(file)
            print(file)


if __name__ == "__main__":
    main()

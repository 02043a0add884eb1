"""A training as a tour: the same network at several epochs, opened as one, with a slider of epochs.

Run it:    python examples/08_training.py          all 1,797 digits, a minute or two
           python examples/08_training.py 500      fewer of them, sooner

The network sees the digits eight times. Before it has seen any, and after 1, 2, 4 and 8 epochs, a tour of its layers
is built, `training/epoch0.tour` and so on; then all of them are opened as one:

    tour = engine.load(*paths)

which is what `umap-tour view training/*.tour` does. That tour has all layers of all epochs. Every layer is
turned to lie as near as it can to the layer before it and to itself at the epoch before, so that a point moves only
as far as the training, or the network, moves it.

With a display a window opens: the slider above the layers goes through the epochs, [ and ] go to the previous and the
next one, e plays them all. Without one, a picture of the last layer at every epoch is written. Watch the ten classes:
a tangle before the training, most of them apart after a single epoch.
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

EPOCHS = (0, 1, 2, 4, 8)


def network() -> nn.Sequential:
    edges = nn.Sequential(nn.Conv2d(1, 24, 3, padding=1), nn.ReLU())
    shapes = nn.Sequential(nn.Conv2d(24, 48, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    return nn.Sequential(edges, shapes, nn.Sequential(nn.Flatten(), nn.Linear(768, 64), nn.ReLU()), nn.Linear(64, 10))


def train_once(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for part in torch.randperm(len(images)).split(64):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images[part]), labels[part]).backward()
        optimizer.step()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("count", nargs="?", type=int, default=1797, help="how many of them")
    count, digits = arguments.parse_args().count, load_digits()
    pixels, labels = (digits.images[:count] * 255 / 16).round().astype(np.uint8), digits.target[:count]
    torch.manual_seed(0)
    model, paths = network(), []
    how = {"layers": ["1", "2", "3"], "n_neighbors": 30, "min_dist": 0.6}
    for epoch in range(max(EPOCHS) + 1):
        if epoch in EPOCHS:
            out = Path("training") / f"epoch{epoch}.tour"
            engine.build(model.eval(), (pixels, labels), out=out, **how)
            paths.append(out)
        train_once(model.train(), torch.from_numpy(pixels)[:, None] / 255, torch.from_numpy(labels))

    tour = engine.load(*paths)
    print(f"{tour.name}: {len(tour.layers)} layers, {tour.depth} at each of the epochs {', '.join(tour.epochs)}")
    if os.environ.get("DISPLAY"):
        engine.show(tour)
        return
    frame = np.linalg.svd(tour.aligned(-1), full_matrices=False)[2][:3].T  # from where the end is widest
    pictures = []
    for epoch in range(len(tour.epochs)):
        view = engine.View(layer=epoch * tour.depth + 2, frame=frame, color_by="label", zoom=1.1)
        pictures.append(engine.snapshot(tour, view=view, size=(360, 360)))
    Image.fromarray(np.hstack(pictures)).save("training.png")
    print("training.png")


if __name__ == "__main__":
    main()

"""The published UMAP Tour of GoogLeNet: 50,000 images of ImageNet on 21 layers.

Run it:    python examples/02_published_googlenet.py PATH/meta-googlenet-15D.json

The data is that of the article "UMAP Tour", in the repository umap-tour/source on GitHub: the meta file, and beside
it the folder of embeddings that it names. `engine.import_published` reads them, checks every shape, and compares the
residuals between successive layers with the published ones. The images themselves are ImageNet's and are not part of
the data, so there are dots only, coloured by 67 coarse groups. Who has ImageNet's validation set gets the pictures:

    umap-tour import meta-googlenet-15D.json --images PATH/imagenet/val --out googlenet.tour

A tour takes a layer by index or by its published name. Layer 12 (Inception 4d) is the one the article tells most of:
dogs gather on one side, sorted by the way they face. `engine.similarity` says how alike the layers are, as the cosine
between two of them under the best rotation; the table printed here compares each with the one before.

With a display a window opens on the tour; without one, pictures of three layers are written, from the side from which
dogs and birds lie farthest apart: a frame is just a (15, 3) array with orthonormal columns, and here one is made from
the data itself.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from PIL import Image

import engine


def side_view(points: np.ndarray, groups: np.ndarray, names: tuple[str, str, str]) -> np.ndarray:
    """A frame that spans the centroids of three groups of points."""
    centroids = np.stack([points[groups == name].mean(axis=0) for name in names], axis=1)
    return np.linalg.qr(centroids)[0]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("meta", help="PATH/meta-googlenet-15D.json")
    tour = engine.import_published(arguments.parse_args().meta)
    print(f"{tour.name}: {tour.n:,} points in {tour.dims} dimensions")

    table = engine.similarity(tour, tour)
    for k, layer in enumerate(tour.layers):
        before = f"{table[k, k - 1]:.2f}" if k else "    "
        print(f"  {before}  {layer.name}")

    if os.environ.get("DISPLAY"):
        engine.show(tour)
        return
    groups = tour.attributes["label_coarse"].to_numpy()
    frame = side_view(tour.aligned(12), groups, ("dog", "bird", "vehicle"))
    for layer in (0, 12, 20):
        view = engine.View(layer=layer, frame=frame, color_by="label_coarse", zoom=1.3)
        file = Path(f"googlenet-{tour.layers[layer].name}.png")
        Image.fromarray(engine.snapshot(tour, view=view, size=(1000, 800))).save(file)
        print(file)


if __name__ == "__main__":
    main()

"""A journey into the layers: the article's second chapter, as a table and a strip of pictures.

Run it:    python examples/05_journey_into_the_layers.py TOUR [CLASS]

Each layer of a network sorts the same images in its own way. Every layer here has been embedded by itself, starting
from the one before, and then turned onto it by orthogonal Procrustes; so from one layer to the next the points move
no more than the network moves them, and one frame shows all layers from the same side.

The table says for each layer how similar it is to the one before (the cosine between the two under the best rotation)
and how well CLASS holds together there: the mean distance of its points from their centroid, as a share of the same
number for all points. In a trained network this falls on the way to the answer, by steps rather than evenly: it says
where along the way the network recognises that class. Without CLASS the largest one is followed.

The strip `journey.png` shows all layers from left to right, top to bottom, from the side from which the class lies
farthest out in the last layer. In the window the same journey is the key `l`.
"""

import argparse
import sys

import numpy as np
from PIL import Image

import engine

SIDE, COLUMNS = 320, 6


def side_view(tour, chosen: np.ndarray) -> np.ndarray:
    """A frame whose first axis points to where `chosen` lie in the last layer."""
    centroid = tour.aligned(len(tour.layers) - 1)[chosen].mean(axis=0)
    return engine.drag(np.eye(tour.dims, 3), centroid, (np.linalg.norm(centroid), 0.0))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("tour", help="a folder NAME.tour")
    arguments.add_argument("name", nargs="?", help="a class; the largest unless given")
    given = arguments.parse_args()
    tour = engine.load(given.tour)
    attribute = next(each for each in tour.attributes if str(tour.attributes[each].dtype) == "category")
    labels = tour.attributes[attribute].astype(str)
    name = given.name or labels.value_counts().idxmax()
    chosen = np.flatnonzero(labels == name)
    if not len(chosen):
        sys.exit(f"no point has {attribute} '{name}'; there is: {', '.join(sorted(labels.unique())[:10])} ...")

    frame = side_view(tour, chosen)
    rows = -(-len(tour.layers) // COLUMNS)
    strip = Image.new("RGB", (SIDE * min(COLUMNS, len(tour.layers)), SIDE * rows), "#17181B")
    print(f"{tour.name}: {len(chosen):,} of {tour.n:,} points are '{name}'")
    print("  layer                       similar to previous   spread")
    for k, layer in enumerate(tour.layers):
        points = tour.aligned(k)
        inside = np.linalg.norm(points[chosen] - points[chosen].mean(axis=0), axis=1).mean()
        spread = inside / np.linalg.norm(points, axis=1).mean()
        before = f"{engine.procrustes(points, tour.aligned(k - 1)).similarity:.2f}" if k else "    "
        print(f"  {layer.name:28} {before:>18}   {spread:6.2f}")
        view = engine.View(layer=k, frame=frame, color_by=attribute, selected=chosen)
        picture = Image.fromarray(engine.snapshot(tour, view=view, size=(SIDE, SIDE)))
        strip.paste(picture.convert("RGB"), (SIDE * (k % COLUMNS), SIDE * (k // COLUMNS)))
    strip.save("journey.png")
    print("journey.png")


if __name__ == "__main__":
    main()

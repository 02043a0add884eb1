"""Layouts and handles: the article's first chapter, in five pictures.

Run it:    python examples/04_layouts_and_handles.py TOUR

TOUR is any tour: the demo's (`umap-tour demo`), your own (examples/01_digits.py) or the published one
(`umap-tour import meta-googlenet-15D.json`). The pictures show its first layer, before any network has touched it.

Two dimensions are not enough. The first picture is the layout that a person usually gets to see: the first two of
the embedding's dimensions. The Grand Tour turns all of them smoothly and projects what it turns: the second and third
picture are the same points a few seconds apart, and clusters that lay on top of each other have parted.

The tour is random but thorough. A handle makes it yours: it is a named set of points that sits at their centroid, and
when it is dragged the whole space turns as little as it can to follow. `engine.drag` is that drag: it takes a frame,
the handle's centroid in d dimensions and the place on the screen where it shall be, and returns the next frame. The
fourth and fifth picture have the points around the outermost one pulled to the right, and then upwards, and those
points alone are in colour.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

import engine


def around_the_outermost(points: np.ndarray) -> np.ndarray:
    """The 300 points (of few, a tenth) that lie nearest to the one farthest from the middle."""
    outermost = points[np.linalg.norm(points, axis=1).argmax()]
    return np.linalg.norm(points - outermost, axis=1).argsort()[: min(300, len(points) // 10)]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("tour", help="a folder NAME.tour")
    tour = engine.load(arguments.parse_args().tour)
    attribute = next(each for each in tour.attributes if str(tour.attributes[each].dtype) == "category")
    points = tour.aligned(0)
    chosen = around_the_outermost(points)
    radius = np.linalg.norm(points, axis=1).max()

    tourist = engine.GrandTour(tour.dims, seed=3, speed=0.5)
    frames = [tourist.frame, tourist.advance(4.0), tourist.advance(4.0)]

    centroid = points[chosen].mean(axis=0)
    reach = np.linalg.norm(centroid)  # no rotation takes it farther from the middle than this
    frames.append(engine.drag(frames[-1], centroid, (0.9 * reach, 0.0)))
    frames.append(engine.drag(frames[-1], centroid, (0.0, 0.9 * reach)))

    for k, frame in enumerate(frames):
        x, y = centroid @ frame[:, :2] / radius
        print(f"picture {k}: the handle stands at ({x:+.2f}, {y:+.2f}) of the radius")
        view = engine.View(layer=0, frame=frame, color_by=attribute, zoom=1.1, selected=chosen if k > 2 else None)
        file = Path(f"layout-{k}.png")
        Image.fromarray(engine.snapshot(tour, view=view)).save(file)
        print(file)
    tourist.frame = frames[-1]  # the tour would go on from where the handle has left it
    tourist.advance(1.0)


if __name__ == "__main__":
    main()

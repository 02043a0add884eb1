"""A million points in 15 dimensions, each with an image of its own: what this machine can draw.

Run it:    python examples/09_a_million.py             a million points
           python examples/09_a_million.py 50000       as many as the published UMAP Tour has

The points are made up: families of clusters that are mixed on the first layer, part on the way, and stand by
themselves on the last, as classes do in a network. Every image is a pattern of its point's own in the colour of its
cluster; a page of 16,384 of them is made when it is needed, so they are never in memory at once. Nothing else about
the tour is special:

    tour = synthetic(1_000_000)
    tour.save("million.tour")         would keep it; opened again, it is read as it is needed, too

With a display a window opens on it. Turn it, brush it, point at it, go from layer to layer: per frame the CPU sends
matrices alone, whatever the number of points. The frames per second are at the top right; a click on them shows the
time of a frame. i switches between images and dots.

Without a display a flight through all layers is drawn into memory, dots and images, and the time that a picture takes
is printed, reading it back included; the last picture of each is kept. `umap-tour demo --points N` makes a film.
"""

import argparse
import os
import statistics
import time

import numpy as np
from PIL import Image

import engine
from engine.tour.synthetic import synthetic

STEPS = 12


def flight(tour, mode: str):
    """Pictures of the way from the first layer to the last, and the milliseconds that each took."""
    tourist = engine.GrandTour(tour.dims, speed=0.5)
    for place in np.linspace(0.0, len(tour.layers) - 1, STEPS):
        view = engine.View(layer=place, frame=tourist.advance(0.5), mode=mode, color_by="cluster", zoom=1.5)
        start = time.perf_counter()
        picture = engine.snapshot(tour, view=view, size=(1280, 800))
        yield picture, 1e3 * (time.perf_counter() - start)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("points", nargs="?", type=int, default=1_000_000, help="how many")
    n = arguments.parse_args().points
    start = time.perf_counter()
    tour = synthetic(n)
    print(f"{tour.n:,} points in {tour.dims}-D on {len(tour.layers)} layers: {time.perf_counter() - start:.1f} s")
    if os.environ.get("DISPLAY"):
        engine.show(tour)
        return
    for mode in ("dots", "images"):
        pictures, times = zip(*flight(tour, mode), strict=True)
        print(f"{mode}: {statistics.median(times):.1f} ms a picture")
        Image.fromarray(pictures[-1]).save(f"million-{mode}.png")
        print(f"million-{mode}.png")


if __name__ == "__main__":
    main()

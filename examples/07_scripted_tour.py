"""A tour from a script: a View with a handle, a selection, a flight, and a picture at every step.

Run it:    python examples/07_scripted_tour.py TOUR

A View is everything that can be changed in the window, as plain values: layer, frame, camera, mode, colouring,
selection, handles, sizes, theme. It is frozen; `dataclasses.replace` makes the next one, so a script is a list of
views and of what happens between them. What one draws, `engine.snapshot` returns as an array.

A handle is a name and some points: View(handles=[{"name": "mine", "points": [3, 4, 5]}]). It sits at the centroid of
its points, on every layer. To fly to it, its place on the screen is moved step by step, and `engine.drag` turns the
space along; camera and layer go along in the same steps, eased at both ends. Layer 1.5 is half way from 1 to 2.

The result is `flight.gif`, and the last view as JSON: what a saved view in the window holds. The window draws handles
where a picture shows points alone; `umap-tour view TOUR`, the bookmark on top, is the same by hand.
"""

import argparse
import json
from dataclasses import replace

import numpy as np
from PIL import Image

import engine

STEPS = 24


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("tour", help="a folder NAME.tour")
    tour = engine.load(arguments.parse_args().tour)
    attribute = next(each for each in tour.attributes if str(tour.attributes[each].dtype) == "category")
    last = len(tour.layers) - 1

    # A handle: the hundred points (or the tenth part) that lie farthest out in the last layer, around the outermost.
    points = tour.aligned(last)
    outermost = np.linalg.norm(points, axis=1).argmax()
    near = np.linalg.norm(points - points[outermost], axis=1).argsort()[: max(3, min(100, tour.n // 10))]
    start = engine.View(
        layer=0,
        frame=engine.GrandTour(tour.dims, seed=1, speed=1.0).advance(6.0),
        color_by=attribute,
        handles=[{"name": "outermost", "points": near}],
        theme="light",
    )
    handle = start.handles[0]
    print(f"handle '{handle.name}': {len(handle.points)} points, selected")
    view = replace(start, selected=handle.points)

    # The flight: the handle to the right of the middle, nearer, from the first layer to the last.
    centroid = points[list(handle.points)].mean(axis=0)
    frame = np.asarray(view.frame)
    here, there = centroid @ frame[:, :2], np.array([0.8 * np.linalg.norm(centroid), 0.0])
    pictures = []
    for t in np.linspace(0.0, 1.0, STEPS):
        e = t * t * (3.0 - 2.0 * t)
        frame = engine.drag(frame, centroid, (1.0 - e) * here + e * there)
        view = replace(view, frame=frame, layer=e * last, zoom=1.4**e)
        pictures.append(Image.fromarray(engine.snapshot(tour, view=view, size=(480, 360))).convert("RGB"))
    pictures[0].save("flight.gif", save_all=True, append_images=pictures[1:], duration=60)
    print("flight.gif")
    with open("view.json", "w") as file:
        json.dump(view.to_json(), file)
    assert engine.View.from_json(view.to_json()) == view
    print("view.json")


if __name__ == "__main__":
    main()

"""Pictures of your own in class folders: the emoji, sorted by colour in the input and by meaning at the end.

Run it:    python examples/03_emoji.py             all of them, some 3,600, three to five minutes on two cores
           python examples/03_emoji.py 300         about 300 of them, in half a minute

It needs two Debian packages, fonts-noto-color-emoji and unicode-data. Of the scripts beside this one, emoji_font.py
draws the font's emoji into folders, one for each of Unicode's nine groups, and emoji_network.py trains a small
network to tell the groups apart. What is made is kept: a second run draws, trains and builds nothing again.

`engine.build` takes the folder as it is. The folders' names are the labels, and what is transparent is white to the
network and stays transparent on the screen. Three of its options make the picture:

    n_neighbors   more than half of the emoji are people, many of them alike but for the skin. In a neighbourhood of
                  a fifteenth of all, families of twins stay in touch with the others instead of drifting far off
    min_dist      loose packing: the images find room beside each other
    max_width     wider activations are averaged; of the input 16 x 16 pixels are left, where colour decides

A tour's attributes are a pandas table and yours to add to; here come the subgroup, and what the network has not seen.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from emoji_font import draw_emoji
from emoji_network import trained
from PIL import Image

import engine

SIZE = (1280, 800)


def front_view(points: np.ndarray, layer: str) -> engine.View:
    """From where most points lie farthest apart, and so near that they fill the picture; a few outliers may not."""
    norms = np.linalg.norm(points, axis=1)
    frame = np.linalg.svd(points[norms <= np.quantile(norms, 0.95)], full_matrices=False)[2][:3].T
    low, high = np.quantile(points @ frame[:, :2], (0.01, 0.99), axis=0) / norms.max()
    width, height = high - low
    zoom = 1.9 / max(width * SIZE[1] / SIZE[0], height)
    return engine.View(layer=layer, frame=frame, center=(low + high) / 2, zoom=zoom, mode="images", theme="light")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("count", nargs="?", type=int, default=None, help="how many of them")
    count = arguments.parse_args().count
    folder = Path("emoji" if count is None else f"emoji-{count}")
    draw_emoji(folder, count)
    files = sorted(folder.rglob("*.png"))
    network, held_out = trained(files, kept=folder.with_suffix(".pt"))

    out = folder.with_suffix(".tour")
    tour = engine.build(
        network, folder, n_neighbors=len(files) // 15, min_dist=0.99, max_width=12_288, tile=64, out=out
    )
    if "subgroup" not in tour.attributes:
        tour.attributes.insert(1, "subgroup", pd.Categorical([file.parent.name for file in files]))
        tour.attributes["split"] = pd.Categorical(np.where(held_out, "held out", "training"))
        tour.save(out)

    for layer in [tour.layers[k].name for k in (0, -3, -2)]:
        picture = engine.snapshot(tour, view=front_view(tour.aligned(layer), layer), size=SIZE)
        file = Path(f"{folder}-{layer}.png")
        Image.fromarray(picture).save(file)
        print(file)
    print(f"fly through it: umap-tour view {out}")


if __name__ == "__main__":
    main()

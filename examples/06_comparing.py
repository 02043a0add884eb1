"""Comparing: the article's third chapter. Where do two networks see the same images in the same way?

Run it:    python examples/06_comparing.py TOUR OTHER

TOUR and OTHER hold the same images in the same order, seen by two networks: the published GoogLeNet and ResNet50, or
one network trained twice. The same tour twice compares its layers with each other.

Two embeddings never come out in the same place or turned the same way, even of the same layer. Orthogonal Procrustes
finds the rotation that takes one onto the other as well as any can; the cosine that is left says how alike they are,
from 0 to 1, whatever their sizes. `engine.similarity` gives the whole matrix, a row for each layer of TOUR and a
column for each of OTHER. The lines show for each row the column that fits best, with a bar.

The picture `comparing.png` has the best pair of inner layers side by side: OTHER on the right from the Grand Tour, and
TOUR on the left from the frame that its rotation takes there, so that both are seen from the same side. If the two
networks agree, the groups lie in the same places in both.
"""

import argparse

import numpy as np
from PIL import Image

import engine

SIDE = 700


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("tours", nargs=2, metavar="TOUR", help="a folder NAME.tour")
    tour, other = map(engine.load, arguments.parse_args().tours)
    table = engine.similarity(tour, other)
    print(f"{tour.name} beside {other.name}: similarity {table.min():.2f} to {table.max():.2f}")
    for k, row in enumerate(table):
        best = int(row.argmax())
        print(f"  {tour.layers[k].name:28} {'#' * round(20 * row[best]):20} {row[best]:.2f} {other.layers[best].name}")

    inner = table[1:-1, 1:-1]  # the input is the same for both, and so should be the answer
    i, j = (int(k) + 1 for k in np.unravel_index(inner.argmax(), inner.shape)) if inner.size else (0, 0)
    here, there = tour.aligned(i), other.aligned(j)
    fit = engine.procrustes(here, there)
    right = engine.GrandTour(other.dims, speed=1.0).advance(8.0)
    left = fit.rotation @ right  # here @ rotation lies on there: the rotation belongs into the frame

    attribute = next((each for each in tour.attributes if str(tour.attributes[each].dtype) == "category"), None)
    picture = Image.new("RGB", (2 * SIDE, SIDE))
    for x, (shown, layer, frame) in ((0, (tour, i, left)), (SIDE, (other, j, right))):
        color_by = attribute if attribute in shown.attributes else None
        view = engine.View(layer=layer, frame=frame, color_by=color_by, zoom=1.4)
        drawn = Image.fromarray(engine.snapshot(shown, view=view, size=(SIDE, SIDE)))
        picture.paste(drawn.convert("RGB"), (x, 0))
    picture.save("comparing.png")
    apart = np.linalg.norm(here @ left - there @ right) / np.linalg.norm(there @ right)
    print(
        f"best pair: {tour.layers[i].name}, {other.layers[j].name}: {fit.similarity:.2f}; on screen {apart:.2f} apart"
    )
    print("comparing.png")


if __name__ == "__main__":
    main()

"""How long the neighbours of a tour's layers take by a k-d tree, against all distances, and every list after them.

    python benchmarks/findings.py TOUR [--json FILE] [--every 5]

The first 2,000 points are found both ways in turn, so their ratio holds on a machine with other work.
"""

import argparse
import json
import time

from sklearn.neighbors import KDTree, NearestNeighbors

import engine
from engine.tour.agreement import label_of
from engine.tour.findings import About, lists
from engine.tour.neighbors import COUNT, neighbors_of

SOME = 2_000


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tour")
    parser.add_argument("--json")
    parser.add_argument("--every", type=int, default=5)
    arguments = parser.parse_args()
    tour = engine.load(arguments.tour)
    rows = []
    for layer in range(0, len(tour.layers), arguments.every):
        points = tour.layers[layer].points
        tree, all_of_them = KDTree(points), NearestNeighbors(n_neighbors=COUNT, algorithm="brute").fit(points)
        by_tree = seconds(lambda tree=tree, points=points: tree.query(points[:SOME], k=COUNT))
        by_all = seconds(lambda way=all_of_them, points=points: way.kneighbors(points[:SOME]))
        row = {"layer": tour.layers[layer].name, "tree_to_all": by_tree / by_all}
        row["neighbours_s"] = seconds(lambda layer=layer: neighbors_of(tour.layers[layer]))
        rows.append(row)
        print("  ".join(f"{name} {value}" if isinstance(value, str) else f"{name} {value:.3g}"
                        for name, value in row.items()), flush=True)  # fmt: skip
    about = About(tour, len(tour.layers) - 2, label=label_of(tour))
    for listing in lists(about):
        for layer in listing.reads(about):
            neighbors_of(layer)
        rows.append({"list": listing.name, "list_s": seconds(lambda listing=listing: listing.find(about))})
        print(f"{listing.name}: {rows[-1]['list_s']:.3g} s", flush=True)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()

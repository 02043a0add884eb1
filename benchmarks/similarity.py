"""How long the table of all three measures takes, beside the matrix products that it is made of.

    python benchmarks/similarity.py [A.tour B.tour] [--points 50000] [--repeats 9] [--json OUT.json]

Without tours, random ones of the published shape: 25 and 21 layers in 15 dimensions. The bare products are those
that no way to the measures can do without, as float64 products of matrices that are loaded, centred and side by side
beforehand: A^T B of all pairs of layers in one product, and A^T A of every layer of either; in blocks of rows, which
is several times as fast as at one go. The table beside them is timed from float32 on disk to the three matrices:
loading, centring, row norms and singular values included. `cross` is A^T B alone. All are timed in turn, medians of
the ratios within a turn count.
"""

import argparse
import itertools
import json
import statistics
import tempfile

import numpy as np
import pandas as pd
from timing import in_turn, ratio

from engine.tour.alignment import chain
from engine.tour.reading import load
from engine.tour.similarity import BLOCK, matrices, measures
from engine.tour.tour import Layer, Tour


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tours", nargs="*")
    parser.add_argument("--points", type=int, default=50_000)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if len(arguments.tours) == 2:
            a, b = (load(each) for each in arguments.tours)
        else:
            a, b = (random_tour(folder, arguments.points, count, seed=count) for count in (25, 21))
        result = measured(a, b, arguments.repeats)
    shape = f"{len(a.layers)} x {len(b.layers)} layers of {a.n:,} points in {a.dims} dimensions"
    print(shape)
    print(f"  A^T B of all pairs          {result['cross_s']:8.3f} s")
    print(f"  and A^T A of every layer    {result['bare_s']:8.3f} s")
    print(f"  three measures              {result['table_s']:8.3f} s   {result['ratio']:.2f} x the bare products")
    print(f"                                           {result['ratio_cross']:.2f} x A^T B alone")
    print(f"  one pair of layers          {result['pair_s']:8.3f} s")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(result | {"shape": shape}, file, indent=1)


def measured(a: Tour, b: Tour, repeats: int) -> dict[str, float]:
    x, y = side_by_side(a), side_by_side(b)

    def cross() -> None:
        total = np.zeros((x.shape[1], y.shape[1]))
        for first in range(0, len(x), BLOCK):
            total += x[first : first + BLOCK].T @ y[first : first + BLOCK]

    def bare() -> None:
        cross()
        for first, (side, tour) in itertools.product(range(0, len(x), BLOCK), ((x, a), (y, b))):
            for begin in range(0, side.shape[1], tour.dims):
                part = side[first : first + BLOCK, begin : begin + tour.dims]
                part.T @ part

    ways = {
        "cross_s": cross,
        "bare_s": bare,
        "table_s": lambda: matrices(a, b),
        "pair_s": lambda: measures(a.layers[-1].points, b.layers[-1].points),
    }
    times = in_turn(ways, repeats)
    result = {name: statistics.median(values) for name, values in times.items()}
    ratios = {"ratio": ratio(times, "table_s", "bare_s"), "ratio_cross": ratio(times, "table_s", "cross_s")}
    return result | ratios


def side_by_side(tour: Tour) -> np.ndarray:
    points = np.concatenate([layer.points for layer in tour.layers], axis=1).astype(np.float64)
    return points - points.mean(axis=0)


def random_tour(folder: str, n: int, count: int, *, seed: int) -> Tour:
    """On disk, as a tour that was built."""
    rng = np.random.default_rng(seed)
    points = [rng.standard_normal((n, 15)).astype(np.float32) for _ in range(count)]
    layers = (Layer(str(k), "", each, place) for k, (each, place) in enumerate(zip(points, chain(points), strict=True)))
    Tour(f"random {count}", tuple(layers), pd.DataFrame(index=range(n))).save(f"{folder}/{count}.tour")
    return load(f"{folder}/{count}.tour")


if __name__ == "__main__":
    main()

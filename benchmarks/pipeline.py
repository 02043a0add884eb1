"""Layers whose neighbours are found while the one before is embedded, against one after the other.

    python benchmarks/pipeline.py [--json FILE] [--n 4000] [--width 4096] [--layers 6] [--repeats 3]

Real work: exact neighbours by matrix products on all cores, seeded UMAP on one. The two take turns; the figures are
medians, the ratio that of a turn. What comes out is compared, and has to be the same to the bit. The gain is what UMAP
leaves idle, so it grows with the cores and with the share of neighbours; the bound is the longer of the two alone.
"""

import argparse
import json
import statistics
from contextlib import closing

import torch
from timing import in_turn, ratio
from torch import Tensor

from engine.pipeline.ahead import ahead
from engine.pipeline.device import Machine, machine
from engine.pipeline.embedding import embed, following_start, principal_start, schedule
from engine.pipeline.neighbors import nearest

K, DIMS = 15, 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json")
    parser.add_argument("--n", type=int, default=4000)
    parser.add_argument("--width", type=int, default=4096)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    here = machine()
    layers = made(arguments.n, arguments.width, arguments.layers, here.device)
    results: dict[str, list[Tensor]] = {}

    def one_after_the_other() -> None:
        before, results["in sequence"] = None, []
        for matrix in layers:
            before = embedded(matrix, nearest(matrix, K), before, here)
            results["in sequence"].append(before)

    def overlapped() -> None:
        before, results["overlapped"] = None, []
        labels = [""] * len(layers)
        with closing(ahead(enumerate(layers), K, labels=labels, machine=here)) as begun:
            for _, matrix, graph in begun:
                before = embedded(matrix, graph.result(), before, here)
                results["overlapped"].append(before)

    def neighbours() -> None:
        for matrix in layers:
            nearest(matrix, K)

    one_after_the_other()  # compiles UMAP
    ways = {"in sequence": one_after_the_other, "overlapped": overlapped, "neighbours alone": neighbours}
    times = in_turn(ways, arguments.repeats)
    equal = all((a == b).all() for a, b in zip(results["in sequence"], results["overlapped"], strict=True))
    medians = {name: statistics.median(values) for name, values in times.items()}
    gain = ratio(times, "overlapped", "in sequence")
    bound = max(medians["neighbours alone"], medians["in sequence"] - medians["neighbours alone"])
    print(
        f"{arguments.layers} layers of {arguments.n:,} x {arguments.width:,}, {here}, {torch.get_num_threads()} threads"
    )
    for name, seconds in medians.items():
        print(f"  {name:17} {seconds:7.2f} s")
    print(f"  overlapped / in sequence {gain:.3f}, the bound {bound / medians['in sequence']:.3f}; same bytes: {equal}")
    if not equal:
        raise SystemExit("what comes out differs")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(vars(arguments) | medians | {"ratio": gain, "machine": str(here)}, file, indent=1)


def made(n: int, width: int, count: int, device: torch.device) -> list[Tensor]:
    """Layers as after a ReLU, each like the one before."""
    generator = torch.Generator().manual_seed(0)
    factors = torch.randn(n, 32, generator=generator)
    layers = []
    for _ in range(count):
        factors = factors + 0.3 * torch.randn(factors.shape, generator=generator)
        layers.append(torch.relu(factors @ torch.randn(32, width, generator=generator)).to(device))
    return layers


def embedded(matrix: Tensor, graph: tuple[Tensor, Tensor], before: Tensor | None, here: Machine) -> Tensor:
    start = principal_start(matrix, DIMS, seed=0) if before is None else following_start(before, seed=0)
    how = schedule(len(matrix), first=before is None)
    return embed(*graph, start, how=how, min_dist=0.1, seed=0, machine=here)


if __name__ == "__main__":
    main()

"""How far exact neighbours are from the bare matrix product that they need, and whether they are right.

    python benchmarks/neighbors.py [--json FILE] [--n 10000] [--width 2048] [--repeats 5]

Rows like those of a ReLU layer. Ours and the product of all rows with all rows, same size and type, are timed in
turn; medians count. A neighbour is found when its float64 distance is at most (1 + 1e-6) times the true k-th; the
same on a matrix full of near-duplicates (`recall_hard`), which a float32 product by itself cannot tell apart.
"""

import argparse
import json
import statistics

import torch
from timing import in_turn, ratio
from torch import Tensor

from engine.pipeline.device import machine
from engine.pipeline.neighbors import nearest

K = 15
CHECKED = 1000  # rows whose neighbours are found again in float64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json")
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--width", type=int, default=2048)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    here = machine()
    generator = torch.Generator().manual_seed(0)
    factors = [torch.randn(size, generator=generator) for size in ((arguments.n, 64), (64, arguments.width))]
    points = torch.relu(factors[0] @ factors[1]).to(here.device)
    spots = points[torch.randint(0, 50, (arguments.n,), generator=generator).to(here.device)]
    hard = spots + 1e-3 * torch.randn(points.shape, generator=generator).to(here.device)

    nearest(points, K)  # warm
    ways = {"matmul_s": lambda: points @ points.T, "ours_s": lambda: nearest(points, K)}
    times = in_turn(ways, arguments.repeats)
    result = {
        "ours_s": statistics.median(times["ours_s"]),
        "matmul_s": statistics.median(times["matmul_s"]),
        "ratio": ratio(times, "ours_s", "matmul_s"),
        "recall": recall(points),
        "recall_hard": recall(hard),
    }
    result["gflops_matmul"] = 2e-9 * arguments.n**2 * arguments.width / result["matmul_s"]
    print(f"{arguments.n:,} x {arguments.width:,}, {K} neighbours, {here}")
    print(f"  bare product  {result['matmul_s']:7.3f} s   {result['gflops_matmul']:,.0f} GFlop/s")
    print(f"  neighbours    {result['ours_s']:7.3f} s   {result['ratio']:.2f} x the product")
    print(f"  recall {result['recall']:.6f}, among near-duplicates {result['recall_hard']:.6f}")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(result | {"machine": str(here), "n": arguments.n, "width": arguments.width}, file, indent=1)


def recall(points: Tensor) -> float:
    """Share of the neighbours found, by the true distances in float64 of some of the rows to all."""
    indices, _ = nearest(points, K)
    rows = torch.linspace(0, len(points) - 1, min(CHECKED, len(points))).long().to(points.device)
    found = total = 0
    exact = points.double()
    for row in rows:
        distances = (exact - exact[row]).square_().sum(dim=1).sqrt_()
        limit = distances.kthvalue(K).values * (1 + 1e-6)
        found += int((distances[indices[row]] <= limit).sum())
        total += K
    return found / total


if __name__ == "__main__":
    main()

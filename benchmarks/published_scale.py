"""The published work, from activations to aligned layers: 50,000 images, 21 layers of GoogLeNet, up to 51,200 wide.

    python benchmarks/published_scale.py [--json FILE] [--n 50000]

Random activations of the published shapes, in half precision where a build keeps them so, made on the device, so that
no images and no weights are needed. Prints seconds for neighbours and for UMAP of every layer, the share of the
device's matrix-product rate that the neighbours reach, and seconds of it all as a build does it, the neighbours of a
layer found while the one before is embedded. FILE is written anew after each layer. The published pipeline took 5.2
hours for the UMAPs of 97,698 images (with its neighbours). Made for a GPU; on a CPU take a small --n.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import torch
from timing import in_turn, timed
from torch import Tensor

from engine.pipeline.algebra.products import multiply, operands
from engine.pipeline.building.neighbors_ahead import ahead
from engine.pipeline.building.planning import WIDE
from engine.pipeline.device import Machine, machine
from engine.pipeline.embedding import embed, following_start, principal_start, schedule
from engine.pipeline.neighbors import nearest

WIDTHS = (768, 16384, 16384, 16384, 49152, 49152, 50176, 48000, 48000, 51200, 51200, 51200, 42768, 40768, 40768, 40768,
          50176, 1024, 1024, 1000, 1000)  # fmt: skip
K, DIMS = 15, 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json")
    parser.add_argument("--n", type=int, default=50_000)
    arguments = parser.parse_args()
    here = machine()

    def keep(found: dict[str, object]) -> None:
        if arguments.json:
            Path(arguments.json).write_text(json.dumps({"n": arguments.n, "machine": str(here)} | found, indent=1))

    with here.current():
        keep(measured(arguments.n, here, keep))


def measured(n: int, here: Machine, keep: Callable[[dict[str, object]], None]) -> dict[str, object]:
    """Seconds of every layer and of all, printed and kept as they come."""
    rows: list[dict[str, float]] = []
    before = None
    print(f"{n:,} images, {len(WIDTHS)} layers, {here}")
    print("  width   neighbours, s   of the product's rate   UMAP, s")
    for matrix in made(n, here.device):
        width = matrix.shape[1]
        rate = product_rate(matrix[:8192])
        seconds, (indices, distances) = timed(lambda matrix=matrix: nearest(matrix, K))
        share = 2.0 * n**2 * width / seconds / rate
        start = principal_start(matrix, DIMS, seed=0) if before is None else following_start(before, seed=0)
        how = schedule(n, first=before is None)
        umap, before = timed(
            lambda g=(indices, distances), s=start, h=how: embed(g, s, how=h, min_dist=0.1, seed=0, machine=here)
        )
        rows.append({"width": width, "neighbours_s": seconds, "share": share, "umap_s": umap})
        keep({"layers": rows})
        print(f"{width:7,} {seconds:15.2f} {share:22.2f} {umap:10.2f}")
        del matrix
    total = sum(row["neighbours_s"] + row["umap_s"] for row in rows)
    keep({"total_s": total, "layers": rows})
    making, _ = timed(lambda: sum(1 for _ in made(n, here.device)))
    beside = timed(lambda: side_by_side(n, here))[0] - making
    print(f"  in all {total:.0f} s; side by side {beside:.0f} s")
    return {"total_s": total, "side_by_side_s": beside, "layers": rows}


def made(n: int, device: torch.device) -> Iterator[Tensor]:
    """The layers (n, width), one after the other, as after a ReLU, of 32 dimensions."""
    generator = torch.Generator(device).manual_seed(0)
    factors = torch.randn(n, 32, device=device, generator=generator)
    for width in WIDTHS:
        weights = torch.randn(32, width, device=device, generator=generator)
        matrix = torch.empty(n, width, device=device, dtype=torch.float16 if width >= WIDE else None)
        for block, part in zip(matrix.split(4096), factors.split(4096), strict=True):
            block.copy_((part @ weights).relu())
        yield matrix
        del matrix


def side_by_side(n: int, here: Machine) -> None:
    """Every layer as a build embeds it."""
    before = None
    with here.current(), closing(ahead(enumerate(made(n, here.device)), K, labels=[""] * 21, machine=here)) as begun:
        for _, matrix, graph in begun:
            start = principal_start(matrix, DIMS, seed=0) if before is None else following_start(before, seed=0)
            how = schedule(n, first=before is None)
            before = embed(graph.result(), start, how=how, min_dist=0.1, seed=0, machine=here)
            del matrix, graph


def product_rate(rows: Tensor) -> float:
    """Operations per second of the product of all `rows` with each other, as the neighbours multiply them."""
    copy = operands(rows).rows(0, len(rows))
    tile = torch.empty((len(rows), len(rows)), device=rows.device)
    ways = {"product": lambda: multiply(copy, copy, out=tile)}
    in_turn(ways, 2)  # warm: kernels chosen and loaded, clocks up
    return 2.0 * len(rows) ** 2 * rows.shape[1] / min(in_turn(ways, 5)["product"])


if __name__ == "__main__":
    main()

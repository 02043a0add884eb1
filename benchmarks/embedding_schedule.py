"""How long and how fast to optimise a layer that starts from the one before: steadiness against truth.

    python benchmarks/embedding_schedule.py digits [--json FILE]
    python benchmarks/embedding_schedule.py emoji [--json FILE]

Embeds the layers of the demo's network, or of that of examples/03_emoji.py (drawn and trained in the current folder,
where they are not there yet), with UMAP's defaults (15 neighbours, min_dist 0.1) in 15 dimensions, seed 0, on the CPU.
Each later layer starts from the one before, once for every schedule. The reference is umap-learn by itself, layer by
layer: spectral start, all epochs, rate 1, the same neighbours. For every schedule prints

    seconds        of a processor, for all layers after the first, neighbours not counted
    cosine         mean over later layers and points, between a layer and the one before after Procrustes
    trust          trustworthiness (15 neighbours) less that of the reference: the worst later layer, and the mean
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import engine
from engine.pipeline import digits
from engine.pipeline.activations import Settings, capture
from engine.pipeline.building.fingerprint import few_pictures
from engine.pipeline.device import machine
from engine.pipeline.embedding import Schedule, embed, following_start, principal_start, schedule
from engine.pipeline.loader import as_input
from engine.pipeline.neighbors import nearest
from engine.pipeline.networks import as_network
from engine.pipeline.probing.probes import default_probes
from engine.pipeline.probing.trace import trace
from engine.pipeline.sources import as_images

DIMS, NEIGHBORS, MIN_DIST, SEED = 15, 15, 0.1, 0
SHARES = ((1, (1.0,)), (2, (1.0, 0.5, 0.25)), (4, (1.0, 0.5, 0.25)), (8, (1.0, 0.5, 0.25)))


def matrices(data: str) -> dict[str, Tensor]:
    """What every layer of the network makes of the pictures, (n, width) by name."""
    if data == "digits":
        pictures = digits.digits()
        network, _ = digits.train(pictures, seed=SEED)
    else:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))
        from emoji_font import draw_emoji
        from emoji_network import trained

        draw_emoji(Path("emoji"))
        network, _ = trained(sorted(Path("emoji").rglob("*.png")), kept=Path("emoji.pt"))
        pictures = as_images("emoji")
    net = as_network(network)
    probes = default_probes(net.module, trace(net.module, as_input(net, few_pictures(pictures)[0])[None]))
    return capture(net, pictures, probes, how=Settings(torch.device("cpu"), 12_288)).matrices


def ranks(points: Tensor) -> Tensor:
    """Place of every point in the order of distance from every other, int32 (n, n); its own is 0."""
    distances = torch.cdist(points.double(), points.double()).fill_diagonal_(-1.0)
    places = torch.arange(len(points), dtype=torch.int32).expand(len(points), -1)
    return torch.empty_like(places.contiguous()).scatter_(1, distances.argsort(dim=1, stable=True), places)


def trust(places: Tensor, points: Tensor, k: int = 15) -> float:
    """Trustworthiness (Venna & Kaski 2001): how few of the k neighbours in `points` are far in the layer."""
    n = len(points)
    found = nearest(points, k + 1)[0][:, 1:]
    excess = (places.gather(1, found) - k).clamp(min=0).sum()
    return 1.0 - float(excess) * 2.0 / (n * k * (2 * n - 3 * k - 1))


def cosine(points: Tensor, before: Tensor) -> float:
    a, b = (each.double() - each.double().mean(dim=0) for each in (points, before))
    turned = a @ torch.from_numpy(engine.procrustes(a.numpy(), b.numpy()).rotation)
    return float(torch.nn.functional.cosine_similarity(turned, b).mean())


def timed(run: Callable[[], Tensor]) -> tuple[Tensor, float]:
    start = time.process_time()
    return run(), time.process_time() - start


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", choices=("digits", "emoji"))
    options.add_argument("--json", metavar="FILE")
    asked = options.parse_args()
    layers = matrices(asked.data)
    names, n, cpu = list(layers), len(next(iter(layers.values()))), machine("cpu")
    graphs = {name: nearest(matrix, NEIGHBORS) for name, matrix in layers.items()}
    places = {name: ranks(matrix) for name, matrix in layers.items()}

    def ours(name: str, start: Tensor, how: Schedule) -> Tensor:
        return embed(graphs[name], start, how=how, min_dist=MIN_DIST, seed=SEED, machine=cpu)

    def alone(name: str) -> Tensor:
        from umap import UMAP

        graph = (*(each.numpy() for each in graphs[name]), None)
        model = UMAP(n_neighbors=NEIGHBORS, n_components=DIMS, min_dist=MIN_DIST, random_state=SEED, n_jobs=1,
                     precomputed_knn=graph)  # fmt: skip
        return torch.from_numpy(model.fit_transform(layers[name].numpy()))

    start = principal_start(layers[names[0]], DIMS, seed=SEED)
    ours(names[0], start, Schedule(2, 1.0)), alone(names[-1])  # compiled
    first, seconds = timed(lambda: ours(names[0], start, schedule(n, first=True)))
    runs = {name: timed(lambda name=name: alone(name)) for name in names}
    reference = {name: trust(places[name], points) for name, (points, _) in runs.items()}
    singly = [points for points, _ in runs.values()]
    steady = float(np.mean([cosine(*pair) for pair in zip(singly[1:], singly, strict=False)]))
    print(f"{asked.data}: {n:,} images, {len(names)} layers")
    print(f"first layer: {seconds:.1f} s, trust {trust(places[names[0]], first) - reference[names[0]]:+.4f}")
    print("stand-alone trust: " + ", ".join(f"{name} {value:.4f}" for name, value in reference.items()))
    print("\n| epochs | rate | seconds | cosine | trust: worst layer | trust: mean |")
    print("|-------:|-----:|--------:|-------:|-------------------:|------------:|")
    print(f"| alone  |      | {sum(s for _, s in list(runs.values())[1:]):7.1f} | {steady:.4f} |     0 |     0 |")
    rows = []
    for share, rates in SHARES:
        for rate in rates:
            how = Schedule(schedule(n, first=True).epochs // share, rate)
            points, total, cosines, losses = first, 0.0, [], {}
            for name in names[1:]:
                before = points
                points, spent = timed(lambda a=(name, before, how): ours(a[0], following_start(a[1], seed=SEED), a[2]))
                total += spent
                cosines.append(cosine(points, before))
                losses[name] = trust(places[name], points) - reference[name]
            worst, mean = min(losses.values()), float(np.mean(list(losses.values())))
            where = min(losses, key=losses.__getitem__)
            steady = float(np.mean(cosines))
            row = f"{how.epochs:6} | {rate:4.2f} | {total:7.1f} | {steady:.4f} | {worst:+.4f} ({where}) | {mean:+.4f}"
            print(f"| {row} |", flush=True)
            rows.append({"epochs": how.epochs, "rate": rate, "seconds": total, "cosine": steady, "losses": losses})
    if asked.json:
        Path(asked.json).write_text(json.dumps({"data": asked.data, "n": n, "stand-alone": reference, "runs": rows}))


if __name__ == "__main__":
    main()

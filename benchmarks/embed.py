"""A chain of layers as the engine embeds it, against plain umap-learn on every layer: how fast, and how true.

    python benchmarks/embed.py [--json FILE]

The demo's network on the 1,797 digits, trained: its layers are real ones. Ours is exact neighbours and UMAP from the
layer before; theirs is `UMAP(n_components=15).fit_transform` on each layer by itself. Both with the same seed, once
more both without. Everything is compiled before the clock starts; the two take turns, layer by layer.
"""

import argparse
import json
import time
import warnings

import torch
from sklearn.manifold import trustworthiness
from torch import Tensor

from engine.pipeline.activations import Settings, capture
from engine.pipeline.device import Machine, machine
from engine.pipeline.digits import digits, train
from engine.pipeline.embedding import embed, following_start, principal_start, schedule
from engine.pipeline.neighbors import nearest
from engine.pipeline.networks import as_network
from engine.pipeline.probing.probes import default_probes
from engine.pipeline.probing.trace import trace

K, MIN_DIST, DIMS = 15, 0.1, 15  # umap-learn's defaults, in 15 dimensions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    here = machine()
    matrices = layers(here)
    chain(list(matrices.values())[:2], here, 0)  # compile
    plain(next(iter(matrices.values())), 0)
    result: dict[str, object] = {}
    for seed, (ours, theirs) in ((0, ("ours_s", "umap_learn_s")), (None, ("ours_parallel_s", "umap_learn_parallel_s"))):
        if seed is None:
            chain(list(matrices.values())[:2], here, None)
            plain(next(iter(matrices.values())), None)
        mine, mine_s, others, others_s = in_turns(list(matrices.values()), here, seed)
        result |= {ours: mine_s, theirs: others_s}
        if seed is not None:
            truth = [each.cpu().numpy() for each in matrices.values()]
            result["trust_ours"] = [trust(x, y) for x, y in zip(truth, mine, strict=True)]
            result["trust_umap_learn"] = [trust(x, y) for x, y in zip(truth, others, strict=True)]
    result["speedup"] = result["umap_learn_s"] / result["ours_s"]
    result["speedup_parallel"] = result["umap_learn_parallel_s"] / result["ours_parallel_s"]
    print(f"{len(matrices)} layers of {len(truth[0]):,} digits in {DIMS} dimensions, {here}")
    for name, a, b in (("seeded", "ours_s", "umap_learn_s"), ("unseeded", "ours_parallel_s", "umap_learn_parallel_s")):
        print(f"  {name:9} ours {result[a]:6.2f} s   umap-learn {result[b]:6.2f} s   {result[b] / result[a]:.1f} x")
    print("  trustworthiness       ours  umap-learn")
    for name, a, b in zip(matrices, result["trust_ours"], result["trust_umap_learn"], strict=True):
        print(f"    {name:18} {a:.4f}  {b:.4f}")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(result | {"machine": str(here), "layers": list(matrices)}, file, indent=1)


def layers(here: Machine) -> dict[str, Tensor]:
    """What every layer of the demo's network makes of the digits."""
    images = digits()
    network, _ = train(images)
    net = as_network(network)
    example = net.preprocess(images.read(0)[0])[None]
    probes = default_probes(network, trace(network, example))
    return capture(net, images, probes, how=Settings(here.device, 51_200)).matrices


def in_turns(matrices: list[Tensor], here: Machine, seed: int | None):
    """Both chains, a layer of one and a layer of the other: embeddings and seconds of each."""
    mine, others, mine_s, others_s = [], [], 0.0, 0.0
    for matrix in matrices:
        start = time.perf_counter()
        mine.append(next_layer(matrix, mine[-1] if mine else None, here, seed))
        mine_s += time.perf_counter() - start
        start = time.perf_counter()
        others.append(plain(matrix, seed))
        others_s += time.perf_counter() - start
    return [each.cpu().numpy() for each in mine], mine_s, others, others_s


def chain(matrices: list[Tensor], here: Machine, seed: int | None) -> None:
    before = None
    for matrix in matrices:
        before = next_layer(matrix, before, here, seed)


def next_layer(matrix: Tensor, before: Tensor | None, here: Machine, seed: int | None) -> Tensor:
    """As a build embeds it."""
    indices, distances = nearest(matrix, K)
    start = principal_start(matrix, DIMS, seed=seed) if before is None else following_start(before, seed=seed)
    how = schedule(len(matrix), first=before is None)
    return embed((indices, distances), start, how=how, min_dist=MIN_DIST, seed=seed, machine=here)


def plain(matrix: Tensor, seed: int | None):
    from umap import UMAP

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = UMAP(n_components=DIMS, n_neighbors=K, min_dist=MIN_DIST, random_state=seed)
        return model.fit_transform(matrix.cpu().numpy())


def trust(x, y) -> float:
    return float(trustworthiness(x, y, n_neighbors=K))


if __name__ == "__main__":
    torch.manual_seed(0)
    main()

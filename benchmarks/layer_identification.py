"""How often a measure finds the layer that corresponds, between networks that differ in their seed alone.

    python benchmarks/layer_identification.py [--networks 5] [--seed 0] [--json OUT.json]

Kornblith et al. 2019, section 6.1, on the digits: networks of one architecture are trained from different seeds, and
a measure is asked, for every layer of one network, which layer of another is the most similar. It should be the one
in the same place. The input is left out, which is the same in all networks, and so is a layer that repeats the one
before it. The measures see the same 1,797 digits: the activations in full, or the pipeline's 15-D UMAP of them.

The networks are what is independent, not the pairs of them and not the layers: intervals are those of the jackknife
over networks (Arvesen 1969, for an average over pairs; Student's t with one degree less than networks). Where every
match is right, all pseudo-values are equal and the interval says nothing; the table then says "all".
"""

import argparse
import itertools
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from scipy.stats import t as student
from timing import timed

import engine
from engine.pipeline.activations import Settings, capture
from engine.pipeline.device import machine
from engine.pipeline.digits import digits, train
from engine.pipeline.networks import as_network
from engine.pipeline.probing.probes import default_probes
from engine.pipeline.probing.trace import trace
from engine.tour.similarity import cka, debiased_cka, gram_products, matrices

MEASURES = {
    "Procrustes on 15-D UMAP": ("umap", "procrustes"),
    "CKA on 15-D UMAP": ("umap", "cka"),
    "debiased CKA on 15-D UMAP": ("umap", "debiased cka"),
    "CKA on activations": ("activations", "cka"),
    "debiased CKA on activations": ("activations", "debiased cka"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    seconds, result = timed(lambda: identified(range(arguments.seed, arguments.seed + arguments.networks)))
    accuracies = ", ".join(f"{100 * each:.1f}" for each in result["accuracies"])
    print(f"{arguments.networks} networks, held-out accuracies {accuracies} %, {seconds:.0f} s")
    print(f"layers: {', '.join(result['layers'])}")
    print(f"{'':30}{'right':>9}  {'95 % interval':16}{'less Procrustes':>16}  95 % interval")
    for name, found in result["measures"].items():
        rate, low, high = found["rate"]
        less, under, over = found["less_procrustes"]
        ends = "all" if low == high == 1.0 else f"{100 * low:.0f} to {100 * high:.0f} %"
        beside = (
            "" if name == next(iter(MEASURES)) else f"{100 * less:+15.1f} %  {100 * under:+.0f} to {100 * over:+.0f} %"
        )
        print(f"{name:30}{100 * rate:7.1f} %  {ends:16}{beside}")
    print("right by layer, in per cent")
    for name, found in result["measures"].items():
        print(f"{name:30}" + " ".join(f"{100 * each:4.0f}" for each in found["by_layer"]))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(result | {"seconds": seconds}, file, indent=1)


def identified(seeds: range) -> dict:
    """Rates over all ordered pairs of networks, with intervals, and by layer."""
    images, here = digits(), machine("cpu")
    tours, activations, accuracies = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            module, accuracy = train(images, seed=seed)
            accuracies.append(accuracy)
            network = as_network(module)
            probes = default_probes(module, trace(module, torch.zeros(1, 1, 8, 8)))
            seen = capture(network, images, probes, how=Settings(here.device, 51_200))
            activations.append([seen.matrices[probe.name].numpy() for probe in probes])
            out = Path(folder) / f"{seed}.tour"
            tours.append(engine.build(module, images, seed=seed, device="cpu", out=out, progress=False))
        kept = [
            k
            for k in range(1, len(probes))
            if activations[0][k].shape != activations[0][k - 1].shape
            or not np.array_equal(activations[0][k], activations[0][k - 1])
        ]
        tables = {name: {} for name in MEASURES}
        for i, j in itertools.permutations(range(len(seeds)), 2):
            found = {"umap": matrices(tours[i], tours[j])}
            if i < j:
                products = gram_products(activations[i], activations[j])
                found["activations"] = {"cka": cka(products), "debiased cka": debiased_cka(products)}
            for name, (space, measure) in MEASURES.items():
                known = tables[name].get((j, i)) if space == "activations" else None
                tables[name][i, j] = found[space][measure] if known is None else known.T
    right = {name: hits(values, len(seeds), kept) for name, values in tables.items()}
    first = right[next(iter(MEASURES))]
    return {
        "accuracies": accuracies,
        "layers": [probes[k].name for k in kept],
        "measures": {
            name: {
                "rate": jackknife(each),
                "less_procrustes": jackknife(each - first),
                "by_layer": np.nanmean(each, axis=(0, 1)).tolist(),
            }
            for name, each in right.items()
        },
    }


def hits(tables: dict[tuple[int, int], np.ndarray], count: int, kept: list[int]) -> np.ndarray:
    """(networks, networks, layers): whether the best match is the layer in the same place; NaN on the diagonal."""
    right = np.full((count, count, len(kept)), np.nan)
    for (i, j), values in tables.items():
        right[i, j] = values[np.ix_(kept, kept)].argmax(axis=1) == np.arange(len(kept))
    return right


def jackknife(values: np.ndarray) -> tuple[float, float, float]:
    """The mean of values (networks, networks, layers) and the ends of its 95 % interval over networks."""
    count = len(values)
    mean = np.nanmean(values)
    without = [np.nanmean(np.delete(np.delete(values, k, axis=0), k, axis=1)) for k in range(count)]
    pseudo = count * mean - (count - 1) * np.array(without)
    reach = student.ppf(0.975, count - 1) * pseudo.std(ddof=1) / np.sqrt(count)
    highest = 1.0
    lowest = 0.0 if np.nanmin(values) >= 0 else -1.0
    return float(mean), float(max(lowest, mean - reach)), float(min(highest, mean + reach))


if __name__ == "__main__":
    main()

"""What seeing every layer costs: one pass with probes against the bare network, and against the published way.

    python benchmarks/capture.py [--json FILE] [--images 96] [--repeats 5]

GoogLeNet, random weights, 224 x 224, all probes, pictures in memory (decoding is the same for all three and is left
out). The published way runs the network's prefix again for every layer. All three are timed in turn, medians count.
"""

import argparse
import json
import statistics

import torch
from timing import ratio, timed
from torch import nn

from engine.pipeline.activations import Settings, capture
from engine.pipeline.building.planning import WIDE
from engine.pipeline.device import machine
from engine.pipeline.inputs.images import Images
from engine.pipeline.networks import as_network
from engine.pipeline.probing.pooling import pool, width
from engine.pipeline.probing.probes import default_probes
from engine.pipeline.probing.trace import trace

MAX_WIDTH = 51_200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json")
    parser.add_argument("--images", type=int, default=96)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    here = machine()
    net = as_network("googlenet", weights="none")
    network = net.module.to(here.device)
    pictures = torch.randn(arguments.images, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    images = Images(len(pictures), lambda i: (pictures[i], None), "noise")
    probes = default_probes(network, trace(network, pictures[:1].to(here.device)))
    halves = [probe.name for probe in probes if width(probe.shape, MAX_WIDTH) >= WIDE]
    how = Settings(here.device, MAX_WIDTH, batch=here.batch, halves=halves)
    stages = [*(child for name, child in network.named_children() if not name.startswith("aux"))]
    stages.insert(-2, nn.Flatten())  # before dropout and the last layer
    stages.append(nn.Softmax(dim=1))

    def bare() -> None:
        for batch in pictures.split(here.batch):
            network(batch.to(here.device))

    def captured() -> None:
        capture(net, images, probes, how=how)

    def prefixes() -> None:
        for last in range(len(stages)):
            prefix = nn.Sequential(*stages[: last + 1])
            rows = [pool(prefix(batch.to(here.device)), MAX_WIDTH) for batch in pictures.split(here.batch)]
            torch.cat(rows)

    ways = {"bare_forward_s": bare, "capture_s": captured, "prefix_rerun_s": prefixes}
    times: dict[str, list[float]] = {name: [] for name in ways}
    with torch.inference_mode():
        bare()  # warm
        for repeat in range(arguments.repeats):
            for name, way in ways.items():
                if name != "prefix_rerun_s" or repeat < 2:  # ten times as long, and not near its limit
                    times[name].append(timed(way)[0])
    result = {name: statistics.median(values) for name, values in times.items()}
    result["ratio"] = ratio(times, "capture_s", "bare_forward_s")
    result["speedup"] = result["prefix_rerun_s"] / result["capture_s"]
    print(f"GoogLeNet, {len(pictures)} images of 224 x 224, {len(probes)} layers, {here}")
    print(f"  bare forward     {result['bare_forward_s']:8.2f} s")
    print(f"  with all probes  {result['capture_s']:8.2f} s   {result['ratio']:.2f} x bare")
    print(f"  prefixes again   {result['prefix_rerun_s']:8.2f} s   {result['speedup']:.1f} x as long as one pass")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(result | {"machine": str(here), "images": len(pictures)}, file, indent=1)


if __name__ == "__main__":
    main()

"""How true the places of added images are, beside those that a build of all gives them: a fifth of the digits.

    python benchmarks/placing.py [--json FILE]

Builds the demo's tour of all digits and of four fifths, adds the others to that, and prints the trustworthiness (15
neighbours, among all digits) of the added ones in both, layer by layer. The bound is 0.02 lower.
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

import engine
from engine.pipeline.activations import Settings, capture
from engine.pipeline.algebra.trustworthiness import penalties, trustworthiness
from engine.pipeline.building.job import Job
from engine.pipeline.building.work import looked_at
from engine.pipeline.device import machine
from engine.pipeline.digits import digits, train
from engine.pipeline.growth.origin import options_of
from engine.pipeline.inputs.images import Images, digest_of
from engine.pipeline.networks import as_network

K = 15


def some(images: Images, rows: np.ndarray) -> Images:
    return replace(
        images,
        n=len(rows),
        read=lambda i: images.read(int(rows[i])),
        origin=f"{len(rows)} digits, {digest_of([rows.tobytes()])}",
        labels=images.labels[rows],
        columns={name: values[rows] for name, values in images.columns.items()},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    images = digits()
    network, _ = train(images)
    order = np.random.default_rng(0).permutation(images.n)
    new, old = np.sort(order[: images.n // 5 + 1]), np.sort(order[images.n // 5 + 1 :])
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        whole = engine.build(network, images, out=here / "whole.tour", progress=False)
        base = engine.build(network, some(images, old), out=here / "base.tour", progress=False)
        options = {"network": network, "old_images": some(images, old), "progress": False}
        grown = engine.add(base, some(images, new), out=here / "grown.tour", **options)
        job, on = Job.of(here / "none.tour"), machine("cpu")
        work, _ = looked_at(job, as_network(network), images, None, options_of(whole), on, False)
        seen = capture(work.net, images, work.probes, how=Settings(on.device, work.options.max_width))
        back = np.argsort(np.concatenate([old, new]))
        own, figures = torch.from_numpy(new), {}
        print(f"{'layer':20} built with all   placed")
        for a, b in zip(whole.layers, grown.layers, strict=True):
            matrix, values = seen.matrices[a.name], []
            for points in (np.array(a.points), np.array(b.points)[back]):
                placed = torch.from_numpy(points)
                found = penalties(matrix[own], placed[own], matrix, placed, K, own=own)
                values.append(trustworthiness(found, images.n, K))
            figures[a.name] = values
            print(f"{a.name:20} {values[0]:14.4f} {values[1]:8.4f} {values[1] - values[0]:+8.4f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()

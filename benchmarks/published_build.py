"""A build of the published size, from JPEG files to a finished tour: GoogLeNet, 21 layers, 50,000 pictures.

    python benchmarks/published_build.py [--n 50000] [--network googlenet] [--weights none] [--decode gpu]
                                         [--json FILE]

The pictures (320 x 240) are made first, on all cores, and are not counted. With random weights the layers are as wide
and take as long as with trained ones. Prints seconds of the whole build and those of each stage by the clock; stages go
on side by side, so together they are longer than the build. FILE is written anew whenever a stage ends. Made for a GPU;
on a CPU take a small --n.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

import engine
from engine.pipeline.device import machine
from pipeline import stopwatch

SIZE = (320, 240)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json")
    parser.add_argument("--n", type=int, default=50_000)
    parser.add_argument("--network", default="googlenet")
    parser.add_argument("--weights", default="none")
    parser.add_argument("--decode", default="cpu", help="cpu or gpu, as in a build")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        photos = Path(scratch, "photos")
        begun = time.perf_counter()
        made(photos, arguments.n)
        print(f"{arguments.n:,} pictures of {SIZE[0]} x {SIZE[1]} made in {time.perf_counter() - begun:.0f} s")

        def keep(found: dict) -> None:
            if arguments.json:
                Path(arguments.json).write_text(json.dumps({"n": arguments.n} | found, indent=1) + "\n")

        report = built(photos, Path(scratch, "published.tour"), arguments, keep)
    keep(report)
    print(f"{report['machine']}: {report['layers']} layers, {report['total_s']:.1f} s")
    for name, seconds in report["stages"].items():
        print(f"  {name:12} {seconds:8.1f} s")


class Stages(Counter[str]):
    """Seconds of each stage, told to `keep` as they come."""

    def __init__(self, keep: Callable[[dict], None]) -> None:
        super().__init__()
        self._keep = keep

    def __setitem__(self, stage: str, seconds: int) -> None:
        super().__setitem__(stage, seconds)
        self._keep({"machine": str(machine()), "stages": dict(self)})


def built(photos: Path, out: Path, arguments: argparse.Namespace, keep: Callable[[dict], None]) -> dict:
    stages = Stages(keep)
    with stopwatch(stages):
        begun = time.perf_counter()
        tour = engine.build(
            arguments.network, photos, weights=arguments.weights, out=out, fresh=True, decode=arguments.decode
        )
        total = time.perf_counter() - begun
    return {"machine": str(machine()), "layers": len(tour.layers), "total_s": total, "stages": dict(stages)}


def made(folder: Path, n: int, size: tuple[int, int] = SIZE) -> None:
    """Pictures of ten kinds, each with grain of its own, in class folders."""
    for kind in range(10):
        (folder / f"kind {kind}").mkdir(parents=True)
    with ProcessPoolExecutor() as pool:
        list(pool.map(_picture, [folder] * n, range(n), [size] * n, chunksize=64))


def _picture(folder: Path, k: int, size: tuple[int, int]) -> None:
    kind, own = np.random.default_rng(k % 10), np.random.default_rng((1, k))
    rough = kind.integers(40, 216, (6, 8, 3)) + own.integers(-40, 40, (6, 8, 3))
    picture = Image.fromarray(rough.astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    picture.save(folder / f"kind {k % 10}" / f"{k:06}.jpg", quality=90)


if __name__ == "__main__":
    main()

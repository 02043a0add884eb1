"""Whole builds whose stages go on side by side, against one stage after the other, with the same bytes.

    python benchmarks/pipeline.py [--json FILE] [--short] [--threads 1] [--n 1500] [--width 3000] [--repeats 3]

Side by side are: the capture of the next pass, the neighbours of the next layer, UMAP of this one, and the pages of
sprites. All is real work: pictures decoded from JPEG files, a network of wide layers, exact neighbours, UMAP. With
`--threads 1` every stage keeps one core at most, as four stages of a machine with more cores would have one each;
without it, matrix products take all cores, and what is side by side shares them. The two ways take turns; the figures
are medians, the ratios those of a turn. `cpu` is the processor time of all threads: what being side by side costs in
itself, also where other work on the machine makes the clock worthless. `stages` are times by the clock, alone: what is
side by side takes as long as the longest of them at least.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from PIL import Image
from torch import nn

import engine
from engine.pipeline.building import layers, neighbors_ahead, passes, sprites
from engine.pipeline.building.background import Background


class Wide(nn.Module):
    """Layers of `width` values each, that are like the one before."""

    def __init__(self, width: int, count: int) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Sequential(nn.AdaptiveAvgPool2d(16), nn.Flatten(), nn.Linear(768, width), nn.ReLU())
        self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(width, width), nn.ReLU()) for _ in range(count - 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        for block in self.blocks:
            x = x + 0.1 * block(x)
        return x


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json")
    parser.add_argument("--short", action="store_true", help="half a minute: is it the same, and does it run")
    parser.add_argument("--threads", type=int, help="cores that one stage may use; all unless given")
    parser.add_argument("--n", type=int, default=1500)
    parser.add_argument("--width", type=int, default=3000)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.short:
        arguments.n, arguments.width, arguments.repeats = 300, 1000, 1
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    with tempfile.TemporaryDirectory() as scratch:
        report = compared(Path(scratch), arguments)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(vars(arguments) | report, indent=1) + "\n")


def compared(scratch: Path, arguments: argparse.Namespace) -> dict[str, object]:
    photos(scratch / "photos", arguments.n)
    network = Wide(arguments.width, arguments.layers).eval()
    # Two passes, of which the second is begun when half of the first is done.
    memory = int(4 * arguments.n * arguments.width * (0.75 * arguments.layers))
    ways = {"in sequence": in_sequence, "side by side": side_by_side}
    clock: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    stages: Counter[str] = Counter()
    for turn in range(-1, arguments.repeats):
        for name, way in ways.items():
            out = scratch / name / "x.tour"
            with way(stages if turn >= 0 else Counter()):
                begun, used = time.perf_counter(), time.process_time()
                engine.build(network, scratch / "photos", layers=["first", "blocks.?"], memory=str(memory), out=out,
                             fresh=True, progress=False)  # fmt: skip
            if turn >= 0:  # the first compiles UMAP, and reads the files for the first time
                clock[name].append(time.perf_counter() - begun)
                cpu[name].append(time.process_time() - used)
    equal = contents(scratch / "in sequence" / "x.tour") == contents(scratch / "side by side" / "x.tour")
    report: dict[str, object] = {name: statistics.median(values) for name, values in clock.items()}
    report |= {"stages": {name: seconds / arguments.repeats for name, seconds in stages.items()}}
    report |= {"clock": ratio(clock), "cpu": ratio(cpu), "same bytes": equal}
    threads = torch.get_num_threads()
    print(f"{arguments.n:,} pictures, {arguments.layers} layers {arguments.width:,} wide, {threads} threads")
    for name, value in report.items():
        print(f"  {name:14} {value:.3f}" if isinstance(value, float) else f"  {name:14} {value}")
    if not equal:
        raise SystemExit("what comes out differs")
    return report


def ratio(times: dict[str, list[float]]) -> float:
    """How many times what is in sequence takes, what is side by side takes: the median over the turns."""
    return statistics.median(a / b for a, b in zip(times["side by side"], times["in sequence"], strict=True))


def photos(folder: Path, n: int) -> None:
    folder.mkdir()
    rng = np.random.default_rng(0)
    for k in range(n):
        rough = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(rough).resize((320, 240), Image.Resampling.BICUBIC).save(folder / f"{k:05}.jpg", quality=90)


def contents(tour: Path) -> dict[str, bytes]:
    return {str(file.relative_to(tour)): file.read_bytes() for file in sorted(tour.rglob("*")) if file.is_file()}


def side_by_side(stages: Counter[str]) -> ExitStack:
    return ExitStack()


def in_sequence(stages: Counter[str]) -> ExitStack:
    """The engine with nothing begun before it is asked for, and every stage timed."""
    real = Background.__init__

    def waits(self, *arguments, **options):
        real(self, *arguments, **options)
        self.result()

    stack = stopwatch(stages)
    stack.enter_context(patch.object(Background, "__init__", waits))
    stack.enter_context(patch.object(passes._Captures, "begin", lambda *arguments, beside: None))
    return stack


def stopwatch(stages: Counter[str]) -> ExitStack:
    """Seconds by the clock of every stage of the builds within."""

    def timed(name: str, function):
        def call(*arguments, **options):
            begun = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                stages[name] += time.perf_counter() - begun

        return call

    stack = ExitStack()
    for owner, function, name in [
        (passes, "capture", "capture"),
        (neighbors_ahead, "nearest", "neighbours"),
        (layers, "embed", "UMAP"),
        (sprites, "write_pages", "sprites"),
    ]:
        stack.enter_context(patch.object(owner, function, timed(name, getattr(owner, function))))
    return stack


if __name__ == "__main__":
    main()

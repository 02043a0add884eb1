"""Threads that wait for others: how long they look for work before they sleep, alone and beside a busy program.

    python benchmarks/idle_threads.py [--beside 2] [--repeats 3] [--json FILE]

Trains the demo's network, of very small operations, and builds a tour of ResNet-18 with random weights, each in a
process of its own and in turn: as OpenMP does it, as `umap-tour` has it, and asleep at once. Prints seconds of each by
the clock and of processor, and the median of how many times OpenMP's own they are. --beside: so many programs that keep
a core each busy. Where other work cannot be stopped, `chrt -f 10` before the command lets it count little.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import engine
from engine.pipeline.digits import digits, train

WAYS = {
    "OpenMP's": {},
    "umap-tour's": {"GOMP_SPINCOUNT": "2000", "KMP_BLOCKTIME": "1"},
    "asleep at once": {"OMP_WAIT_POLICY": "PASSIVE"},
}
BUSY = "while True: pass"


def training() -> None:
    train(digits())


def building() -> None:
    pictures = list(np.random.default_rng(0).integers(0, 256, (96, 224, 224, 3), dtype=np.uint8))
    with tempfile.TemporaryDirectory() as folder:
        engine.build("resnet18", pictures, weights="none", out=Path(folder, "x.tour"), progress=False)


WORK = {"training": training, "a build": building}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--work", choices=WORK, help="this alone, in this process")
    arguments = parser.parse_args()
    if arguments.work:
        return WORK[arguments.work]()
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(arguments.beside)]
    try:
        rows = [row for work in WORK for row in compared(work, arguments.repeats)]
    finally:
        for each in busy:
            each.kill()
    if arguments.json:
        arguments.json.write_text(json.dumps({"beside": arguments.beside, "rows": rows}, indent=1) + "\n")


def compared(work: str, repeats: int) -> list[dict]:
    """Each way in turn; the first process of all, which may compile, does not count."""
    taken(work, {})
    turns = [{name: taken(work, way) for name, way in WAYS.items()} for _ in range(repeats)]
    rows = []
    for name in WAYS:
        clock, processor = (statistics.median(turn[name][k] for turn in turns) for k in (0, 1))
        against = [statistics.median(turn[name][k] / turn["OpenMP's"][k] for turn in turns) for k in (0, 1)]
        rows.append({"work": work, "way": name, "s": clock, "cpu_s": processor, "ratio": against[0], "cpu": against[1]})
        seconds = f"{clock:.1f} s, {processor:.1f} s of processor"
        print(f"{work}, {name}: {seconds}; {against[0]:.2f} and {against[1]:.2f} times OpenMP's", flush=True)
    return rows


def taken(work: str, way: dict[str, str]) -> tuple[float, float]:
    """Seconds by the clock and of processor of a process that does it."""
    around = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_", "KMP_"))}
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, __file__, "--work", work], env=around | way)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise ChildProcessError(f"{work} ended with {status}")
    return time.perf_counter() - start, used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

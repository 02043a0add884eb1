"""A build by workers: two against one, what Dask itself costs, and the memory of its scheduler.

    python benchmarks/cluster.py [--json FILE] [--short] [--n 4000] [--width 4096] [--repeats 3] [--tasks 100000]

capture and neighbours: the same build's tasks by one worker with one thread and by two with one thread each, in turn;
medians of the turns. `speedup` is by the clock, and on a machine that does other work besides it says little (the load
is said). `speedup by processor time` does not mind them: what one worker needs of a processor over what the busier of
two needs, so the speedup of two cores that are free.
own share: of the time of tasks that sleep for a second, what is not sleep: sending, waiting, fetching. Of a processor,
what scheduler and command need for a task.
scheduler: memory of its process while tasks that do nothing go through a worker with 64 threads, as 64 workers would
take them; nothing of what has ended must stay. 100,000 of them take most of an hour.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import torch
from torch import nn

from engine.cluster.connect import connected
from engine.cluster.workers import Task, Workers
from engine.pipeline.building.job import Job
from engine.pipeline.building.options import Options
from engine.pipeline.building.planning import plan
from engine.pipeline.building.request import Request
from engine.pipeline.building.work import looked_at
from engine.pipeline.device import machine
from engine.pipeline.sharded import passes
from pipeline import photos

STAGES = {"capture_shard": "capture", "search": "neighbours"}
GOALS = {"capture": 1.7, "neighbours": 1.6}
SHARE = 0.05  # of Dask itself, at tasks of a second
MIB = 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json")
    parser.add_argument("--short", action="store_true", help="a minute: does it run")
    parser.add_argument("--n", type=int, default=4000)
    parser.add_argument("--width", type=int, default=4096)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--tasks", type=int, default=100_000)
    arguments = parser.parse_args()
    if arguments.short:
        arguments.n, arguments.width, arguments.repeats, arguments.tasks = 400, 1024, 1, 2000
    torch.set_num_threads(1)  # and so each worker's
    report: dict[str, object] = {}

    def said(part: dict[str, object]) -> None:
        report.update(part)
        for name, value in part.items():
            print(f"{name:48} {value:.3f}" if isinstance(value, float) else f"{name:48} {value}", flush=True)

    said({"load": os.getloadavg()[0], "cores": os.cpu_count()})
    with tempfile.TemporaryDirectory() as scratch:
        with connected("local:1") as one, connected("local:2") as two:
            said(speedups(Path(scratch), {1: one, 2: two}, arguments))
            said(own_share(two, 4 if arguments.short else 40))
        said(scheduler_memory(Path(scratch), arguments.tasks))
    said({"load at the end": os.getloadavg()[0]})
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(vars(arguments) | report, indent=1) + "\n")


# ---------------------------------------------------------------------------------------------- two against one


def speedups(scratch: Path, clusters: dict[int, Workers], arguments: argparse.Namespace) -> dict[str, object]:
    photos(scratch / "photos", arguments.n)
    turns: list[dict[int, Timed]] = []
    for turn in range(-1, arguments.repeats):  # the first has the workers import what they need
        turns.append({count: Timed(workers.client) for count, workers in clusters.items()})
        for count, timed in turns[-1].items():
            through(scratch / f"{turn}-{count}", scratch / "photos", timed, arguments.width)
    report: dict[str, object] = {}
    for stage, goal in GOALS.items():
        clock = [turn[1].clock[stage] / turn[2].clock[stage] for turn in turns[1:]]
        cpu = [turn[1].busiest(stage) / turn[2].busiest(stage) for turn in turns[1:]]
        report[f"{stage}, one worker, s"] = statistics.median(turn[1].clock[stage] for turn in turns[1:])
        report[f"{stage}, two workers, s"] = statistics.median(turn[2].clock[stage] for turn in turns[1:])
        report[f"{stage}, speedup (goal {goal})"] = statistics.median(clock)
        report[f"{stage}, speedup by processor time"] = statistics.median(cpu)
    return report


class Timed(Workers):
    """Workers of which every round of tasks is timed, by the clock and by what each worker takes of a processor."""

    def __init__(self, client) -> None:
        super().__init__(client)
        self.clock: dict[str, float] = {}
        self.cpu: dict[str, dict[str, float]] = {}

    def run(self, function, tasks) -> Iterator:
        stage = STAGES.get(function.__name__, function.__name__)
        before, begun = self.client.run(time.process_time), time.perf_counter()
        yield from super().run(function, tasks)
        self.clock[stage] = self.clock.get(stage, 0.0) + time.perf_counter() - begun
        used = self.cpu.setdefault(stage, dict.fromkeys(before, 0.0))
        for worker, after in self.client.run(time.process_time).items():
            used[worker] += after - before[worker]

    def busiest(self, stage: str) -> float:
        return max(self.cpu[stage].values())


def through(folder: Path, images: Path, workers: Workers, width: int) -> None:
    """All that workers do of a build; what is not theirs, UMAP, is left out."""
    options = Options(15, 15, 0.1, 51_200, "average", 64, 0)
    request = Request(Tower(width).eval(), images, "default", False, 0, None, None, None, None, None, None, None)
    job = Job.of(folder / "x.tour")
    net, source = request.open()
    work, inputs = looked_at(job, net, source, ["wide.*"], options, machine("cpu"), False)
    scheme = plan(work.probes, n=source.n, max_width=options.max_width, memory=2**40, batch=work.machine.batch)

    def not_embedded(work, k, rows, graph) -> None:
        graph.result()
        job.keep_no_layer(k, "not embedded")

    with job.begun(inputs, fresh=True), patch.object(passes, "embed_layer", not_embedded):
        passes.run_sharded(work, scheme, workers, request, once_seen=lambda: None)
    job.remove()


class Tower(nn.Module):
    """Convolutions that take a few milliseconds a picture, then two layers of `width` values."""

    def __init__(self, width: int) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 5, stride=3), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.ReLU(),
                                  nn.AdaptiveAvgPool2d(8), nn.Flatten())  # fmt: skip
        self.wide = nn.ModuleList([nn.Linear(2048, width), nn.Linear(width, width)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        for layer in self.wide:
            x = layer(x).relu()
        return x


# ---------------------------------------------------------------------------------------------- Dask itself


def own_share(workers: Workers, count: int) -> dict[str, object]:
    """Of `count` tasks that sleep for a second. Scheduler and command are one process here."""
    threads = sum(workers.fit().values())
    begun, used = time.perf_counter(), time.process_time()
    for _ in workers.run(time.sleep, [Task(f"sleep {k}", (1.0,)) for k in range(count)]):
        pass
    wall, cpu = time.perf_counter() - begun, time.process_time() - used
    return {
        f"own share at 1 s tasks (goal {SHARE})": 1.0 - (count / threads) / wall,
        "processor time of a task beside the worker, ms": 1000.0 * cpu / count,
    }


def scheduler_memory(scratch: Path, count: int) -> dict[str, object]:
    """Resident memory of a scheduler's own process as tasks go through it."""
    with separate(scratch) as file, connected(file) as workers:
        workers.fit()
        report: dict[str, object] = {"scheduler, idle, MiB": workers.client.run_on_scheduler(resident) / MIB}
        done, begun = 0, time.perf_counter()
        for stop in sorted({count // 100, count // 10, count // 2, count}):
            for _ in workers.run(nothing, (Task(f"nothing {k}", (k,)) for k in range(done, stop))):
                pass
            done = stop
            report[f"scheduler after {done:,} tasks, MiB"] = workers.client.run_on_scheduler(resident) / MIB
        report["tasks a second"] = count / (time.perf_counter() - begun)
    return report


@contextlib.contextmanager
def separate(scratch: Path) -> Iterator[str]:
    """The file of a scheduler in a process of its own, with one worker of 64 threads."""
    file = scratch / "scheduler.json"
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    words = {
        "scheduler": ["--port", "0", "--no-show"],
        "worker": ["--nthreads", "64", "--no-nanny", "--memory-limit", "0", "--local-directory", str(scratch)],
    }
    started = []
    try:
        for kind, more in words.items():
            code = f"from distributed.cli.dask_{kind} import main; main()"
            command = [sys.executable, "-c", code, *common, *more]
            started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
            while not file.is_file() or not file.read_text():
                time.sleep(0.05)
        yield str(file)
    finally:
        for process in started:
            process.kill()
            process.wait()


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def nothing(number: int) -> int:
    return number


if __name__ == "__main__":
    main()

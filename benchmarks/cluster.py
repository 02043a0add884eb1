"""A build by workers: two against one, what Dask itself costs, and the memory of its scheduler.

    python benchmarks/cluster.py [--json FILE] [--short] [--only PART] [--n 4096] [--repeats 2] [--tasks 100000]

capture and neighbours: the same build's tasks by one worker and by two, in turn; medians of the turns. Every worker is
held to one core of its own, decoding included: otherwise one worker decodes on the second core too, and two cannot be
twice as fast. A round on a few pictures before lets the workers import what they need; it is not counted. `speedup` is
by the clock, all that the command does included, and on a machine that does other work besides it says little (the load
is said). `speedup of the tasks` is the clock as well, of what runs on the workers alone: the sum of one worker's tasks
over that of the busier of two. `speedup by processor time` does not mind other work: what one worker needs of a
processor over what the busier of two needs. Where the two workers' time goes otherwise is said: before the first task
(planning, sending), between two tasks of a worker, and after a worker's last one until the round is over. 4,096
pictures are 16 shards of 16 batches, 8 for each of two workers: with fewer, a last odd one is the tail.
own share: of the time of tasks that sleep for a second, what is not sleep: sending, waiting, fetching.
scheduler: memory of its process while tasks that do nothing go through a worker with 64 threads, as 64 workers would
take them; nothing of what has ended must stay. And what such a task takes of a processor, here and of the scheduler.
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
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

import torch
from distributed import get_worker
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
    parser.add_argument("--only", choices=["build", "share", "scheduler"], help="one of the three parts")
    parser.add_argument("--n", type=int, default=4096)
    parser.add_argument("--width", type=int, default=4096)
    parser.add_argument("--repeats", type=int, default=2)
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
        if arguments.only != "scheduler":
            with pinned("local:1") as one, pinned("local:2") as two:
                if arguments.only != "share":
                    said(speedups(Path(scratch), {1: one, 2: two}, arguments))
                if arguments.only != "build":
                    said(own_share(two, 4 if arguments.short else 40))
        if arguments.only in (None, "scheduler"):
            said(scheduler_memory(Path(scratch), arguments.tasks))
    said({"load at the end": os.getloadavg()[0]})
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(vars(arguments) | report, indent=1) + "\n")


# ---------------------------------------------------------------------------------------------- two against one


@contextlib.contextmanager
def pinned(cluster: str) -> Iterator[Workers]:
    """Workers that have a core each, from before they count how many there are."""
    mine = sorted(os.sched_getaffinity(0))
    keep_to({mine[0]})
    with connected(cluster) as workers:
        keep_to(set(mine))
        for core, address in zip(mine, workers.present(), strict=False):
            workers.client.run(keep_to, {core}, workers=[address])
        yield workers


def keep_to(cores: set[int]) -> None:
    """Have all threads of this process run on these cores."""
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), cores)


def speedups(scratch: Path, clusters: dict[int, Workers], arguments: argparse.Namespace) -> dict[str, object]:
    photos(scratch / "few", 64)
    photos(scratch / "photos", arguments.n)
    turns: list[dict[int, Timed]] = []
    for turn in range(-1, arguments.repeats):
        turns.append({count: Timed(workers.client) for count, workers in clusters.items()})
        for count, timed in turns[-1].items():
            images = scratch / ("few" if turn < 0 else "photos")
            through(scratch / f"{turn}-{count}", images, timed, arguments.width)
    report: dict[str, object] = {}
    for stage, goal in GOALS.items():
        figures = [compared(turn[1].rounds[stage], turn[2].rounds[stage], goal) for turn in turns[1:]]
        for name in figures[0]:
            report[f"{stage}, {name}"] = statistics.median(each[name] for each in figures)
    return report


@dataclass(frozen=True)
class Round:
    """Rounds of tasks of one stage, in seconds."""

    clock: float
    spans: dict[str, list[tuple[float, float, float]]]
    """By worker: when each of its tasks begins and ends, counted from the round's begin, and its processor time."""

    def busy(self, worker: str) -> float:
        return sum(ended - begun for begun, ended, _ in self.spans[worker])

    def cpu(self, worker: str) -> float:
        return sum(cpu for _, _, cpu in self.spans[worker])


def compared(one: list[Round], two: list[Round], goal: float) -> dict[str, float]:
    """One worker's rounds of a stage against two workers'."""
    clock = [sum(each.clock for each in rounds) for rounds in (one, two)]
    busy, cpu = (
        [sum(max(map(getattr(each, name), each.spans)) for each in rounds) for rounds in (one, two)]
        for name in ("busy", "cpu")
    )
    both = [(each, sorted(spans)) for each in two for spans in each.spans.values()]
    before = sum(spans[0][0] for _, spans in both)
    after = sum(each.clock - spans[-1][1] for each, spans in both)
    work = sum(ended - begun for _, spans in both for begun, ended, _ in spans)
    whole = 2 * clock[1]
    return {
        "one worker, s": clock[0],
        "two workers, s": clock[1],
        f"speedup (goal {goal})": clock[0] / clock[1],
        "speedup of the tasks": busy[0] / busy[1],
        "speedup by processor time": cpu[0] / cpu[1],
        "two: share of tasks": work / whole,
        "two: share before the first task": before / whole,
        "two: share between tasks": (whole - before - after - work) / whole,
        "two: share after a worker's last task": after / whole,
    }


class Timed(Workers):
    """Workers of which every task of every round is timed, where it runs."""

    def __init__(self, client) -> None:
        super().__init__(client)
        self.rounds: dict[str, list[Round]] = {}

    def run(self, function, tasks) -> Iterator:
        begun = time.monotonic()
        yield from super().run(partial(noted, function), tasks)
        clock = time.monotonic() - begun
        spans = {
            worker: [(first - begun, last - begun, cpu) for first, last, cpu in lines]
            for worker, lines in self.client.run(taken).items()
            if lines
        }
        if spans:
            self.rounds.setdefault(STAGES.get(function.__name__, function.__name__), []).append(Round(clock, spans))


def noted(function, *arguments):
    """On a worker: the task, and a line of when it began and ended, and what it took of a processor."""
    begun, used = time.monotonic(), time.process_time()
    try:
        return function(*arguments)
    finally:
        vars(get_worker()).setdefault("noted", []).append((begun, time.monotonic(), time.process_time() - used))


def taken(dask_worker) -> list[tuple[float, float, float]]:
    return vars(dask_worker).pop("noted", [])


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
        "scheduler and command at 1 s tasks, share of a core": cpu / wall,
    }


def scheduler_memory(scratch: Path, count: int) -> dict[str, object]:
    """Resident memory of a scheduler's own process as tasks go through it."""
    with separate(scratch) as file, connected(file) as workers:
        workers.fit()
        there = workers.client.run_on_scheduler
        report: dict[str, object] = {"scheduler, idle, MiB": there(resident) / MIB}
        done, begun, used = 0, time.perf_counter(), (time.process_time(), there(time.process_time))
        for stop in sorted({count // 100, count // 10, count // 2, count}):
            for _ in workers.run(nothing, (Task(f"nothing {k}", (k,)) for k in range(done, stop))):
                pass
            done = stop
            report[f"scheduler after {done:,} tasks, MiB"] = there(resident) / MIB
        report["tasks a second"] = count / (time.perf_counter() - begun)
        report["processor time of the command for a task, ms"] = 1000.0 * (time.process_time() - used[0]) / count
        report["processor time of the scheduler for a task, ms"] = 1000.0 * (there(time.process_time) - used[1]) / count
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

"""What the benchmarks of the pipeline share: one way to hold the clock, whatever the device."""

import statistics
import time

import torch


def in_turn(ways, repeats):
    """Seconds of each of `ways` (name -> function), one after the other, `repeats` times over: name -> list."""
    times = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            times[name].append(timed(way)[0])
    return times


def ratio(times, name, limit):
    """The median of how many times `limit` each turn of `name` took."""
    return statistics.median(a / b for a, b in zip(times[name], times[limit], strict=True))


def timed(way):
    """Seconds that `way()` takes, the device's work included, and what it returns."""
    synchronize = torch.cuda.synchronize if torch.cuda.is_available() else lambda: None
    synchronize()
    start = time.perf_counter()
    result = way()
    synchronize()
    return time.perf_counter() - start, result

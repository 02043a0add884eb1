"""What the benchmarks of the pipeline share: one way to hold the clock, whatever the device."""

import time

import torch


def timed(way):
    """Seconds that `way()` takes, the device's work included, and what it returns."""
    synchronize = torch.cuda.synchronize if torch.cuda.is_available() else lambda: None
    synchronize()
    start = time.perf_counter()
    result = way()
    synchronize()
    return time.perf_counter() - start, result

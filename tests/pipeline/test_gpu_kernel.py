"""The CUDA kernel for distances on test doubles: its own text, run as C++, says what torch says, and torch stands by.

A GPU alone can tell whether CUDA compiles it (tests/pipeline/test_cuda.py).
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

import engine.pipeline.algebra.fused as fused
import engine.pipeline.neighbors as neighbors
from engine.pipeline.building.neighbors_ahead import neighbors as neighbors_of
from engine.pipeline.device import machine
from engine.pipeline.neighbors import nearest


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_the_kernel_for_distances_says_what_torch_says(two, monkeypatch, dtype):
    monkeypatch.setattr(fused, "_checked", {})
    fused._kernel.cache_clear()
    beside = machine("cuda:1")
    with beside.current(), ThreadPoolExecutor(1) as pool:
        points = (torch.randn(60, 33, generator=torch.Generator().manual_seed(0)) * 3).to(dtype).to(beside.device)
        left = torch.arange(60, device=points.device).repeat(2)
        right = torch.arange(120, device=points.device) % 59
        found = fused.squared_distances(points, left, right)
        exact = (points.double()[left] - points.double()[right]).square().sum(dim=1)
        assert found.cpu().numpy() == pytest.approx(exact.cpu().numpy(), rel=1e-6)
        monkeypatch.setattr(neighbors, "_fuses", lambda points: True)
        there = nearest(points, 8)
        two.cupy.cuda.Stream.entered.clear()
        again = neighbors_of(pool, points, 8, label="", machine=beside).result()
        entered = {(each.name, each.device_index) for each in two.cupy.cuda.Stream.entered}
        assert entered == {("a stream of its own", 1)}  # torch's own there, not CuPy's
        assert (there[0] == again[0]).all() and (there[1] == again[1]).all()
        monkeypatch.setattr(neighbors, "_fuses", lambda points: False)
        here = nearest(points, 8)
        distances = there[1].cpu().numpy()
        assert (there[0] == here[0]).all() and distances == pytest.approx(here[1].cpu().numpy(), rel=1e-6)
    fused._kernel.cache_clear()


def test_squares_that_overflow_are_infinite_and_no_reason_to_do_without_the_kernel(two, monkeypatch):
    """As torch has them. Kahan's sum makes no number of them."""
    monkeypatch.setattr(fused, "_checked", {})
    fused._kernel.cache_clear()
    here = machine("cuda")
    with here.current():
        points = torch.tensor([[3e19, 1.0, 2.0], [-3e19, 1.0, 2.0], [3e19, 1.0, 5.0]], device=here.device)
        left, right = torch.tensor([0, 0], device=here.device), torch.tensor([1, 2], device=here.device)
        found = fused.squared_distances(points, left, right)
        assert found is not None and found.tolist() == [torch.inf, 9.0]
    fused._kernel.cache_clear()


@pytest.mark.parametrize("fault", ["raises", "is wrong"])
def test_a_kernel_that_does_not_do_is_said_and_torch_computes(two, monkeypatch, fault, caplog):
    def broken(grid, block, arguments):
        if fault == "raises":
            raise RuntimeError("NVRTC_ERROR_COMPILATION")
        arguments[-1]._values[...] = 0.0

    monkeypatch.setattr(fused, "_checked", {})
    monkeypatch.setattr(fused, "_kernel", lambda dtype: broken)
    here = machine("cuda")
    with here.current():
        points = torch.randn(60, 33, generator=torch.Generator().manual_seed(0)).to(here.device)
        monkeypatch.setattr(neighbors, "_fuses", lambda points: True)
        there = nearest(points, 8)
        assert caplog.text.count("more slowly") == 1
        assert ("NVRTC" if fault == "raises" else "other distances than torch") in caplog.text
        monkeypatch.setattr(neighbors, "_fuses", lambda points: False)
        assert (there[0] == nearest(points, 8)[0]).all()

"""The script for a GPU, where there is none: every step has its limit, the report is there whatever happens.

And the rate that neighbours are held against is that of their own products, warm.
"""

import json
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch


@pytest.fixture(autouse=True)
def on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))


def test_what_there_is_no_time_for_is_said_in_both_reports(tmp_path, monkeypatch):
    import gpu_all

    monkeypatch.setattr(sys, "argv", ["gpu_all.py", "--seconds", "5", "--out", str(tmp_path / "report")])
    gpu_all.main()
    report = json.loads((tmp_path / "report.json").read_text())
    assert set(report["steps"]) == set(gpu_all.STEPS)
    left_out = {values["left out"] for values in report["steps"].values()}
    assert "no time left" in left_out and all(set(each) == {"left out", "seconds"} for each in report["steps"].values())
    text = (tmp_path / "report.md").read_text()
    assert all(f"| {name} | 0.0 | left out " in text for name in gpu_all.STEPS)


def test_a_step_that_takes_too_long_is_ended_and_costs_itself_alone(tmp_path):
    import gpu_all

    found = gpu_all.by_itself("neighbours", 0.2, SimpleNamespace(n=50_000, quick=False))
    assert found["error"] == "took longer than 0 s"


def test_the_rate_is_that_of_products_as_neighbours_make_them_and_warm(monkeypatch):
    import published_scale

    turns, products = [], []

    def in_turn(ways, repeats):
        turns.append(repeats)
        for _ in range(repeats):
            ways["product"]()
        return {"product": [1.0] * repeats if len(turns) == 1 else [0.25, 0.125] * repeats}

    def multiply(left, right, *, out):
        products.append((left.dtype, right.dtype, out.dtype, tuple(left.shape)))

    monkeypatch.setattr(published_scale, "in_turn", in_turn)
    monkeypatch.setattr(published_scale, "multiply", multiply)
    monkeypatch.setattr(published_scale, "operands", partial(published_scale.operands, half=True))
    rate = published_scale.product_rate(torch.randn(40, 30, generator=torch.Generator().manual_seed(0)))
    assert len(turns) == 2 and rate == 2.0 * 40**2 * 30 / 0.125
    assert set(products) == {(torch.float16, torch.float16, torch.float32, (40, 32))}

"""The script for a GPU, where there is none: every step has its limit, the report is there whatever happens.

And the rate that neighbours are held against is that of their own products, warm.
"""

import json
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from engine.pipeline.embedding import Schedule
from tests.doubles import gpus


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


@pytest.mark.parametrize("name", ["neighbours", "memory of layers", "copies to the host", "several GPUs"])
def test_a_step_runs_on_gpus_that_are_not_there(name, monkeypatch):
    """Test doubles of two, for the calls alone: no figure of it is one."""
    import gpu_all

    gpus(monkeypatch, 2)
    step = gpu_all.STEPS[name]
    assert step.needs() == ""
    kept = []
    found = step.way(gpu_all.Size(80, True, lambda found: kept.append(json.dumps(found))))
    assert found and json.dumps(found)
    if name == "several GPUs":
        assert [each["same neighbours as on 0"] for each in found["devices"]] == [1.0, 1.0]
    if name in ("memory of layers", "several GPUs"):
        assert len(kept) == len(next(iter(found.values()))) and kept[-1] == json.dumps(found)  # as it comes


@pytest.mark.trains
def test_the_published_scale_runs_on_a_gpu_that_is_not_there(monkeypatch, tmp_path):
    import published_scale

    gpus(monkeypatch, 1)
    monkeypatch.setattr(published_scale, "schedule", lambda n, *, first: Schedule(5, 1.0))
    monkeypatch.setattr(published_scale, "WIDTHS", (768, 16_384))
    monkeypatch.setattr(sys, "argv", ["published_scale.py", "--n", "40", "--json", str(tmp_path / "found.json")])
    published_scale.main()
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["machine"] == "GPU of a test, cuML" and [each["width"] for each in found["layers"]] == [768, 16_384]


def test_what_matters_most_comes_first():
    """Whatever is asked of a GPU, but for whole builds, ends within the time even where each takes all it may."""
    import gpu_all

    names = list(gpu_all.STEPS)
    first = names[: names.index("copies to the host") + 1]
    assert {"gpu tests", "published scale", "neighbours", "frames of dots", "frames of images"} < set(first)
    assert sum(gpu_all.STEPS[name].limit for name in first) <= 570


@pytest.mark.slow
def test_a_script_that_is_ended_ends_what_it_has_begun_and_has_its_report(tmp_path):
    """SIGTERM, as whoever lends the machine may send."""
    import gpu_all

    command = [sys.executable, gpu_all.__file__, "--out", str(tmp_path / "report"), "--seconds", "60"]
    process = subprocess.Popen(command, env=gpu_all.around(), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()  # a step is over: there is no GPU, or the tests of one have run
    until = time.monotonic() + 60
    while not (begun := steps_of(process.pid)) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.5)  # until the script, too, knows which process it has begun
    process.terminate()
    assert process.wait(60) == 143 and begun
    assert not any(Path(f"/proc/{each}").exists() for each in begun)
    assert json.loads((tmp_path / "report.json").read_text())["steps"]


def steps_of(pid):
    """What a process has begun that has become another program."""
    begun = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for each in begun if b"--step" in Path(f"/proc/{each}/cmdline").read_bytes()]

"""The script for a GPU, where there is none: every step has its limit, the report is there whatever happens.

And the rate that neighbours are held against is that of their own products, warm.
"""

import io
import json
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

import engine
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


@pytest.fixture
def one(monkeypatch):
    """A machine with a GPU that is not there, and short schedules."""
    monkeypatch.setattr("engine.pipeline.building.layers.schedule", lambda n, *, first: Schedule(5, 1.0))
    return gpus(monkeypatch, 1)


def kept_by(monkeypatch, module):
    """What a script had written into its file, each time."""
    kept: list[dict] = []

    def dumps(found, **options):
        kept.append(json.loads(json.dumps(found)))
        return json.dumps(found, **options)

    monkeypatch.setattr(module, "json", SimpleNamespace(dumps=dumps))
    return kept


@pytest.mark.trains
def test_the_published_scale_runs_on_a_gpu_that_is_not_there(one, monkeypatch, tmp_path):
    import published_scale

    file = tmp_path / "found.json"
    kept = kept_by(monkeypatch, published_scale)
    monkeypatch.setattr(published_scale, "schedule", lambda n, *, first: Schedule(5, 1.0))
    monkeypatch.setattr(published_scale, "WIDTHS", (768, 16_384))
    monkeypatch.setattr(sys, "argv", ["published_scale.py", "--n", "40", "--json", str(file)])
    published_scale.main()
    found = json.loads(file.read_text())
    assert found["machine"] == "GPU of a test, cuML" and [each["width"] for each in found["layers"]] == [768, 16_384]
    assert [sorted(set(each) - {"n", "machine"}) for each in kept] == [
        ["layers"], ["layers"], ["layers", "total_s"], ["layers", "side_by_side_s", "total_s"]
    ]  # fmt: skip


@pytest.mark.trains
@pytest.mark.slow
def test_a_published_build_runs_on_a_gpu_that_is_not_there(one, monkeypatch, tmp_path, capsys):
    import published_build

    def decoder(data, mode, device):
        pictures = [np.array(Image.open(io.BytesIO(each.numpy().tobytes())).convert(mode)) for each in data]
        return [torch.from_numpy(each).permute(2, 0, 1).to(device) for each in pictures]

    file = tmp_path / "found.json"
    kept = kept_by(monkeypatch, published_build)
    monkeypatch.setattr("engine.pipeline.inputs.jpegs.decoder", lambda: decoder)
    two_layers = partial(engine.build, layers=["conv1", "fc"])  # the others would take seconds
    monkeypatch.setattr(published_build, "engine", SimpleNamespace(build=two_layers))
    words = ["--n", "16", "--network", "shufflenet_v2_x0_5", "--decode", "gpu", "--json", str(file)]
    monkeypatch.setattr(sys, "argv", ["published_build.py", *words])
    published_build.main()
    found = json.loads(file.read_text())
    assert found["machine"] == "GPU of a test, cuML" and found["layers"] == len(one.cuml.UMAP.made) == 2
    assert set(found["stages"]) == {"capture", "neighbours", "UMAP", "sprites"} and found["total_s"] > 0.0
    assert [sorted(each) for each in kept[:-1]] == [["machine", "n", "stages"]] * (len(kept) - 1)
    assert list(kept[0]["stages"]) == ["capture"] and "UMAP" in capsys.readouterr().out


@pytest.mark.trains
def test_stages_side_by_side_run_on_a_gpu_that_is_not_there(one, monkeypatch, tmp_path):
    import pipeline

    words = ["--n", "24", "--width", "60", "--layers", "3", "--repeats", "1", "--json", str(tmp_path / "found.json")]
    monkeypatch.setattr(sys, "argv", ["pipeline.py", *words])
    pipeline.main()
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["same bytes"] and found["clock"] > 0.0 and len(one.cuml.UMAP.made) == 2 * 2 * 3


def test_what_a_benchmark_had_written_stays_where_it_is_ended(tmp_path, monkeypatch):
    """A step that takes too long is killed with what it has begun: its file is the one that the report is made of."""
    import gpu_all

    def run(*words):
        Path(words[words.index("--json") + 1]).write_text('{"layers": [1]}')
        raise KeyboardInterrupt

    monkeypatch.setattr(gpu_all, "run", run)
    file = tmp_path / "found.json"
    names = ("published scale", "a published build", "a published build, decoded on the GPU", "decoding",
             "stages side by side")  # fmt: skip
    for name in names:
        file.unlink(missing_ok=True)
        with pytest.raises(KeyboardInterrupt):
            gpu_all.STEPS[name].way(gpu_all.Size(40, True, file=file))
        assert json.loads(file.read_text()) == {"layers": [1]}


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

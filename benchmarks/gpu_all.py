"""All that a GPU has to show, in ten minutes: the gpu tests, the published scale, neighbours, frames, copies, memory.

    python benchmarks/gpu_all.py [--out gpu-report] [--n 50000] [--quick]

Writes OUT.json and OUT.md. What needs what is not here (a GPU, cuML, CuPy) is left out and said so; a step that fails
is written down with its error, and the next one goes on. --quick: small numbers, to see that every step runs.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from published_scale import product_rate
from timing import timed

from engine.pipeline.device import machine
from engine.pipeline.embedding import principal_start
from engine.pipeline.neighbors import nearest
from engine.pipeline.numbers.products import operands

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default="gpu-report")
    parser.add_argument("--n", type=int, default=50_000)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    n = 1000 if arguments.quick else arguments.n
    report: dict = {"machine": about(), "steps": {}}
    steps = {
        "gpu tests": (has_gpu, gpu_tests),
        "doctor --gpu": (always, doctor),
        "neighbours": (always, lambda: neighbours(n, 2048 if arguments.quick else 16_384)),
        "memory of layers": (has_gpu, lambda: memory(n)),
        "copies to the host": (has_gpu, lambda: copies(n)),
        "published scale": (has_cuml, lambda: published_scale(n)),
        "a published build": (has_cuml, lambda: published_build(n)),
        "stages side by side": (always, lambda: side_by_side(arguments.quick)),
        "frames": (always, lambda: frames(arguments.quick)),
    }
    for name, (needs, way) in steps.items():
        start = time.perf_counter()
        missing = needs()
        try:
            report["steps"][name] = {"left out": missing} if missing else way()
        except Exception as error:
            report["steps"][name] = {"error": f"{type(error).__name__}: {error}"}
        report["steps"][name]["seconds"] = round(time.perf_counter() - start, 1)
        print(f"{name}: {report['steps'][name]}", flush=True)
        Path(f"{arguments.out}.json").write_text(json.dumps(report, indent=1) + "\n")
    Path(f"{arguments.out}.md").write_text(markdown(report))


def always() -> str:
    return ""


def has_gpu() -> str:
    return "" if torch.cuda.is_available() else "torch sees no GPU"


def has_cuml() -> str:
    missing = [name for name in ("cuml", "cupy") if importlib.util.find_spec(name) is None]
    return has_gpu() or (f"{' and '.join(missing)} not installed" if missing else "")


def about() -> dict:
    from engine.trial import _versions

    smi = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
    try:
        cards = subprocess.run(smi, capture_output=True, text=True).stdout.strip().splitlines()
    except OSError:
        cards = []
    return {"cards": cards, "cpus": os.cpu_count(), "system": platform.platform(terse=True), "versions": _versions()}


def gpu_tests() -> dict:
    done = run("-m", "pytest", "-m", "gpu", "-q", "-rs", "--durations=5", "tests/pipeline")
    return {"passed": done.returncode == 0, "said": done.stdout[-3000:]}


def doctor() -> dict:
    done = run("-m", "engine", "doctor", "--gpu")
    return {"all well": done.returncode == 0, "said": done.stdout}


def neighbours(n: int, width: int) -> dict:
    """Seconds, and the share of the rate of the bare product in the same precision; the aim is a half."""
    here = machine()
    with here.current():
        points = made(n, width, here.device)
        rate = product_rate(points[:8192])
        nearest(points[:2000], 15)  # warm
        seconds = [timed(lambda: nearest(points, 15))[0] for _ in range(3)]
    share = 2.0 * n**2 * width / statistics.median(seconds) / rate
    return {"n": n, "width": width, "s": seconds, "product, TFlop/s": rate / 1e12, "share of the product": share}


def made(n: int, width: int, device: torch.device) -> torch.Tensor:
    """Rows as after a ReLU, of 32 dimensions, in float16."""
    generator = torch.Generator(device).manual_seed(0)
    factors = torch.randn(n, 32, device=device, generator=generator)
    weights = torch.randn(32, width, device=device, generator=generator)
    rows = torch.empty(n, width, device=device, dtype=torch.float16)
    for block, part in zip(rows.split(4096), factors.split(4096), strict=True):
        block.copy_((part @ weights).relu())
    return rows


def memory(n: int) -> dict:
    """What one layer takes beside its matrix at most, and what is left of it afterwards, in bytes."""
    here = machine()
    found = []
    with here.current():
        for width in (1024, 16_384, 51_200):
            points = made(n, width, here.device)
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
            nearest(points, 15)
            peak, after = torch.cuda.max_memory_allocated() - before, torch.cuda.memory_allocated() - before
            copy = operands(points[:16]).copy
            assert copy is not None
            found.append({"width": width, "beside": peak, "copy": copy.nbytes // 16 * n, "left": after})
            del points
    return {"layers": found}


def copies(n: int) -> dict:
    """What leaves the device on the way from activations to a start: every copy, counted as it is made."""
    sys.path.insert(0, str(ROOT))
    from tests.doubles.copies import Copies

    here = machine()
    with here.current():
        points = made(n, 4096, here.device)
        with Copies() as seen:
            nearest(points, 15)
            principal_start(points, 15, seed=0)
    return {"copies": len(seen.copies), "bytes": sum(seen.copies), "largest": seen.largest, "waits": len(seen.waits)}


def published_scale(n: int) -> dict:
    return written("benchmarks/published_scale.py", "--n", str(n))


def published_build(n: int) -> dict:
    """From JPEG files to a finished tour."""
    return written("benchmarks/published_build.py", "--n", str(n))


def side_by_side(quick: bool) -> dict:
    """A build with its stages side by side, against one after the other."""
    size = ["--short"] if quick else ["--n", "5000", "--width", "8000", "--repeats", "2"]
    return written("benchmarks/pipeline.py", *size)


def frames(quick: bool) -> dict:
    """Frames per second at 1920 x 1080, each finished before the next, and the ratio to a bare draw.

    The aim: 1,000,000 images at 120, 10,000,000 dots at 60.
    """
    from engine.render import baseline, benchmark
    from engine.render.offscreen import current, describe

    baseline.SIZE = benchmark.SIZE = (1920, 1080)
    with current():
        renderer = describe().renderer
    numbers = {"images": [10_000 if quick else 1_000_000], "dots": [20_000 if quick else 10_000_000]}
    kept = ("mode", "n", "phase", "frame_ms", "ratio", "cpu_ms", "memory_mb")
    rows = [
        {name: row[name] for name in kept} | {"per second": 1000.0 / row["frame_ms"]}
        for row in benchmark.measured(numbers)
    ]
    return {"renderer": renderer, "rows": rows}


def written(*words: str) -> dict:
    """What a benchmark writes."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "report.json")
        done = run(*words, "--json", str(file))
        return json.loads(file.read_text()) if done.returncode == 0 else {"error": (done.stdout + done.stderr)[-2000:]}


def run(*words: str) -> subprocess.CompletedProcess:
    around = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'benchmarks'}"}
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=around, capture_output=True, text=True)


def markdown(report: dict) -> str:
    lines = ["# What a GPU has shown", ""]
    lines += [f"- {name}: {value}" for name, value in report["machine"].items()]
    for name, values in report["steps"].items():
        lines += ["", f"## {name} ({values['seconds']} s)", ""]
        for key, value in values.items():
            if isinstance(value, str) and "\n" in value:
                lines += [f"{key}:", "", "```", value.rstrip(), "```"]
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                lines += ["| " + " | ".join(value[0]) + " |", "|" + "---|" * len(value[0])]
                lines += ["| " + " | ".join(short(each) for each in row.values()) + " |" for row in value]
            elif key != "seconds":
                lines.append(f"- {key}: {short(value)}")
    return "\n".join(lines) + "\n"


def short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()

"""All that a GPU has to show, in under ten minutes: gpu tests, published scale, whole builds, decoding, frames, memory.

    python benchmarks/gpu_all.py [--out gpu-report] [--n 50000] [--seconds 570] [--quick]

Every step is a process of its own with a limit of time, so that one that fails, hangs or takes the device with it
costs only itself. OUT.json and OUT.md are written anew after each, with what a step had found before its end; OUT.md
begins with a table for docs/performance.md. What needs what is not here (a GPU, several, cuML, CuPy), or finds no time
left, is left out and said so. Nothing is fetched: networks have random weights, pictures are made. --quick: small
numbers, to see that every step runs.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from gpu_report import markdown
from published_scale import product_rate
from timing import timed

from engine.pipeline.algebra.products import operands
from engine.pipeline.device import machine
from engine.pipeline.embedding import principal_start
from engine.pipeline.neighbors import nearest

ROOT = Path(__file__).resolve().parents[1]
SHORT = 10.0  # seconds, in which no step is worth beginning


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    n: int
    quick: bool
    keep: Callable[[dict], None] = lambda found: None
    """Is told what a step has found so far."""
    file: Path | None = None
    """Where that is written."""


@dataclass(frozen=True)
class Step:
    """One thing to be seen."""

    needs: Callable[[], str]
    """What is missing for it, in words; nothing if nothing is."""
    way: Callable[[Size], dict]
    limit: float
    """Seconds."""
    speaks: bool = False
    """Whether what it prints is its result."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default="gpu-report")
    parser.add_argument("--n", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=570.0)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--step", choices=STEPS, help="this one alone, in this process; OUT.json has what it found")
    arguments = parser.parse_args()
    n = 1000 if arguments.quick else arguments.n
    if arguments.step:
        file = Path(f"{arguments.out}.json")

        def keep(found: dict) -> None:
            file.write_text(json.dumps(found))

        keep(STEPS[arguments.step].way(Size(n, arguments.quick, keep, file)))
        return
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # and end the step at work with it
    until = time.perf_counter() + arguments.seconds
    report: dict = {"machine": about(), "steps": {}}
    for name, step in STEPS.items():
        start = time.perf_counter()
        missing = step.needs() or ("no time left" if until - start < SHORT else "")
        found = {"left out": missing} if missing else by_itself(name, min(step.limit, until - start), arguments)
        found["seconds"] = round(time.perf_counter() - start, 1)
        report["steps"][name] = found
        print(f"{name}: {found}", flush=True)
        Path(f"{arguments.out}.json").write_text(json.dumps(report, indent=1) + "\n")
        Path(f"{arguments.out}.md").write_text(markdown(report))


def by_itself(name: str, limit: float, arguments: argparse.Namespace) -> dict:
    """A step in a process of its own: what it found, and what went wrong with it."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, __file__, "--step", name, "--n", str(arguments.n), "--out", f"{scratch}/found"]
        command += ["--quick"] if arguments.quick else []
        with Path(scratch, "said").open("w+b") as said:
            process = subprocess.Popen(
                command, cwd=ROOT, env=around(), stdout=said, stderr=said, start_new_session=True
            )
            try:
                status = process.wait(limit)
                wrong = f"ended with {status}" if status else ""
            except subprocess.TimeoutExpired:
                wrong = f"took longer than {limit:.0f} s"
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # and what it has started
                process.wait()
            said.seek(0)
            words = said.read().decode(errors="replace")
        file = Path(scratch, "found.json")
        found: dict = {}
        with contextlib.suppress(OSError, ValueError):  # nothing yet, or cut off in the middle
            found = json.loads(file.read_text())
    if wrong:
        found["error"] = wrong
    if wrong or STEPS[name].speaks:
        found["said"] = words[-3000:]
    return found


def always() -> str:
    return ""


def has_gpu() -> str:
    return "" if torch.cuda.is_available() else "torch sees no GPU"


def has_several() -> str:
    return has_gpu() or ("" if torch.cuda.device_count() > 1 else "one GPU")


def has_cuml() -> str:
    missing = [name for name in ("cuml", "cupy") if importlib.util.find_spec(name) is None]
    return has_gpu() or (f"{' and '.join(missing)} not installed" if missing else "")


def about() -> dict:
    from engine.doctor.gpu import versions

    smi = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
    try:
        cards = subprocess.run(smi, capture_output=True, text=True).stdout.strip().splitlines()
    except OSError:
        cards = []
    return {"cards": cards, "cpus": os.cpu_count(), "system": platform.platform(terse=True), "versions": versions()}


def neighbours(size: Size) -> dict:
    """Seconds, and the share of the rate of the bare product in the same precision; the aim is a half."""
    here, n, width = machine(), size.n, 2048 if size.quick else 16_384
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


def memory(size: Size) -> dict:
    """What one layer takes beside its matrix at most, and what is left of it afterwards, in bytes."""
    here, n = machine(), size.n
    found: list[dict] = []
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
            size.keep({"layers": found})
            del points
    return {"layers": found}


def copies(size: Size) -> dict:
    """What leaves the device on the way from activations to a start: every copy, counted as it is made."""
    sys.path.insert(0, str(ROOT))
    from tests.doubles.copies import Copies

    here = machine()
    with here.current():
        points = made(size.n, 4096, here.device)
        with Copies() as seen:
            nearest(points, 15)
            principal_start(points, 15, seed=0)
    return {"copies": len(seen.copies), "bytes": sum(seen.copies), "largest": seen.largest, "waits": len(seen.waits)}


def several_gpus(size: Size) -> dict:
    """The same neighbours on each, one after the other, and nothing on the others meanwhile."""
    found, first = [], None
    numbers = range(torch.cuda.device_count())
    for k in numbers:
        here = machine(f"cuda:{k}")
        with here.current():
            seconds, (indices, _) = timed(lambda here=here: nearest(made(size.n // 5, 2048, here.device), 15))
            first = indices.cpu() if first is None else first
            elsewhere = sum(
                torch.cuda.memory_allocated(other) for other in range(torch.cuda.device_count()) if other != k
            )
            same = float((indices.cpu() == first).double().mean())
            found.append({"device": k, "s": seconds, "same neighbours as on 0": same, "bytes elsewhere": elsewhere})
        del indices
        size.keep({"devices": found})
    return {"devices": found}


def gpu_tests(size: Size) -> dict:
    return run("-m", "pytest", "-m", "gpu", "-q", "-rs", "--durations=5", "tests/pipeline")


def doctor(size: Size) -> dict:
    return run("-m", "engine", "doctor", "--gpu")


def decoding(size: Size) -> dict:
    """Pictures a second by threads and by the GPU, and Python alone, which bounds those of threads."""
    few = ["--made", "48", "--network", "squeezenet1_1"]
    return written(size, "benchmarks/decode.py", *(few if size.quick else ["--made", "2000"]), "--repeats", "1")


def published_scale(size: Size) -> dict:
    return written(size, "benchmarks/published_scale.py", "--n", str(size.n))


def published_build(decode: str) -> Callable[[Size], dict]:
    """From JPEG files to a finished tour."""
    return lambda size: written(
        size, "benchmarks/published_build.py", "--n", str(200 if size.quick else size.n), "--decode", decode
    )


def side_by_side(size: Size) -> dict:
    """A build with its stages side by side, against one after the other."""
    large = ["--n", "5000", "--width", "8000", "--repeats", "2"]
    return written(size, "benchmarks/pipeline.py", *(["--short"] if size.quick else large))


def frames(mode: str, n: int, few: int) -> Callable[[Size], dict]:
    """Frames per second at 1920 x 1080, each finished before the next, and the ratio to a bare draw.

    The aim: 1,000,000 images at 120, 10,000,000 dots at 60.
    """

    def way(size: Size) -> dict:
        from engine.render import baseline, benchmark
        from engine.render.offscreen import current, describe

        baseline.SIZE = benchmark.SIZE = (1920, 1080)
        with current():
            found: dict = {"renderer": describe().renderer, "rows": []}
        kept = ("mode", "n", "phase", "frame_ms", "ratio", "cpu_ms", "memory_mb")
        for row in benchmark.measured({mode: [few if size.quick else n]}):
            found["rows"].append({name: row[name] for name in kept} | {"per second": 1000.0 / row["frame_ms"]})
            size.keep(found)
        return found

    return way


def written(size: Size, *words: str) -> dict:
    """What a benchmark writes, into the step's own file, so that what it had found stays where it is ended.

    Raises ChildProcessError where it fails; what it says is this process's word.
    """
    with tempfile.TemporaryDirectory() as scratch:
        file = size.file or Path(scratch, "report.json")
        if not run(*words, "--json", str(file))["passed"]:
            raise ChildProcessError(f"{words[0]} failed")
        found: dict = json.loads(file.read_text())
        return found


def run(*words: str) -> dict:
    return {"passed": subprocess.run([sys.executable, *words], cwd=ROOT, env=around()).returncode == 0}


def around() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'benchmarks'}", "PYTHONUNBUFFERED": "1"}


STEPS = {
    "gpu tests": Step(has_gpu, gpu_tests, 120, speaks=True),
    "published scale": Step(has_cuml, published_scale, 90),
    "neighbours": Step(always, neighbours, 40),
    "frames of dots": Step(always, frames("dots", 10_000_000, 20_000), 60),
    "frames of images": Step(always, frames("images", 1_000_000, 10_000), 100),
    "memory of layers": Step(has_gpu, memory, 40),
    "copies to the host": Step(has_gpu, copies, 30),
    "a published build, decoded on the GPU": Step(has_cuml, published_build("gpu"), 130),
    "doctor --gpu": Step(always, doctor, 60, speaks=True),
    "a published build": Step(has_cuml, published_build("cpu"), 190),
    "decoding": Step(always, decoding, 80),
    "several GPUs": Step(has_several, several_gpus, 40),
    "stages side by side": Step(always, side_by_side, 60),
}
"""What is asked of a GPU, which ends in time even where each step takes its limit; then whole builds, and the rest."""


if __name__ == "__main__":
    main()

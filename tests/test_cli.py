"""Whole commands as a person runs them: what they print, what they write, how they end."""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import typer

import engine
from commands import one_line, run
from engine.cli.options import a_size
from engine.tour.epochs import joined

ROOT = Path(__file__).resolve().parents[1]


VERBS = ["demo", "build", "add", "layers", "view", "compare", "render", "similarity", "info", "import", "doctor"]


def test_help_lists_every_verb(tmp_path):
    text = run("--help", cwd=tmp_path, check=0).stdout
    for verb in VERBS:
        assert verb in text
    assert "--debug" in text


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_shows_an_example(verb, tmp_path):
    assert f"Example: umap-tour {verb}" in run(verb, "--help", cwd=tmp_path, check=0).stdout


@pytest.mark.parametrize(
    "words",
    [
        ["fly"], ["view"], ["render", "a.tour", "--mode", "lines"], ["info", "--loud"],
        ["render", "a.tour", "--seed", "-1"],
    ],
)  # fmt: skip
def test_wrong_usage_is_2(words, tmp_path):
    assert run(*words, cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("text", ["0x5", "5x0", "5", "ax5", "-5x5"])
def test_sizes_that_are_none(text):
    with pytest.raises(typer.BadParameter, match="WIDTHxHEIGHT"):
        a_size(text)


def test_info(saved):
    text = run("info", "small.tour", cwd=saved, check=0).stdout
    assert "small: 60 points in 15 dimensions, 4 layers" in text
    assert "kind" in text and "3 classes" in text and "8 px" in text


def test_info_says_what_a_window_does_with_a_very_large_tour(small_tour, monkeypatch):
    from engine.cli.examine import _lines

    assert not any(line.startswith("in a window") for line in _lines(small_tour))
    monkeypatch.setattr("engine.tour.order.WHOLE", 59)
    (line,) = (line for line in _lines(small_tour) if line.startswith("in a window"))
    assert "as many points as a frame has time for" in line and "all of them at rest" in line


def test_info_ends_with_what_is_wrong_with_a_saved_view(saved):
    views = [{"caption": "far", "view": {"layer": 99}}, {"caption": "good", "view": {}}]
    (saved / "small.tour/views.json").write_text(json.dumps({"version": 1, "views": views}))
    done = run("info", "small.tour", cwd=saved, check=1)
    assert "saved views: 1, 1 left out" in done.stdout
    assert "views.json: view 1 ('far'): small has layers 0 to 3, not 99" in done.stderr.splitlines()[-1]


def test_a_tours_name_is_no_path_and_steers_no_terminal(saved):
    replace(engine.load(saved / "small.tour"), name="../\u202eX").save(saved / "inner" / "a.tour")
    run("similarity", "a.tour", cwd=saved / "inner", check=0)
    assert sorted(file.name for file in saved.iterdir()) == ["inner", "small.tour"]
    assert {file.suffix for file in (saved / "inner").glob("*X-procrustes.*")} == {".csv", ".npy", ".png"}
    assert "\u202e" not in run("info", "a.tour", cwd=saved / "inner", check=0).stdout


def test_doctor(tmp_path):
    text = run("doctor", cwd=tmp_path, check=0).stdout
    for what in ("Python", "torch", "cuML", "CuPy", "OpenGL", "renderer", "largest texture", "display"):
        assert what in text


def cut_layer(folder):
    file = folder / "small.tour/layers/001.npy"
    file.write_bytes(file.read_bytes()[:500])


BAD = {
    "no tour": (["info", "none.tour"], None, ["none.tour", "no such tour", "umap-tour demo"]),
    "a file": (["info", "notes.txt"], lambda f: (f / "notes.txt").write_text("hi"), ["notes.txt", "not a tour"]),
    "cut layer": (["info", "small.tour"], cut_layer, ["small.tour/layers/001.npy", "build the tour again"]),
    "unknown layer": (["render", "small.tour", "--layer", "2-Blok"], None, ["2-Blok", "did you mean '2-Block'"]),
    "layer beyond": (["render", "small.tour", "--layer", "9"], None, ["layers 0 to 3"]),
    "unknown attribute": (["render", "small.tour", "--color-by", "knd"], None, ["knd", "did you mean 'kind'"]),
    "all layers in a picture": (["render", "small.tour", "--layer", "all"], None, ["--seconds"]),
    "story of nothing": (["render", "small.tour", "--story"], None, ["no saved views"]),
    "story and seconds": (["render", "small.tour", "--story", "--seconds", "3"], None, ["leave --seconds out"]),
    "story of two": (["render", "small.tour", "small.tour", "--story"], None, ["leave OTHER out"]),
    "two without display": (["compare", "small.tour", "small.tour"], None, ["no display", "umap-tour render"]),
    "no such layer of the other": (["render", "small.tour", "small.tour", "--layer", "1,7"], None, ["layers 0 to 3"]),
    "odd film": (["render", "small.tour", "--seconds", "1", "--size", "101x100"], None, ["even"]),
    "too large": (["render", "small.tour", "--size", "100000x100"], None, ["100000 x 100"]),
    "a pipe to write to": (
        ["render", "small.tour", "--size", "64x64", "--out", "p"],
        lambda f: os.mkfifo(f / "p"),
        ["p: is a pipe"],
    ),
    "nowhere to write": (["render", "small.tour", "--out", "none/a.png"], None, ["none", "no such file or directory"]),
    "no display": (["view", "small.tour"], None, ["no display", "umap-tour render"]),
    "no meta": (["import", "meta-none.json"], None, ["meta-none.json", "no such file"]),
    "another meta": (["import", "x.json"], lambda f: (f / "x.json").write_text("{}"), ["x.json", "no meta file"]),
    "in the way": (
        ["import", "meta-none.json", "--out", "mine"],
        lambda f: ((f / "mine").mkdir(), (f / "mine/a.txt").write_text("a")),
        ["mine", "no tour"],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line_and_leaves_nothing(case, saved):
    words, prepare, contains = BAD[case]
    if prepare:
        prepare(saved)
    before = sorted(saved.rglob("*"))
    one_line(run(*words, cwd=saved), *contains)
    assert sorted(saved.rglob("*")) == before


def test_debug_shows_the_traceback(tmp_path):
    done = run("info", "none.tour", "--debug", cwd=tmp_path, check=1)
    assert "Traceback" in done.stderr and "TourFormatError" in done.stderr


def test_info_of_epochs(small_tour, tmp_path):
    joined([replace(small_tour, name=f"run-{k}") for k in (3, 5)]).save(tmp_path / "run.tour")
    text = run("info", "run.tour", cwd=tmp_path, check=0).stdout
    assert "run: 60 points in 15 dimensions, 4 layers" in text and "epochs: 3, 5" in text
    assert text.count("0  Block") == 2 and text.index("epoch 5\n") > text.index("3  Block")


def test_import_takes_the_states_that_are_named(published_folder, tmp_path):
    one_line(run("import", published_folder(), "--states", "stats", cwd=tmp_path), "stats", "no such folder")


LOADED_LATER = """
import atexit, ctypes, os, sys
from engine.cli import main
library = sys.argv.pop()
atexit.register(lambda: ctypes.CDLL(library))
atexit.register(lambda: print("KMP_BLOCKTIME", os.environ.get("KMP_BLOCKTIME")))
sys.argv += ["info", "missing.tour"]
main()
"""


@pytest.mark.parametrize(
    ("given", "spins", "blocks"),
    [
        ({}, "2000", "1"),
        ({"GOMP_SPINCOUNT": "7", "KMP_BLOCKTIME": "0"}, "7", "0"),
        ({"OMP_WAIT_POLICY": "PASSIVE"}, "0", "None"),
    ],
    ids=["unless", "by number", "by policy"],
)
def test_threads_that_wait_for_others_sleep_soon_unless_somebody_says_how(given, spins, blocks, tmp_path):
    """As torch's own OpenMP says when it is loaded, later, in a process that began as the command does.

    LLVM's, which conda puts in its place, goes by another variable.
    """
    found = importlib.util.find_spec("torch")
    library = Path(found.origin).parent / "lib" / "libgomp.so.1"
    if not library.is_file():
        pytest.skip("torch brings no GNU OpenMP here")
    around = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "GOMP_", "KMP_"))}
    done = subprocess.run(
        [sys.executable, "-c", LOADED_LATER, str(library)],
        cwd=tmp_path, env=around | given | {"OMP_DISPLAY_ENV": "VERBOSE"}, capture_output=True, text=True,
    )  # fmt: skip
    assert f"GOMP_SPINCOUNT = '{spins}'" in done.stderr and f"KMP_BLOCKTIME {blocks}\n" in done.stdout

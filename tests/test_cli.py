"""Whole commands as a person runs them: what they print, what they write, how they end."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pandas as pd
import pytest
from PIL import Image

import engine
import forked
from engine.tour.epochs import joined
from engine.tour.view import SavedView, View
from engine.viewer.storyteller import span

ROOT = Path(__file__).resolve().parents[1]


def run(*words, cwd, display=None, check=None):
    """Run umap-tour; returns the finished process. Without a display unless one is given."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    if display:
        environment["DISPLAY"] = display
    done = forked.run(["-m", "engine", *words], cwd=cwd, env=environment)
    if check is not None:
        assert done.returncode == check, done.stderr
    return done


def one_line(done, *contains):
    """An error: status 1, one line on stderr, nothing on stdout."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("umap-tour: ")
    for text in contains:
        assert text in lines[0]
    assert not done.stdout


VERBS = ["demo", "build", "layers", "view", "compare", "render", "similarity", "info", "import", "doctor"]


def test_help_lists_every_verb(tmp_path):
    text = run("--help", cwd=tmp_path, check=0).stdout
    for verb in VERBS:
        assert verb in text
    assert "--debug" in text


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_shows_an_example(verb, tmp_path):
    assert f"Example: umap-tour {verb}" in run(verb, "--help", cwd=tmp_path, check=0).stdout


@pytest.mark.parametrize("words", [["fly"], ["view"], ["render", "a.tour", "--mode", "lines"], ["info", "--loud"]])
def test_wrong_usage_is_2(words, tmp_path):
    assert run(*words, cwd=tmp_path).returncode == 2


def test_info(saved):
    text = run("info", "small.tour", cwd=saved, check=0).stdout
    assert "small: 60 points in 15 dimensions, 4 layers" in text
    assert "kind" in text and "3 classes" in text and "8 px" in text


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


def test_render_a_picture(saved):
    words = ["small.tour", "--layer", "2-Block", "--seed", "5", "--color-by", "kind", "--size", "300x200"]
    done = run("render", *words, "--out", "a.png", cwd=saved, check=0)
    assert done.stdout.strip() == "a.png"
    with Image.open(saved / "a.png") as image:
        assert image.size == (300, 200)
    run("render", *words, "--out", "b.png", cwd=saved, check=0)
    assert (saved / "a.png").read_bytes() == (saved / "b.png").read_bytes()
    run("render", "small.tour", "--mode", "images", "--theme", "light", "--layer", "1.5", cwd=saved, check=0)
    assert (saved / "small-1.5.png").exists()


def test_render_a_film(saved):
    run("render", "small.tour", "--seconds", "1", "--layer", "all", "--size", "160x120", cwd=saved, check=0)
    with av.open(str(saved / "small-all.mp4")) as container:
        assert container.streams.video[0].frames == 30


def test_import_and_then_render(published_folder, tmp_path):
    meta = published_folder()
    done = run("import", meta, "--out", "net.tour", cwd=tmp_path, check=0)
    assert done.stdout.strip() == "net.tour"
    assert "residuals of 3 layers agree" in done.stderr and "dots only" in done.stderr
    assert engine.load(tmp_path / "net.tour").n == 30
    run("render", "net.tour", "--layer", "2", cwd=tmp_path, check=0)


def test_layers(tmp_path):
    lines = run("layers", "resnet18", cwd=tmp_path, check=0).stdout.splitlines()
    assert lines[0].split() == ["layer", "kind", "output", "row"]
    assert [line.split()[1] for line in lines if line.startswith("*") and "probed" not in line] == [
        "Input", "conv1", "bn1", "relu", "maxpool", *(f"layer{k}.{i}" for k in (1, 2, 3, 4) for i in (0, 1)), "avgpool",
        "fc", "Softmax",
    ]  # fmt: skip
    row = next(line.split() for line in lines if " layer1.0.conv2 " in line)
    assert row == ["layer1.0.conv2", "Conv2d", "64", "x", "56", "x", "56", "16,384"]


@pytest.fixture
def folder(tmp_path):
    """Twelve small pictures of which one is broken."""
    for k in range(12):
        Image.new("RGB", (30, 30), (20 * k, 100, 255 - 20 * k)).save(tmp_path / f"{k:02}.png")
    (tmp_path / "05.png").write_bytes((tmp_path / "05.png").read_bytes()[:40])
    return tmp_path


BUILD = ["build", "--network", "squeezenet1_1", "--weights", "none", "--layers", "classifier.1,*.3",
         "--images", "."]  # fmt: skip


@pytest.mark.trains
def test_build_names_what_is_broken_and_says_its_plan(folder):
    done = run(*BUILD, "--n-neighbors", 5, "--out", "x.tour", cwd=folder, check=0)
    assert done.stdout == "x.tour\n"
    said = done.stderr
    assert "05.png: " in said and "1 of 12 images could not be read and are left out" in said
    assert "of 12 images, " in said and "in one pass, 16 images at a time" in said
    assert engine.load(folder / "x.tour").n == 11
    info = run("info", "x.tour", cwd=folder, check=0).stdout
    assert "network: squeezenet1_1" in info and "weights: none (random)" in info


@pytest.mark.parametrize(
    ("words", "contains"),
    [
        ([*BUILD, "--strict", "--n-neighbors", "5"], ["05.png"]),
        ([*BUILD, "--network", "resnet8"], ["no network 'resnet8'", "did you mean 'resnet18'"]),
        ([*BUILD, "--layers", "fc"], ["no layer 'fc' that runs", "umap-tour layers"]),
        ([*BUILD, "--n-neighbors", "13"], ["there are 12 images, and 13 neighbours"]),
        ([*BUILD, "--n-neighbors", "12"], ["there are 11 images, and 12 neighbours"]),
        (
            [*BUILD, "--images", "nowhere"],
            ["nowhere: no such folder or file of images; --images takes a folder"],
        ),
        ([*BUILD, "--images", "00.png"], ["00.png: is one picture"]),
        ([*BUILD, "--label", "kind"], ["no column 'kind'", "file"]),
        ([*BUILD, "--attributes", "t.csv"], ["t.csv: no such table"]),
        ([*BUILD, "--ground", "clear"], ["ground is a colour such as white, black or #808080, not 'clear'"]),
        ([*BUILD, "--range", "5", "5"], ["range is the value that becomes black and a larger one for white"]),
        ([*BUILD, "--max-pixels", "0"], ["max_pixels"]),
        ([*BUILD, "--out", "00.png"], ["00.png: exists and is no tour"]),
        ([*BUILD, "--out", "00.png/x.tour", "--n-neighbors", "5"], ["x.tour: cannot be written there"]),
        ([*BUILD, "--weights", "00.png"], ["00.png: no readable file of weights"]),
        (["layers", "resnet8"], ["no network 'resnet8'"]),
    ],
)
def test_builds_that_cannot_be(words, contains, folder):
    before = sorted(folder.iterdir())
    done = run(*words, cwd=folder)
    assert done.returncode == 1
    *_, last = done.stderr.strip().splitlines()
    assert last.startswith("umap-tour: ") and all(text in last for text in contains), done.stderr
    assert "Traceback" not in done.stderr and sorted(folder.iterdir()) == before


def test_a_seed_is_a_number_or_none(folder):
    assert run(*BUILD, "--seed", "x", cwd=folder).returncode == 2


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


def test_a_display_that_is_not_there(saved):
    one_line(run("view", "small.tour", cwd=saved, display=":987"), "no window could be opened on display :987")


def test_no_opengl(saved, monkeypatch):
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_DIRS", str(saved))  # where no driver is
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "")
    done = run("render", "small.tour", cwd=saved)
    one_line(done, "no OpenGL without a display", "apt install libegl1")


def test_debug_shows_the_traceback(tmp_path):
    done = run("info", "none.tour", "--debug", cwd=tmp_path, check=1)
    assert "Traceback" in done.stderr and "TourFormatError" in done.stderr


def opens_and_closes(words, title, *, cwd, display):
    """Run a verb that opens a window, press a key in it and close it."""
    environment = os.environ | {"DISPLAY": display}
    command = [sys.executable, "-m", "engine", *words]
    process = subprocess.Popen(command, cwd=cwd, env=environment, stderr=subprocess.PIPE, text=True)
    find = ["xdotool", "search", "--onlyvisible", "--name", title]
    for _ in range(200):
        found = subprocess.run(find, env=environment, capture_output=True, text=True).stdout.split()
        if found:
            break
        time.sleep(0.1)
    assert found, process.communicate(timeout=5)
    subprocess.run(["xdotool", "key", "--window", found[0], "j"], env=environment, check=True)
    # as a window manager does when its cross is clicked
    subprocess.run([sys.executable, "-c", CLOSE, found[0]], env=environment, check=True)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert not errors.strip()


def test_view_opens_several_tours_as_epochs(small_tour, tmp_path, display):
    for epoch in (1, 10, 2):
        small_tour.save(tmp_path / f"run-{epoch}.tour")
    opened = [f"run-{epoch}.tour" for epoch in (1, 10, 2)]  # as a shell lists them
    environment = os.environ | {"DISPLAY": display}
    command = [sys.executable, "-c", SHOWN, "view", *opened, "--layer", "2-Block@10"]
    text = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert text.stdout.split() == ["run", "1,2,10", "10"]


SHOWN = """
import engine.window.window, engine.cli
def look(window):
    tour = window.viewer.tour
    print(tour.name, ",".join(tour.epochs), window.viewer.layer)
    window.close()
engine.window.window.Window.run = look
engine.cli.main()
"""


@pytest.mark.parametrize(
    ("change", "contains"),
    [
        (lambda tour: replace(tour, layers=tour.layers[:3]), ["other.tour is no other epoch of", "its layer 3 is"]),
        (lambda tour: replace(tour, attributes=tour.attributes.assign(file=[f"b{k}" for k in range(60)])),
         ["no point in common"]),
        (lambda tour: replace(tour, epochs=("1", "2")), ["other.tour has several epochs already"]),
        (lambda tour: None, ["other.tour: no such tour"]),
    ],
)  # fmt: skip
def test_tours_that_are_no_epochs_of_one_network(change, contains, small_tour, tmp_path, display):
    small_tour = replace(small_tour, attributes=small_tour.attributes.assign(file=[f"a{k}" for k in range(60)]))
    small_tour.save(tmp_path / "one.tour")
    if other := change(small_tour):
        other.save(tmp_path / "other.tour")
    one_line(run("view", "one.tour", "other.tour", cwd=tmp_path, display=display), *contains)


def test_info_of_epochs(small_tour, tmp_path):
    joined([replace(small_tour, name=f"run-{k}") for k in (3, 5)]).save(tmp_path / "run.tour")
    text = run("info", "run.tour", cwd=tmp_path, check=0).stdout
    assert "run: 60 points in 15 dimensions, 4 layers" in text and "epochs: 3, 5" in text
    assert text.count("0  Block") == 2 and text.index("epoch 5\n") > text.index("3  Block")


def test_view_opens_a_window_that_closes(saved, display):
    words = ["view", "small.tour", "--layer", "1", "--theme", "light"]
    opens_and_closes(words, "small - UMAP Tour", cwd=saved, display=display)


def test_compare_opens_two_tours_in_one_window(saved, display):
    words = ["compare", "small.tour", "small.tour", "--layers", "1,2-Block"]
    opens_and_closes(words, "small and small - UMAP Tour", cwd=saved, display=display)


def test_render_of_two_tours(saved):
    done = run("render", "small.tour", "small.tour", "--layer", "1,2", "--size", "320x200", cwd=saved, check=0)
    assert done.stdout.strip() == "small-small-1-2.png"
    assert Image.open(saved / "small-small-1-2.png").size == (320, 200)


CLOSE = """
import ctypes, ctypes.util, sys
x = ctypes.CDLL("libX11.so.6")
x.XOpenDisplay.restype = ctypes.c_void_p
x.XInternAtom.restype = ctypes.c_ulong
x.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
display = x.XOpenDisplay(None)
class Message(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
                ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("pad", ctypes.c_long * 24)]
message = Message(type=33, window=int(sys.argv[1]), format=32)
message.message_type = x.XInternAtom(display, b"WM_PROTOCOLS", 0)
message.data[0] = x.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
x.XSendEvent.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]
x.XSendEvent(display, int(sys.argv[1]), 0, 0, ctypes.byref(message))
x.XFlush.argtypes = [ctypes.c_void_p]
x.XFlush(display)
"""


@pytest.fixture(scope="module")
def demo(once):
    """The demo as a newcomer without a display runs it, once: the folder, and what was said."""

    def fill(folder):
        done = run("demo", cwd=folder, check=0)
        (folder / "said.json").write_text(json.dumps({"stdout": done.stdout, "stderr": done.stderr}))

    folder = once("demo", fill)
    return folder, SimpleNamespace(**json.loads((folder / "said.json").read_text()))


@pytest.mark.trains
def test_the_demo_says_how_well_the_network_reads(demo):
    words = next(line for line in demo[1].stderr.splitlines() if "held-out" in line).split()
    assert float(words[words.index("%") - 1]) >= 97.0


@pytest.mark.trains
def test_the_demo_shows_progress(demo):
    assert "activations: 1,797 in" in demo[1].stderr
    assert "neighbours of 0-Input: 1,797 in" in demo[1].stderr
    assert "UMAP of" in demo[1].stderr and "film" in demo[1].stderr


@pytest.mark.trains
def test_the_demo_makes_a_tour_of_every_block(demo):
    tour = engine.load(demo[0] / "demo.tour")
    assert tour.n == 1797 and tour.dims == 15 and len(tour.layers) >= 7
    kinds = [layer.kind for layer in tour.layers]
    assert kinds[0] == "Input" and kinds[-1] == "Softmax" and kinds[-2] == "Linear"
    assert tour.sprites is not None and tour.sprites.tile == 64
    assert {"label", "prediction", "confidence", "error", "split"} <= set(tour.attributes.columns)
    assert (tour.attributes["label"].astype(str) == tour.attributes["prediction"].astype(str)).mean() > 0.97
    assert all(layer.placement.similarity > 0.8 for layer in tour.layers)


@pytest.mark.trains
def test_the_demo_writes_pictures_and_a_film(demo):
    folder, done = demo
    files = [folder / line for line in done.stdout.splitlines()]
    assert len(files) >= 7 and all(file.is_file() for file in files)
    pictures = [file for file in files if file.suffix == ".png"]
    assert any("dots" in file.name for file in pictures) and any("images" in file.name for file in pictures)
    for file in pictures:
        with Image.open(file) as image:
            assert image.size == (1280, 800)
            assert len(image.convert("RGB").getcolors(2**24)) > 50
    (film,) = (file for file in files if file.suffix == ".mp4")
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        assert stream.frames / stream.average_rate >= 10


@pytest.mark.trains
def test_the_demo_reuses_a_finished_tour(demo):
    before = (demo[0] / "demo.tour/tour.json").stat().st_mtime_ns
    done = run("demo", "--pictures", "again", cwd=demo[0], check=0)
    assert "is there already" in done.stderr and "training" not in done.stderr
    assert (demo[0] / "demo.tour/tour.json").stat().st_mtime_ns == before


@pytest.mark.slow
def test_the_demo_of_made_up_points(tmp_path):
    done = run("demo", "--points", 2000, cwd=tmp_path, check=0)
    files = [tmp_path / line for line in done.stdout.splitlines()]
    assert len(files) == 8 and {file.parent.name for file in files} == {"demo-pictures"}
    for file in files:
        picture = np.asarray(Image.open(file))
        assert (picture[..., :3] != picture[0, 0, :3]).any(axis=2).mean() > 0.02
    assert not (tmp_path / "demo.tour").exists()
    rows = run("demo", "--points", 900, "--benchmark", cwd=tmp_path, check=0).stdout.splitlines()[1:]
    assert [row.split()[:3] for row in rows] == [
        ["900", mode, phase] for mode in ("dots", "images") for phase in ("settled", "transition")
    ]
    assert all("ratio" in row and "MB" in row for row in rows)
    assert "'--points'" in run("demo", "--points", 0, cwd=tmp_path, check=2).stderr


def test_render_a_story(small_tour, tmp_path):
    views = [SavedView("one", View(layer=1, handles=[{"name": "some", "points": [1, 2]}])), SavedView("two")]
    replace(small_tour, views=views).save(tmp_path / "small.tour")
    done = run("render", "small.tour", "--story", "--size", "160x120", "--theme", "light", cwd=tmp_path, check=0)
    assert done.stdout.strip() == "small-story.mp4"
    with av.open(str(tmp_path / "small-story.mp4")) as container:
        assert container.streams.video[0].frames == round(30 * sum(map(span, views)))


def test_import_takes_the_states_that_are_named(published_folder, tmp_path):
    one_line(run("import", published_folder(), "--states", "stats", cwd=tmp_path), "stats", "no such folder")


def test_similarity_writes_a_picture_a_table_and_an_array(saved, make_tour, rng):
    other = make_tour([rng.standard_normal((60, 15)) for _ in range(3)], name="other")
    other.save(saved / "other.tour")
    done = run("similarity", "small.tour", "other.tour", "--measure", "debiased-cka", cwd=saved, check=0)
    stem = "small-other-debiased-cka"
    assert done.stdout.split() == [f"{stem}.png", f"{stem}.csv", f"{stem}.npy"]
    values = np.load(saved / f"{stem}.npy")
    assert values.dtype == np.float64 and values.shape == (4, 3)
    table = pd.read_csv(saved / f"{stem}.csv", index_col=0)
    assert list(table.index) == [layer.name for layer in engine.load(saved / "small.tour").layers]
    assert list(table.columns) == [layer.name for layer in other.layers]
    assert table.to_numpy() == pytest.approx(values, abs=1e-8)
    assert Image.open(saved / f"{stem}.png").width > 300


def test_similarity_of_one_tour_is_layer_against_layer(saved):
    done = run("similarity", "small.tour", "--out", "tables/own.png", cwd=saved, check=0)
    assert done.stdout.split() == ["tables/own.png", "tables/own.csv", "tables/own.npy"]
    values = np.load(saved / "tables/own.npy")
    assert values == pytest.approx(engine.similarity(*2 * [engine.load(saved / "small.tour")]))
    assert np.diag(values) == pytest.approx(np.ones(4))


def test_similarity_of_tours_of_other_points_is_refused(saved, make_tour, rng):
    make_tour([rng.standard_normal((7, 15))], name="other").save(saved / "other.tour")
    one_line(run("similarity", "small.tour", "other.tour", cwd=saved), "small has 60 points and other 7")

"""`umap-tour render` and `similarity`: pictures, films, stories and tables of a tour or two."""

import math
from dataclasses import replace

import av
import numpy as np
import pandas as pd
import pytest
from PIL import Image

import engine
from commands import one_line, run
from engine.tour.view import SavedView, View
from engine.viewer.opening import opening_view
from engine.viewer.storyteller import span


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


def test_without_a_layer_it_is_what_says_most(small_tour, tmp_path):
    replace(small_tour, views=[SavedView("one", View(layer=0))]).save(tmp_path / "small.tour")
    done = run("render", "small.tour", "--size", "320x200", cwd=tmp_path, check=0)
    says_most = opening_view(small_tour)
    assert done.stdout.strip() == f"small-{says_most.layer}.png"
    drawn = np.asarray(Image.open(tmp_path / done.stdout.strip()))
    tour = engine.load(tmp_path / "small.tour")
    points_alone = engine.snapshot(tour, view=replace(says_most, handles=()), size=(320, 200))
    handles = (drawn != points_alone).any(axis=2)
    assert 0.001 < handles.mean() < 0.2  # discs and names, and all else is as a window opens


def test_render_a_film(saved):
    run("render", "small.tour", "--seconds", "1", "--layer", "all", "--size", "160x120", cwd=saved, check=0)
    with av.open(str(saved / "small-all.mp4")) as container:
        assert container.streams.video[0].frames == 30


def test_render_of_two_tours(saved):
    done = run("render", "small.tour", "small.tour", "--layer", "1,2", "--size", "320x200", cwd=saved, check=0)
    assert done.stdout.strip() == "small-small-1-2.png"
    assert Image.open(saved / "small-small-1-2.png").size == (320, 200)


def test_render_a_story(small_tour, tmp_path):
    views = [SavedView("one", View(layer=1, handles=[{"name": "some", "points": [1, 2]}])), SavedView("two")]
    replace(small_tour, views=views).save(tmp_path / "small.tour")
    done = run("render", "small.tour", "--story", "--size", "160x120", "--theme", "light", cwd=tmp_path, check=0)
    assert done.stdout.strip() == "small-story.mp4"
    with av.open(str(tmp_path / "small-story.mp4")) as container:
        assert container.streams.video[0].frames == sum(math.ceil(30 * span(each)) for each in views)  # whole frames


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


def test_import_and_then_render(published_folder, tmp_path):
    meta = published_folder()
    done = run("import", meta, "--out", "net.tour", cwd=tmp_path, check=0)
    assert done.stdout.strip() == "net.tour"
    assert "residuals of 3 layers agree" in done.stderr and "dots only" in done.stderr
    assert engine.load(tmp_path / "net.tour").n == 30
    run("render", "net.tour", "--layer", "2", cwd=tmp_path, check=0)


def test_no_opengl(saved, monkeypatch):
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_DIRS", str(saved))  # where no driver is
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "")
    done = run("render", "small.tour", cwd=saved)
    one_line(done, "no OpenGL without a display", "apt install libegl1")

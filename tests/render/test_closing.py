"""A scene that is closed leaves nothing on the GPU, at once: Python's collector may come minutes later."""

import dataclasses
import gc
from itertools import product

import numpy as np
import pandas as pd
import pytest
from vispy.gloo import gl

import gl_objects
from engine.motion.camera import Camera
from engine.motion.shot import Shot
from engine.render import density, scene
from engine.render.gathering import Gathering
from engine.render.offscreen import current, framebuffer
from engine.tour.colors import color_by

SIZE, N = (300, 200), 300
KINDS = ("Buffer", "Framebuffer", "Program", "Renderbuffer", "Shader", "Texture")


def held():
    """How many objects of each kind the context has."""
    with current():
        pass  # which sends what is still to be deleted
    with current():
        gl.glUseProgram(0)  # the one in use is deleted later
        return gl_objects.held(gl, KINDS)


@pytest.fixture
def left_alone():
    gc.collect()
    gc.freeze()  # what is left, or each of these tests looks through all that is imported
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def tour(make_tour, make_sprites, rng):
    points = rng.standard_normal((N, 6))
    tiles = rng.integers(0, 256, (N, 8, 8, 4), dtype=np.uint8)
    tiles[..., 3] = 255
    kinds = pd.DataFrame({"kind": pd.Categorical(np.arange(N) % 3)})
    return make_tour([points, points[::-1]], attributes=kinds, sprites=make_sprites(tiles))


def test_all_that_a_scene_drew_with_is_gone_when_it_is_closed(tour, left_alone, monkeypatch):
    monkeypatch.setattr(scene, "DENSE", 0.0)  # hidden images are looked for
    monkeypatch.setattr(density, "COUNTED", N // 2)
    shot = Shot(
        source=((0, 1.0),), target=((1, 1.0),), mix=0.0, frame=np.eye(6, 3), camera=Camera(), mode="dots",
        theme="dark", depth_cue=1.0, dot_size=4.0, image_size=9.0,
    )  # fmt: skip
    before = held()
    with current(), framebuffer(SIZE):
        drawn = scene.Scene(tour)
        drawn.looks.color(color_by(tour.attributes["kind"], n=N))
        for selected, mode, mix in product((None, np.arange(N) < 9), ("dots", "images"), (0.0, 0.5)):
            drawn.looks.select(selected)
            for changes in ({}, {"density": True}, {"opacity": 0.5}, {"class_frames": True, "image_size": 30.0}):
                now = dataclasses.replace(shot, mode=mode, mix=mix, **changes)
                drawn.draw(now, (0, 0, *SIZE), wait=True)
        drawn.draw(dataclasses.replace(shot, mode="images"), (0, 0, 150, 120), wait=True)
    within = held()
    assert within["Program"] >= before["Program"] + 20
    assert within["Framebuffer"] == before["Framebuffer"] + 5
    with current():
        drawn.close()
    assert held() == before


def test_one_picture_takes_one_program_and_a_window_has_them_all_beforehand(tour, left_alone):
    shot = Shot(
        source=((0, 1.0),), target=((1, 1.0),), mix=0.0, frame=np.eye(6, 3), camera=Camera(), mode="dots",
        theme="dark", depth_cue=1.0, dot_size=4.0, image_size=9.0,
    )  # fmt: skip
    with current(), framebuffer(SIZE):
        drawn = scene.Scene(tour)
        counts = [gl_objects.held(gl, ["Program"])["Program"]]
        for step in (lambda: drawn.draw(shot, (0, 0, *SIZE)), drawn.compile, lambda: draw_all(drawn, shot)):
            step()
            counts.append(gl_objects.held(gl, ["Program"])["Program"])
        drawn.close()
    assert np.diff(counts).tolist() == [1, 7, 0]


def draw_all(drawn, shot):
    """Dots at rest and on their way, some of them greyed and none, in themes with rims and without."""
    for selected, mix, theme in product((None, np.arange(N) < 9), (0.0, 0.5), ("dark", "light")):
        drawn.looks.select(selected)
        drawn.draw(dataclasses.replace(shot, mix=mix, theme=theme), (0, 0, *SIZE))


def test_all_that_some_points_were_drawn_with_is_gone_too(tour, left_alone):
    shot = Shot(
        source=((0, 1.0),), target=((1, 1.0),), mix=0.0, frame=np.eye(6, 3), camera=Camera(), mode="dots",
        theme="dark", depth_cue=1.0, dot_size=4.0, image_size=9.0, drawn=100,
    )  # fmt: skip
    before = held()
    with current(), framebuffer(SIZE):
        drawn = scene.Scene(tour, whole=N - 1)
        gathering = Gathering(drawn)
        drawn.looks.color(color_by(tour.attributes["kind"], n=N))
        for selected, mode in product((None, np.arange(N) < 9), ("dots", "images")):
            drawn.looks.select(selected)
            for size in (SIZE, (150, 120)):
                drawn.update(dataclasses.replace(shot, mode=mode), wait=True)
                gathering.draw(dataclasses.replace(shot, mode=mode), (0, 0, *size))
                gathering.draw(dataclasses.replace(shot, mode=mode), (0, 0, *size))
    assert held()["Framebuffer"] == before["Framebuffer"] + 2
    with current():
        gathering.close()
        drawn.close()
    assert held() == before

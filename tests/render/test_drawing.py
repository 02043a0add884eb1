"""Dots where the oracle says: positions, sizes, colours, depth, greyed points, themes."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import engine
from engine.motion.camera import Camera
from engine.motion.rotation import random_frame
from engine.tour.colors import TEN, THEMES
from oracle import DARK, largest_norm, oracle, raw_aligned


def inside(pixels, size, margin=0):
    return ((pixels >= -margin) & (pixels < np.array(size) + margin)).all(axis=1)


def check_dots(image, pixels, reach=11.0):
    """Every point's pixel is drawn; nothing is drawn away from all points."""
    height, width = image.shape[:2]
    assert (image[..., 3] == 255).all()
    drawn = np.abs(image[..., :3].astype(int) - DARK).max(axis=2) > 4
    seen = pixels[inside(pixels, (width, height))]
    assert len(seen) > 10
    columns, rows = np.floor(seen).astype(int).T
    assert drawn[rows, columns].all()
    away = pixels[:, None] - np.argwhere(drawn)[:, ::-1] - 0.5
    assert (np.hypot(away[..., 0], away[..., 1]).min(axis=0) < reach).all()


@pytest.mark.parametrize("dims", [3, 4, 5, 8, 15, 16, 24])
@pytest.mark.parametrize("size", [(200, 200), (320, 180), (120, 300)])
def test_dots_are_where_the_oracle_says(dims, size, rng, make_tour):
    tour = make_tour([rng.standard_normal((60, dims)) * 5 + 3 for _ in range(3)])
    frame = random_frame(rng, dims)
    for layer in (0, 2):
        points = raw_aligned(tour, layer)
        image = engine.snapshot(tour, layer=layer, frame=frame, size=size)
        assert image.shape == (size[1], size[0], 4) and image.dtype == np.uint8
        check_dots(image, oracle(points @ frame, largest_norm(points), size))


def test_no_frame_is_the_first_three_axes(small_tour):
    first = engine.snapshot(small_tour, layer=1, size=(150, 150))
    assert (first == engine.snapshot(small_tour, layer="1-Block", frame=np.eye(15, 3), size=(150, 150))).all()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("mode", ["dots", "images"])
def test_mid_transition_points_and_radius_are_mixed(share, mode, small_tour, rng):
    frame = random_frame(rng, 15)
    a, b = raw_aligned(small_tour, 1), raw_aligned(small_tour, 2)
    mixed = (1 - share) * a + share * b
    radius = (1 - share) * largest_norm(a) + share * largest_norm(b)
    image = engine.snapshot(small_tour, layer=1 + share, frame=frame, size=(400, 400), mode=mode)
    reach = 11.0 if mode == "dots" else 30.0
    check_dots(image, oracle(mixed @ frame, radius, (400, 400)), reach)


@pytest.mark.parametrize(
    ("center", "zoom"), [((0.0, 0.0), 3.0), ((0.3, -0.2), 1.0), ((-0.4, 0.25), 2.5), ((0, 0), 0.5)]
)
@pytest.mark.parametrize("mode", ["dots", "images"])
def test_zoomed_and_panned(center, zoom, mode, small_tour, rng):
    frame = random_frame(rng, 15)
    points = raw_aligned(small_tour, 3)
    view = engine.View(layer=3, frame=frame, center=center, zoom=zoom, mode=mode)
    image = engine.snapshot(small_tour, view=view, size=(400, 300))
    pixels = oracle(points @ frame, largest_norm(points), (400, 300), center, zoom)
    check_dots(image, pixels, 11.0 if mode == "dots" else 60.0)


def test_the_scene_agrees_with_the_camera(small_tour, rng):
    """The camera that the window uses for the mouse is the one that draws."""
    frame = random_frame(rng, 15)
    points = raw_aligned(small_tour, 0)
    camera = Camera((0.2, 0.1), 1.7)
    pixels = camera.to_pixels((points @ frame)[:, :2], size=(300, 200), radius=largest_norm(points))
    assert pixels == pytest.approx(oracle(points @ frame, largest_norm(points), (300, 200), (0.2, 0.1), 1.7))


def diameters(image):
    """Of every separate dot in a picture of one row of them: the width of the drawn runs in its widest line."""
    drawn = np.abs(image[..., :3].astype(int) - DARK).max(axis=2) > 4
    line = drawn[drawn.sum(axis=1).argmax()].astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], line, [0]])))
    return np.diff(edges)[::2]


@pytest.mark.parametrize("n", [4, 60, 3000, 60_000])
@pytest.mark.parametrize("size", [(200, 200), (800, 800), (1600, 1600)])
def test_dots_are_3_to_20_pixels_at_any_depth(n, size, rng, make_tour):
    back_and_front = np.array([[-0.6, 0, -0.8], [0.6, 0, 0.8]])
    points = np.concatenate([back_and_front, np.tile([[0, -0.9, 0]], (n // 2, 1)), np.tile([[0, 0.9, 0]], (n // 2, 1))])
    points[:2, :] -= points[:2].mean(axis=0)
    image = engine.snapshot(make_tour([points]), size=size)
    band = image[int(size[1] * 0.45) : int(size[1] * 0.55)]
    back, front = diameters(band)
    assert 3 <= back <= front <= 20
    if n <= 3000:
        assert front > back


def test_colours_are_those_of_the_classes_in_front(make_tour):
    points = np.array([[-1.0, 0, 0], [0, 0, 0], [1.0, 0, 0]])
    attributes = pd.DataFrame({"kind": pd.Categorical(["a", "b", "c"])})
    tour = make_tour([points], attributes=attributes)
    view = engine.View(color_by="kind", depth_cue=False)
    image = engine.snapshot(tour, view=view, size=(220, 220))
    for k, column in enumerate((10, 110, 210)):
        assert image[110, column, :3].tolist() == TEN[k].tolist()


def test_the_nearer_dot_is_drawn_over_the_farther_whatever_their_order(make_tour):
    points = np.array([[0, 0, 1.0], [0, 0, -1.0], [1.0, 1, 0], [-1.0, -1, 0]])
    attributes = pd.DataFrame({"kind": pd.Categorical(["a", "b", "c", "c"])})
    for order in ([0, 1, 2, 3], [1, 0, 2, 3]):
        tour = make_tour([points[order]], attributes=attributes.iloc[order].reset_index(drop=True))
        view = engine.View(color_by="kind", depth_cue=False)
        image = engine.snapshot(tour, view=view, size=(200, 200))
        assert image[100, 100, :3].tolist() == TEN[0].tolist()


def test_depth_cue_makes_far_dots_smaller_and_paler(make_tour):
    points = np.array([[-0.6, 0, -0.8], [0.6, 0, 0.8]])
    tour = make_tour([points], attributes=pd.DataFrame({"kind": pd.Categorical(["a", "a"])}))
    with_cue = engine.snapshot(tour, color_by="kind", size=(400, 400))
    back, front = diameters(with_cue)
    assert back < front
    pixels = np.floor(oracle(points, 1.0, (400, 400))).astype(int)
    far, near = (np.abs(with_cue[row, column, :3] - DARK).sum() for column, row in pixels)
    assert far < near
    without = engine.snapshot(tour, view=engine.View(color_by="kind", depth_cue=False), size=(400, 400))
    assert len(set(diameters(without))) == 1


def test_greyed_points_are_there_and_behind(make_tour):
    points = np.array([[0, 0, 1.0], [0.02, 0, -1.0], [1.0, 1, 0], [-1.0, -1, 0]])
    attributes = pd.DataFrame({"kind": pd.Categorical(["a", "b", "c", "c"])})
    tour = make_tour([points], attributes=attributes)
    view = engine.View(color_by="kind", depth_cue=False)
    image = engine.snapshot(tour, view=view, selected=[1, 2], size=(200, 200)).astype(int)
    assert image[100, 101, :3].tolist() == TEN[1].tolist()  # the selected one shows, though it lies behind
    corner = np.floor(oracle(points[3:], largest_norm(points), (200, 200)))[0].astype(int)
    greyed = image[corner[1], corner[0], :3]
    assert 4 < np.abs(greyed - DARK).max() < 60
    assert np.ptp(greyed) < 12  # no colour of its own
    everything = engine.snapshot(tour, view=view, selected=np.ones(4, bool), size=(200, 200))
    assert (everything == engine.snapshot(tour, view=view, size=(200, 200))).all()


def test_switched_off_classes_are_greyed(small_tour):
    view = engine.View(color_by="kind", frame=np.eye(15, 3))
    some = engine.snapshot(small_tour, view=dataclasses.replace(view, groups=(0,)), size=(200, 200))
    by_hand = engine.snapshot(small_tour, view=view, selected=range(40, 60), size=(200, 200))
    assert (some == by_hand).all()


def test_themes(small_tour):
    for name, theme in THEMES.items():
        image = engine.snapshot(small_tour, view=engine.View(theme=name), size=(100, 100))
        assert image[0, 0, :3].tolist() == np.round(np.multiply(theme.canvas, 255)).tolist()


def test_a_picture_is_repeatable(small_tour):
    one, two = (engine.snapshot(small_tour, layer=2, color_by="kind", size=(200, 200)) for _ in range(2))
    assert (one == two).all()


def test_what_is_not_there_is_named(small_tour, make_tour, rng):
    with pytest.raises(KeyError, match="no attribute 'knd'; did you mean 'kind'"):
        engine.snapshot(small_tour, color_by="knd")
    with pytest.raises(KeyError, match="no layer"):
        engine.snapshot(small_tour, layer="fc")
    for layer in (4, 3.5, -0.5):
        with pytest.raises(IndexError, match="layers 0 to 3"):
            engine.snapshot(small_tour, layer=layer)
    with pytest.raises(ValueError, match="has no images"):
        engine.snapshot(make_tour([rng.standard_normal((5, 3))]), mode="images")
    with pytest.raises(ValueError, match=r"shape \(15, 3\)"):
        engine.snapshot(small_tour, frame=np.eye(14, 3))
    with pytest.raises(ValueError, match="orthonormal"):
        engine.snapshot(small_tour, frame=np.ones((15, 3)))
    with pytest.raises(IndexError, match="numbered 0 to 59"):
        engine.snapshot(small_tour, selected=[3, 60])
    for size in ((0, 100), (100, 10**6)):
        with pytest.raises(ValueError, match=r"pixels? wide and high"):
            engine.snapshot(small_tour, size=size)


@pytest.mark.parametrize("points", [np.zeros((1, 3)), np.ones((7, 4))])
def test_a_single_place_is_drawn_in_the_middle(points, make_tour):
    image = engine.snapshot(make_tour([points]), size=(101, 101))
    assert np.abs(image[50, 50, :3] - DARK).max() > 4

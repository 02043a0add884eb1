"""Density: the field under the points against a numpy oracle, and dots that thin out where they crowd."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import KDTree

from engine.motion.camera import Camera
from engine.motion.crowding import CELLS, REACH
from engine.motion.shot import Shot
from engine.render.density import MOST
from engine.render.offscreen import current, framebuffer
from engine.render.scene import Scene
from engine.tour.colors import TEN, THEMES, color_by

SIZE = (640, 400)
CANVAS = np.round(np.multiply(THEMES["dark"].canvas, 255))
CELL = max(SIZE) / CELLS


def drawn(tour, *, selected=None, rows=None, **changes):
    told = {
        "camera": Camera(),
        "mix": 0.0,
        "mode": "dots",
        "depth_cue": 0.0,
        "dot_size": 4.0,
        "image_size": 8.0,
        "density": True,
    } | changes
    target = ((1, 1.0),) if told["mix"] else ((0, 1.0),)
    shot = Shot(source=((0, 1.0),), target=target, frame=np.eye(3), theme="dark", **told)
    with current(), framebuffer(SIZE) as read:
        scene = Scene(tour)
        scene.looks.color(color_by(tour.attributes["kind"], n=tour.n))
        scene.looks.select(selected)
        if rows is not None:
            scene.looks.show_rows(rows)
        scene.draw(shot, (0, 0, *SIZE), wait=True)
        image = read()
        scene.close()
    return image[..., :3].astype(float)


@pytest.fixture
def clumps(make_tour, rng):
    """Three clumps of 500 points, a class each, and two lone points that set the radius, on two layers."""
    kinds = np.repeat([0, 1, 2], 500)
    centers = np.array([[-0.5, 0.3, 0], [0.4, 0.4, 0], [0.1, -0.5, 0]])
    points = centers[kinds] + 0.05 * rng.standard_normal((1500, 3))
    lone = np.array([[1.9, 0.0, 0], [-1.9, 0.0, 0]])
    points = np.concatenate([points - points.mean(axis=0), lone])
    kinds = pd.DataFrame({"kind": pd.Categorical(np.append(kinds, [0, 1]).astype(str))})
    return make_tour([points, points @ np.diag([1.0, -1.0, 1.0])], attributes=kinds)


def on_screen(points):
    scale = min(SIZE) / 2 / (1.1 * np.linalg.norm(points, axis=1).max())
    return np.column_stack([SIZE[0] / 2 + points[:, 0] * scale, SIZE[1] / 2 - points[:, 1] * scale])


def shading(tour, places, *, dot, lit=slice(None)):
    """The ground at pixels (m, 2), by the Gaussian of the points round them: colours (m, 3)."""
    x, y = on_screen(tour.layers[0].aligned.astype(float))[lit].T
    colors = TEN[tour.attributes["kind"].cat.codes.to_numpy()[lit]]
    sigma = REACH / 3.0 * CELL
    ground = []
    for column, row in places:
        squares = (x - column) ** 2 + (y - row) ** 2
        weights = np.exp(-0.5 * squares / sigma**2) / (2 * np.pi * sigma**2)  # per square pixel
        overlap = weights.sum() * np.pi / 4 * dot**2
        share = MOST * overlap / (overlap + 1.0)
        ground.append(CANVAS + share * (weights @ colors / max(weights.sum(), 1e-30) - CANVAS))
    return np.array(ground)


def empty(image, tour, reach=8):
    """Pixels away from every dot, within the reach of the shading: (m, 2) of columns and rows."""
    pixels = on_screen(tour.layers[0].aligned)
    grid = np.stack(np.meshgrid(np.arange(20, SIZE[0], 9), np.arange(20, SIZE[1], 9)), axis=-1).reshape(-1, 2)
    nearest = KDTree(pixels).query(grid + 0.5)[0]
    return grid[(nearest > 4) & (nearest < 25)]


def test_the_ground_is_shaded_as_the_oracle_says(clumps):
    image = drawn(clumps)
    places = empty(image, clumps)
    expected = shading(clumps, places + 0.5, dot=4.0)
    seen = image[places[:, 1], places[:, 0]]
    assert np.abs(expected - CANVAS).max() > 12  # there is something to see
    assert np.abs(seen - expected).max() <= 5 and np.abs(seen - expected).mean() < 1.0
    assert (image[3, 3] == CANVAS).all() and (image[-3, -3] == CANVAS).all()


def test_shading_is_at_most_its_share_of_the_colour(make_tour):
    points = np.zeros((3000, 3))
    points[:2, 0] = (1.0, -1.0)
    tour = make_tour([points], attributes=pd.DataFrame({"kind": pd.Categorical(["a"] * 3000)}))
    image = drawn(tour)
    row, column = SIZE[1] // 2, SIZE[0] // 2
    ground = CANVAS + MOST * (TEN[0] - CANVAS)
    assert np.abs(image[row, column + 4] - ground).max() <= 2  # beside a pile of 3,000
    away = np.ones(image.shape[:2], dtype=bool)  # from all dots
    for column in on_screen(tour.layers[0].aligned)[:3, 0].astype(int).tolist():
        away[row - 4 : row + 5, column - 4 : column + 5] = False
    assert (image[away].max(axis=0) <= np.maximum(ground, CANVAS) + 1).all()


def test_what_is_greyed_or_switched_off_casts_no_shade(clumps):
    lit = np.arange(clumps.n) < 500
    by_selection = drawn(clumps, selected=lit, isolate=True)
    by_legend = drawn(clumps, rows=np.array([True, False, False]), isolate=True)
    places = empty(by_selection, clumps)
    expected = shading(clumps, places + 0.5, dot=4.0, lit=lit)
    for image in (by_selection, by_legend):
        assert np.abs(image[places[:, 1], places[:, 0]] - expected).max() <= 5


def test_the_field_follows_a_transition(clumps):
    half = dataclasses.replace(clumps, layers=(clumps.layers[0], clumps.layers[0]))
    assert (drawn(half, mix=0.5) == drawn(half)).all()


def test_shading_does_not_end_where_points_leave_the_pane(clumps):
    """Points beyond the edge shade the ground within it."""
    scale = min(SIZE) / 2 / (1.1 * np.linalg.norm(clumps.layers[0].aligned, axis=1).max())
    left = clumps.layers[0].aligned[:500, 0].mean()  # of the first clump, which comes to lie 8 pixels left of the pane
    radius = np.linalg.norm(clumps.layers[0].aligned, axis=1).max()
    camera = Camera(((left + (SIZE[0] / 2 + 8) / scale) / radius, 0.0))
    image = drawn(clumps, camera=camera)
    shift = np.array([-camera.center[0] * radius * scale, 0.0])
    row = int(on_screen(clumps.layers[0].aligned)[:500, 1].mean())
    for column in (5, 9):
        expected = shading(clumps, [np.array([column + 0.5, row + 0.5]) - shift], dot=4.0)
        assert np.abs(expected - CANVAS).max() > 4
        assert np.abs(image[row - 1 : row + 2, column] - expected).min() <= 5, column


def test_crowded_dots_are_smaller_and_lone_ones_as_they_were(make_tour, rng):
    n, dot = 3000, 8.0
    points = np.column_stack([rng.uniform(-0.5, 0.5, (n, 2)), np.zeros(n)])
    points[0], points[1] = (1.2, 0, 0), (-1.2, 0, 0)
    tour = make_tour([points], attributes=pd.DataFrame({"kind": pd.Categorical(["a"] * n)}))
    plain, thinned = drawn(tour, density=False, dot_size=dot), drawn(tour, dot_size=dot)
    pixels = on_screen(tour.layers[0].aligned)
    column, row = pixels[0].astype(int)
    lone = np.s_[row - 1 : row + 2, column - 1 : column + 2]
    assert np.abs(thinned[lone] - plain[lone]).max() <= 2
    middle = np.s_[SIZE[1] // 2 - 50 : SIZE[1] // 2 + 50, SIZE[0] // 2 - 50 : SIZE[0] // 2 + 50]
    side = np.ptp(pixels[2:, 0])
    overlap = n * np.pi / 4 * dot**2 / side**2
    factor = 1.0 - 0.45 * 0.25 * np.log2(overlap)
    for image, share in ((plain, 1.0), (thinned, factor)):
        covered = (np.abs(image[middle] - CANVAS).max(axis=2) > 80).mean()
        assert covered == pytest.approx(1.0 - np.exp(-overlap * share**2), abs=0.03)


@pytest.mark.parametrize("n", [1, 40_000])
def test_any_number_of_points(n, make_tour, rng):
    """More than are counted are counted by a part of them that stands for all."""
    kinds = pd.DataFrame({"kind": pd.Categorical(np.zeros(n).astype(str))})
    points = rng.standard_normal((n, 3)) * 0.1
    points[0] = (2.0, 0, 0)
    tour = make_tour([points], attributes=kinds)
    image = drawn(tour, dot_size=2.0)
    if n > 1:
        places = empty(image, tour)
        expected = shading(tour, places + 0.5, dot=2.0)
        assert np.abs(image[places[:, 1], places[:, 0]] - expected).mean() < 1.5

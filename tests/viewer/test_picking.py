"""The point under the cursor is the one that was drawn there; its neighbours are the nearest."""

from dataclasses import replace

import numpy as np
import pytest

from engine.render.offscreen import current, framebuffer
from engine.render.painter import Painter
from engine.render.painter import picture as draw
from engine.tour import colors
from engine.tour.colors import Coloring
from engine.tour.view import View
from engine.viewer import picking
from engine.viewer.picking import Sight
from engine.viewer.viewer import Viewer

SIZE = (500, 400)
N = 400


def table(n):
    """A colour for each point, none of them near the canvas."""
    k = np.arange(n)
    return np.column_stack([60 + k % 16 * 8, 60 + k // 16 % 16 * 8, 70 + k // 256 * 8]).astype(np.uint8)


@pytest.fixture
def tour(make_tour, make_sprites, rng):
    points = rng.standard_normal((N, 6))
    tiles = np.zeros((N, 16, 16, 4), dtype=np.uint8)
    tiles[..., :3], tiles[..., 3] = table(N)[:, None, None], 255
    tiles[::2, 4:12, 4:12] = 0  # every other one has a hole
    return make_tour([points, points + 0.5 * rng.standard_normal((N, 6))], sprites=make_sprites(tiles))


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """Colours as they are in the table, whatever the depth."""
    monkeypatch.setitem(colors.THEMES, "dark", replace(colors.THEMES["dark"], fade=0.0, rim=0.0))


def sight_of(painter):
    """How the latest picture was drawn."""
    level = painter.scene.images.level
    shot = painter.viewer.shot(SIZE, scale=1.0, min_dot=1.0)
    return Sight(shot, SIZE, level.alpha if level else None, painter.scene.rim)


def part_of(painter, drawn):
    """A picture of some of the points, and how it was drawn."""
    scene = painter.scene
    shot = painter.viewer.shot(SIZE, scale=1.0, min_dot=1.0)
    scene.update(shot, wait=True)
    while scene.arrived(shot) < N:
        scene.ready(shot.source)
        scene.update(shot)
    with framebuffer(SIZE) as read:
        painter.gather((0, 0, *SIZE), scale=1.0, drawn=drawn)
        picture = read()[..., :3]
    alpha = scene.images.level.alpha if scene.images.level else None
    return picture, Sight(painter.gathering.shot, SIZE, alpha, scene.rim, ordered=True)


def check(viewer, *, samples=400, seed=0, least=100, drawn=0):
    """Compare what is picked with what is seen, wherever one point covers a pixel and those around it.

    drawn: how many points, if the tour is to be one of which some are drawn.
    """
    with current(), np.errstate(all="ignore"):
        painter = Painter(viewer, whole=N - 1 if drawn else N)
        painter.viewer.coloring = Coloring("categorical", np.arange(N, dtype=np.float32), table(N), ("",) * N)
        if drawn:
            picture, sight = part_of(painter, drawn)
        else:
            picture = draw([painter], SIZE)[..., :3]
            sight = sight_of(painter)
        painter.close()
    seen = {tuple(color): k for k, color in enumerate(table(N).tolist())}
    rng, hits = np.random.default_rng(seed), 0
    canvas = tuple(picture[0, 0].tolist())
    inner = np.ones(picture.shape[:2], dtype=bool)
    for axis in (0, 1):
        for step in (1, -1):
            inner &= (picture == np.roll(picture, step, axis=axis)).all(axis=2)
    places = np.argwhere(inner & (picture != picture[0, 0]).any(axis=2))
    for y, x in [*rng.permutation(places)[:samples].tolist(), [0, 0]]:
        color = tuple(picture[y, x].tolist())
        if color in seen or color == canvas:
            assert picking.topmost(viewer, sight, (x + 0.3, y + 0.8)) == seen.get(color), (x, y)
            hits += 1
    assert hits > least


@pytest.mark.parametrize("mode", ["dots", "images"])
@pytest.mark.parametrize("cue", [0.0, 1.0])
@pytest.mark.parametrize("layer", [0, 0.4])
def test_the_topmost_point_is_the_one_that_is_seen(mode, cue, layer, tour):
    view = View(layer=layer, mode=mode, depth_cue=cue, zoom=1.4, center=(0.1, -0.2), dot_size=1.5)
    viewer = Viewer.of(tour, view)
    viewer.motion.advance(20.0)
    check(viewer)


@pytest.mark.parametrize("mode", ["dots", "images"])
@pytest.mark.parametrize("greyed", [False, True])
def test_of_a_part_of_the_points_the_topmost_is_the_one_that_is_seen(mode, greyed, tour, rng):
    selected = np.flatnonzero(rng.random(N) < 0.3) if greyed else None
    view = View(mode=mode, zoom=1.4, dot_size=1.5, selected=selected, isolate=greyed)
    check(Viewer.of(tour, view), drawn=150, least=40)


def test_what_is_see_through_is_picked_in_the_order_of_drawing(tour):
    viewer = Viewer.of(tour, View(opacity=0.97, dot_size=2.0))
    with current(), np.errstate(all="ignore"):
        painter = Painter(viewer)
        viewer.coloring = Coloring("categorical", np.arange(N, dtype=np.float32), table(N), ("",) * N)
        picture = draw([painter], SIZE)[..., :3].astype(float)
        sight = sight_of(painter)
        painter.scene.close()
    right = 0
    places = np.random.default_rng(0).permutation(np.argwhere((picture != picture[0, 0]).any(axis=2)))[:300]
    for y, x in places.tolist():
        top = picking.topmost(viewer, sight, (x, y))
        # 3 % of what lies below shines through, and the steps of the table are larger than that
        right += top is not None and np.abs(picture[y, x] - table(N)[top]).max() <= 6
    assert right > 0.8 * len(places)  # the others are rims


@pytest.mark.parametrize("mode", ["dots", "images"])
def test_what_is_left_out_is_not_picked_and_what_is_greyed_lies_behind(mode, tour, rng):
    selected = np.flatnonzero(rng.random(N) < 0.5)
    viewer = Viewer.of(tour, View(mode=mode, selected=selected, isolate=True, dot_size=2.0))
    check(viewer, least=50)
    viewer.change(isolate=False)
    with current(), np.errstate(all="ignore"):
        painter = Painter(viewer)
        draw([painter], SIZE)
        sight = sight_of(painter)
        painter.scene.close()
    chosen = set(selected.tolist())
    for place in rng.uniform((100, 60), (400, 340), (200, 2)).tolist():
        top = picking.topmost(viewer, sight, place)
        lit = Sight(replace(sight.shot, isolate=True), sight.size, sight.alpha)
        assert top in chosen or picking.topmost(viewer, lit, place) is None


def test_framed_images_are_picked_with_their_rims(make_tour, make_sprites, rng):
    tiles = np.full((N, 8, 8, 4), 255, dtype=np.uint8)
    tiles[..., :3] = table(N)[:, None, None]
    tour = make_tour([rng.standard_normal((N, 6))], sprites=make_sprites(tiles))
    viewer = Viewer.of(tour, View(mode="images", class_frames=True, zoom=1.4))
    check(viewer)  # the frames' colours are the images' here
    with current(), np.errstate(all="ignore"):
        painter = Painter(viewer)
        viewer.coloring = Coloring("categorical", np.arange(N, dtype=np.float32), table(N), ("",) * N)
        picture = draw([painter], SIZE)[..., :3]
        sight = sight_of(painter)
        painter.scene.close()
    assert sight.rim == 1.0
    nothing = np.argwhere((picture == picture[0, 0]).all(axis=2))
    something = np.argwhere((picture != picture[0, 0]).any(axis=2))
    for places, empty in ((nothing, True), (something, False)):
        for y, x in rng.permutation(places)[:150].tolist():
            assert (picking.topmost(viewer, sight, (x, y)) is None) == empty


def test_where_dots_thin_out_what_is_seen_is_what_is_met(make_tour, rng):
    n = 6000
    points = np.column_stack([rng.uniform(-0.5, 0.5, (n, 2)), np.zeros(n)])
    points[0], points[1] = (1.0, 0, 0), (-1.0, 0, 0)
    viewer = Viewer.of(make_tour([points]), View(density=True, depth_cue=0.0, dot_size=1.2))
    with current(), np.errstate(all="ignore"):
        painter = Painter(viewer)
        picture = draw([painter], SIZE)[..., :3].astype(int)
        sight = sight_of(painter)
        painter.scene.close()
    ground, dot = picture[SIZE[1] // 2, SIZE[0] // 2 - 95], colors.THEMES["dark"].single
    dots = np.abs(picture - np.multiply(dot, 255)).max(axis=2) < np.abs(picture - ground).max(axis=2)
    places = rng.integers((180, 130), (320, 270), (400, 2))
    right = sum((picking.topmost(viewer, sight, (x, y)) is not None) == dots[y, x] for x, y in places.tolist())
    empty = sum(not dots[y, x] for x, y in places.tolist())
    assert right > 0.93 * len(places) and 40 < empty < 360


def test_neighbors_are_the_nearest(rng):
    points = rng.standard_normal((300, 8)).astype(np.float32)
    points[7] = points[3]  # the same place: nearest, and not the point itself
    expected = np.argsort(np.linalg.norm(points.astype(float) - points[3], axis=1), kind="stable")
    assert picking.neighbors(points, 3, 6).tolist() == [k for k in expected if k != 3][:6]
    assert picking.neighbors(points[:4], 0, 6).tolist() != [] and len(picking.neighbors(points[:4], 0, 6)) == 3
    assert len(picking.neighbors(points[:1], 0, 6)) == 0


@pytest.mark.parametrize("at", [(640, 400), (20, 20), (1260, 780), (300, 700), (1000, 30), (1180, 400), (641, 1)])
def test_a_card_opens_away_from_the_centre_and_never_over_its_point(at):
    from engine.window.panels.hover import WIDTH, corner

    x, y = corner((*at, 20.0), 320.0, (1280.0, 800.0), right=1224.0)
    assert not (x - 20 < at[0] < x + WIDTH + 20)
    assert 0 <= x and x + WIDTH <= 1280 and 16 <= y and y + 320 <= 784
    if 280 < at[0] < 960:
        assert (x > at[0]) == (at[0] >= 640)

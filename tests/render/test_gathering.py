"""Pictures of some points of a tour, and of all of them bit by bit: which are drawn, how bright, and that they end as
the picture that is drawn at once."""

from dataclasses import replace

import numpy as np
import pytest

from engine.motion.camera import Camera
from engine.motion.shot import Shot, dot_size
from engine.render.gathering import Gathering
from engine.render.offscreen import current, describe, framebuffer
from engine.render.scene import Scene
from engine.tour.colors import Coloring, color_by
from engine.tour.order import shuffled
from engine.tour.synthetic import synthetic
from oracle import grid_tour, oracle

SIZE = (300, 240)
RECT = (0, 0, *SIZE)
N = 3000
WHOLE = 1000  # points of a tour, in these tests, of more of which some are drawn


def shot_of(tour, **changes):
    told = {"mode": "dots", "theme": "dark", "depth_cue": 0.0, "dot_size": 5.0, "image_size": 9.0} | changes
    dims = tour.dims
    return Shot(**({"source": ((0, 1.0),), "target": ((0, 1.0),), "mix": 0.0, "frame": np.eye(dims, 3),
                    "camera": Camera()} | told))  # fmt: skip


@pytest.fixture(scope="module")
def tour():
    return synthetic(N, dims=5, layers=2, tile=8)


@pytest.fixture
def scene_of():
    """Scenes in a context of their own, of tours that are drawn bit by bit: tour, keywords -> Scene."""
    made = []
    with current(), np.errstate(all="ignore"):

        def make(tour, *, whole=WHOLE, color=None, selected=None):
            scene = Scene(tour, whole=whole)
            made.append(scene)
            scene.looks.color(color_by(tour.attributes[color] if color else None, n=tour.n))
            scene.looks.select(selected)
            return scene

        yield make
        for scene in made:
            scene.close()


def at_once(scene, shot):
    with framebuffer(SIZE) as read:
        scene.draw(shot, RECT, wait=True)
        return read()[..., :3].astype(float)


def gathered(gathering, shot):
    """A frame, and whether it is another one than before."""
    with framebuffer(SIZE) as read:
        other = gathering.draw(shot, RECT)
        return read()[..., :3].astype(float), other


def assert_same(picture, expected):
    """Of softpipe a level or two off: it blends in floats while it keeps a tile and rounds when it lets go of it."""
    levels = 2 if describe().renderer == "softpipe" else 0
    np.testing.assert_allclose(picture, expected, rtol=0, atol=levels)


def ready(scene, shot):
    """Wait for the images of a scene, and for all of its points."""
    scene.update(shot, wait=True)
    while scene.arrived(shot) < scene.tour.n:
        for side in (shot.source, shot.target):
            scene.ready(side)
        scene.update(shot)
    return scene


SHOTS = {
    "dots": {"density": True},
    "between layers": {"target": ((1, 1.0),), "mix": 0.3},
    "see-through": {"opacity": 0.4},
    "images": {"mode": "images"},
    "framed images": {"mode": "images", "class_frames": True, "image_size": 14.0},
}


@pytest.mark.parametrize("greyed", [False, True])
@pytest.mark.parametrize("kind", SHOTS)
def test_bit_by_bit_it_becomes_the_picture_that_is_drawn_at_once(kind, greyed, tour, scene_of, rng):
    selected = rng.random(N) < 0.3 if greyed else None
    scene = ready(scene_of(tour, color="cluster", selected=selected), shot_of(tour, **SHOTS[kind]))
    whole = shot_of(tour, **SHOTS[kind])
    expected = at_once(scene, whole)
    gathering, shot = Gathering(scene), replace(whole, drawn=700)
    first, _ = gathered(gathering, shot)
    np.testing.assert_array_equal(first, at_once(scene, shot))
    frames = 0
    while not gathering.whole:
        picture, other = gathered(gathering, shot)
        frames += 1
        assert not other
        if not gathering.whole:
            np.testing.assert_array_equal(picture, first)
    assert_same(picture, expected)
    assert (first != expected).any()
    assert frames in ((9, 10) if greyed else (5,))  # 700 of 3,000 a frame, greyed ones before others
    np.testing.assert_array_equal(gathered(gathering, shot)[0], picture)
    gathering.close()


def test_a_picture_that_was_saved_meanwhile_spoils_nothing(tour, scene_of):
    scene, shot = scene_of(tour, color="cluster"), shot_of(tour, density=True, drawn=1000)
    gathering = Gathering(scene)
    gathered(gathering, shot)
    gathered(gathering, shot)
    with framebuffer((90, 500)) as read:
        scene.draw(replace(shot, drawn=None), (0, 0, 90, 500))
        read()
    while not gathering.whole:
        picture, _ = gathered(gathering, shot)
    assert_same(picture, at_once(scene, replace(shot, drawn=None)))
    gathering.close()


def test_what_changes_is_seen_in_the_next_frame_and_a_hovered_dot_changes_nothing(tour, scene_of):
    scene, shot = scene_of(tour, color="cluster"), shot_of(tour, drawn=1000)
    gathering = Gathering(scene)
    while not gathering.whole:
        gathered(gathering, shot)
    assert not gathered(gathering, replace(shot, hovered=3, drawn=1200))[1]
    for change in (lambda: scene.looks.select(np.arange(N) % 7 == 0), lambda: scene.looks.color(color_by(None, n=N))):
        change()
        picture, other = gathered(gathering, shot)
        assert other and not gathering.whole
        np.testing.assert_array_equal(picture, at_once(scene, shot))
    for other_shot in (
        replace(shot, camera=Camera(zoom=1.1)),
        replace(shot, theme="light"),
        replace(shot, opacity=0.5),
    ):
        assert gathered(gathering, other_shot)[1]
    gathering.close()


def test_a_tour_is_drawn_alike_in_either_order(make_tour, scene_of):
    tour = grid_tour(make_tour, 40)
    shot = shot_of(tour, dot_size=3.0)
    np.testing.assert_array_equal(at_once(scene_of(tour), shot), at_once(scene_of(tour, whole=2000), shot))


@pytest.mark.parametrize("mode", ["dots", "images"])
def test_some_points_are_the_first_ones_of_the_order_each_with_its_own_look(mode, make_tour, make_sprites, scene_of):
    side, drawn = 40, 130
    n = side * side
    colors = np.column_stack([80 + np.arange(n) % 150, 80 + np.arange(n) // 150 * 10, np.full(n, 90)]).astype(np.uint8)
    tiles = np.full((n, 8, 8, 4), 255, dtype=np.uint8)
    tiles[..., :3] = colors[:, None, None]
    tour = grid_tour(make_tour, side, sprites=make_sprites(tiles))
    scene = scene_of(tour)
    scene.looks.color(Coloring("categorical", np.arange(n, dtype=np.float32), colors, ("",) * n))
    shot = shot_of(tour, mode=mode, dot_size=1.0, image_size=3.0, drawn=drawn)
    at = oracle(tour.layers[0].points - tour.layers[0].placement.mean, tour.layers[0].placement.radius, SIZE)
    seen = at_once(ready(scene, shot), shot)[at[:, 1].astype(int), at[:, 0].astype(int)]
    shown = np.zeros(n, dtype=bool)
    shown[shuffled(n)[:drawn]] = True
    canvas = at_once(scene, shot)[0, 0]
    assert (np.abs(seen - colors).max(axis=1) < 30)[shown].all()
    assert (np.abs(seen - canvas).max(axis=1) < 30)[~shown].all()


@pytest.mark.parametrize("mode", ["dots", "images"])
def test_a_few_selected_points_are_drawn_however_few_of_all_are(mode, make_tour, make_sprites, scene_of):
    side, n = 40, 1600
    chosen = shuffled(n)[[900, 1200, 1599]]
    tiles = np.full((n, 8, 8, 4), 255, dtype=np.uint8)
    scene = scene_of(grid_tour(make_tour, side, sprites=make_sprites(tiles)))
    tour = scene.tour
    scene.looks.select(np.isin(np.arange(n), chosen))
    at = oracle(tour.layers[0].points - tour.layers[0].placement.mean, tour.layers[0].placement.radius, SIZE)[chosen]
    shot = shot_of(tour, mode=mode, dot_size=4.0, image_size=4.0, drawn=50)
    picture = at_once(ready(scene, shot), shot)
    canvas = picture[0, 0]
    assert (np.abs(picture[at[:, 1].astype(int), at[:, 0].astype(int)] - canvas).max(axis=1) > 100).all()
    alone = at_once(scene, replace(shot, isolate=True))
    lit = np.abs(alone - canvas).max(axis=2) > 100
    assert 3 * 6 <= lit.sum() <= 3 * 30  # nothing else


def test_of_classes_a_fair_share_is_drawn_of_each(tour, scene_of):
    share = tour.attributes["cluster"].cat.codes.to_numpy()[shuffled(N)[:600]]
    whole = np.bincount(tour.attributes["cluster"].cat.codes, minlength=40)
    assert np.abs(np.bincount(share, minlength=40) / 600 - whole / N).max() < 0.03


@pytest.mark.parametrize("drawn", [6_000, 20_000, 60_000])
def test_a_picture_of_some_is_nearly_as_bright_as_that_of_all(drawn, scene_of):
    tour = synthetic(120_000, dims=5, layers=1, tile=None)
    scene = scene_of(tour)
    size = dot_size(tour.n, side=min(SIZE), zoom=1.0)
    shot = shot_of(tour, dot_size=size)
    bare, whole, some = (
        at_once(scene, each).mean()
        for each in (replace(shot, dot_size=0.0, min_dot=0.0), shot, replace(shot, drawn=drawn))
    )
    whole, some = whole - bare, some - bare
    assert 0.8 * whole < some < 1.15 * whole

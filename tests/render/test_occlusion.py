"""Leaving out what other images hide changes no pixel, however they lie; and it is done only where it is allowed."""

import dataclasses

import numpy as np
import pytest

from engine.motion.camera import Camera
from engine.motion.rotation import random_frame
from engine.motion.shot import Shot
from engine.render import occlusion, scene
from engine.render.offscreen import current, framebuffer
from engine.render.scene import Scene
from engine.tour.colors import color_by

SIZE = (320, 200)
N = 3000


@pytest.fixture
def tour(make_tour, make_sprites, rng):
    """Clumps of images, each of two colours, at two layers."""
    clumps = rng.standard_normal((6, 5))[rng.integers(0, 6, N)]
    points = clumps + 0.3 * rng.standard_normal((N, 5))
    tiles = np.full((N, 8, 8, 4), 255, dtype=np.uint8)
    tiles[:, :, :4, :3] = rng.integers(0, 256, (N, 1, 1, 3))
    tiles[:, :, 4:, :3] = rng.integers(0, 256, (N, 1, 1, 3))
    return make_tour([points, points[:, ::-1] + clumps], sprites=make_sprites(tiles, per_page=256))


def pictures(tour, monkeypatch, *, selected=None, **changes):
    """Two frames, all images drawn and hidden ones left out, and whether the second one had any to leave out."""
    shot = Shot(
        source=((0, 1.0),), target=((1, 1.0),), mix=0.0, frame=random_frame(np.random.default_rng(3), 5),
        camera=Camera(), mode="images", theme="dark", depth_cue=1.0, dot_size=4.0, image_size=11.0,
    )  # fmt: skip
    shot = dataclasses.replace(shot, **changes)
    with current(), framebuffer(SIZE) as read:
        drawn = Scene(tour)
        drawn.looks.color(color_by(None, n=N))
        drawn.looks.select(selected)
        both = []
        for dense in (np.inf, 0.0):
            monkeypatch.setattr(scene, "DENSE", dense)
            drawn.draw(shot, (0, 0, *SIZE), wait=True)
            both.append(read())
        done = drawn._hidden is not None
        drawn.close()
    return *both, done


@pytest.mark.parametrize("cue", [0.0, 1.0])
@pytest.mark.parametrize("image_size", [5.0, 11.0, 23.4])
@pytest.mark.parametrize(
    ("mix", "camera"),
    [(0.0, Camera()), (0.4, Camera()), (1.0, Camera((0.3, -0.2), 2.5)), (0.0, Camera((0.0, 0.8), 0.4))],
)
def test_no_pixel_changes(cue, image_size, mix, camera, tour, monkeypatch):
    shown, left_out, done = pictures(tour, monkeypatch, depth_cue=cue, image_size=image_size, mix=mix, camera=camera)
    assert done and (shown == left_out).all()
    assert (shown != shown[0, 0]).any()


def test_a_heap_hides_what_is_deep_in_it(make_tour, make_sprites, monkeypatch, rng):
    points = np.zeros((N, 5))
    points[:, :3] = rng.uniform(-1.0, 1.0, (N, 3))
    points[0, 0], points[1, 0] = 5.0, -5.0
    tour = make_tour([points, points], sprites=make_sprites(np.full((N, 8, 8, 4), 255, dtype=np.uint8)))
    maps = []
    draw = occlusion.Hidden.draw

    def watched(self, *args, **options):
        told = draw(self, *args, **options)
        with self._maps[1]:
            maps.append(self._maps[1].read("color")[..., 0] / 255.0)
        return told

    monkeypatch.setattr(occlusion.Hidden, "draw", watched)
    pictures(tour, monkeypatch, frame=np.eye(5, 3), depth_cue=0.0)
    (behind,) = maps
    middle, corner = behind[behind.shape[0] // 2, behind.shape[1] // 2], behind[0, 0]
    assert 0.39 < middle < 0.5  # from the front, z = 1 of r = 5, to the middle of the heap
    assert corner == 1.0


@pytest.mark.parametrize("change", ["see-through", "greyed", "with holes"])
def test_what_hides_nothing_leaves_nothing_out(change, tour, make_sprites, monkeypatch):
    if change == "with holes":
        tiles = np.full((N, 8, 8, 4), 255, dtype=np.uint8)
        tiles[7, 3, 3] = 0
        tour = dataclasses.replace(tour, sprites=make_sprites(tiles))
    shown, left_out, done = pictures(
        tour, monkeypatch,
        opacity=0.5 if change == "see-through" else 1.0,
        selected=np.arange(N) % 2 == 0 if change == "greyed" else None,
    )  # fmt: skip
    assert not done and (shown == left_out).all()

"""Images where the oracle says: every page and level, the right way up, in pieces, transparent, greyed."""

import dataclasses

import numpy as np
import pytest

import engine
from engine.motion.camera import Camera
from engine.motion.shot import Shot
from engine.render import atlas
from engine.render.offscreen import current, framebuffer
from engine.render.scene import Scene
from engine.tour.colors import color_by
from oracle import DARK, grid_tour, largest_norm, oracle, raw_aligned


def index_tiles(n, tile):
    """Tiles of one colour each, which says their number."""
    k = np.arange(n)
    tiles = np.zeros((n, tile, tile, 4), np.uint8)
    tiles[..., 0] = (k % 251)[:, None, None]
    tiles[..., 1] = (40 + k // 251 * 60)[:, None, None]
    tiles[..., 2] = (k * 97 % 256)[:, None, None]
    tiles[..., 3] = 255
    return tiles


def draw_images(tour, image_size, *, size=(800, 800), max_texture=None, max_point=None, camera=None):
    """One frame of images, exactly `image_size` pixels wide, without the depth cue."""
    with current():
        scene = Scene(tour, max_texture=max_texture)
        if max_point:
            scene.images.sprites._max_point = max_point
        scene.looks.color(color_by(None, n=tour.n))
        shot = Shot(
            source=((0, 1.0),),
            target=((0, 1.0),),
            mix=0.0,
            frame=np.eye(tour.dims, 3),
            camera=camera or Camera(),
            mode="images",
            theme="dark",
            depth_cue=False,
            dot_size=4.0,
            image_size=image_size,
        )
        with framebuffer(size) as read:
            scene.draw(shot, (0, 0, *size), wait=True)
            image = read()
        levels = {tile: dataclasses.replace(level) for tile, level in scene.images._atlas._levels.items()}
        scene.close()
    return image, levels


@pytest.mark.parametrize("max_texture", [64, 128, 256, 100_000])
@pytest.mark.parametrize(("image_size", "level"), [(6.0, 8), (9.3, 8), (12.0, 16), (17.5, 16), (21.0, 32), (24.7, 32)])
@pytest.mark.parametrize(("kept", "off"), [("exact", 0), ("compressed", 5), ("in stacks of few pages", 0)])
def test_every_image_stands_at_its_point_on_every_page_and_level(
    max_texture, image_size, level, kept, off, make_tour, make_sprites, monkeypatch
):
    """off: levels of 255 by which a block of one colour may be off (test_block_compression.py)."""
    n, side = 31 * 31, 31
    if kept == "compressed":
        monkeypatch.setattr(atlas, "EXACT", 0)
    elif kept == "in stacks of few pages":
        monkeypatch.setattr(atlas, "LARGEST_STACK", 3 * 4 * max_texture**2)
    tiles = index_tiles(n, 32)
    tour = grid_tour(make_tour, side, sprites=make_sprites(tiles, per_page=100))
    pane = (800, 800) if image_size < 16 else (1600, 1600)  # the images stand 17 or 34 pixels apart
    image, levels = draw_images(tour, image_size, size=pane, max_texture=max_texture)
    assert list(levels) == [(level, False)]
    (drawn,) = levels.values()
    assert drawn.compressed == (kept == "compressed")
    assert drawn.grid.pages >= n * level**2 // max_texture**2
    if kept == "in stacks of few pages" and drawn.grid.pages > 3:
        assert len(drawn.stacks) == -(-drawn.grid.pages // 3)
    points = raw_aligned(tour, 0)
    pixels = oracle(points, largest_norm(points), pane)
    half = image_size / 2 - 1.0
    # no texel of another tile in any of them: the corners too are the tile's own colour, exactly
    for dx, dy in ((0, 0), (-half, -half), (half, half), (half, -half), (-half, half)):
        columns, rows = np.floor(pixels + np.array([dx, dy])).astype(int).T
        assert np.abs(image[rows, columns].astype(int) - tiles[:, 0, 0]).max() <= off


def test_images_are_the_right_way_up(make_tour, make_sprites):
    tiles = np.zeros((4, 16, 16, 4), np.uint8)
    tiles[..., 3] = 255
    tiles[:, :8, :8, 0] = 200  # red top left
    tiles[:, :8, 8:, 1] = 200  # green top right
    tiles[:, 8:, :8, 2] = 200  # blue bottom left
    points = np.array([[-1.0, -1, 0], [1, -1, 0], [-1, 1, 0], [1, 1, 0]])
    image, _ = draw_images(make_tour([points], sprites=make_sprites(tiles)), 40.0, size=(400, 400))
    for column, row in oracle(points, largest_norm(points), (400, 400)).astype(int):
        assert image[row - 10, column - 10, :3].tolist() == [200, 0, 0]
        assert image[row - 10, column + 10, :3].tolist() == [0, 200, 0]
        assert image[row + 10, column - 10, :3].tolist() == [0, 0, 200]
        assert image[row + 10, column + 10, :3].tolist() == [0, 0, 0]


@pytest.mark.parametrize("max_point", [64.0, 33.0, 20.0])
def test_images_wider_than_the_widest_point_are_drawn_in_pieces(max_point, make_tour, make_sprites, rng):
    tiles = rng.integers(0, 256, (9, 32, 32, 4), dtype=np.uint8)
    tiles[..., 3] = 255
    tour = grid_tour(make_tour, 3, sprites=make_sprites(tiles))
    whole, _ = draw_images(tour, 90.0, size=(600, 600))
    pieces, _ = draw_images(tour, 90.0, size=(600, 600), max_point=max_point)
    assert np.abs(whole.astype(int) - pieces).max() <= 24  # seams within a texel's gradient
    assert np.abs(whole.astype(int) - pieces).mean() < 0.5


def test_an_image_whose_middle_is_outside_is_still_drawn(make_tour, make_sprites):
    tiles = index_tiles(2, 32)
    points = np.array([[-1.0, 0, 0], [1.0, 0, 0]])
    tour = make_tour([points], sprites=make_sprites(tiles))
    # the left one's middle lies 10 pixels beyond the left edge
    camera = Camera((-1.0 + 210 / (400 / 2.2), 0.0))
    image, _ = draw_images(tour, 60.0, size=(400, 400), camera=camera)
    assert (image[200, :18] == tiles[0, 0, 0]).all()
    assert (image[200, 22:100, :3] == DARK).all()


def test_transparent_images_show_what_is_behind(make_tour, make_sprites):
    tiles = np.zeros((3, 16, 16, 4), np.uint8)
    tiles[:, :, 8:] = (200, 0, 0, 255)  # the left half lets through
    points = np.array([[-1.0, 0, 0], [1.0, 0, 0], [0, 0, 0]])
    image, _ = draw_images(make_tour([points], sprites=make_sprites(tiles)), 60.0, size=(400, 400))
    assert (image[200, 175:195, :3] == DARK).all()
    assert image[200, 215].tolist() == [200, 0, 0, 255]


def test_greyed_images_are_smaller_and_paler(make_tour, make_sprites):
    tiles = np.full((2, 16, 16, 4), 255, np.uint8)
    tiles[..., 1:3] = 0
    tour = make_tour([np.array([[-1.0, 0, 0], [1.0, 0, 0]])], sprites=make_sprites(tiles))
    image = engine.snapshot(tour, mode="images", selected=(1,), size=(400, 400))
    drawn = np.abs(image[200, :, :3].astype(int) - DARK).max(axis=1) > 4
    greyed, selected = drawn[:200].sum(), drawn[200:].sum()
    assert greyed == pytest.approx(0.58 * selected, abs=2)
    middle = np.flatnonzero(drawn[:200])[greyed // 2]
    assert image[200, middle, 0] < 200 and image[200, middle, 0] > DARK[0] + 60

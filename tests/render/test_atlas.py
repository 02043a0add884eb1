"""The atlas on numpy alone: grids, smaller copies, pages from pages of another size."""

import tracemalloc

import numpy as np
import pytest

from engine.render.atlas import Grid, Level, packed, pages, premultiply, shrink, tile_for
from engine.tour.tour import Sprites


@pytest.mark.parametrize(
    ("size", "tile"), [(1, 8), (9, 8), (10, 16), (18, 16), (19, 32), (37, 32), (60, 64), (500, 64)]
)
def test_the_level_is_at_most_a_little_magnified_and_never_halved_twice(size, tile):
    assert tile_for(size, 64) == tile


@pytest.mark.parametrize("n", [1, 5, 64, 65, 1000])
@pytest.mark.parametrize("limit", [16, 64, 8192])
def test_grids_hold_every_tile_within_the_limit(n, limit):
    grid = Grid(n, 16, limit)
    assert sum(grid.count(page) for page in range(grid.pages)) == n
    for page in range(grid.pages):
        width, height = grid.size(page)
        assert width <= limit and height <= limit
        assert width * height >= grid.count(page) * 16 * 16


def test_shrinking_averages_and_never_mixes_tiles(rng):
    tiles = rng.integers(0, 256, (5, 16, 16, 4), dtype=np.uint8)
    small = shrink(tiles, 4)
    assert small.shape == (5, 4, 4, 4)
    exact = tiles.astype(float).reshape(5, 4, 4, 4, 4, 4).mean(axis=(2, 4))
    assert np.abs(small - exact).max() <= 0.5
    assert shrink(tiles, 16) is tiles


def test_transparent_colour_weighs_nothing():
    tile = np.zeros((1, 2, 2, 4), np.uint8)
    tile[0, 0, 0] = (200, 100, 50, 255)
    tile[0, 1, 1] = (255, 255, 255, 0)
    assert shrink(premultiply(tile), 1)[0, 0, 0].tolist() == [50, 25, 13, 64]


def test_premultiplying_is_exact():
    values = np.arange(256, dtype=np.uint8)
    tiles = np.zeros((1, 256, 256, 4), np.uint8)
    tiles[0, ..., 0] = values[:, None]
    tiles[0, ..., 3] = values[None, :]
    assert (premultiply(tiles)[0, ..., 0] == np.round(np.outer(values.astype(float), values) / 255)).all()


@pytest.mark.parametrize("per_page", [4, 9, 100])
@pytest.mark.parametrize("limit", [16, 32, 64])
def test_pages_of_another_size_keep_every_tile_in_its_place(per_page, limit, rng):
    tiles = rng.integers(0, 256, (37, 8, 8, 4), dtype=np.uint8)
    tiles[..., 3] = 255
    sprites = Sprites(37, 8, per_page, lambda page: tiles[page * per_page : (page + 1) * per_page])
    grid = Grid(37, 8, limit)
    seen = []
    for page, picture in enumerate(pages(sprites, grid)):
        assert picture.shape[:2] == grid.size(page)[::-1]
        for k in range(grid.count(page)):
            row, column = divmod(k, grid.columns)
            seen.append(picture[8 * row : 8 * row + 8, 8 * column : 8 * column + 8])
    assert (np.stack(seen) == tiles).all()


@pytest.mark.parametrize("compressed", [False, True])
def test_a_great_many_images_are_never_in_memory_together(compressed):
    def load(page):
        made.append(page)
        return np.full((256, 16, 16, 4), 255, dtype=np.uint8)  # 256 KiB

    made = []
    sprites = Sprites(120 * 256, 16, 256, load)  # 30 MiB
    tracemalloc.start()
    for k, page in enumerate(pages(sprites, Grid(sprites.n, 16, 512))):  # 1 MiB each
        sent = packed(page, compressed=compressed)
        assert sent.texels.nbytes == page.nbytes // (4 if compressed else 1) and sent.there is None
        assert len(made) <= 4 * (k + 1)  # none is read before its page is due
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(made) == 120
    assert peak < 2**20 * (20 if compressed else 8)  # a strip of blocks in wider numbers takes 10


def test_which_texels_show_is_kept_in_a_bit_each(rng):
    page = np.zeros((128, 128, 4), dtype=np.uint8)
    page[..., 3] = rng.integers(0, 256, (128, 128))
    page[:32, :32, 3] = 255
    page[8:24, 8:24, 3] = 0  # the first of its tiles has a hole
    there = packed(page, compressed=False).there
    assert there.nbytes * 32 == page.nbytes
    level = Level(Grid(16, 32, 128), False, 1, there=[there])
    assert level.alpha(0, (0.1, 0.1)) == 1.0 and level.alpha(0, (0.5, 0.5)) == 0.0
    assert 0.0 < level.alpha(0, (0.25, 0.5)) < 1.0
    for point in range(16):
        row, column = divmod(point, 4)
        x, y = rng.integers(0, 32, 2)
        shown = page[32 * row + y, 32 * column + x, 3] >= 5
        assert level.alpha(point, ((x + 0.5) / 32, (y + 0.5) / 32)) == shown

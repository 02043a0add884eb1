"""The atlas on numpy alone: grids, smaller copies, pages from pages of another size."""

import numpy as np
import pytest

from engine.render.atlas import Grid, pages, premultiply, shrink, tile_for
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

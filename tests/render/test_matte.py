"""Nearness in the texels of images that let something through: against distances, and away again as it was."""

import numpy as np
import pytest

from engine.render.atlas import premultiply
from engine.render.matte import FAINT, REACH, distance, matted


@pytest.fixture
def tiles(rng):
    """Discs, a stroke, one that fades, one that shows nothing, and one that is opaque."""
    y, x = np.mgrid[:32, :32] - 15.5
    out = rng.integers(0, 256, (6, 32, 32, 4), dtype=np.uint8)
    for k, alpha in enumerate((np.hypot(x, y) < 9, np.hypot(x + 8, y) < 4, np.abs(x - y) < 1)):
        out[k, ..., 3] = 255 * alpha
    out[3, ..., 3] = np.clip(255 - 20 * np.hypot(x, y), 0, 255)
    out[4, ..., 3], out[5, ..., 3] = 0, 255
    return premultiply(out)


def test_distance_is_that_of_an_octagon(tiles):
    shown = tiles[..., 3] > 0
    found = distance(shown)
    places = np.argwhere(np.ones((32, 32), dtype=bool))
    for k in range(4):
        exact = np.sqrt(((places[:, None] - np.argwhere(shown[k])[None]) ** 2).sum(axis=2)).min(axis=1).reshape(32, 32)
        near = exact < REACH - 1
        assert np.abs(found[k] - exact)[near].max() < 1.1
        assert (found[k][exact > 1.2 * (REACH + 1)] == REACH + 1).all()
    assert (found[4] == REACH + 1).all() and (found[5] == 0).all()


def test_colour_and_nearness_come_apart_again(tiles):
    tiles = np.where(tiles[..., 3:] < FAINT, 0, tiles)
    held = matted(tiles)
    assert (held[..., 3] == tiles[..., 3]).all()
    shows = tiles[..., 3] > 0
    back = held[..., :3].astype(int) - (255 - tiles[..., 3:].astype(int))
    assert (back == tiles[..., :3])[shows].all()
    nothing = held[~shows]
    assert (nothing[:, :1] == nothing[:, :3]).all()
    assert (nothing[distance(shows)[~shows] <= 1, 0] == 255).all() and (held[4, ..., :3] == 0).all()


def test_opaque_images_are_the_same(tiles):
    assert (matted(tiles)[5] == tiles[5]).all()
    assert matted(tiles[5:]) is not None and (matted(tiles[5:]) == tiles[5:]).all()


def test_ripples_beside_a_shape_are_no_part_of_it(tiles):
    y, x = np.mgrid[:32, :32] - 15.5
    rippled = tiles.copy()
    rippled[0, (np.hypot(x, y) > 11) & (np.hypot(x, y) < 13)] = 3  # as filters leave them that shrink an image
    assert (matted(rippled) == matted(tiles)).all()

"""Block compression against Pillow's decoder: what comes back, how far it is off, and no block knows another."""

import io

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits, load_sample_images

from engine.render.block_compression import compress


def decoded(blocks, width, height):
    """The picture that a reader of the format sees."""
    stream = io.BytesIO()
    Image.new("RGBA", (width, height)).save(stream, "DDS", pixel_format="DXT5")
    file = bytearray(stream.getvalue())
    file[-blocks.nbytes :] = blocks.tobytes()
    return np.asarray(Image.open(io.BytesIO(bytes(file))).convert("RGBA")).astype(int)


def opaque(colors):
    return np.dstack([colors, np.full(colors.shape[:2], 255, np.uint8)])


def there_and_back(image):
    height, width = image.shape[:2]
    blocks = compress(image)
    assert blocks.nbytes * 4 == image.nbytes
    return decoded(blocks, width, height)


def photos():
    """The two photographs that scikit-learn brings, as small as images are drawn."""
    for photo in load_sample_images().images:
        yield opaque(np.asarray(Image.fromarray(photo).resize((160, 104), Image.Resampling.BOX)))


def digits():
    tiles = np.round(load_digits().images[:256] * (255 / 16)).astype(np.uint8)
    sheet = tiles.reshape(16, 16, 8, 8).swapaxes(1, 2).reshape(128, 128)
    return opaque(np.dstack([sheet] * 3))


def test_the_visible_error_of_photographs_and_digits_is_bounded():
    for image, mean, signal in [*((photo, 4.5, 31.0) for photo in photos()), (digits(), 9.0, 25.0)]:
        apart = there_and_back(image)[..., :3] - image[..., :3]
        assert np.abs(apart).mean() < mean
        assert 10 * np.log10(255**2 / (apart**2).mean()) > signal


def test_one_colour_comes_back_within_half_a_step_of_the_format(rng):
    colors = rng.integers(0, 256, (64, 3), dtype=np.uint8)
    image = np.repeat(opaque(np.repeat(colors[None], 4, axis=0)), 4, axis=1)
    apart = np.abs(there_and_back(image) - image)
    assert (apart.max(axis=(0, 1)) <= [5, 3, 5, 0]).all()


def test_two_colours_stay_two(rng):
    first, second = np.array([[[248, 0, 0]], [[0, 252, 248]]], dtype=np.uint8)
    image = opaque(np.where(rng.random((32, 32, 1)) < 0.5, first, second))
    assert np.abs(there_and_back(image) - image).max() <= 1


@pytest.mark.parametrize("span", [0, 1, 60, 255])
def test_opacity_is_off_by_half_of_its_eight_steps(span, rng):
    image = np.zeros((64, 64, 4), dtype=np.uint8)
    image[..., 3] = rng.integers(255 - span, 256, (64, 64))
    apart = np.abs(there_and_back(image)[..., 3] - image[..., 3])
    assert apart.max() <= span / 14 + 1
    assert (there_and_back(image)[..., :3] == 0).all()


def test_a_block_knows_nothing_of_its_neighbours(rng):
    image = opaque(rng.integers(0, 256, (8, 40_000, 3), dtype=np.uint8))  # more blocks than are computed together
    whole = compress(image)
    for k in (0, 8191, 8192, 19_999):
        row, column = divmod(k, 10_000)
        alone = compress(np.ascontiguousarray(image[4 * row : 4 * row + 4, 4 * column : 4 * column + 4]))
        assert (whole[k] == alone[0]).all()

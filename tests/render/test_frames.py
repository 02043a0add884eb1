"""The colour of a class round images: frames and outlines against a numpy oracle, pixel by pixel."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.motion.camera import Camera
from engine.motion.shot import Shot
from engine.render import atlas, occlusion, scene, sprites
from engine.render.offscreen import current, describe, framebuffer
from engine.render.scene import Scene
from engine.render.sprites import Frame
from engine.tour.colors import TEN, THEMES, color_by

SIZE = (400, 300)
TILE = (90, 200, 60)


@pytest.fixture
def pair(make_tour, make_sprites):
    """Two images far apart, of two classes."""
    kinds = pd.DataFrame({"kind": pd.Categorical(["a", "b"])})
    tiles = np.full((2, 16, 16, 4), 255, dtype=np.uint8)
    tiles[..., :3] = TILE
    return make_tour([np.array([[-1.0, 0, 0], [1, 0, 0]])], attributes=kinds, sprites=make_sprites(tiles))


def picture(tour, *, selected=None, color="kind", max_point=None, **changes):
    told = {"mode": "images", "theme": "dark", "depth_cue": 0.0, "dot_size": 4.0, "image_size": 30.0} | changes
    shot = Shot(source=((0, 1.0),), target=((0, 1.0),), mix=0.0, frame=np.eye(3), camera=Camera(), **told)
    with current(), framebuffer(SIZE) as read:
        drawn = Scene(tour)
        if max_point:
            drawn.images.sprites._max_point = max_point
        drawn.looks.color(color_by(None if color is None else tour.attributes[color], n=tour.n))
        drawn.looks.select(selected)
        drawn.draw(shot, (0, 0, *SIZE), wait=True)
        image = read()
        drawn.close()
    return image[..., :3].astype(float)


def centre(point):
    return np.array([SIZE[0] / 2 + (-1, 1)[point] * SIZE[1] / 2 / 1.1, SIZE[1] / 2])


def exact():
    """Whether the driver puts a sprite where it is told; softpipe rounds by up to half a pixel, and its sides too."""
    with current():
        return "llvmpipe" in describe().renderer


def expected(image_size, width, rim, point):
    """What one framed image and the canvas round it look like: (SIZE), from the distance to its edge."""
    x, y = np.meshgrid(np.arange(SIZE[0]) + 0.5, np.arange(SIZE[1]) + 0.5)
    left, top = centre(point) - image_size / 2
    edge = np.minimum.reduce([x - left, left + image_size - x, y - top, top + image_size - y])[..., None]
    share = np.clip(width + 0.5 - edge, 0, 1)
    paint = TEN[point] * (1 - 0.45 * np.clip(0.5 - edge, 0, 1))
    return np.where(edge > -rim, share * paint + (1 - share) * TILE, np.round(np.multiply(THEMES["dark"].canvas, 255)))


@pytest.mark.parametrize(
    ("image_size", "scale", "width", "rim"),
    [(30.0, 1.0, 2.0, 1.0), (30.7, 1.0, 2.0, 1.0), (60.3, 1.0, 3.0, 1.0), (64.0, 2.0, 4.0, 2.0), (16.0, 1.0, 2.0, 0.5),
     (8.0, 1.0, 1.6, 0.0)],
)  # fmt: skip
def test_a_frame_is_inside_the_tile_and_its_rim_outside(image_size, scale, width, rim, pair):
    image = picture(pair, class_frames=True, image_size=image_size, scale=scale)
    for point in (0, 1):
        column = int(centre(point)[0])
        part = np.s_[:, column - 80 : column + 80]
        seen, oracle = image[part], expected(image_size, width, rim, point)[part]
        if exact():
            # GL may round the place of a sprite's edge to the next pixel, never more
            off = (np.abs(seen - oracle).max(axis=2) > 2).sum()
            assert off <= 4 * (image_size + 4) and (off == 0 or image_size % 1 or rim % 1)
        for color in (TEN[point], np.array(TILE)):
            amounts = [(np.abs(each - color).max(axis=2) < 30).sum() for each in (seen, oracle)]
            assert amounts[0] == pytest.approx(amounts[1], rel=0.05 if exact() and image_size % 1 == 0 else 0.4)


def test_the_hovered_one_has_four_pixels(pair):
    image, hovered = (picture(pair, class_frames=True, hovered=each) for each in (None, 1))
    column, row = centre(1).astype(int)
    left = column - 15
    assert (hovered[row, left + 1 : left + 4] == TEN[1]).all()
    assert (image[row, left + 3 : left + 4] == TILE).all()
    assert (image[:, :200] == hovered[:, :200]).all()


@pytest.mark.parametrize("max_point", [20.0, 33.0])
def test_frames_of_images_in_pieces_are_whole(max_point, pair):
    whole = picture(pair, class_frames=True, image_size=61.0)
    pieces = picture(pair, class_frames=True, image_size=61.0, max_point=max_point)
    off = np.abs(whole - pieces).max(axis=2) > 2
    assert off.mean() < 0.005
    assert (whole != picture(pair, image_size=61.0)).any()


def test_nothing_coloured_no_frame(pair):
    assert (picture(pair, class_frames=True, color=None) == picture(pair, color=None)).all()
    assert (picture(pair, class_frames=True) != picture(pair)).any()


def test_what_is_greyed_has_none_and_recedes(pair):
    lone = np.array([True, False])
    image = picture(pair, class_frames=True, receding=True, selected=lone)
    canvas = np.round(np.multiply(THEMES["dark"].canvas, 255))
    (left, row), (right, _) = (centre(point).astype(int) for point in (0, 1))
    assert (image[row, left - 14] == TEN[0]).all()
    greyed = image[:, right - 20 : right + 20]
    inside = greyed[np.abs(greyed - canvas).max(axis=2) > 4]
    grey = np.dot(TILE, (0.2126, 0.7152, 0.0722))
    paint = 0.6 * (0.3 * np.array(TILE) + 0.7 * grey) + 0.4 * canvas
    assert np.abs(inside - (0.35 * paint + 0.65 * canvas)).max() <= 2
    assert len(inside) == pytest.approx((0.58 * 30) ** 2, rel=0.1)


def test_transparent_images_have_an_outline_round_what_shows(make_tour, make_sprites):
    tiles = np.zeros((2, 16, 16, 4), dtype=np.uint8)
    tiles[:, 4:12, 4:12] = (*TILE, 255)
    kinds = pd.DataFrame({"kind": pd.Categorical(["a", "b"])})
    tour = make_tour([np.array([[-1.0, 0, 0], [1, 0, 0]])], attributes=kinds, sprites=make_sprites(tiles))
    plain, outlined = picture(tour, image_size=48.0), picture(tour, image_size=48.0, class_frames=True)
    for point in (0, 1):
        column, row = centre(point).astype(int)
        line = outlined[row, column - 24 : column]  # the image shows from 12 pixels on
        assert np.abs(line[13:] - TILE).max() <= 60 and np.abs(line[15:] - TILE).max() <= 2
        canvas = line[0]
        share = (line[10] - canvas) @ (TEN[point] - canvas) / np.sum((TEN[point] - canvas) ** 2)
        away = centre(point)[0] - 12.0 - (column - 24 + 10 + 0.5)  # pixels from the shape
        assert share == pytest.approx(2.5 - away, abs=0.05 if exact() else 0.25)
        assert (line[:7] == plain[row, column - 24 : column - 17]).all()  # and nothing beyond it
        changed = (plain != outlined).any(axis=2)[:, column - 30 : column + 30]
        assert 24**2 * 0.2 < changed.sum() < 32**2 - 20**2


def test_an_outline_reaches_beyond_the_tile(make_tour, make_sprites):
    tiles = np.zeros((2, 16, 16, 4), dtype=np.uint8)
    tiles[:, :, :8] = (*TILE, 255)
    kinds = pd.DataFrame({"kind": pd.Categorical(["a", "b"])})
    tour = make_tour([np.array([[-1.0, 0, 0], [1, 0, 0]])], attributes=kinds, sprites=make_sprites(tiles))
    image = picture(tour, class_frames=True)
    column, row = centre(0).astype(int)
    assert np.abs(image[row, column - 16] - TEN[0]).max() < 90
    assert (np.abs(image[row - 10 : row + 10, column - 14 : column - 2] - TILE) <= 2).all()


@pytest.mark.parametrize("image_size", [8.0, 14.3, 23.4])
@pytest.mark.parametrize("mode", ["settled", "transition"])
def test_leaving_out_hidden_images_changes_no_pixel_of_framed_ones(image_size, mode, make_tour, make_sprites, rng,
                                                                  monkeypatch):  # fmt: skip
    n = 2500
    points = rng.standard_normal((6, 3))[rng.integers(0, 6, n)] + 0.3 * rng.standard_normal((n, 3))
    tiles = np.full((n, 8, 8, 4), 255, dtype=np.uint8)
    tiles[..., :3] = rng.integers(0, 256, (n, 1, 1, 3))
    kinds = pd.DataFrame({"kind": pd.Categorical(rng.integers(0, 9, n).astype(str))})
    tour = make_tour([points, points[:, ::-1]], attributes=kinds, sprites=make_sprites(tiles))
    target = ((1, 1.0),) if mode == "transition" else ((0, 1.0),)
    shot = Shot(source=((0, 1.0),), target=target, mix=0.4, frame=np.eye(3), camera=Camera(), mode="images",
                theme="light", depth_cue=1.0, dot_size=4.0, image_size=image_size, class_frames=True,
                hovered=7)  # fmt: skip
    with current(), framebuffer(SIZE) as read:
        drawn = Scene(tour)
        drawn.looks.color(color_by(tour.attributes["kind"], n=n))
        both = []
        for dense in (np.inf, 0.0):
            monkeypatch.setattr(scene, "DENSE", dense)
            drawn.draw(shot, (0, 0, *SIZE), wait=True)
            both.append(read())
        assert isinstance(drawn._hidden, occlusion.Hidden)
        drawn.close()
    # One level: where something is left out another program draws, and softpipe rounds a row of one image otherwise.
    assert np.abs(both[0].astype(int) - both[1]).max() <= 1


def test_measures_of_the_design_scale():
    assert Frame.of(26.0, scale=1.0, hovered=None) == Frame(2.0, 4.0, 1.0)
    assert Frame.of(52.0, scale=2.0, hovered=3) == Frame(4.0, 8.0, 2.0, 3)
    assert Frame.of(49.0, scale=1.0, hovered=None).width == 3.0
    assert [Frame.of(9.0, scale=1.0, hovered=None, covered=each).crowded for each in (3.9, 4.1)] == [False, True]


def test_no_outline_is_drawn_until_the_texels_say_how_near_it_is(make_tour, make_sprites, monkeypatch):
    """As long as the window has only tiles without mattes."""
    y, x = np.mgrid[:32, :32] - 15.5
    tiles = np.zeros((2, 32, 32, 4), dtype=np.uint8)
    tiles[:, np.hypot(x, y) < 11] = (*TILE, 255)
    kinds = pd.DataFrame({"kind": pd.Categorical(["a", "b"])})
    tour = make_tour([np.array([[-1.0, 0, 0], [1, 0, 0]])], attributes=kinds, sprites=make_sprites(tiles))
    outlined, plain = picture(tour, class_frames=True), picture(tour)
    level = atlas.Atlas.level
    monkeypatch.setattr(atlas.Atlas, "level", lambda self, size, *, wait, matte: level(self, size, wait=wait))
    # One level: another program draws, and softpipe rounds a few pixels of it otherwise.
    assert np.abs(picture(tour, class_frames=True) - plain).max() <= 1
    assert (np.abs(plain - outlined).max(axis=2) > 60).sum() > 100


def test_greyed_and_bare_images_with_a_matte_are_as_without(make_tour, make_sprites):
    y, x = np.mgrid[:32, :32] - 15.5
    tiles = np.zeros((2, 32, 32, 4), dtype=np.uint8)
    tiles[..., :3], tiles[..., 3] = TILE, np.clip(255 * (11 - np.hypot(x, y)) / 4, 0, 255)
    kinds = pd.DataFrame({"kind": pd.Categorical(["a", "b"])})
    tour = make_tour([np.array([[-1.0, 0, 0], [1, 0, 0]])], attributes=kinds, sprites=make_sprites(tiles))
    told = {"selected": np.array([False, True]), "receding": True}
    left = np.s_[:, : SIZE[0] // 2]
    assert np.abs(picture(tour, **told)[left] - picture(tour, class_frames=True, **told)[left]).max() <= 3


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_is_told_of_small_images_in_one_vector_is_what_is_told_in_three(theme, make_tour, make_sprites, rng,
                                                                             monkeypatch):  # fmt: skip
    """Of tiles in every column and row of several pages, of colours of all bytes, and of one under the cursor."""
    n = 700
    tiles = np.full((n, 8, 8, 4), 255, dtype=np.uint8)
    tiles[..., :3] = rng.integers(0, 256, (n, 8, 8, 3))
    kinds = pd.DataFrame({"value": rng.random(n)})
    points = rng.standard_normal((n, 4))
    tour = make_tour([points], attributes=kinds, sprites=make_sprites(tiles))
    nearest = int(points[:, 2].argmax())
    shot = Shot(source=((0, 1.0),), target=((0, 1.0),), mix=0.0, frame=np.eye(4, 3), camera=Camera(), mode="images",
                theme=theme, depth_cue=1.0, dot_size=4.0, image_size=12.0, class_frames=True,
                hovered=nearest)  # fmt: skip
    monkeypatch.setattr(sprites, "CROWD", 0.0)
    with current(), framebuffer(SIZE) as read:
        drawn = Scene(tour, max_texture=64)
        drawn.looks.color(color_by(tour.attributes["value"], n=n))
        pictures = []
        for most in (0, 256, 256):
            monkeypatch.setattr(sprites, "PACKED", most)
            drawn.draw(replace(shot, hovered=None) if len(pictures) == 2 else shot, (0, 0, *SIZE), wait=True)
            pictures.append(read().astype(int))
        assert {key[3] for key in drawn.images.sprites._programs} == {sprites.FRAMED, sprites.RIMMED}
        assert drawn.images.level.grid.pages == 11
        drawn.close()
    assert np.abs(pictures[0] - pictures[1]).max() <= 1
    assert (np.abs(pictures[1] - pictures[2]).max(axis=2) > 20).sum() > 10  # of 12 x 12 that are under the cursor

"""Sizes that suit a number of points, and what tells two frames apart."""

from dataclasses import replace

import numpy as np
import pytest

from engine.motion.camera import Camera
from engine.motion.shot import MOST_ENLARGED, Shot, covered, dot_size, enlargement, growth, image_size
from engine.motion.transition import at_rest


@pytest.mark.parametrize(
    ("n", "dot", "image"),
    [(10, 16.0, 44.0), (300, 11.498, 44.0), (1_200, 8.130, 26.0), (3_125, 6.4, 16.112), (4_800, 5.749, 13.0),
     (50_000, 3.2, 10.0), (800_000, 1.6, 10.0)],
)  # fmt: skip
def test_sizes_suit_the_number_of_points_the_pane_and_the_zoom(n, dot, image):
    for size, expected in ((dot_size, dot), (image_size, image)):
        assert size(n, side=800, zoom=1.0) == pytest.approx(expected, abs=1e-3)
        assert size(n, side=3200, zoom=1.0) == pytest.approx(2 * expected, abs=2e-3)
        assert size(n, side=800, zoom=4.0) == pytest.approx(2 * expected, abs=2e-3)


@pytest.mark.parametrize(
    ("shown", "n", "mode", "expected"),
    [
        (800_000, 800_000, "dots", 1.0),
        (80_000, 800_000, "dots", 1.0),
        (20_000, 800_000, "dots", np.sqrt(2)),
        (1, 800_000, "dots", 2.0),
        (480, 4_800, "images", 1.0),
        (300, 4_800, "images", np.sqrt(1.6)),
        (1, 4_800, "images", 1.5),
    ],
)
def test_the_few_that_are_shown_grow_from_a_tenth_on_as_far_as_there_is_room(shown, n, mode, expected):
    assert growth(shown, n, mode) == pytest.approx(expected)
    assert growth(0, n, mode) == growth(1, n, mode)
    assert growth(0, 12, mode) == growth(1, 12, mode) == 1.0


@pytest.mark.parametrize("n", [1, 50_000, 5_000_000])
def test_dots_grow_as_fewer_are_drawn_and_never_cover_more_than_all_would(n):
    drawn = np.unique(np.geomspace(1, n, 50).astype(int))
    times = np.array([enlargement(int(each), n) for each in drawn])
    assert times[-1] == 1.0 and (np.diff(times) <= 0).all()
    assert (drawn * times**2 <= n * (1 + 1e-9)).all()
    assert (times <= MOST_ENLARGED * (n / drawn) ** 0.25 + 1e-9).all()
    near = drawn > n / 6  # where there is room, exactly as much as all
    np.testing.assert_allclose((drawn * times**2)[near], n)


def test_shots_differ_by_anything_but_the_number_drawn():
    shot = Shot(at_rest(0).source, at_rest(0).target, 0.0, np.eye(5, 3), Camera(), "dots", "dark", 1.0, 4.0, 20.0)
    assert not shot.differs(shot) and not shot.differs(replace(shot, drawn=7, frame=np.eye(5, 3), camera=Camera()))
    turned = np.roll(np.eye(5, 3), 1, axis=1)
    for changes in ({"frame": turned}, {"mix": 0.1}, {"camera": Camera(zoom=2.0)}, {"hovered": 3}, {"opacity": 0.5}):
        assert shot.differs(replace(shot, **changes)) and replace(shot, **changes).differs(shot)


def test_a_plain_shot_shows_every_point_solid_at_its_own_size():
    shot = Shot(at_rest(0).source, at_rest(0).target, 0.0, np.eye(5, 3), Camera(), "dots", "dark", 1.0, 4.0, 20.0)
    assert (shot.min_dot, shot.opacity, shot.growth, shot.scale, shot.background) == (1.0, 1.0, 1.0, 1.0, 0.0)
    assert not (shot.isolate or shot.class_frames or shot.density or shot.receding) and shot.hovered is None


@pytest.mark.parametrize(
    ("drawn", "size", "side", "zoom", "expected"), [(100, 10.0, 100, 1.0, 1.0), (800, 5.0, 100, 2.0, 0.5)]
)
def test_how_often_images_cover_the_data(drawn, size, side, zoom, expected):
    here = ((0, 1.0),)
    shot = Shot(source=here, target=here, mix=0.0, frame=np.eye(3), camera=Camera(zoom=zoom), mode="images",
                theme="dark", depth_cue=1.0, dot_size=1.0, image_size=size)  # fmt: skip
    assert covered(shot, drawn=drawn, side=side) == pytest.approx(expected)

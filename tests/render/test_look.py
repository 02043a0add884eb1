"""Opacity, background, depth cue and isolation, against what blending and the sizes should give."""

import numpy as np
import pytest

import engine
from engine.motion.shot import growth
from engine.tour.colors import THEMES, background
from engine.tour.view import View

SIZE = (300, 300)
COLOR = np.round(np.multiply(THEMES["dark"].single, 255))
CANVAS = np.round(np.multiply(THEMES["dark"].canvas, 255))


def picture(tour, **fields):
    return engine.snapshot(tour, view=View(**fields), size=SIZE)[..., :3].astype(int)


@pytest.fixture
def pile(make_tour):
    """Eight points at one place in the middle, and two far away to either side."""
    points = np.zeros((10, 3))
    points[8], points[9] = (5, 0, 0), (-5, 0, 0)
    return make_tour([points])


@pytest.mark.parametrize("opacity", [0.1, 0.5])
def test_see_through_dots_blend_as_often_as_they_lie_over_each_other(opacity, pile):
    image = picture(pile, opacity=opacity, depth_cue=0.0, dot_size=2.0)
    for at, layers in (((150, 150), 8), ((150, 150 + round(150 / 1.1)), 1)):
        share = (1 - opacity) ** layers
        assert image[at] == pytest.approx(COLOR * (1 - share) + CANVAS * share, abs=1 + layers)


def test_opaque_dots_do_not(pile):
    assert picture(pile, depth_cue=0.0)[150, 150] == pytest.approx(COLOR, abs=1)


def test_images_are_see_through_too(make_tour, make_sprites):
    tiles = np.full((4, 8, 8, 4), 255, dtype=np.uint8)
    points = np.array([[0.0, 0, 0], [0, 0, 1], [4, 0, 0], [-4, 0, -1]])
    image = picture(make_tour([points], sprites=make_sprites(tiles)), mode="images", opacity=0.25, depth_cue=0.0)
    share = 0.75**2
    assert image[150, 150] == pytest.approx(255 * (1 - share) + CANVAS * share, abs=3)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("value", [-1.0, -0.3, 0.0, 0.6, 1.0])
def test_the_background(theme, value, small_tour):
    image = picture(small_tour, theme=theme, background=value)
    assert image[0, 0] == pytest.approx(np.multiply(background(theme, value), 255), abs=1)


def test_backgrounds_run_from_darker_to_lighter_and_suit_their_theme():
    for theme, lowest, highest in (("dark", 0.0, 0.3), ("light", 0.7, 1.0)):
        values = [sum(background(theme, value)) / 3 for value in np.linspace(-1, 1, 9)]
        assert values == sorted(values) and lowest <= values[0] and values[-1] <= highest
        assert background(theme, 0.0) == THEMES[theme].canvas


def test_the_depth_cue_goes_from_none_to_all(make_tour):
    points = np.array([[-3.0, 0, 4], [3.0, 0, -4], [0, 5, 0], [0, -5, 0]])
    tour = make_tour([points])

    def drawn(cue):
        half = (np.abs(picture(tour, depth_cue=cue, dot_size=2.0)[80:220] - CANVAS).max(axis=2) > 40).sum(axis=0)
        return half[:150].sum() / half[150:].sum()

    none, some, full = drawn(0.0), drawn(0.5), drawn(1.0)
    assert none == pytest.approx(1.0, abs=0.1) and none < some < full


def test_isolated_points_are_alone_in_dots_and_images(small_tour):
    for mode in ("dots", "images"):
        chosen = View(mode=mode, selected=(3, 40))
        greyed = engine.snapshot(small_tour, view=chosen, size=SIZE)
        alone = engine.snapshot(small_tour, view=View(mode=mode, selected=(3, 40), isolate=True), size=SIZE)
        touched = [(each[..., :3] != each[0, 0, :3]).any(axis=2).sum() for each in (greyed, alone)]
        assert 0 < touched[1] < 0.2 * touched[0]


def test_movement_can_be_asked_of_a_picture(small_tour):
    moved = engine.snapshot(small_tour, layer=2, color_by="movement", size=SIZE)
    assert (moved != engine.snapshot(small_tour, layer=2, size=SIZE)).any()


def test_few_points_grow_the_more_the_fewer_they_are():
    factors = [growth(shown, 10_000, "dots") for shown in (0, 1, 60, 200, 900, 1000, 5000, 10_000)]
    assert factors == sorted(factors, reverse=True) and factors[0] == 2.0 and factors[-3:] == [1.0, 1.0, 1.0]
    assert growth(1, 10_000, "images") == 1.5
    assert growth(1, 60, "images") == growth(1, 60, "dots") == 1.0  # which are large as it is


def test_few_selected_points_are_drawn_larger(make_tour, rng):
    points = np.column_stack([rng.uniform(-1, 1, (4000, 2)), np.zeros(4000)])
    points[:2] = ((0.0, 0.0, 0.0), (3.0, 0.0, 0.0))
    tour = make_tour([points - points.mean(axis=0)])
    chosen = View(selected=(0,), isolate=True, depth_cue=0.0)
    many = View(depth_cue=0.0)
    dots = [(np.abs(engine.snapshot(tour, view=view, size=SIZE)[..., :3] - CANVAS).max(axis=2) > 60) for view in
            (chosen, many)]  # fmt: skip
    plain = np.abs(engine.snapshot(tour, selected=[0], size=SIZE)[..., :3] - COLOR).max(axis=2) < 60
    assert dots[0].sum() > 2.5 * plain.sum() > 0 and dots[1].any()

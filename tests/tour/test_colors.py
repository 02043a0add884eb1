"""Colours: attributes to rows of a table, and palettes whose colours can be told apart."""

import numpy as np
import pandas as pd
import pytest

from engine.tour.colors import (
    LEVELS,
    MISSING,
    TEN,
    THEMES,
    background,
    class_colors,
    color_by,
    contrast,
    large_palette,
    oklab,
    on_ground,
    ramp,
    rgb,
    srgb,
    viridis,
)


def test_classes_keep_their_order():
    values = pd.Series(pd.Categorical(["b", "a", "b"], categories=["b", "a", "c"]))
    coloring = color_by(values, n=3)
    assert coloring.kind == "categorical"
    assert coloring.names == ("b", "a", "c")
    assert coloring.codes.tolist() == [0, 1, 0]
    assert coloring.counts == (2, 1, 0)
    assert (coloring.table == TEN[:3]).all()


def test_text_and_truth_are_classes():
    assert color_by(pd.Series(["x", "y", "x"]), n=3).counts == (2, 1)
    assert color_by(pd.Series([True, False, True]), n=3).names == ("False", "True")


def test_missing_classes_are_a_row_of_their_own():
    coloring = color_by(pd.Series(pd.Categorical(["a", None, "a"])), n=3)
    assert coloring.names == ("a", "(none)") and coloring.counts == (2, 1)
    assert coloring.codes.tolist() == [0, 1, 0]
    assert (coloring.table[-1] == MISSING).all()


def test_ordered_classes_run_through_viridis():
    values = pd.Series(pd.Categorical(["lo", "hi"], categories=["lo", "mid", "hi"], ordered=True))
    coloring = color_by(values, n=2)
    assert coloring.kind == "ordinal"
    assert (coloring.table == viridis(3)).all()


def test_numbers_run_through_viridis_between_their_ends():
    coloring = color_by(pd.Series([0.0, 5.0, 10.0, np.nan]), n=4)
    assert coloring.kind == "continuous" and coloring.extent == (0.0, 10.0)
    assert coloring.codes.tolist() == [0, LEVELS // 2, LEVELS - 1, LEVELS]
    assert len(coloring.table) == LEVELS + 1
    clipped = color_by(pd.Series([-1.0, 3.0]), n=2, extent=(0.0, 2.0))
    assert clipped.codes.tolist() == [0, LEVELS - 1]


@pytest.mark.parametrize("values", [[2.0, 2.0], [np.nan, np.nan], [np.inf, 1.0]])
def test_numbers_that_are_all_alike_or_none(values):
    codes = color_by(pd.Series(values), n=2).codes
    assert np.isfinite(codes).all() and (codes <= LEVELS).all()


def test_nothing_colours_all_alike():
    coloring = color_by(None, n=5)
    assert coloring.kind == "none" and not coloring.codes.any()


def test_ten_colours_are_repeated_or_grow():
    assert (class_colors(25, "ten") == TEN[np.arange(25) % 10]).all()
    assert (class_colors(10) == TEN).all()
    assert (class_colors(67)[:10] == TEN).all()
    assert len(np.unique(class_colors(67), axis=0)) == 67
    assert class_colors(1000).shape == (1000, 3)


def test_67_colours_can_be_told_apart():
    lab = oklab(large_palette(128)[:67])
    distances = np.linalg.norm(lab[:, None] - lab[None], axis=-1) + np.eye(67)
    assert distances.min() == pytest.approx(0.075, abs=0.001)


def test_the_palette_of_more_classes_begins_like_that_of_fewer():
    assert (large_palette(128)[:32] == large_palette(32)).all()


def test_oklab_of_white_and_black():
    assert oklab(np.array([[255, 255, 255], [0, 0, 0]], dtype=np.uint8)) == pytest.approx(
        np.array([[1, 0, 0], [0, 0, 0]]), abs=1e-3
    )


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_colour_stands_out_from_the_canvas(theme):
    canvas = oklab((np.array([theme.canvas]) * 255).astype(np.uint8))
    lab = oklab(large_palette(256))
    assert np.linalg.norm(lab - canvas, axis=1).min() > 0.12


@pytest.mark.parametrize(
    ("theme", "darkest", "lightest"), [("dark", "#000000", "#3A3C42"), ("light", "#D2D3D6", "#FFFFFF")]
)
def test_a_background_goes_from_darkest_over_the_themes_own_to_lightest(theme, darkest, lightest):
    own = np.array(THEMES[theme].canvas)
    assert background(theme, 0.0) == pytest.approx(own)
    for end, far in ((-1.0, rgb(darkest)), (1.0, rgb(lightest))):
        assert background(theme, end) == pytest.approx(far)
        assert background(theme, end / 4) == pytest.approx(0.75 * own + 0.25 * np.array(far))


def test_rgb():
    assert rgb("#FF8000") == pytest.approx((1, 128 / 255, 0))


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("value", [-1.0, 0.0, 1.0])
def test_continuous_maps_stand_out_from_their_ground_at_both_ends(theme, value):
    ground = background(theme, value)
    canvas = np.round(np.multiply(ground, 255)).astype(np.uint8)
    for levels in (2, 5, 256):
        table = ramp(levels, ground)
        assert table.shape == (levels, 3)
        assert contrast(table, canvas).min() >= 3.0
        lightness = oklab(table)[:, 0]
        assert lightness[-1] - lightness[0] > 0.18 and np.diff(lightness).min() > -0.005


def test_colourings_take_the_ground_they_lie_on():
    ground = background("light", 0.0)
    numbers = color_by(pd.Series([0.0, 1.0, np.nan]), n=3)
    assert (numbers.table[:-1] == viridis(256)).all()
    moved = on_ground(numbers, ground)
    assert (moved.table[:-1] == ramp(256, ground)).all() and (moved.table[-1] == MISSING).all()
    assert moved.codes is numbers.codes and moved.extent == numbers.extent
    sizes = pd.Series(pd.Categorical(["s", "l", None], categories=["s", "m", "l"], ordered=True))
    moved = on_ground(color_by(sizes, n=3), ground)
    assert (moved.table[:3] == ramp(3, ground)).all() and (moved.table[3] == MISSING).all()
    for other in (color_by(None, n=3), color_by(pd.Series(["a", "b", "a"]), n=3)):
        assert on_ground(other, ground) is other


def test_contrast_is_that_of_wcag():
    white, black, grey = (np.array([v, v, v], dtype=np.uint8) for v in (255, 0, 119))
    assert float(contrast(white, black)) == pytest.approx(21.0)
    assert float(contrast(grey, white)) == pytest.approx(4.48, abs=0.01)  # #777777, as any checker has it


def test_oklab_comes_back():
    colors = np.random.default_rng(0).integers(0, 256, (500, 3), dtype=np.uint8)
    assert np.abs(srgb(oklab(colors)).astype(int) - colors).max() <= 1
    beyond = srgb(np.array([[0.6, 0.5, 0.0]]))  # no such colour: as much of its chroma as there is
    assert oklab(beyond)[0, 0] == pytest.approx(0.6, abs=0.01) and oklab(beyond)[0, 1] > 0.15

"""Small pictures of saved views, against an oracle: where points land, how large they are, what lies in front."""

import numpy as np
import pandas as pd
import pytest

from engine.motion.shot import dot_size
from engine.tour.colors import THEMES
from engine.tour.view import View
from engine.viewer.resolve import coloring_of
from engine.viewer.thumbnail import GREYED, thumbnail

SIZE = (90, 60)
AXES = np.eye(3)


@pytest.fixture
def picture(make_tour):
    """Of points (n, 3), each of a class of its own unless classes are given; and the colours of the classes."""

    def picture(points, *, classes=None, layers=1, dot=None, theme="dark", **view):
        points = np.asarray(points, dtype=float)
        names = [f"c{k}" for k in (range(len(points)) if classes is None else classes)]
        tour = make_tour(
            [points * (k + 1) for k in range(layers)], attributes=pd.DataFrame({"c": pd.Categorical(names)})
        )
        if dot is not None:  # pixels, of a large picture
            view["dot_size"] = dot / dot_size(len(points), side=min(SIZE), zoom=view.get("zoom", 1.0))
        view = View(frame=AXES, color_by="c", **view)
        colors = coloring_of(tour, view).table.astype(float)
        return (
            thumbnail(tour, view, size=SIZE, theme=theme, large=dot is not None),
            colors[coloring_of(tour, view).codes.astype(int)],
            tour,
        )

    return picture


def canvas(theme="dark"):
    return np.round(np.multiply(THEMES[theme].canvas, 255))


def share(image, color, ground):
    """How much of each pixel (h, w) is of a colour, the rest being ground."""
    along = np.asarray(color) - ground
    return (image[..., :3].astype(float) - ground) @ along / (along @ along)


def middle(weights):
    """Of what covers pixels, (x, y)."""
    y, x = np.indices(weights.shape) + 0.5
    return np.array([(weights * x).sum(), (weights * y).sum()]) / weights.sum()


CORNERS = np.array([[3.0, 1.0, 0.0], [-3.0, -1.0, 0.0], [2.0, -1.5, 0.0], [-2.0, 1.5, 0.0]])


@pytest.mark.parametrize(("center", "zoom"), [((0.0, 0.0), 1.0), ((0.1, -0.1), 1.2)])
def test_points_stand_where_the_camera_has_them(picture, center, zoom):
    image, colors, tour = picture(CORNERS, dot=5.0, center=center, zoom=zoom)
    assert image.shape == (60, 90, 4) and image.dtype == np.uint8 and (image[..., 3] == 255).all()
    radius = np.linalg.norm(CORNERS, axis=1).max()
    assert tour.layers[0].placement.radius == pytest.approx(radius)
    scale = 60 / 2.2 * zoom / radius
    for k, (x, y, _) in enumerate(CORNERS):
        own = np.abs(image[..., :3].astype(float) - colors[k]).max(axis=-1) < 3
        wanted = 45 + scale * (x - center[0] * radius), 30 - scale * (y - center[1] * radius)
        assert own.sum() > 8 and middle(own) == pytest.approx(wanted, abs=0.6)
    assert (image[0, :, :3] == canvas()).all()


@pytest.mark.parametrize("dot", [4.0, 9.0, 21.0])
def test_dots_are_discs_of_the_diameter_asked_for(picture, dot):
    image, colors, _ = picture([[0.0, 0.0, 0.0], [0.0, 0.0, 40.0]], classes=[0, 0], dot=dot)
    covered = share(image, colors[0], canvas())
    assert covered.sum() == pytest.approx(np.pi * dot**2 / 4, rel=0.08)
    assert middle(covered) == pytest.approx((45, 30), abs=0.3)
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    assert abs(len(rows) - dot) <= 1 and abs(len(columns) - dot) <= 1


@pytest.mark.parametrize(("count", "side"), [(2, 3.0), (401, 1.5), (4001, 1.0)])
def test_many_points_are_small_squares_and_few_are_large(picture, count, side):
    """Two pixels are drawn for one, and an odd number of them is possible: 6, 3 and 2."""
    image, colors, _ = picture(np.zeros((count, 3)) + [[0, 0, 5.0]] * count, classes=[0] * count)
    assert share(image, colors[0], canvas()).sum() == pytest.approx(side**2, rel=0.02)


def test_the_front_lies_over_the_back_and_what_is_greyed_behind_both(picture):
    stack = [[0, 0, -1.0], [0, 0, 2.0], [0, 0, 5.0], [0, 0, -6.0]]
    image, colors, _ = picture(stack, dot=8.0)
    assert (image[30, 45, :3] == colors[2]).all()
    image, colors, _ = picture(stack, dot=8.0, groups=(0, 1))
    assert (image[30, 45, :3] == colors[1]).all()
    image, colors, _ = picture(stack, dot=8.0, selected=(3,))
    assert (image[30, 45, :3] == colors[3]).all()
    image, _, _ = picture(stack, dot=8.0, groups=(1,), selected=(0,), theme="light")  # none is both
    grey = canvas("light") + GREYED * (np.multiply(THEMES["light"].grey, 255) - canvas("light"))
    assert np.abs(image[30, 45, :3] - grey).max() <= 0.5


def test_what_is_beyond_an_edge_comes_in_at_no_other(picture):
    corners = np.array([[45.0, 0, 0], [-45.0, 0, 0], [0, 30.0, 0], [0, -30.0, 0]])
    image, _, _ = picture(corners, classes=[0] * 4, dot=6.0, zoom=1.65)  # a pixel a unit
    there = (image[..., :3] != canvas()).any(axis=-1)
    assert there[30, 0] and there[30, 89] and there[0, 45] and there[59, 45]
    assert there.sum() == pytest.approx(4 * np.pi * 9 / 2, rel=0.3)
    assert not there[5:25].any() and not there[:, 5:40].any()


def test_between_two_layers_points_are_half_way(picture):
    """The second layer is twice as large and of twice the radius, so nothing moves on the picture."""
    first, second, between = (picture(CORNERS, layers=2, layer=layer, dot=5.0)[0] for layer in (0, 1, 0.5))
    assert (first == second).all() and (first == between).all()


def test_a_framed_view_fills_the_picture_and_points_alone_are_framed_by_themselves(picture):
    points = 0.2 * CORNERS + [[0.0, 0, 0]] * 4
    points = np.vstack([points, [[0, 0, 30.0], [0, 0, -30.0]]])
    image, _, _ = picture(points, dot=3.0, fit=True)
    there = (image[..., :3] != canvas()).any(axis=-1)
    assert np.ptp(np.flatnonzero(there.any(axis=0))) > 0.6 * 90
    assert there.sum() > 4 * 20 * np.pi * 3**2 / 4  # as close as that camera is, dots are as large
    some = picture(points, dot=3.0, fit=True, isolate=True, selected=(2, 3))[0]
    assert (some != picture(points, dot=3.0, fit=True, selected=(2, 3))[0]).any()

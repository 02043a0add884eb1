"""What the hand does among many points is what it does among few: shortcuts change nothing but the time."""

import numpy as np
import pytest

from engine.motion.selection import in_polygon
from engine.motion.shot import Shot
from engine.tour.synthetic import synthetic
from engine.tour.view import View
from engine.viewer import picking, screen
from engine.viewer.brush import Brush
from engine.viewer.centroids import centroids
from engine.viewer.handles import Handles
from engine.viewer.history import History
from engine.viewer.picking import Sight
from engine.viewer.tally import Tally
from engine.viewer.viewer import Viewer

SIZE = (900, 700)


@pytest.fixture(scope="module")
def many():
    return synthetic(30_000, layers=3, tile=None, clusters=9)


def shot_of(viewer, **changes):
    values = {
        "source": viewer.transition.source, "target": viewer.transition.target, "mix": viewer.transition.mix,
        "frame": viewer.motion.frame, "camera": viewer.camera, "mode": "dots", "theme": "dark", "depth_cue": 1.0,
        "dot_size": 5.0, "image_size": 10.0,
    }  # fmt: skip
    return Shot(**(values | changes))


def nearest_in_front(viewer, shot, at):
    """The oracle: every point's disc, one after the other, the front one of those that cover the pixel."""
    xyz = sum(share * viewer.tour.aligned(k).astype(float) for k, share in viewer.transition.blend) @ shot.frame
    radius = screen.radius(viewer)
    xy = viewer.camera.to_pixels(xyz[:, :2], size=SIZE, radius=radius)
    near = np.clip(0.5 + 0.5 * xyz[:, 2] / radius, 0, 1)
    sizes = shot.dot_size * (0.72 + 0.5 * near)
    apart = np.hypot(*(np.floor(at) + 0.5 - xy).T) - 0.5 * sizes
    return set(np.flatnonzero(apart <= picking.SOFT + 1e-3)), set(np.flatnonzero(apart <= picking.SOFT - 1e-3)), xyz


@pytest.mark.parametrize("place", [0, 1.3])
def test_hover_is_brute_force_while_the_tour_turns_and_while_it_rests(place, many, rng):
    viewer = Viewer.of(many, View(layer=place, zoom=2.0, center=(0.1, 0.05)))
    hits = 0
    for k in range(60):
        if k % 3 == 0:
            viewer.motion.advance(1.0)
        shot = shot_of(viewer)
        at = rng.uniform((250, 200), (650, 500))
        top = picking.topmost(viewer, Sight(shot, SIZE), tuple(at))
        perhaps, surely, xyz = nearest_in_front(viewer, shot, at)
        if top is None:
            assert not surely
        else:
            hits += 1
            assert top in perhaps and all(xyz[top, 2] >= xyz[each, 2] - 1e-4 for each in surely)
    assert hits > 15


def test_of_two_points_in_one_place_the_one_drawn_last_is_met(make_tour):
    points = np.zeros((9, 5))
    points[7:] = [[1.0, 0, 0, 0, 0], [-1.0, 0, 0, 0, 0]]
    viewer = Viewer.of(make_tour([points]))
    assert picking.topmost(viewer, Sight(shot_of(viewer), SIZE), (450, 350)) == 6


@pytest.mark.parametrize("how", ["replace", "add", "subtract"])
def test_a_lasso_drawn_corner_by_corner_encloses_what_the_whole_one_does(how, many, rng):
    viewer = Viewer.of(many, View(zoom=2.0))
    before = rng.random(many.n) < 0.3
    turn = np.linspace(0, 4 * np.pi, 80)  # twice round, across itself
    path = np.column_stack([450 + (80 + 15 * turn) * np.cos(turn), 350 + 180 * np.sin(turn)]).round()
    brush = Brush(tuple(path[0]), True, how, before)
    for k, corner in enumerate(path[1:]):
        brush.draw_to(tuple(corner))
        if k == 40:  # the points have moved meanwhile: all of it anew
            viewer.motion.advance(1.0)
        if k % 3:  # a frame may miss a corner
            brush.caught(viewer, SIZE)
    xy = screen.on_screen(viewer, screen.shown(viewer), SIZE)
    inside = in_polygon(xy, brush.path)
    assert 0.1 < inside.mean() < 0.9
    np.testing.assert_array_equal(brush.caught(viewer, SIZE), inside)
    expected = {"replace": inside, "add": before | inside, "subtract": before & ~inside}[how]
    np.testing.assert_array_equal(brush.selection(viewer, SIZE), expected)
    assert brush.selection(viewer, SIZE) is brush.selection(viewer, SIZE)  # nothing is sent to the GPU again


def test_what_was_caught_before_is_not_changed_by_the_next_corner(many):
    viewer = Viewer.of(many)
    brush = Brush((300, 200), True, "replace", None)
    for corner in [(600, 200), (600, 500)]:
        brush.draw_to(corner)
    first = brush.caught(viewer, SIZE)
    copy = first.copy()
    brush.draw_to((300, 500))
    assert brush.caught(viewer, SIZE).sum() > copy.sum()
    np.testing.assert_array_equal(first, copy)


@pytest.mark.parametrize("overlap", [False, True])
@pytest.mark.parametrize("share", [0.01, 0.9])
def test_centroids_are_the_means(share, overlap, rng):
    points = (rng.standard_normal((20_000, 6)) + 3.0).astype(np.float32)
    some = rng.permutation(20_000)[: round(share * 20_000)]
    sets = np.array_split(some, 7)
    if overlap:
        sets[3] = np.concatenate([sets[3], sets[0][:5], sets[5][:5]])
    expected = [points[rows].astype(float).mean(axis=0) for rows in sets]
    np.testing.assert_allclose(centroids(points, sets), expected, rtol=1e-9)
    assert centroids(points, []).shape == (0, 6)


def test_centroids_of_a_layer_are_found_beside_and_then_known(many, monkeypatch):
    monkeypatch.setattr(picking, "SOON", 1000)
    viewer, waiting = Viewer.of(many), []
    handles = Handles(viewer)
    handles.of_classes()
    viewer.in_background = lambda work, then: waiting.append((work, then))
    assert not handles.ready(2) and not handles.ready(2) and len(waiting) == 1
    work, then = waiting.pop()
    then(work())
    assert handles.ready(2)
    codes = many.attributes["cluster"].cat.codes.to_numpy()
    expected = [many.layers[2].points[codes == k].astype(float).mean(axis=0) for k in range(9)]
    np.testing.assert_allclose(handles.means(2), expected, atol=1e-6)


def test_the_legend_counts_again_where_the_selection_or_the_colours_are_others(many, rng):
    viewer, tally = Viewer.of(many), Tally()
    codes = many.attributes["cluster"].cat.codes.to_numpy()
    for _ in range(2):
        viewer.select(rng.random(many.n) < 0.2)
        tally.count(viewer)
        np.testing.assert_array_equal(tally.selected, np.bincount(codes[viewer.selection], minlength=9))
    viewer.change(color_by="family")
    tally.count(viewer)
    np.testing.assert_array_equal(tally.rows, np.bincount(codes // 5, minlength=2))


def test_history_forgets_large_selections_before_memory_fills(many, monkeypatch):
    monkeypatch.setattr("engine.viewer.history.LARGEST", 10 * 4 * many.n)
    viewer, history = Viewer.of(many), History()
    history.watch(viewer.base)
    for k in range(40):
        viewer.select(np.arange(many.n) != k)
        history.watch(viewer.base)
    assert len(history.before) == 10
    assert history.undo(viewer.base, viewer.restore) and not viewer.selection[38]


def test_neighbors_across_the_chunks(monkeypatch, rng):
    monkeypatch.setattr(picking, "ROWS", 64)
    points = rng.standard_normal((1000, 5)).astype(np.float32)
    points[[5, 500, 900]] = points[333]
    expected = np.argsort(np.linalg.norm(points.astype(float) - points[333], axis=1), kind="stable")
    assert picking.neighbors(points, 333, 6).tolist() == [k for k in expected if k != 333][:6]

"""A viewer keeps its figure framed: at rest, touring, between layers much alike, until a hand takes over."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.motion.camera import Camera
from engine.motion.framing import FASTEST, FILL, Area
from engine.motion.grandtour import GrandTour
from engine.motion.transition import SECONDS
from engine.tour.view import View
from engine.viewer.standpoint import SPEED
from engine.viewer.steering import FLIGHT_SECONDS
from engine.viewer.viewer import Viewer
from framed import AREA, FPS, arrive, check_rest, filled, framed, pass_time, watched


def test_it_opens_framed_and_nothing_moves_while_the_tour_stands(small_tour):
    viewer = framed(small_tour)
    viewer.playing = False
    fill, aside = filled(viewer)
    assert fill == pytest.approx(FILL, abs=0.01) and aside < 2.0
    camera = viewer.camera
    pass_time(viewer, 0.5)
    assert viewer.camera.zoom == pytest.approx(camera.zoom, rel=1e-4)
    assert not viewer.moving
    assert viewer.view.fit


@pytest.mark.parametrize("kind", ["grand", "little", "local", "guided"])
def test_every_tour_is_framed_and_the_scale_moves_slowly(small_tour, kind):
    viewer = framed(small_tour)
    viewer.take_tour(kind)
    fills, zooms = [], [viewer.camera.zoom]
    for _ in range(20 * FPS):
        viewer.advance(1 / FPS)
        fills.append(filled(viewer)[0])
        zooms.append(viewer.camera.zoom)
    assert 0.6 < min(fills) and max(fills) < 1.0
    assert 0.8 < np.median(fills) < 0.95
    rates = np.diff(np.log(zooms)) * FPS
    assert np.abs(rates).max() <= FASTEST + 1e-9
    assert np.abs(np.diff(rates)).max() < 0.05


def test_between_layers_much_alike_the_scale_keeps_its_speed_and_the_figure_its_size(small_tour):
    viewer = framed(small_tour)
    for layer in (3, 0, 2):
        viewer.go_to(layer)
        fills, rates = watched(viewer, 1.5)
        assert viewer.transition.settled
        assert 0.75 < fills.min() and fills.max() < 0.95
        assert np.abs(rates).max() <= FASTEST + 1e-9
        assert np.abs(np.diff(rates)).max() < 0.1
    check_rest(viewer)


@pytest.mark.parametrize("kind", ["grand", "little", "local", "guided"])
def test_published_tours_are_framed_at_the_default_speed(googlenet, kind):
    viewer = framed(googlenet, layer=len(googlenet.layers) - 2)
    viewer.take_tour(kind)
    fills, rates = watched(viewer, 8.0)
    assert 0.6 < fills.min() and fills.max() < 1.0
    assert np.abs(np.diff(rates)).max() < 0.1
    assert np.abs(rates).max() <= FASTEST + 1e-9


def test_a_saved_view_that_is_framed_is_flown_to_framed(small_tour, rng):
    viewer = framed(small_tour)
    viewer.playing = False
    frame = np.linalg.qr(rng.standard_normal((15, 3)))[0]
    viewer.fly_to(replace(viewer.view, layer=2, frame=frame))
    arrive(viewer)
    assert viewer.frame == pytest.approx(frame, abs=1e-6)
    pass_time(viewer, 1.5)
    assert filled(viewer)[0] == pytest.approx(FILL, abs=0.02)
    viewer.fly_to(View(layer=1, center=(0.3, 0.0), zoom=2.5))
    pass_time(viewer, FLIGHT_SECONDS + 1.0)
    assert viewer.camera == Camera((0.3, 0.0), 2.5)  # one from before framing keeps its own camera
    assert not viewer.view.fit


def test_a_hand_takes_the_camera_over_until_a_reset(small_tour):
    for act in (lambda v: v.zoom(3.0, (100.0, 90.0), AREA.size), lambda v: v.pan((80.0, 10.0), AREA.size),
                lambda v: v.look(Camera((0.1, 0.1), 4.0), seconds=0.01)):  # fmt: skip
        viewer = framed(small_tour)
        act(viewer)
        pass_time(viewer, 0.1)
        camera = viewer.camera
        pass_time(viewer, 2.0)
        assert viewer.camera == camera
        assert not viewer.view.fit
        viewer.reset_camera()
        pass_time(viewer, 2.0)
        assert viewer.view.fit
        assert filled(viewer)[0] == pytest.approx(FILL, abs=0.06)


def test_the_camera_stands_while_a_hand_holds_something(small_tour):
    viewer = framed(small_tour)
    pass_time(viewer, 3.0)
    viewer.held, camera = True, viewer.camera
    viewer.frame = np.roll(viewer.frame, 1, axis=0)
    pass_time(viewer, 1.0)
    assert viewer.camera == camera
    viewer.held = False
    viewer.advance(1 / FPS)
    assert abs(math.log(viewer.camera.zoom / camera.zoom)) < 1e-3  # it sets out from rest
    pass_time(viewer, 6.0)
    assert filled(viewer)[0] == pytest.approx(FILL, abs=0.06)


def test_isolated_points_are_what_is_framed(small_tour):
    viewer = framed(small_tour)
    viewer.playing = False
    few = np.arange(60) < 12
    viewer.select(few)
    assert viewer.whole.zoom == pytest.approx(viewer.camera.zoom, rel=1e-4)  # greyed points are there
    viewer.change(isolate=True)
    viewer.reset_camera()
    pass_time(viewer, 2.0)
    assert filled(viewer, few)[0] == pytest.approx(FILL, abs=0.02)


def test_another_size_is_fitted_at_once(small_tour):
    viewer = framed(small_tour)
    viewer.playing = False
    pass_time(viewer, 0.2)
    viewer.show_on(Area((500.0, 900.0)))
    viewer.advance(1 / FPS)
    assert filled(viewer)[0] == pytest.approx(FILL, abs=0.02)


def test_a_view_that_is_not_framed_stands_as_it_always_did(small_tour):
    viewer = Viewer.of(small_tour, View(zoom=1.7, center=(0.1, 0.0)))
    viewer.show_on(AREA)
    pass_time(viewer, 1.0)
    viewer.zoom(2.0, (9.0, 9.0), AREA.size)
    viewer.reset_camera()
    pass_time(viewer, 1.0)
    assert viewer.camera == Camera((0.1, 0.0), 1.7)


@pytest.mark.parametrize("size", [0.1, 1.0, 10.0])
def test_points_leave_one_place_and_come_there_in_the_time_of_any_other_change_of_layer(make_tour, rng, size):
    """A figure of no size cannot be kept in sight: that was tried for ten seconds, and the next one came as a speck."""
    spread = rng.standard_normal((60, 15)) * np.linspace(3.0, 0.5, 15) * size
    viewer = framed(make_tour([np.full((60, 15), 2.0), spread, np.full((60, 15), 2.0)]), layer=0)
    pass_time(viewer, 1.0)
    viewer.go_to(1)
    pass_time(viewer, SECONDS + 0.2)
    assert viewer.transition.settled and 0.8 < filled(viewer)[0] < 0.96
    _, rates = watched(viewer, 1.0)
    assert np.abs(rates).max() <= FASTEST + 1e-9
    camera = viewer.camera
    viewer.go_to(2)
    pass_time(viewer, SECONDS + 0.2)
    assert viewer.transition.settled and filled(viewer)[0] == 0.0
    assert viewer.camera.zoom == pytest.approx(camera.zoom, rel=0.1)


def test_where_all_points_stand_at_one_place_nothing_moves(make_tour):
    viewer = framed(make_tour([np.ones((9, 15)), np.ones((9, 15))]))
    camera = viewer.camera
    viewer.go_to(1)
    pass_time(viewer, 1.0)
    assert viewer.camera == camera and camera.zoom == 1.0


def thin_tour(make_tour, rng):
    """A layer that is thin along all axes but two."""
    return make_tour([rng.standard_normal((500, 6)) * [1.0, 1.0, 0.04, 0.04, 0.04, 0.04]])


def test_a_tour_waits_where_the_scale_cannot_follow(make_tour, rng):
    """Where a little tour turns two thin axes to the front the figure shrinks to a twenty-fifth."""
    viewer = framed(thin_tour(make_tour, rng))
    viewer.take_tour("little")
    pass_time(viewer, 2.0)
    fills, speeds = watched(viewer, 150.0)
    assert fills.min() > 0.6 and fills.max() < 1.0
    assert np.abs(speeds).max() <= FASTEST * 1.001 and np.abs(np.diff(speeds)).max() < 0.08


def test_a_grand_tour_keeps_its_speed(make_tour, rng):
    viewer = framed(thin_tour(make_tour, rng))
    alone = GrandTour(6, seed=0)
    alone.frame, alone.speed = viewer.motion.frame, math.radians(SPEED)
    pass_time(viewer, 60.0)
    for _ in range(60 * FPS):
        alone.advance(1 / FPS)
    assert np.abs(viewer.motion.frame - alone.frame).max() < 1e-9


@pytest.mark.parametrize("kind", ["grand", "little", "local", "guided"])
def test_a_tour_of_a_line_that_is_seen_all_but_end_on_waits_for_the_scale(make_tour, kind):
    """In the next frame it is many times as long, or as short: looked at when it was there, it was at 123 %."""
    ahead = GrandTour(15, seed=0, speed=math.radians(SPEED))
    ahead.frame = framed(make_tour([np.eye(15)])).motion.frame
    there = ahead.advance(10.0) if kind == "grand" else ahead.frame
    along = there[:, 2] + 0.015 * there[:, 0] + 0.02  # no axis lies across it
    points = np.linspace(-1.0, 1.0, 100)[:, None] * along
    attributes = pd.DataFrame({"end": pd.Categorical(np.repeat(["near", "far"], 50))})
    viewer = framed(make_tour([points], attributes=attributes), color_by="end")
    viewer.take_tour(kind)
    fills, speeds = watched(viewer, 20.0)
    assert fills.min() > 0.55 and fills.max() < 1.0
    assert np.abs(speeds).max() <= FASTEST * 1.001 and np.abs(np.diff(speeds)).max() < 0.08


def test_one_far_stray_does_not_make_a_heap_of_the_others(make_tour, rng):
    points = rng.standard_normal((600, 15))
    points[7, 0] = 60.0
    viewer = framed(make_tour([points]))
    others = np.delete(np.arange(600), 7)
    assert 0.8 < filled(viewer, others)[0] < 1.0
    pass_time(viewer, 20.0)
    assert 0.6 < filled(viewer, others)[0] < 1.0

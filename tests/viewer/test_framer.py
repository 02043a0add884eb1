"""A viewer keeps its figure framed: at rest, touring, between layers, in flights, until a hand takes over."""

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.motion.camera import Camera
from engine.motion.framing import FASTEST, FILL, Area
from engine.motion.trajectory import KNOTS, LONGEST
from engine.tour.published import import_published
from engine.tour.view import SavedView, View
from engine.viewer import screen
from engine.viewer.resolve import first_view
from engine.viewer.steering import FLIGHT_SECONDS, LOOKS
from engine.viewer.storyteller import TOLD_FLIGHT, Storyteller, span
from engine.viewer.viewer import Viewer

AREA = Area((1280.0, 800.0), 240.0, 64.0, 60.0, 72.0)
FPS = 60


def framed(tour, **view):
    viewer = Viewer.of(tour, replace(first_view(tour), mode="dots", **view))
    viewer.show_on(AREA)
    return viewer


def filled(viewer, points=slice(None)):
    """How much of the free area's limiting side the shown points take, and how far from its middle they are."""
    area = viewer.area.within(viewer.reach(viewer.camera.zoom))
    at = screen.on_screen(viewer, screen.shown(viewer), area.size)[points]
    low, high = at.min(axis=0), at.max(axis=0)
    middle = np.array([area.left + area.free[0] / 2, area.top + area.free[1] / 2])
    return float(max((high - low) / area.free)), float(np.abs((low + high) / 2 - middle).max())


def pass_time(viewer, seconds):
    for _ in range(round(seconds * FPS)):
        viewer.advance(1 / FPS)


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


@pytest.fixture
def uneven(make_tour, rng):
    """Layers of one spread and of quite another shape: round, a needle, small amid far strays, another needle."""
    base = rng.standard_normal((500, 15))
    strays = base * np.where(np.arange(500) < 3, 3.0, 1.0)[:, None]
    needle = base * np.linspace(3.0, 0.6, 15)
    return make_tour([base, needle, strays * 0.5, needle[:, ::-1] * 2.0, base])


def watched(viewer, seconds):
    """What is seen of the framing, frame by frame: fills of 99 in 100 points, and the scale's relative speeds."""
    fills, zooms = [], [viewer.camera.zoom]
    for _ in range(round(seconds * FPS)):
        viewer.advance(1 / FPS)
        area, figure = viewer.area.within(viewer.reach(viewer.camera.zoom)), viewer.framer.figure(viewer._seen())
        unit = viewer.camera.pixels_per_radius(area.size)
        fills.append(max(2 * half * unit / side for half, side in zip(figure.half, area.free, strict=True)))
        zooms.append(viewer.camera.zoom)
    return np.array(fills), np.diff(np.log(zooms)) * FPS


def check_rest(viewer):
    fills, _ = watched(viewer, 3.0)
    assert 0.8 < fills[-1] < 0.95
    assert filled(viewer)[1] < 0.12 * AREA.size[1]


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


def arrive(viewer):
    """What is seen of the framing until nothing is under way any more."""
    fills, rates = watched(viewer, 2 / FPS)
    while viewer._under_way:
        more = watched(viewer, 1 / FPS)
        fills, rates = np.append(fills, more[0]), np.append(rates, more[1])
    return fills, rates


def check_steady(rates):
    assert np.abs(rates).max() <= FASTEST + 1e-9
    assert np.abs(np.diff(rates)).max() < 0.08  # a second's speed, between two frames


@pytest.mark.parametrize("playing", [True, False])
def test_between_layers_of_quite_different_shapes_the_scale_keeps_its_speed_and_the_figure_its_size(uneven, playing):
    viewer = framed(uneven)
    viewer.playing = playing
    took = []
    for layer in (1, 4, 1, 2):
        viewer.go_to(layer)
        fills, rates = arrive(viewer)
        took.append(len(rates) / FPS)
        assert 0.6 < fills.min() and fills.max() < 1.0
        check_steady(np.append(rates, watched(viewer, 1.0)[1]))
        check_rest(viewer)
    assert min(took) < 1.1 and 1.5 < max(took) < LONGEST + 0.1  # the time that it needs, and no more


def test_where_a_path_has_no_time_for_it_the_scale_keeps_its_speed(uneven):
    viewer = framed(uneven)
    viewer.go_to(2)
    arrive(viewer)
    viewer.go_to(3)  # six times smaller in places
    _, rates = arrive(viewer)
    check_steady(np.append(rates, watched(viewer, 1.0)[1]))
    check_rest(viewer)


def test_a_transition_turned_round_and_a_scrub_stay_framed(uneven):
    viewer = framed(uneven)
    for layer in (1, 0, 3, 1):
        viewer.go_to(layer)
        fills, rates = watched(viewer, 0.3)
        assert 0.6 < fills.min() and fills.max() < 1.0
        check_steady(rates)
    for place in np.linspace(1.0, 3.0, 60):
        viewer.scrub(place)
        fills, _ = watched(viewer, 1 / FPS)
        assert 0.6 < fills.min() and fills.max() < 1.0
    viewer.scrub(None)
    arrive(viewer)
    check_rest(viewer)


@pytest.mark.parametrize("seconds", [FLIGHT_SECONDS, TOLD_FLIGHT])
def test_on_the_way_to_other_views_the_figure_stays_framed(uneven, rng, seconds):
    viewer = framed(uneven)
    for layer in (1, 1, 2, 0):
        frame = np.linalg.qr(rng.standard_normal((15, 3)))[0]
        viewer.fly_to(replace(first_view(uneven), layer=layer, frame=frame), seconds=seconds)
        fills, rates = arrive(viewer)
        assert 0.6 < fills.min() and fills.max() < 1.0
        check_steady(np.append(rates, watched(viewer, 1.0)[1]))
        assert len(rates) / FPS > seconds - 2 / FPS
    check_rest(viewer)


def test_what_ends_a_motion_before_its_time_ends_its_plan_without_a_jump(uneven, rng):
    viewer = framed(uneven)
    acts = [viewer.toggle_playing, viewer.stop, lambda: viewer.go_to(0), lambda: viewer.select(np.arange(500) < 40),
            lambda: viewer.change(isolate=True), lambda: viewer.show_on(replace(AREA, right=300.0))]  # fmt: skip
    for act in acts:
        frame = np.linalg.qr(rng.standard_normal((15, 3)))[0]
        viewer.fly_to(replace(first_view(uneven), layer=2 if viewer.layer == 1 else 1, frame=frame))
        _, before = watched(viewer, 0.5)
        act()
        _, after = watched(viewer, 3.0)
        check_steady(np.append(before, after))


def test_the_way_is_planned_once_and_not_in_every_frame(uneven, monkeypatch):
    viewer = framed(uneven)
    watched(viewer, 0.2)
    measured, whole = [], viewer.framer.figure
    monkeypatch.setattr(viewer.framer, "figure", lambda seen, **few: measured.append(seen) or whole(seen, **few))
    viewer.go_to(3)
    for _ in range(30):
        viewer.advance(1 / FPS)
    assert len(measured) <= LOOKS * KNOTS


def test_a_story_is_told_framed(uneven, rng):
    viewer = framed(uneven)
    views = [replace(first_view(uneven), layer=k, frame=np.linalg.qr(rng.standard_normal((15, 3)))[0]) for k in (3, 1)]
    viewer.story = Storyteller(tuple(SavedView(f"{k}", view) for k, view in enumerate(views)))
    viewer.play_story()
    fills, rates = watched(viewer, sum(span(each) for each in viewer.story.story))
    assert 0.6 < fills.min() and fills.max() < 1.05
    assert 0.8 < np.median(fills) < 0.95
    check_steady(rates)


def test_where_a_hand_had_the_camera_a_flight_brings_it_back_and_it_does_not_jump_when_it_lands(uneven):
    viewer = framed(uneven)
    viewer.zoom(6.0, (100.0, 90.0), AREA.size)
    viewer.fly_to(replace(first_view(uneven), layer=3))
    watched(viewer, FLIGHT_SECONDS - 0.1)
    _, rates = watched(viewer, 1.0)
    assert np.abs(rates[10:]).max() <= FASTEST + 1e-9
    check_rest(viewer)


@pytest.mark.parametrize("kind", ["grand", "little", "local", "guided"])
def test_published_tours_are_framed_at_the_default_speed(published, kind):
    tour = import_published(published / "meta-googlenet-15D.json")
    viewer = framed(tour, layer=len(tour.layers) - 2)
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

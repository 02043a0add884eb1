"""Where it is known what comes the figure stays framed and the scale slow: flights, transitions, stories, two tours."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.motion import trajectory
from engine.motion.framing import FASTEST
from engine.motion.rotation import plane_distance
from engine.motion.trajectory import KNOTS, LONGEST
from engine.motion.transition import SECONDS
from engine.tour.matching import matched
from engine.tour.view import SavedView
from engine.viewer.foresight import LOOKS
from engine.viewer.pair import Pair
from engine.viewer.resolve import first_view
from engine.viewer.standpoint import SPEED
from engine.viewer.steering import FLIGHT_SECONDS
from engine.viewer.storyteller import TOLD_FLIGHT, Storyteller, span
from framed import AREA, FPS, arrive, check_rest, check_steady, framed, framing_of, pass_time, watched


@pytest.fixture
def uneven(make_tour, rng):
    """Layers of one spread and of quite another shape: round, a needle, small amid far strays, another needle."""
    base = rng.standard_normal((500, 15))
    strays = base * np.where(np.arange(500) < 3, 3.0, 1.0)[:, None]
    needle = base * np.linspace(3.0, 0.6, 15)
    return make_tour([base, needle, strays * 0.5, needle[:, ::-1] * 2.0, base])


def check_changes_of_layer(viewer, layers, *, seconds):
    """seconds: watched from the beginning of each."""
    for layer in layers:
        viewer.go_to(layer)
        fills, rates = watched(viewer, seconds)
        assert 0.6 < fills.min() and fills.max() < 1.0
        check_steady(rates)


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_a_guided_tour_that_turns_to_another_plane_with_a_change_of_layer_stays_framed(make_tour, seed):
    """Where the frame will be is the motion's to say: it sets out for another plane as the transition begins."""
    rng, kinds = np.random.default_rng(seed), np.arange(300) % 4
    spread = np.where(np.arange(15) < 2, 3.0, 0.4)  # flat, each layer along other axes
    layers = []
    for _ in range(4):
        turn = np.linalg.qr(rng.standard_normal((15, 15)))[0]
        middles = 2.0 * rng.standard_normal((4, 15))
        layers.append((middles[kinds] + 0.4 * rng.standard_normal((300, 15))) * spread @ turn)
    attributes = pd.DataFrame({"kind": pd.Categorical.from_codes(kinds, list("abcd"))})
    viewer = framed(make_tour(layers, attributes=attributes), color_by="kind")
    viewer.take_tour("guided")
    check_changes_of_layer(viewer, (2, 0, 3, 1), seconds=4.0)


@pytest.mark.parametrize(("thin", "seed"), [(0.03, 16), (0.1, 12), (0.1, 28)])
def test_a_pace_is_looked_for_until_what_is_seen_then_needs_no_other(make_tour, thin, seed):
    """A tour turns while layers change, at a pace that depends on what the tour will show by then."""
    rng = np.random.default_rng(seed)
    spread = np.array([3.0, 1.0, *13 * [thin]])
    layers = [rng.standard_normal((60, 15)) for _ in range(3)]
    turns = [np.linalg.qr(rng.standard_normal((15, 15)))[0] for _ in layers]
    viewer = framed(make_tour([each * spread @ turn for each, turn in zip(layers, turns, strict=True)]))
    viewer.take_tour("little")
    check_changes_of_layer(viewer, (2, 0, 1, 0), seconds=5.0)


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
    assert min(took) < 1.1 and 1.3 < max(took) < LONGEST + 0.1  # the time that it needs, and no more


def test_where_a_path_has_no_time_for_it_the_scale_keeps_its_speed(uneven, monkeypatch):
    monkeypatch.setattr(trajectory, "LONGEST", 1.0)
    viewer = framed(uneven)
    viewer.go_to(2)
    arrive(viewer)
    viewer.go_to(3)  # six times smaller in places
    _, rates = arrive(viewer)
    assert len(rates) / FPS < 1.1
    check_steady(np.append(rates, watched(viewer, 1.0)[1]))
    check_rest(viewer)


def test_a_path_is_slow_only_where_the_scale_needs_it(uneven):
    viewer = framed(uneven)
    viewer.playing = False
    pass_time(viewer, 0.1)
    viewer.go_to(2)
    mixes = []
    while not viewer.layers.arrived:
        viewer.advance(1 / FPS)
        mixes.append(viewer.transition.mix if not viewer.transition.settled else 1.0)
    own = np.interp(mixes, [3 * t * t - 2 * t**3 for t in np.linspace(0.0, 1.0, 2001)], np.linspace(0.0, 0.7, 2001))
    slowness = 1.0 / (np.diff(own) * FPS)
    slowness = slowness[:-2]  # the last one ends within a frame
    assert slowness.min() >= 0.99 and slowness.max() > 1.5 * slowness.min()
    assert np.abs(np.diff(np.log(slowness))).max() < 0.35  # without a jerk


def test_two_tours_side_by_side_go_at_a_pace_that_suits_both(uneven, make_tour, rng):
    even = make_tour([uneven.layers[0].points + 0.1 * rng.standard_normal((500, 15)) for _ in range(5)], name="even")
    pair = Pair.of(matched(even, uneven))
    for viewer in pair.viewers:
        viewer.show_on(AREA)
        viewer.playing = False
    seen = ([], [])
    frame = np.linalg.qr(rng.standard_normal((15, 3)))[0]
    for _ in range(120):
        pair.advance(1 / FPS)
    pair.leader.fly_to(replace(first_view(even), layer=3, frame=frame))
    pair.follower.go_to(3)
    zooms = [[viewer.camera.zoom for viewer in pair.viewers]]
    for _ in range(10 * FPS):
        pair.advance(1 / FPS)
        zooms.append([viewer.camera.zoom for viewer in pair.viewers])
        for k, viewer in enumerate(pair.viewers):
            seen[k].append(framing_of(viewer))
    assert all(0.6 < min(each) and max(each) < 1.0 for each in seen)
    check_steady(np.diff(np.log(zooms), axis=0).T.ravel() * FPS)


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


def test_a_stick_that_is_seen_end_on_for_a_moment_of_a_flight_stays_framed(make_tour, rng):
    tour = make_tour([rng.uniform(-1.0, 1.0, (500, 3)) * (8.0, 1.0, 1.0)])
    viewer = framed(tour)
    viewer.playing = False

    def seen_from(degrees):  # 0 is end-on
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        return np.array([[s, 0.0, c], [0.0, 1.0, 0.0], [-c, 0.0, s]])

    viewer.frame = seen_from(-85.0)
    watched(viewer, 3.0)
    viewer.fly_to(replace(first_view(tour), frame=seen_from(70.0)))
    fills, rates = arrive(viewer)
    assert 0.6 < fills.min() and fills.max() < 1.0
    check_steady(np.append(rates, watched(viewer, 1.0)[1]))


def test_where_the_longest_time_does_not_suffice_a_figure_is_small_rather_than_out_of_sight(make_tour, rng):
    """A line that is turned past the eye end on: at half of what it needs it was at 165 %."""
    tour = make_tour([rng.uniform(-1.0, 1.0, (100, 1)) * [1.0, 0.0, 0.0, 0.0]])
    viewer = framed(tour)
    viewer.playing = False
    start, end = np.eye(4)[:, :3], np.eye(4)[:, :3].copy()
    end[0, 0], end[2, 0], end[2, 2], end[0, 2] = -0.995, 0.1, -0.995, -0.1
    viewer.frame = start
    watched(viewer, 1.0)
    viewer.fly_to(replace(first_view(tour), frame=end))
    fills, rates = arrive(viewer)
    assert len(rates) / FPS == pytest.approx(LONGEST, abs=0.2)
    assert fills.min() < 0.55 and fills.max() < 1.0
    check_steady(rates)


def test_a_tour_that_waits_keeps_to_the_pace_of_a_change_of_layer(make_tour, rng):
    """It kept its own time, and the figure came to 103 % where the plan did not come out."""
    spread = np.linspace(3.0, 0.05, 15)
    viewer = framed(make_tour([rng.standard_normal((200, 15)) * spread, rng.standard_normal((200, 15)) * spread[::-1]]))
    viewer.take_tour("little")
    watched(viewer, 1.0)
    viewer.go_to(1)
    before, turned = viewer.motion.frame, []
    while not viewer.layers.arrived:
        viewer.advance(1 / FPS)
        frame = viewer.motion.frame
        turned.append(plane_distance(frame[:, :2], before[:, :2]) * FPS / np.radians(SPEED))
        assert turned[-1] == pytest.approx(viewer.patience, abs=0.02)
        before = frame
    assert len(turned) > 1.5 * SECONDS * FPS  # that is slow,
    assert min(turned) < 0.6 and sum(turned) == pytest.approx(SECONDS * FPS, rel=0.05)  # and the tour as slow as it


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
    monkeypatch.setattr(viewer.framer, "figure", lambda seen: measured.append(seen) or whole(seen))
    viewer.go_to(3)
    for _ in range(30):
        viewer.advance(1 / FPS)
    assert len(measured) <= LOOKS * 1.5 * KNOTS


def test_a_story_is_told_framed(uneven, rng):
    viewer = framed(uneven)
    views = [replace(first_view(uneven), layer=k, frame=np.linalg.qr(rng.standard_normal((15, 3)))[0]) for k in (3, 1)]
    viewer.story = Storyteller(tuple(SavedView(f"{k}", view) for k, view in enumerate(views)))
    viewer.play_story()
    fills, rates = watched(viewer, sum(span(each) for each in viewer.story.story) - 0.1)
    assert viewer.story.playing  # flights that take longer take none of the time to look
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

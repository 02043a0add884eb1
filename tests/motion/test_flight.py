"""Flights start and end where they should, ease, and zoom like a wheel; transitions bend and never jump."""

import numpy as np
import pytest

from engine.motion.camera import Camera
from engine.motion.flight import Pose, flight, smoothstep
from engine.motion.rotation import random_frame
from engine.motion.transition import SECONDS, Transition, at_rest, between, blend_at


def test_smoothstep_is_flat_at_both_ends():
    assert [smoothstep(t) for t in (-1, 0, 0.5, 1, 2)] == [0, 0, 0.5, 1, 1]
    assert smoothstep(1e-4) < 1e-7
    assert 1 - smoothstep(1 - 1e-4) < 1e-7


@pytest.fixture
def poses(rng):
    return (
        Pose(random_frame(rng, 15), Camera((0.5, -0.3), 1.0), 2.0),
        Pose(random_frame(rng, 15), Camera((-0.2, 0.1), 8.0), 7.0),
    )


def test_a_flight_joins_its_ends(poses):
    start, end = poses
    path = flight(start, end)
    assert path(0.0) is start
    assert path(1.0) is end
    for t in (1e-9, 1 - 1e-9):
        pose = path(t)
        nearest = start if t < 0.5 else end
        assert pose.frame == pytest.approx(nearest.frame, abs=1e-6)
        assert pose.camera.center == pytest.approx(nearest.camera.center, abs=1e-6)
        assert pose.camera.zoom == pytest.approx(nearest.camera.zoom, abs=1e-6)
        assert pose.layer == pytest.approx(nearest.layer, abs=1e-6)


def test_a_flight_zooms_about_one_fixed_point(poses):
    start, end = poses
    cameras = [flight(start, end)(t).camera for t in np.linspace(0.01, 0.99, 30)]
    zooms = [camera.zoom for camera in cameras]
    assert zooms == sorted(zooms)
    # centre + k / zoom is the same all the way
    k = np.subtract(end.camera.center, start.camera.center) / (1 / end.camera.zoom - 1 / start.camera.zoom)
    fixed = np.array([camera.center - k / camera.zoom for camera in cameras])
    assert np.ptp(fixed, axis=0) == pytest.approx([0, 0], abs=1e-9)


def test_a_flight_without_zoom_goes_straight(rng):
    frame = random_frame(rng, 4)
    path = flight(Pose(frame, Camera((0, 0), 2.0)), Pose(frame, Camera((1, 2), 2.0)))
    assert path(0.5).camera.center == pytest.approx((0.5, 1.0))


def test_a_transition_is_smoothstep():
    transition = at_rest(3).redirected(5)
    for share in (0.0, 0.2, 0.5, 0.9):
        later = transition.advanced(share * SECONDS)
        assert later.mix == pytest.approx(smoothstep(share))
        assert not later.settled
    assert transition.advanced(SECONDS) == at_rest(5)


def test_a_transition_does_not_depend_on_the_frame_rate():
    one = at_rest(0).redirected(1).advanced(0.5)
    many = at_rest(0).redirected(1)
    for _ in range(500):
        many = many.advanced(0.001)
    assert many.mix == pytest.approx(one.mix)


@pytest.mark.parametrize("when", [0.01, 0.2, 0.35, 0.6, 0.69])
def test_turning_round_keeps_place_and_speed(when):
    going = at_rest(0).redirected(1).advanced(when)
    back = going.redirected(0)
    assert 1 - back.mix == pytest.approx(going.mix)
    tiny = 1e-6
    forward = (going.advanced(tiny).mix - going.mix) / tiny if not going.advanced(tiny).settled else 0
    backward = (back.mix - back.advanced(tiny).mix) / tiny
    assert backward == pytest.approx(forward, abs=1e-3)
    mixes = [back.advanced(t).mix for t in np.linspace(0, SECONDS * 0.999, 200)]
    assert max(np.abs(np.diff(mixes))) < 0.02
    assert min(mixes) > 0 and max(mixes) <= 1
    assert back.advanced(SECONDS) == at_rest(0)


def test_turned_round_twice_it_still_keeps_place_and_speed():
    """The second turn begins on a leg that has a velocity of its own."""
    once = Transition(((0, 1.0),), ((1, 1.0),)).advanced(0.5 * SECONDS).redirected(0)
    for when in (0.02, 0.1, 0.25, 0.4):
        now = once.advanced(when * SECONDS)
        again = now.redirected(1)
        step = 1e-4
        before, after = once.advanced(when * SECONDS - step), again.advanced(step)
        assert again.mix == pytest.approx(1.0 - now.mix)
        speeds = (now.mix - before.mix) / step, -(after.mix - again.mix) / step
        assert speeds[0] == pytest.approx(speeds[1], abs=0.02)


def test_redirecting_starts_from_the_present_mean():
    going = at_rest(0).redirected(4).advanced(0.3)
    turned = going.redirected(2)
    assert turned.mix == 0.0
    assert dict(turned.source) == pytest.approx({0: 1 - going.mix, 4: going.mix})
    assert turned.layer == 2
    again = turned.advanced(0.2).redirected(9)
    assert sum(share for _, share in again.source) == pytest.approx(1.0)
    assert set(dict(again.source)) == {0, 2, 4}
    assert again.advanced(SECONDS) == at_rest(9)


def test_asking_again_changes_nothing():
    going = at_rest(0).redirected(4).advanced(0.3)
    assert going.redirected(4) is going
    assert at_rest(4).redirected(4) == at_rest(4)


def test_a_scrub_is_held_between_two_layers():
    held = between(3.25)
    assert dict(held.blend) == pytest.approx({3: 0.75, 4: 0.25})
    assert between(3.0) == at_rest(3)
    assert held.redirected(3).advanced(SECONDS) == at_rest(3)
    assert held.redirected(4).advanced(SECONDS) == at_rest(4)
    assert isinstance(held, Transition)


@pytest.mark.parametrize("seconds", [0.3, 0.7, 2.0])
def test_a_turn_that_takes_another_time_keeps_position_and_velocity(seconds):
    leg = at_rest(0).redirected(3, seconds=1.1).advanced(0.4)
    turned = leg.redirected(0, seconds=seconds)

    def share(transition):  # of layer 3
        return dict(transition.blend).get(3, 0.0)

    step = 1e-5
    assert share(turned) == pytest.approx(share(leg))
    before = (share(leg.advanced(step)) - share(leg)) / step
    after = (share(turned.advanced(step)) - share(turned)) / step
    assert after == pytest.approx(before, rel=1e-2)
    assert turned.advanced(seconds).settled


def test_a_place_between_layers_can_be_the_goal():
    goal = blend_at(3.25)
    assert goal == ((3, 0.75), (4, 0.25))
    leg = at_rest(1).redirected(goal).advanced(0.35)
    assert dict(leg.blend) == pytest.approx({1: 0.5, 3: 0.375, 4: 0.125})
    there = leg.advanced(1.0)
    assert there.settled and there.blend == goal and there.redirected(goal) is there


def test_layers_stand_at_their_own_numbers_unless_a_line_is_given():
    assert blend_at(1000.5) == ((1000, 0.5), (1001, 0.5))
    assert blend_at(1.25, range(3, 12, 4)) == ((7, 0.75), (11, 0.25))
    assert dict(between(0.25, range(3, 12, 4)).blend) == pytest.approx({3: 0.75, 7: 0.25})
    assert between(2.0, range(3, 12, 4)) == at_rest(11)

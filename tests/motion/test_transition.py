"""Transitions between layers: smoothstep, turned round and redirected without a jump, held between two."""

import numpy as np
import pytest

from engine.motion.flight import smoothstep
from engine.motion.transition import SECONDS, Transition, at_rest, between, blend_at


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


def cubic(start, velocity, t):
    """Hermite's cubic on [0, 1] from `start` at `velocity` to 1 at rest, from its four basis polynomials."""
    return (2 * t**3 - 3 * t**2 + 1) * start + (t**3 - 2 * t**2 + t) * velocity + (3 * t**2 - 2 * t**3)


@pytest.mark.parametrize(("start", "velocity"), [(0.0, 0.0), (0.3, 0.0), (0.25, 0.8), (0.6, -0.4)])
def test_the_mix_is_the_cubic_from_its_start_and_velocity_to_rest(start, velocity):
    for t in np.linspace(0.0, 0.99, 12):
        leg = Transition(((0, 1.0),), ((1, 1.0),), start=start, velocity=velocity, elapsed=t * 2.0, seconds=2.0)
        assert leg.mix == pytest.approx(cubic(start, velocity, t))
        slope = (cubic(start, velocity, t + 1e-6) - cubic(start, velocity, t - 1e-6)) / 2e-6
        assert leg._rate == pytest.approx(slope, abs=1e-6)
        assert not leg.settled
    over = Transition(((0, 1.0),), ((1, 1.0),), start=start, velocity=velocity, elapsed=5.0, seconds=2.0)
    assert (over.mix, over._rate, over.settled) == (1.0, 0.0, True)


@pytest.mark.parametrize(("velocity", "edge"), [(-3.0, 0.0), (9.0, 1.0)])
def test_a_leg_that_begins_too_fast_stays_between_its_layers(velocity, edge):
    mixes = [Transition(((0, 1.0),), ((1, 1.0),), start=0.1 if edge == 0.0 else 0.9, velocity=velocity,
                        elapsed=t).mix for t in np.linspace(0.0, SECONDS, 50)]  # fmt: skip
    assert edge in mixes[1:-1] and 0.0 <= min(mixes) and max(mixes) <= 1.0


def test_a_leg_takes_its_usual_time_unless_another_is_given():
    assert at_rest(0).redirected(1).seconds == at_rest(0).redirected(1).advanced(0.1).redirected(0).seconds == SECONDS
    assert at_rest(0).redirected(1).advanced(0.1).redirected(2).seconds == SECONDS
    leg = at_rest(0).redirected(1, seconds=2.0)
    assert leg.seconds == 2.0 and not leg.advanced(1.99).settled and leg.advanced(2.0) == at_rest(1)
    assert (
        leg.advanced(0.5).redirected(0, seconds=3.0).seconds
        == leg.advanced(0.5).redirected(5, seconds=3.0).seconds
        == 3.0
    )
    assert at_rest(0).settled and at_rest(0).elapsed == 0.0 and at_rest(0).advanced(1.0) == at_rest(0)


def test_a_mean_leads_to_its_heaviest_layer_and_drops_what_nobody_sees():
    assert Transition(((0, 1.0),), ((3, 0.25), (4, 0.75))).layer == 4
    assert Transition(((0, 1.0),), ((3, 0.75), (4, 0.25))).layer == 3
    assert at_rest(((2, 0.5), (7, 0.5))).blend == ((2, 0.5), (7, 0.5))
    assert at_rest(0).redirected(1).blend == ((0, 1.0),)
    assert Transition(((5, 1.0),), ((1, 1.0),), start=1e-7).blend == ((5, pytest.approx(1.0)),)
    faint = Transition(((5, 1.0),), ((1, 1.0),), start=1e-5).blend
    assert [layer for layer, _ in faint] == [1, 5]  # in the order of the layers
    twice = Transition(((0, 0.5), (1, 0.5)), ((1, 1.0),), start=0.5).blend
    assert twice == ((0, 0.25), (1, 0.75))


def test_a_place_a_hair_beside_a_layer_is_that_layer():
    assert blend_at(3 + 1e-7) == ((3, 1.0),) and between(3 + 1e-7) == at_rest(3)
    assert len(blend_at(3 + 1e-5)) == 2 and not between(3 + 1e-5).settled
    held = between(3.25)
    assert (held.source, held.target, held.start, held.velocity, held.elapsed) == (
        ((3, 1.0),), ((4, 1.0),), 0.25, 0.0, 0.0,
    )  # fmt: skip

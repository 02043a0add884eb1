"""A scrub: the points catch up with the hand by a factor of e in its time, wait for layers, and keep to the line."""

import math

import pytest

from engine.motion.transition import at_rest, between
from engine.viewer.scrub import SECONDS, Scrub

ALWAYS = lambda layer: True  # noqa: E731


def place_of(transition, along):
    """Where along a line of layers a transition is."""
    return sum(share * along.index(layer) for layer, share in transition.blend)


@pytest.mark.parametrize("along", [range(0, 6), range(2, 22, 4)])
def test_the_points_come_nearer_by_a_factor_of_e_in_its_time(along):
    scrub = Scrub(along, since=along[1])
    scrub.hold(3.5)
    now = scrub.follow(at_rest(along[1]), SECONDS, ALWAYS)
    assert place_of(now, along) == pytest.approx(3.5 - 2.5 / math.e)
    assert scrub.place == pytest.approx(3.5 - 2.5 / math.e)
    later = scrub.follow(now, 3 * SECONDS, ALWAYS)
    assert place_of(later, along) == pytest.approx(3.5 - 2.5 / math.e**4)
    there = scrub.follow(later, 9.0, ALWAYS)
    assert scrub.place == 3.5 and place_of(there, along) == pytest.approx(3.5)


def test_it_begins_from_between_two_layers_where_the_points_are():
    scrub = Scrub(range(0, 6), since=2)
    scrub.hold(2.25)
    assert place_of(scrub.follow(between(2.25), 0.01, ALWAYS), range(6)) == pytest.approx(2.25)


def test_the_hand_does_not_leave_the_line():
    scrub = Scrub(range(4, 10, 2), since=4)
    for place, goal, nearest in ((-3.0, 0.0, 4), (0.4, 0.4, 4), (0.6, 0.6, 6), (1.7, 1.7, 8), (9.0, 2.0, 8)):
        scrub.hold(place)
        assert (scrub.goal, scrub.nearest) == (goal, nearest)


def test_a_transition_that_leads_onto_the_line_is_over_first():
    scrub = Scrub(range(0, 3), since=1)
    scrub.hold(2.0)
    coming = at_rest(7).redirected(1)
    now = scrub.follow(coming, 0.1, ALWAYS)
    assert now == coming.advanced(0.1) and scrub.place is None
    arrived = coming.advanced(9.0)
    assert place_of(scrub.follow(arrived, SECONDS, ALWAYS), range(3)) == pytest.approx(2.0 - 1.0 / math.e)


def test_points_wait_for_layers_that_are_not_read_yet():
    scrub = Scrub(range(0, 5), since=0)
    scrub.hold(2.5)
    held = at_rest(0)
    assert scrub.follow(held, 9.0, lambda layer: False) is held and scrub.place == 0.0
    assert scrub.follow(held, 9.0, lambda layer: layer == 2) == at_rest(2) and scrub.place == 2.0
    assert scrub.follow(at_rest(2), 9.0, lambda layer: layer == 3) == at_rest(3) and scrub.place == 3.0
    assert place_of(scrub.follow(at_rest(3), 9.0, lambda layer: layer in (2, 3)), range(5)) == pytest.approx(2.5)


def test_what_is_nearly_there_is_there():
    scrub = Scrub(range(0, 3), since=1, goal=1.0, place=1.0 + 0.9e-3)
    assert scrub.follow(at_rest(1), 0.0, ALWAYS) == at_rest(1) and scrub.place == 1.0
    scrub = Scrub(range(0, 3), since=1, goal=1.0, place=1.0 + 1.1e-3)
    scrub.follow(at_rest(1), 0.0, ALWAYS)
    assert scrub.place == pytest.approx(1.0011)

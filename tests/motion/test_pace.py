"""The pace of a path by its axioms: the taut string is the cheapest, the clock runs on, the scale can follow."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import linprog

from engine.motion.pace import SMOOTH, Pace, paced, slowest, taut

K = 25
OWN = np.linspace(0.0, 0.9, K)


def corridor(rng, wide):
    best = 0.15 * rng.standard_normal(K).cumsum()
    low, high = best - wide, best + 0.3 * wide
    low[0] = high[0] = best[0]
    return low, high


def least(low, high, free):
    """The least sum over steps of max(free, |step|), of all lines in a corridor, by linear programming."""
    moves = np.eye(K)[1:] - np.eye(K)[:-1]
    rows = np.block([[moves, -np.eye(K - 1)], [-moves, -np.eye(K - 1)]])
    cost = np.append(np.zeros(K), np.ones(K - 1))
    bounds = [*zip(low, high, strict=True), *[(free, None)] * (K - 1)]
    return linprog(cost, A_ub=rows, b_ub=np.zeros(2 * K - 2), bounds=bounds).fun


@pytest.mark.parametrize("wide", [0.02, 0.2, 1.0])
def test_no_line_in_the_corridor_costs_less_than_the_string_whatever_a_step_costs(rng, wide):
    for free in (0.0, 0.02, 0.1):
        low, high = corridor(rng, wide)
        string = taut(low, high)
        assert (string >= low - 1e-9).all() and (string <= high + 1e-9).all()
        assert string[0] == low[0]
        assert np.maximum(free, np.abs(np.diff(string))).sum() == pytest.approx(least(low, high, free), abs=1e-6)


def test_where_nothing_bars_its_way_the_string_is_level():
    high = np.full(K, 2.0)
    low = np.append([1.0], np.zeros(K - 1))
    high[0] = 1.0
    assert taut(low, high) == pytest.approx(np.ones(K))


def test_it_rises_evenly_to_where_it_has_to_be():
    low = np.where(np.arange(K) < K - 1, -9.0, 3.0)
    low[0] = 0.0
    high = np.append([0.0], np.full(K - 1, 9.0))
    assert taut(low, high) == pytest.approx(np.linspace(0.0, 3.0, K))


@pytest.mark.parametrize("wide", [0.02, 0.2, 1.0])
def test_a_scale_of_bounded_speed_stays_in_the_corridor_and_the_pace_is_smooth(rng, wide):
    low, high = corridor(rng, wide)
    pace = paced(OWN, low, high, rate=0.3, late=0.2)
    apart = 0.3 * np.abs(pace.taken[:, None] - pace.taken)
    assert ((low[:, None] - high)[1:, 1:] <= apart[1:, 1:] + 1e-9).all()  # there is such a scale (McShane 1934)
    reached = 0.3 * np.maximum(0.0, pace.taken - 0.2)
    assert (low - low[0] <= reached + 1e-9).all() and (high[0] - high <= reached + 1e-9).all()
    assert pace.slowness.min() >= 1.0
    steps = np.abs(np.diff(pace.slowness)) / (pace.slowness.max() - pace.slowness.min())
    assert np.sort(steps)[-2] < 1.0 / SMOOTH  # of those within, the first excepted: from standing on


def test_where_the_scale_need_not_move_nothing_takes_longer():
    pace = paced(OWN, np.append([0.0], np.full(K - 1, -1.0)), np.append([0.0], np.full(K - 1, 1.0)), rate=0.3, late=0.2)
    assert pace.taken == pytest.approx(OWN)
    assert [pace.clock(t) for t in (0.0, 0.4, 0.9, 1.7)] == pytest.approx([0.0, 0.4, 0.9, 1.7])


def test_the_clock_comes_to_each_moment_when_it_is_said_to_and_runs_on(rng):
    pace = Pace(OWN, 1.0 + rng.uniform(0.0, 5.0, K))
    assert [pace.clock(t) for t in pace.taken] == pytest.approx(OWN)
    times = np.linspace(0.0, pace.taken[-1] + 1.0, 4000)
    clock = np.array([pace.clock(t) for t in times])
    speed = np.diff(clock) / np.diff(times)
    middles = [0.5 * (pace.at(a) + pace.at(b)) for a, b in pairwise(times)]
    inside = times[1:] < pace.taken[-1]
    assert speed[inside] == pytest.approx(1.0 / np.array(middles)[inside], rel=0.02)
    assert speed[-500:] == pytest.approx(1.0)


def test_a_pace_that_would_take_too_long_is_hurried_evenly():
    pace = Pace(OWN, 1.0 + 9.0 * np.sin(np.linspace(0.0, np.pi, K)))
    assert pace.within(2.0).taken[-1] == pytest.approx(2.0)
    assert pace.within(0.1).taken[-1] == pytest.approx(0.9)
    assert pace.within(60.0) is pace
    half = pace.within(0.1).halfway(pace)
    assert half.taken == pytest.approx(0.5 * (pace.within(0.1).taken + pace.taken))


def test_what_went_slowly_goes_on_slowly_and_of_two_the_slower_counts():
    even = Pace(OWN, np.ones(K))
    after = even.after(4.0)
    assert after.slowness[0] == 4.0 and (np.diff(after.slowness) <= 0.0).all() and after.slowness[-1] == 1.0
    assert slowest([even, after]).slowness == pytest.approx(after.slowness)

"""How many points a frame draws follows from how long frames take, and settles."""

import pytest

from engine.viewer.budget import AIM, CHANGE, FIRST, FRAME, LEAST, STEADY, Budget, following

N = 5_000_000


@pytest.mark.parametrize("drawn", [LEAST, FIRST, 1_000_000, N])
@pytest.mark.parametrize("seconds", [0.0, 1e-4, 0.01, 0.029, 0.035, 0.041, 0.1, 30.0])
def test_it_changes_by_a_quarter_at_most_in_the_right_direction_and_stays_within_bounds(drawn, seconds):
    after = following(drawn, [seconds] * 3, n=N)
    assert LEAST <= after <= N
    assert max(LEAST, (1 - CHANGE) * drawn - 1) <= after <= min(N, (1 + CHANGE) * drawn + 1)
    if seconds < STEADY * FRAME:
        assert after > drawn or drawn == N
    elif seconds > FRAME:
        assert after < drawn or drawn == LEAST
    else:
        assert after == drawn


def test_small_tours_are_drawn_whole_whatever_the_time():
    assert following(1000, [9.0], n=1000) == 1000
    assert Budget.of(1000).drawn == 1000 and Budget.of(N).drawn == FIRST


def test_one_frame_that_something_held_up_changes_nothing():
    budget = Budget(400_000, N)
    for _ in range(5):
        budget = budget.after(0.9 * FRAME)
    held_up = budget.after(1.0)
    assert held_up.drawn == held_up.after(0.9 * FRAME).drawn == 400_000


@pytest.mark.parametrize("a_point", [2e-9, 3e-8, 2.6e-7, 4e-7])
@pytest.mark.parametrize("start", [LEAST, N])
def test_on_a_machine_that_takes_so_long_a_point_it_settles_within_the_time_and_swings_no_more(a_point, start):
    budget, numbers = Budget(start, N), []
    for _ in range(80):
        budget = budget.after(0.004 + a_point * budget.drawn)
        numbers.append(budget.drawn)
    assert len(set(numbers[-20:])) == 1
    seconds = 0.004 + a_point * numbers[-1]
    assert seconds <= FRAME
    assert seconds >= STEADY * FRAME or numbers[-1] == N


@pytest.mark.parametrize("rhythm", [1 / 60, 1 / 75, 1 / 144])
def test_on_a_display_that_waits_for_its_next_picture_it_settles_too(rhythm):
    budget, numbers = Budget.of(N), []
    for _ in range(200):
        needed = 0.002 + 5e-8 * budget.drawn
        budget = budget.after(rhythm * -(-needed // rhythm))
        numbers.append(budget.drawn)
    assert len(set(numbers[-40:])) == 1


def test_what_it_aims_at_needs_no_further_change():
    assert STEADY < AIM < 1

"""Point numbers look like the tuple that they stand for, whatever they were made of, and cannot be changed."""

import pickle

import numpy as np
import pytest

from engine.tour.point_numbers import PointNumbers

SAME = [[3, 0, 7], (3, 0, 7), np.array([3, 0, 7], dtype=np.uint16), PointNumbers([3, 0, 7])]


@pytest.mark.parametrize("given", SAME)
def test_equal_to_what_they_were_made_of(given):
    numbers = PointNumbers(given)
    assert numbers == (3, 0, 7) and (3, 0, 7) == numbers and list(numbers) == [3, 0, 7]
    assert hash(numbers) == hash((3, 0, 7)) and repr(numbers) == "(3, 0, 7)"
    assert numbers[-1] == 7 and type(numbers[0]) is int and numbers[1:] == (0, 7) and 7 in numbers
    assert numbers != (3, 0) and numbers != (3, 0, 8) and numbers != "307"
    np.testing.assert_array_equal(np.arange(10)[np.asarray(numbers)], [3, 0, 7])


def test_of_a_mask_and_of_nothing():
    assert PointNumbers(np.array([False, True, True])) == PointNumbers([False, True, True]) == (1, 2)
    assert not PointNumbers([]) and PointNumbers([]) == () and PointNumbers(np.zeros(4, dtype=bool)) == ()


def test_within():
    assert PointNumbers([0, 4]).within(5) and PointNumbers([]).within(1)
    for outside in ([0, 5], [-1], [2**40]):
        assert not PointNumbers(outside).within(5)


def test_nobody_changes_them():
    given = np.array([1, 2])
    numbers = PointNumbers(given)
    given[0] = 9
    assert numbers == (1, 2)
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(numbers)[0] = 9
    assert pickle.loads(pickle.dumps(numbers)) == numbers


@pytest.mark.parametrize("wrong", [[0.5], np.eye(2, dtype=int), ["a"]])
def test_what_numbers_no_points(wrong):
    with pytest.raises(ValueError, match="list of point numbers"):
        PointNumbers(wrong)

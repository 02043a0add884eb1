"""Checks of plain values: the last value that passes, the first that does not, and what is said of it."""

import numpy as np
import pytest

from engine.tour.checks import as_frame_rows, as_number, as_pair, as_whole, check_text, quoted


@pytest.mark.parametrize("value", [-1e9, 0, True, np.float32(0.5), 1e9])
def test_numbers_within_a_billion_pass(value):
    assert as_number("zoom", value) == float(value)


@pytest.mark.parametrize("value", [-1.1e9, 1.1e9, float("inf"), float("nan"), 10**400, "1", None])
def test_other_numbers_are_refused_by_name(value):
    with pytest.raises(ValueError, match=r"^zoom is a number from -1e\+09 to 1e\+09, not "):
        as_number("zoom", value)


def test_whole_numbers_have_both_ends():
    assert as_whole("row", 3, low=3) == 3 and as_whole("row", 2**31, low=0) == 2**31
    for value in (2, 2**31 + 1, 3.0, True):
        with pytest.raises(ValueError, match="row is a whole number from 3 to 2147483648, not"):
            as_whole("row", value, low=3)


def test_pairs_and_frames():
    assert as_pair("center", [1, 2.5]) == (1.0, 2.5)
    for value in ([1], [1, 2, 3], "12", {1: 2, 3: 4}):
        with pytest.raises(ValueError, match="center is two numbers"):
            as_pair("center", value)
    assert as_frame_rows(np.eye(4)[:, :3])[3] == (0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match=r"a frame has shape \(d, 3\), not \(3, 4\)"):
        as_frame_rows(np.eye(4)[:3])
    with pytest.raises(ValueError, match="frame is no table of numbers"):
        as_frame_rows([[1, 2, 3], [4]])


@pytest.mark.parametrize("text", [7, "a" * 10_001, "nul\0", "half \ud800"])
def test_text_that_cannot_be_written_is_refused(text):
    check_text("caption", "a" * 10_000)
    with pytest.raises(ValueError, match="caption is text"):
        check_text("caption", text)


def test_long_values_are_quoted_in_short():
    assert quoted("a" * 38) == repr("a" * 38)
    assert len(quoted("a" * 39)) == 40 and quoted("a" * 39).endswith("...")
    assert quoted(10**5000) == "int"

"""Labels give way to each other, to handles and to panels, stay where they were, and glide."""

from dataclasses import replace

import numpy as np
import pytest

from engine.viewer.labels import (
    ABOVE,
    BELOW,
    DISC,
    FAR,
    HEIGHT,
    LEFT,
    MOST,
    RIGHT,
    Glide,
    Room,
    most_names,
    place,
    prominence,
    slots,
)  # fmt: skip

ROOM = Room((0.0, 0.0, 1280.0, 800.0), middle=640.0)


def boxes(anchors, widths, found):
    return {k: (*(anchors[k] + slots(widths[k])[slot]), widths[k]) for k, slot in found.items()}


def apart(a, b, *, size):
    (x1, y1, w1), (x2, y2) = a, b[:2]
    return x1 + w1 <= x2 or x2 + size[0] <= x1 or y1 + HEIGHT <= y2 or y2 + size[1] <= y1


@pytest.mark.parametrize("count", [1, 10, 67, 100])
@pytest.mark.parametrize("spread", [20.0, 150.0])
def test_no_label_covers_another_or_a_handle_or_a_panel(count, spread, rng):
    anchors = rng.normal((640, 400), spread, (count, 2))
    widths = rng.uniform(30, 180, count).tolist()
    panel = (16.0, 16.0, 232.0, 660.0)
    found = place(anchors, widths, range(count), room=replace(ROOM, obstacles=[panel]))
    assert len(found) <= MOST and found
    where = boxes(anchors, widths, found)
    for k, box in where.items():
        assert box[0] >= 0 and box[1] >= 0 and box[0] + box[2] <= 1280 and box[1] + HEIGHT <= 800
        assert apart(box, panel, size=(216, 644))
        assert all(apart(box, other, size=(other[2], HEIGHT)) for j, other in where.items() if j != k)
        assert all(apart(box, anchors[j] - DISC, size=(2 * DISC, 2 * DISC)) for j in range(count) if j != k)


def test_what_a_panel_hides_has_no_name_beside_the_panel():
    anchors = np.array([[100.0, 300.0], [300.0, 300.0]])
    room = replace(ROOM, obstacles=[(16.0, 16.0, 232.0, 660.0)])
    assert set(place(anchors, [80, 80], [0, 1], room=room)) == {1}
    assert set(place(anchors, [80, 80], [0, 1], room=room, always=[0])) == {0, 1}  # one that is in the hand


def test_outward_first_then_above():
    anchors = np.array([[500.0, 400.0], [800.0, 400.0]])
    assert place(anchors, [80, 80], [0, 1], room=ROOM) == {0: LEFT, 1: RIGHT}
    beside = [(400.0, 390.0, 485.0, 410.0)]
    assert place(anchors, [80, 80], [0, 1], room=replace(ROOM, obstacles=beside))[0] == ABOVE


def test_the_front_chooses_first_and_the_rest_may_have_none():
    anchors = np.array([[640.0, 400.0]] * 60)
    found = place(anchors, [170.0] * 60, range(59, -1, -1), room=ROOM)
    assert 0 < len(found) < 40 and min(found) > 59 - len(found) - 1
    assert 3 in place(anchors, [170.0] * 60, range(59, -1, -1), room=ROOM, always=[3])


def test_a_slot_is_kept_while_it_is_free():
    anchors = np.array([[600.0, 400.0]])
    assert place(anchors, [80], [0], room=ROOM, before={0: RIGHT}) == {0: RIGHT}
    assert place(anchors, [80], [0], room=ROOM, before={0: 9}) == {0: LEFT}  # near is better


def test_labels_glide_in_150_milliseconds():
    glide = Glide()
    assert not glide.step({7: (10.0, 0.0)}, {7: 0}, 0.01)  # new: there at once
    moving = glide.step({7: (110.0, 0.0)}, {7: 1}, 0.05)
    assert moving and 10.0 < glide.offsets[7][0] < 110.0
    for _ in range(10):
        moving = glide.step({7: (110.0, 0.0)}, {7: 1}, 0.03)
    assert not moving and glide.offsets[7] == (110.0, 0.0)


@pytest.mark.parametrize("width", [30.0, 95.0])
def test_slots_stand_beside_their_handle_and_then_around_it(width):
    beside, around = slots(width)[:4], slots(width)[4:]
    middles = beside + np.array([width / 2, HEIGHT / 2])
    assert middles[RIGHT] == pytest.approx(-middles[LEFT]) and middles[RIGHT][1] == 0
    assert middles[ABOVE] == pytest.approx((0, -middles[BELOW][1])) and middles[ABOVE][1] < 0
    assert beside[RIGHT, 0] > DISC and beside[LEFT, 0] + width < -DISC
    middles = around + np.array([width / 2, HEIGHT / 2])
    assert (abs(middles[:, 0]).max(), abs(middles[:, 1]).max()) == pytest.approx((FAR[-1] + width / 2, FAR[-1]))
    turns = np.degrees(np.arctan2(middles[:, 1], middles[:, 0]))
    for k, reach in enumerate(FAR):
        ring = middles[8 * k : 8 * k + 8]
        assert {round(each) % 180 for each in turns[8 * k : 8 * k + 8]} >= {0, 90}
        straight = ring[np.abs(ring[:, 0]) < 1e-6]
        assert np.abs(straight[:, 1]) == pytest.approx([reach, reach])


def test_labels_may_touch_an_edge_and_each_other():
    width = 80.0
    right = slots(width)[RIGHT]
    anchors = np.array([[1280.0 - width - right[0], -right[1]]])  # its box ends where the room does
    assert place(anchors, [width], [0], room=ROOM) == {0: RIGHT}
    assert place(anchors + np.array([0.5, 0.0]), [width], [0], room=ROOM)[0] != RIGHT
    assert place(anchors - np.array([0.0, 0.5]), [width], [0], room=ROOM)[0] != RIGHT
    x, y = np.array([700.0, 400.0]) + right
    for beside, free in (
        ((x + width, y, x + 200, y + HEIGHT), True), ((x + width - 0.5, y, x + 200, y + HEIGHT), False),
        ((x, y + HEIGHT, x + width, y + 90), True), ((x, y + HEIGHT - 0.5, x + width, y + 90), False),
        ((x, y - 90, x + width, y), True), ((x, y - 90, x + width, y + 0.5), False),
    ):  # fmt: skip
        found = place(np.array([[700.0, 400.0]]), [width], [0], room=replace(ROOM, obstacles=[beside]))
        assert (found[0] == RIGHT) == free, beside


def test_names_of_large_and_lonely_handles_come_first():
    anchors = np.array([[100.0, 100.0], [110.0, 100.0], [500.0, 100.0], [900.0, 100.0]])
    telling = prominence(anchors, np.array([50, 50, 50, 500]))
    assert telling[3] > telling[2] > telling[0] == telling[1]
    assert prominence(anchors[:1], np.array([9]))[0] > 0  # alone


@pytest.mark.parametrize(("width", "most"), [(320, 6), (640, 12), (1280, 24), (2560, 40)])
def test_a_pane_has_few_names(width, most):
    assert most_names(width) == most

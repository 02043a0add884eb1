"""Density, class frames and names of regions in a real window."""

import numpy as np
import pandas as pd
import pytest

from engine.tour.colors import TEN, contrast
from engine.viewer.theme import PALETTES
from engine.window.region_marks import readable

CANVAS = np.array([23, 24, 27])


@pytest.fixture
def opened(rng, make_tour, make_sprites, open_window):
    of = np.repeat([0, 1, 2], 800)
    points = 3.0 * np.eye(3, 6)[of] + 0.25 * rng.standard_normal((2400, 6))
    tiles = np.full((2400, 8, 8, 4), 255, dtype=np.uint8)
    tiles[..., :3] = 90
    tour = make_tour(
        [points],
        attributes=pd.DataFrame({"kind": pd.Categorical(np.repeat(["ant", "bee", "cat"], 800))}),
        sprites=make_sprites(tiles),
    )
    return open_window(tour)


def rest(window, hand):
    """Pause, until the picture is framed and every image is there."""
    hand.key("space")
    hand.rest()
    for _ in range(300):
        there, needed = window.panes.images_arriving
        if there == needed:
            break
        hand.wait(2)
    hand.settle(0.5)


def test_a_tour_of_many_opens_with_density_and_names(window, hand):
    hand.key("space")
    hand.settle()
    assert window.viewer.base.density and window.viewer.base.class_frames
    regions = window.panes.all[0].regions
    for _ in range(60):
        hand.wait(2)
        if len(regions.names.standing) == 3:
            break
    standing = {regions.found.names[k]: each for k, each in regions.names.standing.items()}
    assert set(standing) == {"ant", "bee", "cat"}
    hand.settle()
    before = window.screenshot()
    x, y = np.round(standing["bee"].place).astype(int)
    surface = 0.85 * 255 * np.array(PALETTES["dark"].surface[:3])
    assert (np.abs(before[y - 8 : y + 8, x - 14 : x + 14, :3] - surface).max(axis=2) < 40).mean() > 0.3
    hand.key("h")
    hand.wait(20)
    assert not window.viewer.base.density and not regions.names.standing
    after = window.screenshot()
    assert (np.abs(before.astype(int) - after).max(axis=2) > 3).mean() > 0.003


def test_frames_are_there_and_go_with_a_key(window, hand):
    rest(window, hand)

    def framed():
        picture = window.screenshot()[60:700, 260:1000, :3].astype(int)
        return sum((np.abs(picture - color).max(axis=2) < 24).sum() for color in TEN[:3].astype(int))

    with_frames = framed()
    hand.key("o")
    hand.wait(3)
    assert not window.viewer.base.class_frames and framed() < 0.5 * with_frames
    hand.key("o")
    hand.wait(3)
    assert framed() == pytest.approx(with_frames, rel=0.1)


def test_the_hovered_image_has_the_wider_frame_and_no_ring(window, hand):
    rest(window, hand)
    hand.key("h")
    hand.wait(10)
    picture = window.screenshot()[..., :3].astype(int)
    seen = np.argwhere(np.abs(picture[200:600, 300:1000] - 90).max(axis=2) < 30) + np.array([200, 300])
    empty = np.abs(picture - CANVAS).max(axis=2) < 3
    alone = [empty[y - 14 : y + 15, x - 14 : x + 15].sum() for y, x in seen]
    row, column = seen[np.argmax(alone)].tolist()  # no other image lies over its frame
    hand.do("mousemove", column, row)
    hand.wait(6)
    point = window.hands.pointed
    assert point is not None and window.viewer.pointed == point
    around = np.s_[row - 14 : row + 15, column - 14 : column + 15]

    def colored(image):
        return (np.ptp(image[around], axis=2) > 50).sum()  # frames alone have a colour, dimmer the farther back

    for _ in range(100):  # what is under the cursor is looked for beside the frames
        if colored(window.screenshot()[..., :3].astype(int)) > colored(picture):
            break
        hand.wait(2)
    assert colored(window.screenshot()[..., :3].astype(int)) > colored(picture)


def test_the_look_panel_switches_both(window, hand):
    hand.click(1280 - 16 - 32 * 3 + 12, 36)
    hand.wait(20)
    assert window.panels.popover == "look"
    left = 1280 - 16 - 272
    for row, name in ((5, "class_frames"), (6, "density")):
        y = 64 + 44 + 32 * row + 16
        before = getattr(window.viewer.base, name)
        hand.do("mousemove", left + 272 - 12 - 16, y)
        hand.wait(3)
        hand.do("click", 1)
        hand.wait(3)
        assert getattr(window.viewer.base, name) is not before


def test_names_can_be_read_on_their_pills():
    for theme in ("dark", "light"):
        for color in TEN:
            found = readable(tuple((color / 255.0).tolist()), PALETTES[theme].surface)
            paint, ground = (np.round(255 * np.array(each[:3])).astype(np.uint8)
                             for each in (found, PALETTES[theme].surface))  # fmt: skip
            assert contrast(paint, ground) >= 4.5

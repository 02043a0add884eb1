"""Playing through the layers, by itself and in the window."""

import pytest

from engine.motion.transition import SECONDS
from engine.viewer.journey import REST
from engine.viewer.viewer import Viewer


@pytest.fixture
def viewer(small_tour):
    return Viewer.of(small_tour)


def pass_time(viewer, seconds):
    for _ in range(round(seconds * 60)):
        viewer.advance(1 / 60)


def test_visits_every_layer_and_stops_at_the_last(viewer):
    viewer.toggle_journey()
    seen = []
    for _ in range(600):
        viewer.advance(1 / 60)
        if viewer.transition.settled:
            seen.append(viewer.layer)
    assert list(dict.fromkeys(seen)) == [1, 2, 3]
    assert not viewer.journey.playing
    viewer.toggle_journey()
    assert viewer.layer == 0  # from the last one it begins again


def test_dwells_at_each(viewer):
    viewer.toggle_journey()
    pass_time(viewer, SECONDS + REST - 0.1)
    assert viewer.layer == 1
    pass_time(viewer, 0.3)
    assert viewer.layer == 2


@pytest.mark.parametrize("go", [lambda v: v.go_to(3), lambda v: v.scrub(2.5), lambda v: v.toggle_journey()])
def test_who_goes_elsewhere_ends_it(viewer, go):
    viewer.toggle_journey()
    pass_time(viewer, 0.3)
    go(viewer)
    pass_time(viewer, 5.0)
    assert not viewer.journey.playing


def test_a_layer_that_is_not_ready_is_waited_for(viewer):
    viewer.ready = lambda layer: layer != 1
    viewer.toggle_journey()
    pass_time(viewer, 10.0)
    assert viewer.layer == 1 and viewer.place == 0 and viewer.journey.playing


def test_key_and_button(small_tour, open_window):
    window, hand = open_window(small_tour)
    hand.key("l")
    assert window.viewer.journey.playing and window.viewer.layer == 1
    hand.click(1244, 436 + 36)  # under the column of four layers
    assert not window.viewer.journey.playing
    hand.click(1244, 436 + 36)
    assert window.viewer.journey.playing
    hand.key("k")
    hand.wait(3)
    assert not window.viewer.journey.playing


def test_two_clicks_in_a_row_redirect_from_where_the_points_are(small_tour, open_window):
    window, hand = open_window(small_tour)
    hand.do("mousemove", 1244, 436, "click", 1, frames=3)
    while window.viewer.transition.settled:  # the layer is still being read
        window.draw(0.01)
    window.draw(0.25)
    between = dict(window.viewer.transition.blend)
    assert len(between) == 2
    hand.do("mousemove", 1244, 388, "click", 1, frames=2)
    blend = dict(window.viewer.transition.blend)
    assert set(between) <= set(blend)  # no jump: what was mixed is mixed still
    hand.settle()
    assert window.viewer.place == 1


def test_a_deliberate_choice_or_a_pause_ends_a_journey(small_tour):
    viewer = Viewer.of(small_tour)
    viewer.toggle_journey()
    viewer.go_to(viewer.layer)  # a click on the layer that it is at
    assert not viewer.journey.playing
    viewer.toggle_journey()
    viewer.toggle_playing()
    assert not viewer.journey.playing and not viewer.playing

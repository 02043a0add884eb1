"""Epochs of a training in the viewer, and their slider in the window."""

from dataclasses import replace

import numpy as np
import pytest

from engine.tour.alignment import procrustes
from engine.tour.epochs import joined
from engine.tour.matching import matched
from engine.tour.view import View
from engine.viewer.pair import Pair
from engine.viewer.remembered import recall, remember
from engine.viewer.resolve import layer_before
from engine.viewer.titles import layer_number, layer_title, numbered_title
from engine.viewer.viewer import Viewer
from engine.window.panels import epochs as panel
from engine.window.panels import layers


@pytest.fixture
def training(small_tour, make_tour, rng):
    """Three epochs, "0", "2" and "10", of four layers each."""
    tours = []
    for epoch in (0, 2, 10):
        points = [layer.points + epoch / 10 * rng.standard_normal(layer.points.shape) for layer in small_tour.layers]
        tour = make_tour(points, attributes=small_tour.attributes, sprites=small_tour.sprites)
        tours.append(replace(tour, name=f"net-epoch{epoch}"))
    return joined(tours)


@pytest.fixture
def viewer(training):
    return Viewer.of(training)


def settle(viewer, seconds=1.0):
    for _ in range(round(seconds * 60)):
        viewer.advance(1 / 60)


def test_steps_keep_the_other_axis_and_join_the_ends(viewer):
    viewer.step(1)
    viewer.step(1, "epochs")
    assert viewer.layer == 5
    settle(viewer)
    assert (viewer.epoch, viewer.place) == (1, 1)
    viewer.step(-2)
    assert viewer.layer == 7
    viewer.step(2, "epochs")
    assert viewer.layer == 3
    viewer.step(-1, "epochs")
    assert viewer.layer == 11


def test_a_scrub_along_the_epochs_mixes_neighbours_at_one_layer(viewer):
    viewer.go_to(2)
    settle(viewer)
    viewer.scrub(1.25, "epochs")
    seen = []
    for _ in range(60):
        viewer.advance(1 / 60)
        seen.append(viewer.epoch)
        assert viewer.place == pytest.approx(2)
    assert seen == sorted(seen) and max(np.diff([0, *seen])) < 0.4  # smoothly
    assert dict(viewer.transition.blend) == pytest.approx({6: 0.75, 10: 0.25})
    viewer.scrub(None)
    settle(viewer)
    assert viewer.layer == 6 and viewer.view.layer == 6
    viewer.scrub(99, "epochs")
    settle(viewer)
    assert viewer.epoch == 2


def test_a_scrub_along_the_layers_stays_in_the_epoch(viewer):
    viewer.go_to(6)
    settle(viewer)
    viewer.scrub(99)
    settle(viewer)
    assert (viewer.epoch, viewer.place) == (1, 3)
    viewer.scrub(-5)
    settle(viewer)
    viewer.scrub(None)
    settle(viewer)
    assert viewer.layer == 4


def test_a_scrub_lets_a_transition_to_another_layer_arrive_first(viewer):
    viewer.go_to(3)
    viewer.advance(0.0)
    viewer.advance(0.35)
    before = dict(viewer.transition.blend)
    assert before == pytest.approx({0: 0.5, 3: 0.5})
    viewer.scrub(1.0, "epochs")
    viewer.advance(0.0)
    assert dict(viewer.transition.blend) == pytest.approx(before)
    settle(viewer, 2.0)
    assert dict(viewer.transition.blend) == {7: 1.0}


def test_movement_is_since_the_layer_before_a_scrub(viewer, training):
    viewer.go_to(1)
    settle(viewer)
    viewer.change(color_by="movement")
    assert viewer.layers.moved_from == 0
    viewer.scrub(1.7, "epochs")
    settle(viewer)
    viewer.scrub(None)
    settle(viewer)
    assert (viewer.layers.moved_from, viewer.layer) == (1, 9)
    viewer.scrub(1.7, "epochs")
    settle(viewer)
    viewer.scrub(None)  # and back to where it was
    settle(viewer)
    assert (viewer.layers.moved_from, viewer.layer) == (1, 9)
    assert [layer_before(training, k) for k in (0, 1, 4, 5)] == [1, 0, 5, 4]


def test_journeys_stay_on_their_axis(viewer):
    for axis, expected in (("layers", [5, 6, 7]), ("epochs", [9])):
        viewer.go_to(4 if axis == "layers" else 5)
        settle(viewer)
        viewer.toggle_journey(axis)
        assert viewer.journey.on(axis)
        seen = []
        for _ in range(600):
            viewer.advance(1 / 60)
            seen.append(viewer.layer)
        assert list(dict.fromkeys(seen)) == expected and not viewer.journey.playing
    viewer.toggle_journey("epochs")
    assert viewer.layer == 1  # from the last one it begins again
    viewer.toggle_journey()
    assert viewer.journey.on("layers") and not viewer.journey.on("epochs")


def test_layers_are_called_what_they_are_in_the_network(training, small_tour):
    assert layer_title(training, 6) == "Block"
    assert numbered_title(training, 6) == "2 Block, epoch 2" and layer_number(training, 11) == "3, epoch 10"
    assert numbered_title(small_tour, 2) == "2 Block" and layer_number(small_tour, 3) == "3"


def test_beside_another_tour_the_epochs_shown_are_compared(training, small_tour):
    pair = Pair.of(matched(training, training), View(layer=6))
    left, right = pair.viewers
    assert pair.layers == (6, 6) and pair.places == (2, 2)
    np.testing.assert_allclose(np.diag(pair.tables["Procrustes"]), 1.0)
    right.step(1, "epochs")
    assert pair.layers == (6, 10) and left.epoch == 1
    seen = pair.tables["Procrustes"]
    assert seen.shape == (4, 4) and seen[2, 2] == pytest.approx(procrustes(*points(training, 6, 10)).similarity)
    pair.go_to(3, 0)
    assert pair.layers == (7, 8)
    alone = Pair.of(matched(training, small_tour), View(layer=9))
    assert alone.layers == (9, 1) and alone.tables["Procrustes"].shape == (4, 4)
    assert Pair.of(matched(small_tour, training), View(layer=3)).layers == (3, 11)


def points(tour, *indices):
    return [tour.layers[k].points for k in indices]


# ---------------------------------------------------------------------------------------------- the window


@pytest.fixture
def opened(training, open_window):
    return open_window(training, view=View())


def place(window, epoch):
    """Where an epoch is on the slider, in pixels at scale 1."""
    first = layers.place_alone(window.ui, window.viewer.tour.depth).first
    left = window.size[0] - 16 - panel.WIDTH
    width = panel.WIDTH - sum(panel.TRACK)
    top = first - layers.TITLE - 8 - panel.HEIGHT
    return round(left + panel.TRACK[0] + width * epoch / 2), round(top + panel.MIDDLE)


def test_keys_go_through_the_epochs(opened):
    window, hand = opened
    hand.key("bracketright")
    hand.key("j")
    assert window.viewer.layer == 5
    hand.key("bracketleft")
    assert window.viewer.layer == 1
    hand.key("e")
    assert window.viewer.journey.on("epochs") and window.viewer.layer == 5
    hand.key("e")
    assert not window.viewer.journey.playing


def test_without_epochs_the_keys_and_the_slider_are_not_there(small_tour, open_window):
    window, hand = open_window(small_tour)
    hand.key("bracketright")
    hand.key("e")
    assert window.viewer.layer == 0 and not window.viewer.journey.playing
    x, y = place(window, 0)
    assert (window.screenshot()[y, x, :3] == (23, 24, 27)).all()


def test_a_click_goes_to_an_epoch(opened):
    window, hand = opened
    hand.click(*place(window, 1))
    assert window.viewer.layer == 4 and not window.viewer.layers.scrubbing
    hand.settle()
    x, y = place(window, 1)
    assert (window.screenshot()[y, x, :3] > 200).all()  # the knob
    assert window.screenshot()[y, x - 20, :3].tolist() == [255, 166, 43]  # what is past
    hand.click(1244, 400 + 12)
    assert window.viewer.layer == 6  # the column goes on from there


def test_a_drag_scrubs_and_snaps(opened):
    window, hand = opened
    (x, y), (end, _) = place(window, 0), place(window, 2)
    hand.do("mousemove", x, y, "mousedown", 1, frames=4)
    hand.do("mousemove", x + 20, y, frames=4)
    hand.do("mousemove", x + (end - x) * 7 // 10, y)
    hand.settle()
    assert window.viewer.epoch == pytest.approx(1.4, abs=0.02) and window.viewer.place == 0
    hand.do("mouseup", 1)
    hand.settle()
    assert window.viewer.epoch == 1 and window.viewer.layer == 4


def test_two_panes_have_a_slider_each(training, open_window):
    window, hand = open_window(training, view=View())
    window.panes.open_beside(matched(training, training), window.size)
    hand.settle()
    first = place_beside(window)
    right = window.size[0] - 16 - panel.WIDTH
    for left, lead, expected in ((16, 0, (8, 0)), (right, 1, (8, 8))):
        hand.click(left + panel.WIDTH - panel.TRACK[1], first - layers.TITLE - 8 - panel.HEIGHT + panel.MIDDLE)
        assert window.pair.layers == expected and window.pair.lead == lead


def test_in_a_narrow_window_the_slider_stands_in_a_corner(opened):
    window, hand = opened
    hand.resize(800, 600)
    hand.click(800 - 16 - panel.WIDTH + panel.TRACK[0] + (panel.WIDTH - sum(panel.TRACK)) // 2, 64 + panel.MIDDLE)
    hand.settle(1.5)
    assert window.viewer.epoch == 1


def place_beside(window):
    """Y of the first dot of both columns: the first pixel of its colour below the sliders."""
    column = window.screenshot()[200:, 36, :3].astype(int)
    ring = np.abs(column - (255, 166, 43)).sum(axis=1) < 12
    middle = np.flatnonzero(ring)
    return 200 + round((middle[0] + middle[-1]) / 2)


def test_its_button_plays_the_epochs(opened):
    window, hand = opened
    _, y = place(window, 0)
    hand.click(window.size[0] - 16 - panel.WIDTH + 22, y - panel.MIDDLE + 22)
    assert window.viewer.journey.on("epochs") and window.viewer.layer == 4


def test_the_window_is_found_as_it_was_left(training, open_window):
    window, hand = open_window(training)
    hand.key("bracketright")
    hand.settle()
    remember(window.viewer, size=(1280, 800))
    assert recall(training).view.layer == 4

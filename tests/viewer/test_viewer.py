"""The state behind the window: time and actions on it, without a window."""

import numpy as np
import pytest

import engine
from engine.motion.framing import Area
from engine.motion.transition import SECONDS
from engine.tour.view import View
from engine.viewer.resolve import first_view
from engine.viewer.steering import RESET_SECONDS
from engine.viewer.titles import layer_title
from engine.viewer.viewer import Viewer


@pytest.fixture
def viewer(small_tour):
    return Viewer.of(small_tour, View(color_by="kind"))


def settle(viewer, seconds=1.0):
    for _ in range(round(seconds * 60)):
        viewer.advance(1 / 60)


def test_opens_with_its_images_and_first_classes(small_tour, make_tour, rng):
    view = first_view(small_tour)
    assert (view.mode, view.color_by) == ("images", "kind")
    assert view.zoom == pytest.approx(1.5, abs=0.02)
    plain = first_view(make_tour([rng.standard_normal((5, 3))]))
    assert (plain.mode, plain.color_by, plain.zoom) == ("dots", None, 1.0)


def test_plays_and_pauses(viewer):
    start = viewer.motion.frame
    viewer.advance(0.5)
    moved = viewer.motion.frame
    assert not np.allclose(start, moved)
    viewer.playing = False
    viewer.advance(5.0)
    assert (viewer.motion.frame == moved).all()
    assert not viewer.moving


def test_speed_is_in_degrees_of_path(viewer, small_tour):
    viewer.speed = 30.0
    viewer.advance(2.0)
    expected = engine.GrandTour(15, speed=np.radians(30.0)).advance(2.0)
    assert viewer.motion.frame == pytest.approx(expected)


def test_a_layer_is_reached_in_700_milliseconds(viewer):
    viewer.go_to(2)
    assert viewer.layer == 2 and viewer.moving
    viewer.advance(0.0)
    viewer.advance(SECONDS / 2)
    assert viewer.transition.mix == pytest.approx(0.5)
    viewer.advance(SECONDS / 2)
    assert viewer.transition.settled and viewer.place == 2


def test_j_and_k_join_the_ends(viewer):
    viewer.step(-1)
    assert viewer.layer == 3
    viewer.step(1)
    assert viewer.layer == 0


def test_two_clicks_in_a_row_redirect(viewer):
    viewer.go_to(3)
    viewer.advance(0.0)
    viewer.advance(0.3)
    before = dict(viewer.transition.blend)
    viewer.go_to(1)
    viewer.advance(0.0)
    assert dict(viewer.transition.blend) == pytest.approx(before)
    settle(viewer)
    assert viewer.place == 1


def test_a_layer_that_is_not_ready_is_waited_for(viewer):
    ready = set()
    viewer.ready = ready.__contains__
    viewer.go_to(2)
    settle(viewer)
    assert viewer.layer == 2 and viewer.place == 0 and viewer.moving
    ready.add(2)
    settle(viewer)
    assert viewer.place == 2


def test_going_back_before_it_was_ready_stays(viewer):
    viewer.ready = lambda layer: False
    viewer.go_to(2)
    viewer.go_to(0)
    assert viewer.layer == 0
    viewer.playing = False
    assert not viewer.moving


def test_a_scrub_follows_the_hand_smoothly_and_lets_go_to_the_nearest(viewer):
    places = []
    viewer.scrub(2.6)
    for _ in range(60):
        viewer.advance(1 / 60)
        places.append(viewer.place)
    assert max(np.diff([0, *places])) < 0.6
    assert places[-1] == pytest.approx(2.6)
    assert dict(viewer.transition.blend) == pytest.approx({2: 0.4, 3: 0.6})
    viewer.scrub(99.0)
    settle(viewer)
    assert viewer.place == 3
    viewer.scrub(2.4)
    settle(viewer)
    viewer.scrub(None)
    settle(viewer)
    assert viewer.place == 2 and not viewer.layers.scrubbing


def test_a_scrub_stands_on_the_layer_that_is_there_until_both_are(viewer):
    asked = []
    viewer.ready = lambda layer: asked.append(layer) or layer != 2
    viewer.scrub(2.6)
    settle(viewer)
    assert viewer.place == 1 and 2 in asked  # never between 1 and 2, nor beyond
    viewer.scrub(0.4)
    settle(viewer)
    assert viewer.place == pytest.approx(0.4)
    viewer.ready = lambda layer: True
    viewer.scrub(2.6)
    settle(viewer)
    assert viewer.place == pytest.approx(2.6)


def test_legend(viewer):
    assert viewer.shown_rows.all()
    viewer.hovered = 1
    assert viewer.shown_rows.tolist() == [False, True, False]
    viewer.toggle_group(2)
    assert viewer.shown_rows.tolist() == [False, True, True]
    viewer.hovered = None
    assert viewer.shown_rows.tolist() == [False, False, True]
    viewer.toggle_group(0)
    viewer.toggle_group(1)
    assert viewer.base.groups == ()  # all of them is none of them
    viewer.toggle_group(1)
    viewer.toggle_group(1)
    assert viewer.base.groups == ()


def test_another_attribute_begins_with_everything_shown(viewer):
    viewer.toggle_group(1)
    viewer.change(color_by="size")
    assert viewer.base.groups == () and viewer.coloring.names == ("small", "large")
    viewer.change(color_by="weight")
    assert viewer.coloring.kind == "continuous" and viewer.shown_rows.all()


def test_a_palette_keeps_what_is_switched_on(viewer):
    viewer.toggle_group(1)
    viewer.change(palette="large")
    assert viewer.base.groups == (1,)


def test_reset_flies_back(viewer):
    viewer.zoom(8.0, (10.0, 10.0), (400, 300))
    viewer.pan((40.0, 0.0), (400, 300))
    away = viewer.camera
    viewer.reset_camera()
    viewer.advance(RESET_SECONDS / 2)
    assert viewer.home.zoom < viewer.camera.zoom < away.zoom
    settle(viewer)
    assert viewer.camera == viewer.home


def test_the_hand_interrupts_a_flight(viewer):
    viewer.zoom(8.0, (10.0, 10.0), (400, 300))
    viewer.reset_camera()
    viewer.advance(0.1)
    viewer.pan((5.0, 0.0), (400, 300))
    held = viewer.camera
    viewer.playing = False
    viewer.advance(1.0)
    assert viewer.camera == held


def test_the_present_as_a_view_opens_again_as_it_was(viewer, small_tour):
    viewer.go_to(2)
    settle(viewer, 3.0)
    viewer.zoom(2.0, (10.0, 10.0), (400, 300))
    view = viewer.view
    again = Viewer.of(small_tour, view)
    assert again.view == view
    assert again.motion.frame == pytest.approx(viewer.motion.frame)
    assert again.layer == 2


def test_titles_leave_out_the_number_that_stands_before_them(small_tour):
    assert layer_title(small_tour, 3) == "Block"


def test_names_that_are_not_there(small_tour):
    with pytest.raises(KeyError, match="did you mean"):
        Viewer.of(small_tour, View(color_by="kinds"))
    with pytest.raises(KeyError, match="no layer"):
        Viewer.of(small_tour, View(layer="logits"))
    with pytest.raises(IndexError, match="numbered 0 to 59; 60 is not"):
        Viewer.of(small_tour, View(selected=(3, 60)))
    with pytest.raises(IndexError, match="numbered 0 to 59; 77 is not"):
        Viewer.of(small_tour, View(handles=[{"name": "far", "points": [77]}]))


def test_the_selection_is_a_mask_and_part_of_the_view(viewer):
    viewer.select(np.arange(60) < 3)
    assert viewer.base.selected == viewer.view.selected == (0, 1, 2)
    viewer.change(selected=(7,))
    assert np.flatnonzero(viewer.selection).tolist() == [7]
    assert viewer.is_shown(np.array([6, 7])).tolist() == [False, True]
    viewer.spotlight = np.arange(60) == 6  # goes before the selection and the legend
    viewer.toggle_group(1)
    assert viewer.is_shown(np.array([6, 7])).tolist() == [True, False]
    viewer.spotlight = None
    viewer.select(None)
    assert viewer.view.selected is None and viewer.shown_points is None


@pytest.mark.parametrize("mode", ["dots", "images"])
@pytest.mark.parametrize("zoom", [0.7, 3.0])
def test_half_of_an_image_or_a_dot_stands_out_beyond_its_place(small_tour, mode, zoom):
    viewer = Viewer.of(small_tour, View(mode=mode, zoom=zoom, dot_size=1.5, image_size=0.8))
    viewer.show_on(Area((700.0, 500.0)))
    shot = viewer.shot((700, 500), scale=1.0, min_dot=0.0)
    assert viewer.reach(zoom) == pytest.approx((shot.image_size if mode == "images" else shot.dot_size) / 2)


def test_a_named_selection_is_told_to_who_saves_and_stopping_ends_a_journey(viewer):
    assert not viewer.renamed
    viewer.select(np.arange(60) < 5)
    viewer.name_selection("  mine  ")
    assert viewer.renamed and viewer.base.color_by == "mine" and viewer.selection is None
    with pytest.raises(ValueError, match="nothing is selected"):
        viewer.name_selection("again")
    viewer.journey.playing = True
    viewer.stop()
    assert not viewer.journey.playing


def test_few_points_that_are_not_greyed_grow_and_many_do_not(make_tour, rng):
    tour = make_tour([rng.standard_normal((3000, 3))])
    viewer, numbers = Viewer.of(tour, View()), np.arange(3000)
    for count, grown in ((3000, False), (2900, False), (30, True), (3, True)):
        viewer.select(numbers < count)
        assert (viewer.growth > 1.0) == grown
    viewer.select(None)
    assert viewer.growth == 1.0
    assert Viewer.of(tour, View(selected=(1, 2)), plain=True).growth == 1.0


def test_what_is_not_greyed_is_worked_out_once_a_change_for_who_looks_in_the_background_too(viewer):
    everything = viewer.lit
    assert everything.all and viewer.still().lit is everything
    viewer.select(np.arange(60) < 5)
    kept = viewer.lit
    assert viewer.still().lit is kept and kept.count == 5 and set(kept.first.tolist()) == set(range(5))
    viewer.change(groups=(0,))
    assert viewer.lit is not kept and not viewer.lit.all

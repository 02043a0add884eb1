"""A story told and edited, without a window."""

import numpy as np
import pytest

from engine.motion.rotation import random_frame
from engine.tour.view import SavedView, View
from engine.viewer.steering import FLIGHT_SECONDS
from engine.viewer.storyteller import TOLD_FLIGHT, Storyteller, span
from engine.viewer.viewer import Viewer


@pytest.fixture
def views(rng):
    return (
        View(layer=2, frame=random_frame(rng, 15), center=(0.2, 0.1), zoom=3.0, color_by="kind", groups=(1,)),
        View(layer=1.5, frame=random_frame(rng, 15), color_by="size", selected=(1, 2),
             handles=[{"name": "pair", "points": [4, 5]}]),
        View(layer="3-Block", frame=random_frame(rng, 15), mode="images"),
    )  # fmt: skip


@pytest.fixture
def viewer(small_tour, views):
    viewer = Viewer.of(small_tour, View(theme="light", dot_size=2.0))
    viewer.story = Storyteller(tuple(SavedView(f"view {k}", view) for k, view in enumerate(views)))
    viewer.playing = False
    return viewer


def pass_time(viewer, seconds):
    for _ in range(round(seconds * 60)):
        viewer.advance(1 / 60)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_flight_ends_exactly_at_the_saved_view(viewer, views, place):
    viewer.tell(place)
    pass_time(viewer, FLIGHT_SECONDS + 0.1)
    view, wanted = viewer.view, views[place]
    assert np.asarray(view.frame) == pytest.approx(np.asarray(wanted.frame))
    assert (view.center, view.zoom) == (wanted.center, wanted.zoom)
    assert view.layer == (3 if place == 2 else wanted.layer)
    for name in ("mode", "color_by", "palette", "groups", "selected", "handles"):
        assert getattr(view, name) == getattr(wanted, name)
    assert (view.theme, view.dot_size) == ("light", 2.0)  # which are the room's, not the story's
    assert viewer.coloring.names == {"kind": ("cat", "bee", "ant"), "size": ("small", "large")}.get(wanted.color_by, ())
    assert not viewer.moving


def test_the_way_is_smooth(viewer):
    viewer.tell(0)
    frames, zooms, places = [viewer.motion.frame], [viewer.camera.zoom], [viewer.place]
    for _ in range(60):
        viewer.advance(1 / 60)
        frames.append(viewer.motion.frame)
        zooms.append(viewer.camera.zoom)
        places.append(viewer.place)
    assert all(np.abs(frame.T @ frame - np.eye(3)).max() < 1e-9 for frame in frames)
    steps = np.linalg.norm(np.diff(frames, axis=0), axis=(1, 2))
    assert steps.max() < 0.12 and steps[0] < 0.3 * steps.max()  # eased
    assert (np.diff(zooms) >= 0).all() and (np.diff(places) >= -1e-12).all()
    assert max(np.diff(places)) < 0.1


def test_another_flight_takes_over_from_where_the_first_is(viewer, views):
    viewer.tell(0)
    pass_time(viewer, 0.4)
    here, camera = viewer.motion.frame, viewer.camera
    viewer.tell(1)
    assert (viewer.motion.frame == here).all() and viewer.camera == camera
    pass_time(viewer, 1.0)
    assert np.asarray(viewer.view.frame) == pytest.approx(np.asarray(views[1].frame))


def test_a_hand_on_the_frame_ends_its_flight(viewer, rng):
    viewer.tell(0)
    pass_time(viewer, 0.3)
    held = random_frame(rng, 15)
    viewer.motion.frame = held
    pass_time(viewer, 1.0)
    assert viewer.motion.frame == pytest.approx(held)
    assert viewer.camera.zoom == 3.0  # the camera arrives all the same


def test_the_tour_goes_on_from_where_a_flight_ends(viewer, views):
    viewer.playing = True
    viewer.tell(2)
    pass_time(viewer, FLIGHT_SECONDS + 1 / 60)
    there = viewer.motion.frame
    assert there == pytest.approx(np.asarray(views[2].frame), abs=0.01)
    viewer.advance(0.5)
    assert 0 < np.linalg.norm(viewer.motion.frame - there) < 0.1


def test_play_all_and_end(viewer):
    story, seen = viewer.story, []
    viewer.play_story()
    total = sum(span(each) for each in story.story)
    for _ in range(round(total * 10) + 5):
        viewer.advance(0.1)
        seen.append((story.told, story.caption))
    assert list(dict.fromkeys(seen)) == [(0, "view 0"), (1, "view 1"), (2, "view 2")]
    assert not story.playing and story.told == 2
    viewer.play_story()
    assert story.told == 0  # from the end it begins again


def test_progress_and_stopping(viewer):
    story = viewer.story
    viewer.play_story()
    pass_time(viewer, TOLD_FLIGHT)
    assert story.progress == pytest.approx(TOLD_FLIGHT / span(story.story[0]), abs=0.01)
    story.stop()
    pass_time(viewer, 20.0)
    assert story.told == 0 and not story.playing
    viewer.play_story()
    assert story.told == 0


@pytest.mark.parametrize("leave", [lambda v: v.go_to(0), lambda v: v.change(color_by="weight"),
                                   lambda v: v.change(selected=(3,)),
                                   lambda v: v.pan((150.0, 0.0), (200, 200)), lambda v: v.zoom(2.0, (9, 9), (200, 200)),
                                   lambda v: setattr(v, "frame", v.frame[:, [0, 2, 1]])])  # fmt: skip
def test_who_goes_elsewhere_has_left_the_view(viewer, leave):
    viewer.tell(0)
    pass_time(viewer, 2.0)
    assert viewer.story.caption == "view 0"
    viewer.pan((5.0, 5.0), (200, 200))
    viewer.change(theme="dark")
    pass_time(viewer, 0.1)
    assert viewer.story.caption == "view 0"
    leave(viewer)
    pass_time(viewer, 0.1)
    assert viewer.story.caption == "" and viewer.story.told is None


@pytest.mark.parametrize("leave", [lambda v: v.step(1), lambda v: v.go_to(0), lambda v: v.scrub(0.4)])
def test_who_chooses_a_layer_while_the_story_plays_stays_there(viewer, leave):
    viewer.play_story()
    pass_time(viewer, 2.5)
    assert viewer.story.playing and viewer.story.caption == "view 0"
    leave(viewer)
    pass_time(viewer, 1.0)
    layer = viewer.layers.position
    pass_time(viewer, 20.0)
    assert not viewer.story.playing and viewer.story.caption == "" and viewer.layers.position == layer


def test_edits_keep_track_of_the_told_view(viewer):
    story = viewer.story
    assert not story.unsaved
    viewer.tell(1)
    story.move(1, 0)
    assert story.told == 0 and story.caption == "view 1" and story.unsaved
    story.move(2, 0)
    assert story.told == 1
    story.remove(0)
    assert story.told == 0
    assert viewer.save_view("new") == 1 and story.told == 1
    assert [each.caption for each in story.story] == ["view 1", "new", "view 0"]
    story.rename(1, "  ")
    assert story.caption == "new"
    story.remove(1)
    assert story.told is None
    story.move(0, 1)
    story.move(1, 0)


def test_what_is_saved_comes_back(viewer):
    viewer.go_to(3)
    viewer.change(color_by="size", groups=(1,), handles=[{"name": "some", "points": [1, 2, 3]}], selected=(7, 9))
    pass_time(viewer, 1.0)
    viewer.zoom(2.0, (30.0, 40.0), (200, 100))
    view = viewer.view
    place = viewer.save_view("here")
    viewer.tell(0)
    pass_time(viewer, 1.0)
    viewer.tell(place)
    pass_time(viewer, 1.0)
    assert np.asarray(viewer.view.frame) == pytest.approx(np.asarray(view.frame))
    assert (viewer.view.layer, viewer.camera.center, viewer.camera.zoom) == (3, view.center, view.zoom)
    assert (viewer.base.groups, viewer.base.selected, viewer.base.handles[0].name) == ((1,), (7, 9), "some")
    viewer.replace_view(0)
    assert viewer.story.story[0].caption == "view 0" and viewer.story.story[0].view.selected == (7, 9)


def test_a_view_of_images_shows_dots_where_there_are_none(make_tour, rng):
    tour = make_tour([rng.standard_normal((9, 4))])
    viewer = Viewer.of(tour)
    viewer.fly_to(View(mode="images"))
    assert viewer.base.mode == "dots"


def test_what_the_tour_does_not_have_changes_nothing(viewer):
    before = viewer.base
    for view in (View(layer=9), View(frame=np.eye(5, 3)), View(color_by="knd")):
        with pytest.raises((KeyError, IndexError, ValueError)):
            viewer.fly_to(view)
        assert viewer.base == before and not viewer.moving


def test_how_far_a_view_is_told_begins_at_nothing(views):
    told = Storyteller(tuple(SavedView("one", view) for view in views))
    assert (told.told, told.elapsed, told.playing) == (None, 0.0, False)

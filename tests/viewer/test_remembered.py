"""What is kept of a window, without one: the file's name and rights, what comes back, and what does not."""

import json
from dataclasses import replace

import pytest

from engine.tour.view import View
from engine.viewer.remembered import SIDES, VERSION, digest, recall, remember, state_file
from engine.viewer.viewer import FASTEST, Viewer


@pytest.fixture
def left(small_tour):
    """How a window was left."""
    viewer = Viewer.of(small_tour, View(layer=2, color_by="size", mode="images"))
    viewer.playing, viewer.speed = False, 11.0
    viewer.take_tour("little")
    return viewer


def changed(tour, /, **values):
    """What is recalled once the file says otherwise."""
    file = state_file(tour)
    file.write_text(json.dumps(json.loads(file.read_text()) | values))
    return recall(tour)


def test_a_file_is_named_by_the_tour_and_by_what_it_is(small_tour):
    odd = replace(small_tour, name="é/a b-c_d.e" + "x" * 60)
    assert state_file(odd).name.startswith("é-a-b-c_d-e" + "x" * 29 + "-")
    assert len(state_file(odd).stem) == 40 + 1 + 12 and state_file(odd).suffix == ".json"
    assert state_file(odd).parent.name == "umap-tour"
    files = {state_file(each) for each in (small_tour, odd, replace(small_tour, layers=small_tour.layers[:2]))}
    assert len(files) == 3 and state_file(small_tour) == state_file(replace(small_tour))


def test_a_window_comes_back_as_it_was(left):
    assert recall(left.tour) is None  # the first time
    remember(left, size=(900, 700), legend_open=False, story_shown=True)
    assert state_file(left.tour).stat().st_mode & 0o777 == 0o600
    kept = recall(left.tour)
    assert kept.view == left.view and (kept.view.layer, kept.view.color_by) == (2, "size")
    assert (kept.size, kept.legend_open, kept.story_shown) == ((900, 700), False, True)
    other = Viewer.of(left.tour, kept.view)
    kept.restore(other)
    assert (other.playing, other.speed, other.tour_kind) == (False, 11.0, "little")
    remember(left, size=(900, 700))
    kept = recall(left.tour)
    assert kept.legend_open is None and kept.story_shown is False


@pytest.mark.parametrize(
    ("size", "taken"),
    [
        (SIDES, True), (SIDES[::-1], True), ((SIDES[0] - 1, 800), False), ((800, SIDES[0] - 1), False),
        ((SIDES[1] + 1, 800), False), ((800, SIDES[1] + 1), False),
    ],
)  # fmt: skip
def test_a_window_of_no_sensible_size_has_its_own(left, size, taken):
    remember(left, size=size)
    assert recall(left.tour).size == (size if taken else None)


def test_values_that_make_no_sense_are_brought_within_bounds(left):
    remember(left, size=(900, 700))
    assert changed(left.tour, speed=1e9).speed == FASTEST
    assert changed(left.tour, speed=-3).speed == 0.0
    assert changed(left.tour, legend_open="yes").legend_open is None


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"version": VERSION + 1}, "it is of version 2, and this engine keeps version 1"),
        ({"tour": {"name": "small"}}, "the tour has changed since"),
        ({"tour_kind": "sideways"}, "not"),
        ({"view": {"layer": 99}}, "small has layers 0 to 3, not 99"),
        ({"window": 5}, ""),
    ],
)
def test_what_cannot_be_used_is_said_and_left_aside(left, values, says, caplog):
    remember(left, size=(900, 700))
    assert changed(left.tour, **values) is None
    assert "state of the window not taken up again" in caplog.text and says in caplog.text


def test_without_images_images_are_dots(left):
    remember(left, size=(900, 700))
    assert recall(left.tour).view.mode == "images"
    assert recall(replace(left.tour, sprites=None)).view.mode == "dots"


def test_stories_are_told_apart(small_tour):
    from engine.tour.view import SavedView

    one, two = (SavedView("one", View()),), (SavedView("one", View(zoom=2.0)),)
    assert digest(one) == digest((SavedView("one", View()),)) and len({digest(each) for each in (one, two, ())}) == 3

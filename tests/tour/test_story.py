"""A story is edited by making another one, comes back from JSON as it was, and is checked against its tour."""

import json

import numpy as np
import pytest

from engine.tour.story import (
    export_story,
    from_json,
    import_story,
    inserted,
    misfit,
    moved,
    removed,
    renamed,
    to_json,
)
from engine.tour.view import SavedView, View

STORY = tuple(SavedView(name, View(layer=k)) for k, name in enumerate("abcd"))


def captions(story):
    return "".join(each.caption for each in story)


def test_edits():
    assert captions(inserted(STORY, 1, SavedView("x"))) == "axbcd"
    assert captions(inserted(STORY, 4, SavedView("x"))) == "abcdx"
    assert captions(removed(STORY, 2)) == "abd"
    assert captions(renamed(STORY, 1, " be  \n cool ")) == "abe coolcd"
    assert captions(STORY) == "abcd"


@pytest.mark.parametrize(("place", "to", "result"), [(0, 2, "bcad"), (3, 0, "dabc"), (1, 1, "abcd"), (2, 99, "abdc"),
                                                     (1, -5, "bacd")])  # fmt: skip
def test_moves(place, to, result):
    assert captions(moved(STORY, place, to)) == result


def test_json_round_trip(tmp_path, small_tour, rng):
    view = View(layer="2-Block", frame=np.eye(15, 3), center=(0.1, 2), zoom=3, mode="images", color_by="kind",
                groups=(1,), selected=(3, 4), handles=[{"name": "\u2764", "points": [1, 2], "row": 0}])  # fmt: skip
    story = (SavedView("first", view), SavedView("second", View(layer=1.5)))
    assert from_json(json.loads(json.dumps(to_json(story)))) == story
    export_story(story, tmp_path / "a.json")
    assert import_story(tmp_path / "a.json", small_tour) == (story, [])
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[]", "no story"),
        ('{"version": 1}', "no story"),
        ('{"version": 9, "views": []}', "version 9"),
        ('{"version": 1, "views": [{"view": {}}]}', "view 1 is none: it has no 'caption'"),
        ('{"version": 1, "views": [{"caption": "a", "view": {"colour": 1}}]}', "a view has no 'colour'"),
        ("{", "a.json"),
    ],
)
def test_says_what_is_no_story(text, complaint, tmp_path, small_tour):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(ValueError, match=complaint) as raised:
        import_story(tmp_path / "a.json", small_tour)
    assert str(raised.value).startswith("a.json: ")


MISFITS = [
    (View(layer="9-Block"), "no layer '9-Block'"),
    (View(layer=9), "layers 0 to 3"),
    (View(layer=3.5), "layers 0 to 3"),
    (View(color_by="knd"), "did you mean 'kind'"),
    (View(frame=np.eye(5, 3)), "of 5 dimensions, and small has 15"),
    (View(selected=(1, 60)), "point 60, and small has 60"),
    (View(handles=[{"name": "far", "points": [-1, 2]}]), "small has 60 points"),
]


@pytest.mark.parametrize(("view", "fault"), MISFITS)
def test_what_a_tour_does_not_have(view, fault, small_tour):
    assert fault in misfit(small_tour, view)


def test_what_fits_is_imported_and_the_rest_is_named(tmp_path, small_tour):
    story = (*STORY, SavedView("far", View(layer=7)), SavedView("half", View(layer=2.5, mode="images")))
    export_story(story, tmp_path / "a.json")
    kept, left_out = import_story(tmp_path / "a.json", small_tour)
    assert captions(kept) == "abcdhalf"
    assert left_out == ["far: small has layers 0 to 3, not 7"]


def test_a_frame_that_is_none(small_tour):
    assert misfit(small_tour, View(frame=np.ones((15, 3)))) == "its frame has no orthonormal columns"
    assert "orthonormal" in misfit(small_tour, View(frame=np.full((15, 3), np.nan)))
    assert misfit(small_tour, View(frame=np.eye(15, 3))) == ""


def test_a_story_of_many_points_is_written_close_and_comes_back(tmp_path, make_tour, rng):
    tour = make_tour([rng.standard_normal((50_000, 3))])
    views = (SavedView("some", View(selected=rng.random(50_000) < 0.9)), SavedView("few", View(selected=[1, 2])))
    export_story(views, tmp_path / "many.json")
    assert len((tmp_path / "many.json").read_text().splitlines()) == 1
    assert import_story(tmp_path / "many.json", tour) == (views, [])
    export_story(views[1:], tmp_path / "few.json")
    assert len((tmp_path / "few.json").read_text().splitlines()) > 10

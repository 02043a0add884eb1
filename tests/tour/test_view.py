"""A View keeps plain values, whatever it is given, and comes back from JSON as it was."""

import dataclasses
import json

import numpy as np
import pytest

import engine


def test_arrays_become_plain_values():
    view = engine.View(layer="conv", frame=np.eye(5, 3), center=(1, 2), selected=np.array([True, False, True]))
    assert view.frame == ((1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0), (0, 0, 0))
    assert view.selected == (0, 2)
    assert view == engine.View(layer="conv", frame=np.eye(5, 3).tolist(), center=(1.0, 2.0), selected=[0, 2])
    assert hash(view) == hash(dataclasses.replace(view))


def test_is_frozen_and_replaced():
    view = engine.View()
    with pytest.raises(dataclasses.FrozenInstanceError):
        view.zoom = 2.0
    assert dataclasses.replace(view, zoom=2.0).zoom == 2.0


def test_json_round_trip():
    view = engine.View(layer=3.5, frame=np.eye(4, 3), mode="images", groups=(1, 2), selected=(5,), theme="light",
                       handles=[{"name": "dogs", "points": np.arange(3)}], opacity=0.5, depth_cue=True,
                       isolate=True, class_frames=True, density=np.True_,
                       fit=True)  # fmt: skip
    assert view.handles[0].points == (0, 1, 2)
    assert engine.View.from_json(json.loads(json.dumps(view.to_json()))) == view


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"mode": "lines"}, "mode is one of dots, images"),
        ({"theme": "blue"}, "theme is one of"),
        ({"frame": np.eye(3)[:, :2]}, "shape"),
        ({"zoom": 0}, "above 0"),
        ({"selected": [0.5]}, "point numbers"),
        ({"opacity": 0}, "opacity is a number from 0.02 to 1"),
        ({"depth_cue": 1.5}, "depth_cue is a number from 0 to 1"),
        ({"fit": 1}, "fit is true or false"),
        ({"background": float("nan")}, "background is a number from -1 to 1"),
        ({"density": 0.5}, "density is true or false, not 0.5"),
        ({"handles": [{"points": [1]}]}, "a handle is a table with a name"),
        ({"handles": [{"name": "none", "points": []}]}, "has no points"),
    ],
)
def test_says_what_no_view_can_be(values, complaint):
    with pytest.raises(ValueError, match=complaint):
        engine.View(**values)


def test_a_view_from_before_there_was_a_fit_has_none():
    values = engine.View(fit=True, zoom=2.0).to_json()
    del values["fit"]
    assert engine.View.from_json(values) == engine.View(zoom=2.0)


@pytest.mark.parametrize("values", [{"colour": "red"}, ["dots"]])
def test_json_of_something_else(values):
    with pytest.raises(ValueError, match="view"):
        engine.View.from_json(values)

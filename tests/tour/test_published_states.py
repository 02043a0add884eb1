"""The article's scenes come back as the same pictures, on their layers, with their handles; the rest is said."""

import json
import logging

import numpy as np
import pytest

import engine
from engine.motion.camera import Camera
from engine.tour.published_states import SCENES
from engine.tour.schema import TourFormatError

PARTS = ("preprocess", "procrustes", "grandtour", "postprocess")


def rotation(rng, dims):
    q, r = np.linalg.qr(rng.standard_normal((dims, dims)))
    return q * np.sign(np.diag(r))


@pytest.fixture
def states(published_folder, tmp_path, rng):
    """A small published tour of 13 layers with all scenes of layers 0 and 12 beside it; (meta, folder)."""
    meta = published_folder(layers=13)
    folder = tmp_path / "site" / "states"
    for kind in ("orientations", "centers", "annotations"):
        (folder / kind).mkdir(parents=True)
    for name in ("0-image", "12-animal", "12-human"):
        (folder / f"orientations/{name}.json").write_text(
            json.dumps({part: rotation(rng, 5).tolist() for part in PARTS})
        )
    data = meta.parent / "net-umap"
    for k, name in enumerate(["0-ocean", "0-outdoor", "12-animal-face", "12-dog-left", "12-dog-right", "12-human"]):
        points = np.fromfile(data / f"{name.split('-')[0]}-Block.bin", dtype="<f4").reshape(30, 5)
        chosen = list(range(k, 30, 6))
        center = (points[chosen].mean(0) - points.mean(0)).tolist()
        values = {"centroid": center, "selection": chosen, "text": name, "radius": 10}
        (folder / f"annotations/{name}.json").write_text(json.dumps(values))
        if "dog" not in name:
            (folder / f"centers/{name}.json").write_text(json.dumps(center))
    (folder / "centers/12-animal.json").write_text(json.dumps([0.1] * 5))
    return meta, folder


def said(caplog):
    return [record.message for record in caplog.records if "state" in record.message or "scene" in record.message]


def same_picture(tour, folder, saved, orientation):
    """Whether a saved view projects its layer as the published page did: x P R G T, columns 0 to 3."""
    values = json.loads((folder / f"orientations/{orientation}.json").read_text())
    layer = int(saved.view.layer)
    points = np.asarray(tour.layers[layer].points, dtype=np.float64)
    product = np.linalg.multi_dot([np.array(values[part]) for part in PARTS])
    theirs = (points - points.mean(axis=0)) @ product[:, :3]
    ours = tour.aligned(layer) @ np.asarray(saved.view.frame)
    assert np.abs(ours - theirs).max() < 1e-5 * np.abs(theirs).max()


def test_scenes_become_saved_views(states, caplog):
    meta, folder = states
    with caplog.at_level(logging.INFO, "engine"):
        tour = engine.import_published(meta)
    views = {each.caption: each.view for each in tour.views}
    assert list(views) == [scene.caption for scene in SCENES if not scene.orientation.startswith("15")][:6]
    assert [view.layer for view in views.values()] == [0, 0, 0, 12, 12, 12]
    dogs = views["Dogs facing left and right"]
    assert [(handle.name, handle.points[0]) for handle in dogs.handles] == [("12-dog-left", 3), ("12-dog-right", 4)]
    assert dogs.color_by == "label" and dogs.mode == "dots"
    for saved, scene in zip(tour.views, SCENES, strict=False):
        same_picture(tour, folder, saved, scene.orientation)
    assert "states: 6 saved views on layers [0, 12]" in said(caplog)


def test_the_scenes_center_stands_in_the_middle_of_the_pane(states):
    meta, folder = states
    tour = engine.import_published(meta, states=folder)
    saved = next(each for each in tour.views if each.caption == "Outdoor scenes")
    center = np.array(json.loads((folder / "centers/0-outdoor.json").read_text()))
    placement = tour.layers[0].placement
    xy = (center @ placement.rotation) @ np.asarray(saved.view.frame)[:, :2]
    camera = Camera(saved.view.center, saved.view.zoom)
    assert camera.to_pixels(xy, size=(300, 200), radius=placement.radius) == pytest.approx((150, 100))


def test_they_are_saved_and_loaded(states, tmp_path):
    tour = engine.import_published(states[0])
    tour.save(tmp_path / "a.tour")
    assert engine.load(tmp_path / "a.tour").views == tour.views


def test_without_states_there_are_no_views(published_folder, caplog):
    with caplog.at_level(logging.INFO, "engine"):
        assert engine.import_published(published_folder()).views == []
    assert not said(caplog)


def test_a_folder_that_was_named_must_be_there(published_folder, tmp_path):
    with pytest.raises(TourFormatError, match="no such folder"):
        engine.import_published(published_folder(), states=tmp_path / "stats")


def spoil_json(folder):
    (folder / "annotations/0-ocean.json").write_text("{")


def spoil_rotation(folder):
    values = json.loads((folder / "orientations/0-image.json").read_text())
    values["grandtour"][0][0] += 0.1
    (folder / "orientations/0-image.json").write_text(json.dumps(values))


def spoil_center(folder):
    (folder / "centers/12-human.json").write_text("[1, 2]")


def spoil_points(folder):
    values = json.loads((folder / "annotations/12-human.json").read_text())
    (folder / "annotations/12-human.json").write_text(json.dumps(values | {"selection": [1, 99]}))


def unknown_layer(folder):
    (folder / "annotations/44-frogs.json").write_text("{}")


def no_scene(folder):
    (folder / "centers/3-frogs.json").write_text("[0, 0, 0, 0, 0]")


@pytest.mark.parametrize(
    ("spoil", "line", "left"),
    [
        (spoil_json, "state annotations/0-ocean.json: ", 5),
        (spoil_rotation, "state orientations/0-image.json: its grandtour is no rotation; left out", 3),
        (spoil_center, "state centers/12-human.json: its center is not finite numbers of shape (5,); left out", 6),
        (spoil_points, "state annotations/12-human.json: it names point 99 of 30; left out", 5),
        (unknown_layer, "state annotations/44-frogs.json: GoogLeNet has layers 0 to 12, not 44; left out", 6),
        (no_scene, "state 3-frogs: in none of the article's scenes; left out", 6),
    ],
)
def test_what_is_odd_is_said_and_left_out(spoil, line, left, states, caplog):
    meta, folder = states
    spoil(folder)
    with caplog.at_level(logging.INFO, "engine"):
        tour = engine.import_published(meta)
    line = line.replace("GoogLeNet", tour.name)
    assert any(each.startswith(line) for each in said(caplog)), said(caplog)
    assert len(tour.views) == left


def test_scenes_of_other_data_are_left_out_in_one_line(states, published_folder, caplog, tmp_path, rng):
    meta, folder = states
    for file in folder.glob("annotations/*.json"):
        values = json.loads(file.read_text())
        file.write_text(json.dumps(values | {"centroid": rng.standard_normal(5).tolist()}))
    with caplog.at_level(logging.INFO, "engine"):
        assert engine.import_published(meta).views == []
    assert len(said(caplog)) == 1 and "none in" in said(caplog)[0]


def test_the_published_scenes(published, googlenet):
    """The article's own: every picture is the published one, every handle lies where it lay."""
    folder = published.parent / "states"
    if not folder.is_dir():
        pytest.skip("the published states (reference/umap-tour/states) are not on this machine")
    tour = googlenet
    assert [int(each.view.layer) for each in tour.views] == [0, 0, 0, 12, 12, 12, 15, 15]
    handles = [handle.name for each in tour.views for handle in each.view.handles]
    assert handles == [
        "Ocean Animals", "Outdoor Scenes", "Animal Faces", "Left-facing Dogs", "Right-facing Dogs", "Human",
    ]  # fmt: skip
    for saved, scene in zip(tour.views, SCENES, strict=True):
        same_picture(tour, folder, saved, scene.orientation)
    for saved, name in ((tour.views[1], "0-ocean"), (tour.views[5], "12-human")):
        values = json.loads((folder / f"annotations/{name}.json").read_text())
        layer, handle = tour.layers[int(saved.view.layer)], saved.view.handles[0]
        assert handle.points == tuple(values["selection"])
        ours = layer.aligned[list(handle.points)].mean(axis=0)
        assert ours == pytest.approx(np.array(values["centroid"]) @ layer.placement.rotation, abs=1e-5)
    other = engine.import_published(published / "meta-resnet50-15D.json", states=folder)
    assert other.views == []

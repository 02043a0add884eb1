"""Published data of the older form, tables as they are deployed, and tours of two dimensions."""

import json

import numpy as np
import pandas as pd
import pytest

import engine
from engine.motion.grandtour import GrandTour
from engine.motion.rotation import first_axes
from engine.viewer.viewer import Viewer

OAKS = ["oak", "elm", "ash"]


def older(meta, text, *, coarse=None):
    """The meta file as older ones are: no table, names of labels, a directory without `./`."""
    values = json.loads(meta.read_text())
    for key in ("attribute_url", "attributes", "image_urls"):
        values.pop(key)
    values |= {"label_text": text, "epoch_arch_to_dir": {"0,0": "net-umap"}}
    meta.write_text(json.dumps(values))
    (meta.parent / "net-umap/attributes.csv").unlink()
    if coarse is not None:
        np.array(coarse, "<u2").tofile(meta.parent / "net-umap/labels-coarse.bin")
    return meta


@pytest.mark.parametrize(
    "text",
    [OAKS, {"labels": OAKS}, {"label": OAKS}, {"0": "oak", "1": "elm", "2": "ash"}, {"labels": dict(enumerate(OAKS))}],
)
def test_labels_of_the_older_form(text, published_folder):
    tour = engine.import_published(older(published_folder(), text))
    assert tour.attributes["label"].tolist() == OAKS * 10 and tour.n == 30
    assert list(tour.attributes["label"].cat.categories) == OAKS


def test_names_in_a_file_of_their_own(published_folder):
    meta = older(published_folder(), "data/names.txt")
    (meta.parent / "names.txt").write_text("\n".join(OAKS))
    assert engine.import_published(meta).attributes["label"].tolist() == OAKS * 10
    (meta.parent / "names.txt").unlink()
    with pytest.raises(engine.TourFormatError, match=r"names\.txt: cannot be read, and label_text names it"):
        engine.import_published(meta)


def test_coarse_labels_of_the_older_form(published_folder):
    """One list belongs to the file whose numbers it has; a table names both; without names numbers are classes."""
    coarse = [0, 1] * 15
    tour = engine.import_published(
        older(published_folder(), {"labels": OAKS, "labels-coarse": ["a", "b"]}, coarse=coarse)
    )
    assert tour.attributes["label_coarse"].tolist() == ["a", "b"] * 15
    assert tour.attributes["label"].tolist() == OAKS * 10


def test_a_list_of_coarse_names_alone(published_folder):
    tour = engine.import_published(older(published_folder(), ["a", "b"], coarse=[0, 1] * 15))
    assert tour.attributes["label_coarse"].tolist() == ["a", "b"] * 15
    assert tour.attributes["label"].tolist() == [0, 1, 2] * 10


def test_faults_of_the_older_form(published_folder, caplog):
    meta = older(published_folder(), {"labels": ["oak"]})
    with pytest.raises(engine.TourFormatError, match=r"has 1 names for labels\.bin, whose labels go to 2"):
        engine.import_published(meta)
    values = json.loads(meta.read_text())
    meta.write_text(json.dumps(values | {"label_text": [1, 2, 3]}))
    with pytest.raises(engine.TourFormatError, match="label_text of labels is no list of names"):
        engine.import_published(meta)
    meta.write_text(json.dumps(values | {"label_text": OAKS}))
    file = meta.parent / "net-umap/labels.bin"
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(engine.TourFormatError, match=r"labels\.bin: has 57 bytes, and 30 labels of two bytes take 60"):
        engine.import_published(meta)
    file.unlink()
    assert engine.import_published(meta).attributes.shape == (30, 0)
    assert "no file of labels" in caplog.text


def test_a_table_as_it_is_deployed(published_folder, caplog):
    """Commas at the ends of its lines, and a stray ` ]` after the last."""
    meta = published_folder()
    file = meta.parent / "net-umap/attributes.csv"
    before = engine.import_published(meta).attributes
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], *(f"{line}," for line in lines[1:])]) + "\n ]\n")
    after = engine.import_published(meta).attributes
    pd.testing.assert_frame_equal(before, after)
    assert "attributes.csv: what follows the 30 points is ignored, from ' ]' on" in caplog.text
    file.write_text("\n".join(f"{line},," for line in lines[:-4]))
    with pytest.raises(engine.TourFormatError, match="has 26 rows for 30 points"):
        engine.import_published(meta)
    file.write_text("\n".join([*lines[:5], f"{lines[5]},7", *lines[6:]]))
    with pytest.raises(engine.TourFormatError, match="row 4 has 5 values, and the first line names 4"):
        engine.import_published(meta)


@pytest.fixture
def flat(published_folder, tmp_path):
    """An imported tour of two dimensions, saved and opened again."""
    engine.import_published(published_folder(dims=2)).save(tmp_path / "flat.tour")
    return engine.load(tmp_path / "flat.tour")


def test_two_dimensions_stand_in_three(flat, published_folder, tmp_path):
    assert flat.flat and flat.dims == 3 and not flat.aligned(2)[:, 2].any()
    points = np.fromfile(tmp_path / "site/data/net-umap/1-Block.bin", "<f4").reshape(30, 2)
    assert (flat.layers[1].points[:, :2] == points).all()
    before = np.fromfile(tmp_path / "site/data/net-umap/0-Block.bin", "<f4").reshape(30, 2)
    own = engine.procrustes(points - points.mean(0), before - before.mean(0))
    assert flat.layers[1].placement.similarity == pytest.approx(own.similarity, abs=1e-6)
    assert flat.how["residual_agreement"] < 1e-6


def test_the_tour_of_two_dimensions_turns_in_the_plane(flat):
    viewer = Viewer.of(flat)
    before = flat.aligned(0) @ viewer.motion.frame
    for kind in ("little", "grand", "guided", "local"):
        viewer.take_tour(kind)
        after = flat.aligned(0) @ viewer.motion.advance(1.7)
        assert np.abs(after[:, 2]).max() < 1e-6  # nothing comes forward
        np.testing.assert_allclose(np.linalg.norm(after, axis=1), np.linalg.norm(before, axis=1), atol=1e-5)
    assert np.abs(after - before).max() > 0.1
    assert engine.snapshot(flat, layer=1, color_by="label").shape == (800, 800, 4)


def test_only_flat_figures_are_flat(small_tour, make_tour, rng):
    assert not small_tour.flat and isinstance(Viewer.of(small_tour).motion, GrandTour)
    assert not make_tour([rng.standard_normal((9, 3))]).flat
    points = np.pad(rng.standard_normal((9, 2)), ((0, 0), (0, 1)))
    assert make_tour([points]).flat and not make_tour([points, points + first_axes(3)[2]]).flat
    with pytest.raises(ValueError, match="three directions at right angles"):
        make_tour([points[:, :2]]).save("x.tour")

"""The published format: what is read, what is left out and said, and what is refused."""

import json
import logging
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import engine


def test_reads_embeddings_and_attributes(published_folder, caplog):
    caplog.set_level(logging.INFO, "engine")
    meta = published_folder()
    tour = engine.import_published(meta)
    assert (tour.name, tour.n, tour.dims) == ("net", 30, 5)
    assert [(layer.name, layer.kind) for layer in tour.layers] == [(f"{k}-Block", "Block") for k in range(3)]
    raw = np.fromfile(meta.parent / "net-umap/1-Block.bin", "<f4").reshape(30, 5)
    assert (tour.layers[1].points == raw).all()
    assert list(tour.attributes.columns) == ["label", "confidence", "year"]
    assert list(tour.attributes["label"].cat.categories) == ["elm", "oak", "NA"]
    assert tour.attributes["label"].isna().sum() == 0
    assert tour.attributes["confidence"].dtype == np.float64 and tour.attributes["year"].dtype == np.float64
    assert tour.attributes.attrs["extent"] == {"confidence": [0.0, 2.0]}
    assert tour.sprites is None
    assert "residuals of 3 layers agree" in caplog.text
    assert "1 of 1 missing (sheet-0.png" in caplog.text


def test_survives_saving(published_folder, tmp_path):
    tour = engine.import_published(published_folder())
    tour.save(tmp_path / "a.tour")
    back = engine.load(tmp_path / "a.tour")
    pd.testing.assert_frame_equal(back.attributes, tour.attributes)
    assert back.attributes.attrs == tour.attributes.attrs
    assert (back.aligned(2) == tour.aligned(2)).all()


def test_a_residual_that_differs_is_reported_and_no_error(published_folder, caplog):
    meta = published_folder()
    schema = meta.parent / "net-umap/schema.json"
    values = json.loads(schema.read_text())
    values["layers"][2]["residual"] *= 1.5
    schema.write_text(json.dumps(values))
    assert engine.import_published(meta).n == 30
    assert "residuals differ" in caplog.text and "layer 2" in caplog.text


def test_without_residuals_labels_or_urls(published_folder, caplog):
    caplog.set_level(logging.INFO, "engine")
    meta = published_folder(image_urls=[])
    schema = meta.parent / "net-umap/schema.json"
    values = json.loads(schema.read_text())
    for entry in values["layers"]:
        del entry["residual"]
    schema.write_text(json.dumps(values))
    (meta.parent / "net-umap/labels.bin").unlink()
    assert engine.import_published(meta).n == 30
    assert "no published residuals" in caplog.text
    assert "labels.bin: missing; left out" in caplog.text


def test_labels_that_the_table_does_not_have_are_added(published_folder):
    meta = published_folder()
    (np.arange(30, dtype="<u2") % 5).tofile(meta.parent / "net-umap/labels.bin")
    tour = engine.import_published(meta)
    assert tour.attributes["labels"].tolist() == [k % 5 for k in range(30)]


def test_attribute_keys_are_patterns(published_folder, caplog):
    how = {"^lab": {"type": "ordinal"}, "height": {"type": "continuous"}}
    tour = engine.import_published(published_folder(attributes=how))
    assert tour.attributes["label"].cat.ordered
    assert "attribute height: no such column" in caplog.text


def test_one_of_several_epochs(published_folder):
    meta = published_folder(epoch_arch_to_dir={"0,0": "net-umap", "1,0": "net-later"})
    shutil.copytree(meta.parent / "net-umap", meta.parent / "net-later")
    np.zeros((30, 5), "<f4").tofile(meta.parent / "net-later/0-Block.bin")
    assert not engine.import_published(meta).layers[0].points.any()
    from engine.tour.published import import_published

    assert import_published(meta, epoch="0,0").layers[0].points.any()
    with pytest.raises(engine.TourFormatError, match="no epoch '7,0'; there is: 0,0, 1,0"):
        import_published(meta, epoch="7,0")


def test_all_epochs_of_a_network_as_one_tour(published_folder):
    meta = published_folder(epoch_arch_to_dir={"2,0": "net-umap", "0,1": "another", "10,0": "net-later"}, image_urls=[])
    shutil.copytree(meta.parent / "net-umap", meta.parent / "net-later")
    tour = engine.import_published(meta, epoch="all")
    assert (tour.name, tour.epochs, tour.depth) == ("net", ("2", "10"), 3)
    np.testing.assert_allclose(tour.aligned(4), tour.aligned(1), atol=1e-4)
    assert tour.attributes["label"].cat.categories.tolist() == ["elm", "oak", "NA"]


def spoiled_bin(meta, change):
    file = meta.parent / "net-umap/1-Block.bin"
    points = np.fromfile(file, "<f4")
    change(points).tofile(file)


def nan_at_7(points):
    points[7 * 5] = np.nan
    return points


def without(meta, key):
    values = json.loads(meta.read_text())
    del values[key]
    meta.write_text(json.dumps(values))


def short_table(meta):
    file = meta.parent / "net-umap/attributes.csv"
    pd.read_csv(file)[:20].to_csv(file)


def wide_table(meta):
    file = meta.parent / "net-umap/attributes.csv"
    file.write_text(",".join(f"c{k}" for k in range(20_000)) + "\n" + ("," * 19_999 + "\n") * 30)


FAULTS = {
    "gone": ({}, lambda m: m.unlink(), "meta-net-5D.json: no such file"),
    "another kind": ({}, lambda m: m.write_text('{"nodes": []}'), "no meta file of a published UMAP Tour"),
    "no JSON": ({}, lambda m: m.write_text("PK"), "no readable JSON"),
    "a list": ({}, lambda m: m.write_text("[1, 2]"), "no meta file of a published"),
    "no attributes": ({}, lambda m: without(m, "attributes"), "no 'attributes'"),
    "shape of words": ({"data_shape": "big"}, None, "data_shape is two whole numbers"),
    "one dimension": ({"data_shape": [30, 1]}, None, "2 to 24 dimensions here, not 1"),
    "two dimensions": ({"data_shape": [30, 2]}, None, "layer 0-Block has shape [30, 5], and"),
    "other shape": ({"data_shape": [31, 5]}, None, "31"),
    "folder gone": ({"epoch_arch_to_dir": {"0,0": "net-other"}}, None, "net-other: missing"),
    "no folder": ({"epoch_arch_to_dir": {}}, None, "names no folder"),
    "folder outside": ({"epoch_arch_to_dir": {"0,0": "../../../secret"}}, None, "outside"),
    "folder absolute": ({"epoch_arch_to_dir": {"0,0": "/etc"}}, None, "outside"),
    "table outside": ({"attribute_url": "../../passwd.csv"}, None, "outside"),
    "sheet outside": ({"image_urls": ["/tmp/../etc/x.png"]}, None, "outside"),
    "table gone": ({"attribute_url": "data/none.csv"}, None, "none.csv: missing"),
    "table short": ({}, short_table, "20 rows for 30 points"),
    "table wide": ({}, wide_table, "has 20,000 columns, and at most 1,000 are read"),
    "schema gone": ({}, lambda m: (m.parent / "net-umap/schema.json").unlink(), "schema.json: no such file"),
    "schema empty": ({}, lambda m: (m.parent / "net-umap/schema.json").write_text("{}"), "names no layers"),
    "layer gone": ({}, lambda m: (m.parent / "net-umap/2-Block.bin").unlink(), "2-Block.bin: missing"),
    "layer cut": ({}, lambda m: spoiled_bin(m, lambda p: p[:-3]), "1-Block.bin: has 588 bytes"),
    "layer with NaN": ({}, lambda m: spoiled_bin(m, nan_at_7), "1-Block.bin: row 7 is not finite"),
    "numbers that are none": ({"attributes": {"label": {"type": "continuous"}}}, None, "holds no number"),
    "attributes a list": ({"attributes": ["label"]}, None, "no table of attributes"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_named_with_its_file(published_folder, fault):
    changes, spoil, complaint = FAULTS[fault]
    meta = published_folder(**changes)
    if spoil:
        spoil(meta)
    with pytest.raises(engine.TourFormatError) as caught:
        engine.import_published(meta)
    assert complaint in str(caught.value)
    assert str(meta.parent.parent) in str(caught.value)


def test_no_link_leads_outside(published_folder, tmp_path):
    meta = published_folder()
    secret = tmp_path / "secret.bin"
    (meta.parent / "net-umap/1-Block.bin").rename(secret)
    (meta.parent / "net-umap/1-Block.bin").symlink_to(secret)
    with pytest.raises(engine.TourFormatError, match="outside"):
        engine.import_published(meta)


def test_published_sheets_become_sprites(published_folder, rng):
    meta = published_folder()
    sheet = np.zeros((32, 3200, 3), np.uint8)
    colors = rng.integers(0, 256, (30, 3), dtype=np.uint8)
    for k, color in enumerate(colors):
        sheet[:, 32 * k : 32 * (k + 1)] = color
    (meta.parent / "images").mkdir()
    Image.fromarray(sheet).save(meta.parent / "images/sheet-0.png")
    sprites = engine.import_published(meta).sprites
    assert (sprites.tile, sprites.n) == (32, 30)
    tiles = np.concatenate([sprites.load(page) for page in range(sprites.pages)])
    assert (tiles[:, 16, 16, :3] == colors).all() and (tiles[..., 3] == 255).all()


@pytest.mark.parametrize("rows", [1, 100])
def test_a_sheet_has_at_most_a_hundred_rows_of_a_hundred_tiles(published_folder, rows, rng):
    meta = published_folder()
    (meta.parent / "images").mkdir()
    file = meta.parent / "images/sheet-0.png"
    sheet = rng.integers(0, 256, (rows, 100, 3), dtype=np.uint8)  # tiles of one pixel
    Image.fromarray(sheet).save(file)
    sprites = engine.import_published(meta).sprites
    assert (sprites.load(0)[:30, 0, 0, :3] == sheet[0, :30]).all()
    Image.fromarray(np.zeros((101, 100, 3), np.uint8)).save(file)
    with pytest.raises(engine.TourFormatError, match=r"sheet-0.png.*100 x 101, not 100 tiles of 1 pixels wide"):
        engine.import_published(meta).sprites.load(0)


def test_a_small_tour_may_have_a_large_table(published_folder):
    meta = published_folder()
    file = meta.parent / "net-umap/attributes.csv"
    table = pd.read_csv(file, index_col=0, keep_default_na=False)
    table["note"] = ["x" * 40_000] * 30
    table.to_csv(file)
    assert engine.import_published(meta).attributes["note"].iloc[-1] == "x" * 40_000


@pytest.fixture
def image_folder(tmp_path):
    """30 images in three class folders, red saying which image: by class, as an ImageFolder orders them."""
    for k in range(30):
        folder = tmp_path / "images" / "abc"[k // 10]
        folder.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), (8 * k, 0, 0)).save(folder / f"{k:02}.png")
    return tmp_path / "images"


def sorted_labels(meta):
    """Make the classes of the points those of the folder: ten of each, in order."""
    file = meta.parent / "net-umap/attributes.csv"
    table = pd.read_csv(file, index_col=0, keep_default_na=False)
    table["label"] = np.repeat(["oak", "elm", "NA"], 10)
    table.to_csv(file)
    return meta


def test_a_folder_of_the_same_images_becomes_sprites(published_folder, image_folder, tmp_path):
    from engine.tour.published import import_published

    tour = import_published(sorted_labels(published_folder()), images=image_folder, tile=16)
    tour.save(tmp_path / "a.tour")
    tiles = engine.load(tmp_path / "a.tour").sprites.load(0)
    assert tiles.shape == (30, 16, 16, 4)
    assert tiles[:, 8, 8, 0].tolist() == [8 * k for k in range(30)]


def test_images_of_other_classes_are_refused(published_folder, image_folder):
    from engine.tour.published import import_published

    with pytest.raises(engine.TourFormatError, match=r"image 1 \(a/01.png\) does not agree with label 'elm'"):
        import_published(published_folder(), images=image_folder)


def test_too_few_images_are_refused(published_folder, image_folder):
    from engine.tour.published import import_published

    (image_folder / "a/03.png").unlink()
    with pytest.raises(engine.TourFormatError, match="29 images for 30 points"):
        import_published(sorted_labels(published_folder()), images=image_folder)


def test_a_broken_image_is_named_and_nothing_is_left(published_folder, image_folder, tmp_path):
    from engine.tour.published import import_published

    (image_folder / "b/12.png").write_bytes(b"no image")
    tour = import_published(sorted_labels(published_folder()), images=image_folder)
    with pytest.raises(engine.TourFormatError, match=r"12\.png: no readable image"):
        tour.save(tmp_path / "a.tour")
    assert not (tmp_path / "a.tour").exists()


def test_the_published_googlenet(googlenet):
    tour = googlenet
    assert (tour.name, tour.n, tour.dims, len(tour.layers)) == ("GoogLeNet", 50_000, 15, 21)
    assert tour.layers[12].name == "12-Inception"
    assert tour.attributes["label_coarse"].cat.categories[:3].tolist() == ["arachnid", "armadillo", "bear"]
    assert tour.attributes["label"].nunique() == 1000
    assert tour.how["residual_agreement"] < 5e-6
    # cosines of successive layers, to two digits as in the reference notes
    assert [round(layer.placement.similarity, 2) for layer in tour.layers[1:4]] == [0.45, 0.97, 0.6]

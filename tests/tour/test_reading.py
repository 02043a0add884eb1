"""The folder on disk: whole or not there, the same bytes again, and every fault named with its file."""

import dataclasses
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import engine
from engine.tour import manifest, sprite_layout
from engine.tour.tour import Tour
from engine.tour.view import SavedView, View
from spoiling import refusal


@pytest.fixture
def saved(small_tour, tmp_path):
    tour = dataclasses.replace(small_tour, views=[SavedView("first", View(layer=2))], how={"seed": 0})
    tour.save(tmp_path / "a.tour")
    return tmp_path / "a.tour"


def test_round_trip(saved, small_tour):
    tour = engine.load(saved)
    assert (tour.name, tour.n, tour.dims) == ("small", 60, 15)
    assert [(layer.name, layer.kind) for layer in tour.layers] == [(f"{k}-Block", "Block") for k in range(4)]
    for ours, theirs in zip(tour.layers, small_tour.layers, strict=True):
        assert (ours.points == theirs.points).all()
        assert isinstance(ours.points, np.memmap)
        assert ours.placement.rotation == pytest.approx(theirs.placement.rotation, abs=0)
        assert ours.placement.similarity == theirs.placement.similarity
    pd.testing.assert_frame_equal(tour.attributes, small_tour.attributes)
    assert tour.attributes["size"].cat.ordered and list(tour.attributes["kind"].cat.categories) == ["cat", "bee", "ant"]
    assert (tour.sprites.load(0) == small_tour.sprites.load(0)).all()
    assert tour.views == [SavedView("first", View(layer=2))]
    assert tour.how == {"seed": 0}


def test_classes_with_numbers_for_names_stay_classes(small_tour, tmp_path):
    digits = pd.Categorical([9, 10, 2] * 20, categories=[2, 9, 10], ordered=True)
    dataclasses.replace(small_tour, attributes=pd.DataFrame({"digit": digits})).save(tmp_path / "a.tour")
    values = engine.load(tmp_path / "a.tour").attributes["digit"]
    assert list(values.cat.categories) == ["2", "9", "10"] and values.cat.ordered
    assert values.tolist() == ["9", "10", "2"] * 20


def test_layout(saved):
    files = sorted(str(file.relative_to(saved)) for file in saved.rglob("*") if file.is_file())
    layers = [f"layers/{k:03}.npy" for k in range(4)]
    assert files == sorted(["attributes.parquet", *layers, "sprites/000.png", "tour.json", "views.json"])
    manifest = json.loads((saved / "tour.json").read_text())
    assert (manifest["version"], manifest["n"], manifest["dims"]) == (1, 60, 15)


def test_equal_tours_are_equal_bytes(small_tour, tmp_path):
    for name in ("a.tour", "b.tour"):
        small_tour.save(tmp_path / name)
    for file in (tmp_path / "a.tour").rglob("*"):
        if file.is_file():
            assert file.read_bytes() == (tmp_path / "b.tour" / file.relative_to(tmp_path / "a.tour")).read_bytes()


def test_a_loaded_tour_saves_over_itself(saved):
    tour = engine.load(saved)
    tour.save(saved)
    assert (engine.load(saved).layers[0].points == tour.layers[0].points).all()
    assert [each.name for each in saved.parent.iterdir()] == ["a.tour"]


def test_what_is_no_tour_is_never_overwritten(small_tour, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("also")
    for name in ("mine", "file"):
        with pytest.raises(FileExistsError, match="no tour"):
            small_tour.save(tmp_path / name)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    (tmp_path / "empty").mkdir()
    small_tour.save(tmp_path / "empty")
    assert engine.load(tmp_path / "empty").n == 60


@pytest.mark.parametrize("existing", [False, True])
def test_a_save_that_fails_leaves_what_was_there(small_tour, tmp_path, monkeypatch, existing):
    if existing:
        small_tour.save(tmp_path / "a.tour")
    monkeypatch.setattr(pd.DataFrame, "to_parquet", lambda *a, **k: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space left"):
        dataclasses.replace(small_tour, name="other").save(tmp_path / "a.tour")
    assert [each.name for each in tmp_path.iterdir()] == (["a.tour"] if existing else [])
    if existing:
        assert engine.load(tmp_path / "a.tour").name == "small"


@pytest.mark.parametrize("dims", [2, 25])
def test_dimensions_that_no_shader_has_room_for(dims, make_tour, rng, tmp_path):
    with pytest.raises(ValueError, match="3 to 24 dimensions"):
        make_tour([rng.standard_normal((10, dims))]).save(tmp_path / "a.tour")


def manifest_of(folder, **changes):
    file = folder / "tour.json"
    values = json.loads(file.read_text()) | changes
    file.write_text(json.dumps(values))


def change_layer(folder, **changes):
    file = folder / "tour.json"
    values = json.loads(file.read_text())
    values["layers"][1] |= changes
    file.write_text(json.dumps(values))


def cut(file, size):
    file.write_bytes(file.read_bytes()[:size])


def with_nan(folder):
    points = np.load(folder / "layers/001.npy")
    points[7, 3] = np.nan
    np.save(folder / "layers/001.npy", points)


def flip_a_byte(file):
    data = bytearray(file.read_bytes())
    data[-5] ^= 1
    file.write_bytes(bytes(data))


FAULTS = {
    "gone": (lambda f: shutil.rmtree(f), "no such tour"),
    "no manifest": (lambda f: (f / "tour.json").unlink(), "tour.json: missing"),
    "manifest cut": (lambda f: cut(f / "tour.json", 100), "tour.json: no readable JSON"),
    "manifest a list": (lambda f: (f / "tour.json").write_text("[]"), "tour.json: no table"),
    "other version": (lambda f: manifest_of(f, version=2), "version 2"),
    "no layers": (lambda f: manifest_of(f, layers=[]), "names no layers"),
    "no n": (lambda f: manifest_of(f, n="many"), "'n' is missing"),
    "too many dims": (lambda f: manifest_of(f, dims=99), "3 to 24"),
    "other n": (lambda f: manifest_of(f, n=61), "promises float32 (61, 15)"),
    "layer gone": (lambda f: (f / "layers/001.npy").unlink(), "001.npy: missing"),
    "layer cut": (lambda f: cut(f / "layers/001.npy", 1000), "001.npy: no whole .npy file"),
    "layer cut to nothing": (lambda f: cut(f / "layers/001.npy", 0), "001.npy: no whole .npy file"),
    "layer longer": (lambda f: (f / "layers/001.npy").open("ab").write(b"x"), "001.npy: longer"),
    "layer of doubles": (lambda f: np.save(f / "layers/001.npy", np.zeros((60, 15))), "holds float64 (60, 15)"),
    "layer of another shape": (lambda f: np.save(f / "layers/001.npy", np.zeros((60, 14), "f4")), "(60, 14)"),
    "layer of objects": (
        lambda f: np.save(f / "layers/001.npy", np.array([{}]), allow_pickle=True),
        "001.npy: no whole .npy file",
    ),
    "layer with NaN": (with_nan, "001.npy: row 7 is not finite"),
    "layer changed": (lambda f: flip_a_byte(f / "layers/001.npy"), "001.npy: changed since"),
    "layer outside": (lambda f: change_layer(f, file="../../etc/passwd"), "outside the tour's folder"),
    "layer absolute": (lambda f: change_layer(f, file="/etc/passwd"), "outside the tour's folder"),
    "no rotation": (lambda f: change_layer(f, rotation=[[1]]), "'rotation' of layer 1-Block"),
    "rotation of words": (lambda f: change_layer(f, rotation="left"), "'rotation' of layer 1-Block"),
    "same name": (lambda f: change_layer(f, name="0-Block"), "same name"),
    "attributes gone": (lambda f: (f / "attributes.parquet").unlink(), "attributes.parquet: missing"),
    "attributes cut": (lambda f: cut(f / "attributes.parquet", 300), "attributes.parquet: no readable parquet"),
    "attributes short": (
        lambda f: pd.read_parquet(f / "attributes.parquet")[:50].to_parquet(f / "attributes.parquet"),
        "50 rows for 60 points",
    ),
    "sprites gone": (lambda f: (f / "sprites/000.png").unlink(), "000.png: missing"),
    "sprites no picture": (lambda f: (f / "sprites/000.png").write_bytes(b"hello"), "000.png: no readable PNG"),
    "sprites another size": (lambda f: Image.new("RGB", (8, 8)).save(f / "sprites/000.png"), "8 x 8 pixels"),
    "sprites cut": (lambda f: cut(f / "sprites/000.png", 5000), "000.png: changed since"),
    "sprites impossible": (lambda f: manifest_of(f, sprites={"tile": 7, "per_page": 64}), "tiles of 7 px"),
    "views gone": (lambda f: (f / "views.json").unlink(), "views.json: missing"),
    "views of something else": (lambda f: (f / "views.json").write_text('{"views": [{"caption": "a"}]}'), "views.json"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_named_with_its_file(saved, fault):
    spoil, complaint = FAULTS[fault]
    spoil(saved)
    assert complaint in refusal(saved)


def test_no_link_leads_outside(saved, tmp_path):
    outside = tmp_path / "outside.npy"
    (saved / "layers/001.npy").rename(outside)
    (saved / "layers/001.npy").symlink_to(outside)
    with pytest.raises(engine.TourFormatError, match="outside the tour's folder"):
        engine.load(saved)


@pytest.mark.parametrize("channels", ["grey", "colour", "transparent", "transparent at the end"])
def test_sprites_of_every_kind_come_back_as_they_were(channels, rng, make_tour, make_sprites, tmp_path):
    tiles = rng.integers(0, 256, (30, 16, 16, 4), dtype=np.uint8)
    if channels != "transparent":
        tiles[..., 3] = 255
    if channels == "transparent at the end":
        tiles[-1, ..., 3] = 0
    if channels == "grey":
        tiles[..., 1] = tiles[..., 2] = tiles[..., 0]
    tour = make_tour([rng.standard_normal((30, 3))], sprites=make_sprites(tiles, per_page=9))
    tour.save(tmp_path / "a.tour")
    back = engine.load(tmp_path / "a.tour").sprites
    assert (back.n, back.tile, back.per_page, back.pages) == (30, 16, 9, 4)
    assert (np.concatenate([back.load(page) for page in range(4)]) == tiles).all()
    mode = Image.open(tmp_path / "a.tour/sprites/000.png").mode
    assert mode == {"grey": "L", "transparent": "RGBA"}.get(channels, "RGB")


def test_pages_stay_within_their_limit():
    for n in (1, 2, 100, 4096, 4097, 1_000_000):
        for tile in (8, 64, 512):
            per_page = sprite_layout.tiles_per_page(n, tile)
            side = round(per_page**0.5)
            assert side**2 == per_page and side * tile <= 4096
            assert per_page >= n or side == 4096 // tile


def test_names_that_are_not_there(small_tour: Tour):
    with pytest.raises(KeyError, match="did you mean '2-Block'"):
        small_tour.aligned("2-Blok")
    with pytest.raises(IndexError, match="layers 0 to 3"):
        small_tour.aligned(4)
    with pytest.raises(KeyError, match="did you mean 'weight'"):
        small_tour.attribute("wieght")
    assert (small_tour.aligned(-1) == small_tour.aligned(3)).all()


@pytest.fixture
def with_faults(saved):
    """A tour whose third layer and whose images are not as they were written."""
    flip_a_byte(saved / "layers" / "002.npy")
    flip_a_byte(saved / "sprites" / "000.png")
    return saved


def test_a_large_tour_is_open_before_all_of_it_was_looked_at(with_faults, tmp_path):
    tour = engine.load(with_faults, at_once=0)
    assert tour.aligned(1).shape == (60, 15)
    for read in (lambda: tour.aligned(2), lambda: tour.save(tmp_path / "copy.tour")):
        with pytest.raises(engine.TourFormatError, match=r"layers/002\.npy.*checksum"):
            read()
    with pytest.raises(engine.TourFormatError, match=r"sprites/000\.png.*checksum"):
        tour.sprites.load(0)
    assert not (tmp_path / "copy.tour").exists()


def test_a_layer_is_looked_at_once(saved, monkeypatch):
    tour = engine.load(saved, at_once=0)
    tour.aligned(1)
    monkeypatch.setattr(manifest, "checksum", lambda file: 1 / 0)
    tour.aligned(1)
    with pytest.raises(ZeroDivisionError):
        tour.aligned(2)


def test_sizes_are_looked_at_whatever_the_tour_is_large(saved):
    cut(saved / "layers" / "003.npy", 100)
    with pytest.raises(engine.TourFormatError, match=r"layers/003\.npy"):
        engine.load(saved, at_once=0)

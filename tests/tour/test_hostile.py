"""Tours and stories that somebody spoiled: refused by name, quickly, and a view that does not fit is left out."""

import io
import json
import os

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import engine
from engine.files import printable, safe_stem
from engine.tour import image_files
from engine.tour.integrity import cut_short
from engine.tour.json_files import seal
from engine.tour.named_selections import with_selection
from engine.tour.rows import from_text
from engine.tour.story_saving import save_story
from engine.tour.view import SavedView, View
from spoiling import refusal


@pytest.fixture
def folder(saved):
    return saved / "small.tour"


def changed(folder, change, *, name="tour.json", reseal=True):
    """Change the values of a JSON file, its seal too: a hand that knows the format."""
    values = json.loads((folder / name).read_text())
    change(values)
    if reseal:
        values["seal"] = seal(values)
    (folder / name).write_text(json.dumps(values))


def layer_of(**values):
    return lambda manifest: manifest["layers"][1].update(values)


def fifo(file):
    file.unlink()
    os.mkfifo(file)


def link(file, target):
    file.unlink(missing_ok=True)
    file.symlink_to(target)


def header(file, shape):
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (118 - len(text)) + b"\n"
    file.write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(3600))


def rows(file, n):
    pd.DataFrame({"a": pd.Categorical(["x"] * n)}).to_parquet(file)


FAULTS = {
    "rotation of zero": (lambda f: changed(f, layer_of(rotation=np.zeros((15, 15)).tolist())), "not orthogonal"),
    "rotation thrice": (lambda f: changed(f, layer_of(rotation=(3 * np.eye(15)).tolist())), "not orthogonal"),
    "rotation huge": (lambda f: changed(f, layer_of(rotation=(1e300 * np.eye(15)).tolist())), "not orthogonal"),
    "radius below 0": (lambda f: changed(f, layer_of(radius=-1)), "'radius'"),
    "radius too small": (lambda f: changed(f, layer_of(radius=1e-3)), "'radius' or 'mean'"),
    "mean elsewhere": (lambda f: changed(f, layer_of(mean=[50.0] * 15)), "'radius' or 'mean'"),
    "similarity of 7": (lambda f: changed(f, layer_of(similarity=7)), "'similarity'"),
    "a digit changed": (lambda f: changed(f, lambda m: m["build"].update(x=1), reseal=False), "its seal differs"),
    "the seal renamed": (lambda f: changed(f, lambda m: m.update(sdal=m.pop("seal")), reseal=False), "'sdal'"),
    "version true": (lambda f: changed(f, lambda m: m.update(version=True)), "version True"),
    "nested": (lambda f: (f / "tour.json").write_text("[" * 100_000), "nested too deeply"),
    "a name with NUL": (lambda f: changed(f, layer_of(name="a\0b")), "control characters"),
    "a name of 5,000": (lambda f: changed(f, layer_of(name="a" * 5000)), "1000 letters"),
    "a file with NUL": (lambda f: changed(f, layer_of(file="a\0b")), "cannot be a file"),
    "a file of 5,000": (lambda f: changed(f, layer_of(file="a" * 5000)), "cannot be a file"),
    "tour.json a pipe": (lambda f: fifo(f / "tour.json"), "a pipe, not a regular file"),
    "tour.json a device": (lambda f: link(f / "tour.json", "/dev/zero"), "a device, not a regular file"),
    "layer a pipe": (lambda f: fifo(f / "layers/001.npy"), "no regular file"),
    "layer in a circle": (lambda f: link(f / "layers/001.npy", "001.npy"), "001.npy"),
    "layer a folder": (lambda f: ((f / "layers/001.npy").unlink(), (f / "layers/001.npy").mkdir()), "no regular"),
    "layer an npz": (lambda f: np.savez((f / "layers/001.npy").open("wb"), a=1), "no whole .npy file"),
    "shape of -1": (lambda f: header(f / "layers/001.npy", "(-1, 15)"), "promises"),
    "shape of 2^63": (lambda f: header(f / "layers/001.npy", f"({2**63}, 15)"), "promises"),
    "shape of True": (lambda f: header(f / "layers/001.npy", "(True, 15)"), "promises"),
    "header cut": (lambda f: (f / "layers/001.npy").write_bytes(b"\x93NUMPY\x01\x00\xff"), "no whole .npy file"),
    "many rows": (lambda f: rows(f / "attributes.parquet", 1_000_000), "1000000 rows for 60 points"),
    "nested attributes": (
        lambda f: pd.DataFrame({"a": [[1]] * 60}).to_parquet(f / "attributes.parquet"),
        "attributes are numbers, classes, text or dates",
    ),
    "PostScript": (lambda f: (f / "sprites/000.png").write_bytes(b"%!PS-Adobe-3.0\n{} loop\n"), "is no PNG"),
    "JPEG": (lambda f: Image.new("RGB", (64, 64)).save(f / "sprites/000.png", "JPEG"), "is no PNG"),
    "a table of 600,000 keys": (
        lambda f: (f / "tour.json").write_text(json.dumps({f"{k:x}": 1 for k in range(600_000)})),
        "600,000 texts",
    ),
    "a picture of texts": (
        lambda f: (f / "sprites/000.png").write_bytes((f / "sprites/000.png").read_bytes() + bytes(2**19)),
        "has more bytes than 64 x 64 pixels take",
    ),
    "one text in all rows": (
        lambda f: pd.DataFrame({"a": ["x" * 3 * 2**20] * 60}).to_parquet(f / "attributes.parquet"),
        "bytes of text, too many for 60 points",
    ),
    "views elsewhere": (
        lambda f: link(f / "views.json", (f / "views.json").rename(f.parent / "elsewhere.json")),
        "a link that leads outside the tour's folder",
    ),
    "a story of 20,000 views": (
        lambda f: (f / "views.json").write_text(
            json.dumps({"version": 1, "views": [{"caption": "", "view": {}}] * 20_000})
        ),
        "a story of 20,000 views",
    ),
    "views changed": (
        lambda f: changed(f, lambda v: v.update(more=1), name="views.json", reseal=False),
        "views.json: changed since",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_is_named_with_its_file(folder, fault):
    spoil, complaint = FAULTS[fault]
    spoil(folder)
    assert complaint in refusal(folder)


def test_a_broken_picture_with_a_right_checksum_is_found_when_the_tour_is_opened(folder):
    from engine.tour.integrity import checksum

    file = folder / "sprites/000.png"
    file.write_bytes(file.read_bytes()[:300])

    def change(manifest):
        manifest["sprites"]["pages"][0]["checksum"] = checksum(file)

    changed(folder, change)
    with pytest.raises(engine.TourFormatError, match=r"000\.png: no readable PNG"):
        engine.load(folder)


def test_a_picture_that_asks_for_the_same_pixels_again_and_again_is_given_up(tmp_path, monkeypatch):
    """A progressive JPEG of 150 kB whose last scan comes 3,000 times: two minutes of a decoder."""
    monkeypatch.setattr(image_files, "SECONDS", 0.2)
    buffer = io.BytesIO()
    Image.new("L", (4000, 4000)).save(buffer, "JPEG", progressive=True, quality=50)
    plain = buffer.getvalue()
    scan = plain[plain.rfind(b"\xff\xda") : -2]
    file = tmp_path / "a.jpg"
    file.write_bytes(plain[:-2] + 3000 * scan + plain[-2:])
    with (
        pytest.raises(image_files.PictureError, match=r"takes more than 0\.2 s"),
        image_files.opened_picture(file) as image,
    ):
        image.load()
    with monkeypatch.context() as patch:
        patch.setattr(image_files, "SECONDS", 20.0)
        file.write_bytes(plain)
        with image_files.opened_picture(file) as image:
            assert np.asarray(image).shape == (4000, 4000)


def test_a_tour_without_seals_is_read_like_any_other(folder):
    for name in ("tour.json", "views.json"):
        changed(folder, lambda values: values.pop("seal"), name=name, reseal=False)
    tour = engine.load(folder)
    assert tour.n == 60
    tour.save(folder)
    assert "seal" in json.loads((folder / "tour.json").read_text())


def test_a_layer_cut_short_while_it_is_open_is_named(folder):
    tour = engine.load(folder)
    assert not cut_short(tour.layers[2].points)
    os.truncate(folder / "layers/002.npy", 500)
    with pytest.raises(engine.TourFormatError, match=r"002\.npy: was cut short while the tour is open"):
        tour.aligned(2)


MISFITS = {
    "layer a table": ({"layer": {}}, "layer is a number"),
    "layer beyond all": ({"layer": float("inf")}, "layer is a number"),
    "layer 99": ({"layer": 99}, "layers 0 to 3"),
    "center of NaN": ({"center": [float("nan"), 0]}, "center is a number"),
    "center of one": ({"center": [1]}, "center is two numbers"),
    "image_size a list": ({"image_size": []}, "image_size is a number"),
    "color_by 5": ({"color_by": 5}, "color_by is text"),
    "groups beyond all": ({"groups": [float("inf")]}, "a group is a whole number"),
    "groups of no class": ({"groups": [99], "color_by": "kind"}, "groups names class 99"),
    "zoom NaN": ({"zoom": float("nan")}, "zoom is a number"),
    "handle with a number for a name": ({"handles": [{"name": 5, "points": [1]}]}, "name of a handle is text"),
    "points that are not there": ({"selected": [2**70]}, "points are a list of point numbers"),
}


@pytest.mark.parametrize("fault", MISFITS)
def test_a_view_that_does_not_fit_is_left_out_with_a_word(folder, fault, caplog):
    wrong, complaint = MISFITS[fault]
    views = [{"caption": "good", "view": {"layer": 1}}, {"caption": "bad", "view": wrong}]
    (folder / "views.json").write_text(json.dumps({"version": 1, "views": views}))
    tour = engine.load(folder)
    assert [saved.caption for saved in tour.views] == ["good"]
    assert len(tour.faults) == 1 and "views.json: view 2" in tour.faults[0] and complaint in tour.faults[0]
    assert complaint in caplog.text


def test_what_another_window_saved_stays(folder):
    tour = engine.load(folder)
    mine, theirs = SavedView("mine", View(layer=1)), SavedView("theirs", View(layer=2))
    assert save_story(tour, (theirs,), ()) == (theirs,)
    assert save_story(tour, (mine,), ()) == (mine, theirs)
    assert save_story(tour, (mine,), (mine, theirs)) == (mine,)  # deleted by one who saw it
    assert engine.load(folder).views == [mine]


def test_selections_that_another_window_named_stay(folder):
    """Both opened the tour before either saved."""
    windows = [engine.load(folder) for _ in range(2)]
    for tour, name, end in zip(windows, ("mine", "theirs"), (5, 9), strict=True):
        named = with_selection(tour, name, np.arange(60) < end)
        save_story(named, (SavedView(name, View(color_by=name)),), (), attributes=True)
    tour = engine.load(folder)
    assert (tour.attributes["mine"] == "mine").sum() == 5 and (tour.attributes["theirs"] == "theirs").sum() == 9
    assert sorted(each.caption for each in tour.views) == ["mine", "theirs"]


def test_a_story_is_not_saved_into_another_tour(folder, make_tour, rng):
    tour = engine.load(folder)
    make_tour([rng.standard_normal((50, 3))]).save(folder)
    with pytest.raises(ValueError, match="another tour now"):
        save_story(tour, (SavedView("a"),), ())
    assert engine.load(folder).views == []


def test_views_that_could_not_be_read_are_kept_beside(folder):
    text = json.dumps({"version": 1, "views": [{"caption": "bad", "view": {"layer": 99}}]})
    (folder / "views.json").write_text(text)
    save_story(engine.load(folder), (SavedView("good"),), ())
    assert (folder / "views.json.unread").read_text() == text


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "point\r1\r" + "b" * 200_000, '"\r', "point\n" + "9" * 5000, "point\r\r"]
)
def test_a_list_of_points_that_is_none(small_tour, text):
    with pytest.raises(ValueError, match=r"list of points|points are numbered"):
        from_text(small_tour, text)


def test_names_of_files_are_no_paths():
    for name in ("/elsewhere/ABS", "../X", "..", ".hidden", "a\0b", "\x1b[2J", "x" * 500, "\u202egnp", "", "日本" * 90):
        stem = safe_stem(name)
        assert stem and "/" not in stem and not stem.startswith(".") and stem.isprintable()
        assert len(f"{stem}-story.mp4".encode()) < 255
    assert safe_stem("ResNet 50-12") == "ResNet 50-12"
    assert printable("a\x1b[2J\nb\u202e") == "a\\u001b[2J\\u000ab\\u202e"
    assert printable("naïve 👩‍🚀 日本") == "naïve 👩‍🚀 日本"

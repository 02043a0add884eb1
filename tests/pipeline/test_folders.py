"""Folders of pictures: classes, splits, ImageNet's names and groups, and files that are left out or named."""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import forked
from engine.pipeline.inputs.files import from_folder
from engine.pipeline.inputs.imagenet import imagenet
from engine.pipeline.inputs.images import BrokenImageError
from engine.pipeline.sources import as_images
from engine.tour.folders import Remarks


def test_a_folder_has_labels_and_files(photos):
    images = as_images(photos)
    assert images.n == 24
    assert images.labels.tolist() == ["ant"] * 8 + ["bee"] * 8 + ["cat"] * 8
    assert [file.split("/")[-2] for file in images.columns["file"]] == images.labels.tolist()
    for i in range(images.n):
        picture, label = images.read(i)
        assert picture.mode in ("RGB", "RGBA") and label is None
        assert (picture.mode == "RGBA") == Image.open(images.columns["file"][i]).has_transparency_data


def test_a_folder_without_classes_has_no_labels(photos):
    images = from_folder(photos / "bee")
    assert images.n == 8 and images.labels is None


def test_what_a_folder_is_changes_with_its_files(photos):
    before = from_folder(photos).origin
    assert from_folder(photos).origin == before
    next((photos / "ant").iterdir()).unlink()
    assert from_folder(photos).origin != before


def test_folders_named_by_wnid_are_imagenet(photos):
    for name, wnid in (("ant", "n03710637"), ("bee", "n01440764"), ("cat", "n02012849")):
        (photos / name).rename(photos / wnid)
    images = from_folder(photos)
    assert list(images.labels.categories) == ["tench", "crane", "maillot"]  # in the order of the classes
    assert images.truth.tolist() == [0] * 8 + [134] * 8 + [638] * 8
    assert sorted(set(images.columns["label_coarse"])) == ["bird", "clothing", "fish"]


def test_the_table_of_imagenet(published):
    table = imagenet()
    assert len(table) == 1000 and len({each.coarse for each in table.values()}) == 67
    assert len({each.label for each in table.values()}) == 1000
    assert [each.index for each in table.values()] == list(range(1000))
    import json

    index = json.loads((published / "imagenet_class_index.json").read_text())
    assert {wnid: each.label for wnid, each in table.items()} == dict(index.values())


def test_broken_files_say_why(photos):
    file = photos / "ant" / "00.jpg"
    file.write_bytes(file.read_bytes()[:100])
    (photos / "ant" / "zero.png").write_bytes(b"")
    (photos / "ant" / "gone.png").symlink_to("nowhere.png")
    images = from_folder(photos)
    broken = []
    for i in range(images.n):
        try:
            images.read(i)
        except BrokenImageError as error:
            broken.append(str(error))
    assert len(broken) == 3 and all(name in " ".join(broken) for name in ("00.jpg: ", "zero.png: ", "gone.png: "))


def test_files_on_one_folder_that_are_no_pictures_of_it(photos, small_tour):
    """A tour of our own, what a Mac and Windows leave, and documents: passed over, counted, named."""
    small_tour.save(photos / "ant" / "old.tour")
    (photos / "__MACOSX").mkdir()
    (photos / "__MACOSX" / "00.png").write_bytes(b"fork")
    for name in ("._00.jpg", ".DS_Store", "Thumbs.db"):
        (photos / "bee" / name).write_bytes(b"Bud1")
    (photos / "notes.txt").write_text("bees")
    images = from_folder(photos)
    assert images.n == 24
    assert images.passed_over.said() == [
        "hidden files and folders (4): __MACOSX, bee/.DS_Store, bee/._00.jpg, …",
        "tours (1): ant/old.tour",
        "files that are no images (1): notes.txt",
    ]


def test_nothing_is_lost(photos):
    """Class folders behind links, pictures beside class folders, endings of any kind and none."""
    (photos / "cat").rename(photos.parent / "elsewhere")
    (photos / "cat").symlink_to(photos.parent / "elsewhere")
    (photos / "ant" / "back").symlink_to(photos)
    picture = Image.new("RGB", (20, 20), "red")
    picture.save(photos / "above.png")
    for name, kind in (("a.jfif", "JPEG"), ("b.jp2", "JPEG2000"), ("c.ico", "ICO"), ("d.avif", "AVIF"), ("e", "PNG"),
                       ("f.dat", "TIFF")):  # fmt: skip
        picture.save(photos / "bee" / name, format=kind)
    images = from_folder(photos)
    assert images.n == 24 + 1 + 6
    assert images.labels.value_counts().to_dict() == {"ant": 8, "bee": 14, "cat": 8}
    assert images.labels.isna().sum() == 1
    added = [
        i for i in range(images.n) if images.name_of(i).split("/")[-1] in ("a.jfif", "b.jp2", "c.ico", "d.avif", "e")
    ]
    assert len(added) == 5
    for i in added:
        assert np.abs(np.asarray(images.read(i)[0].convert("RGB"))[8, 8].astype(int) - [255, 0, 0]).max() <= 3
    assert images.passed_over.said() == ["links that lead back to a folder around them (1): ant/back"]


def test_a_folder_without_permission_is_named(photos):
    """Read by a process of nobody's, since root may read everything."""
    with tempfile.TemporaryDirectory() as open_to_all:  # pytest's own folder is for its user alone
        folder = Path(open_to_all) / "photos"
        shutil.copytree(photos, folder)
        Path(open_to_all).chmod(0o755)
        (folder / "bee").chmod(0)
        script = f"""
import os
from pathlib import Path
from engine.pipeline.inputs.decoding import Decoding, reduced
from engine.pipeline.inputs.files import from_folder
from engine.pipeline.inputs.imagenet import imagenet
imagenet()  # nobody may not read Python's own files
os.setuid(65534)
images = from_folder(Path({str(folder)!r}))
print(images.n, images.passed_over.said())
"""
        run = forked.run(["-c", script], cwd=open_to_all)
        (folder / "bee").chmod(0o755)
    if "os.setuid" in run.stderr:
        pytest.skip("only root can become nobody")
    assert "16 ['folders that cannot be read (permission denied) (1): bee']" in run.stdout, run.stderr


def test_names_that_are_not_utf8(photos):
    name = os.fsencode(photos / "ant") + b"/caf\xe9.png"
    Image.new("RGB", (20, 20), "red").save(photos / "cafe.png")
    os.rename(photos / "cafe.png", name)
    images = from_folder(photos)
    row = next(i for i in range(images.n) if "caf" in images.name_of(i))
    assert images.name_of(row).endswith("caf�.png") and images.read(row)[0].getpixel((0, 0)) == (255, 0, 0)
    images.columns["file"][row].encode()


def test_classes_are_the_first_level_and_deeper_folders_a_path(photos):
    (photos / "ant" / "2021" / "may").mkdir(parents=True)
    Image.new("RGB", (20, 20)).save(photos / "ant" / "2021" / "may" / "x.png")
    images = from_folder(photos)
    assert set(images.labels) == {"ant", "bee", "cat"}
    assert images.columns["path"].value_counts().to_dict() == {"2021/may": 1}


def test_train_and_validation_above_the_classes_are_a_split(photos):
    whole = photos.parent / "whole"
    for split in ("train", "val"):
        shutil.copytree(photos, whole / split)
    images = from_folder(whole)
    assert images.columns["split"].value_counts().to_dict() == {"train": 24, "val": 24}
    assert images.labels.value_counts().to_dict() == {"ant": 16, "bee": 16, "cat": 16}


def test_odd_files_are_passed_over_or_named(photos):
    """A file of one byte, a pipe with and without an ending, a phone's HEIC."""
    (photos / "one").write_bytes(b"x")
    (photos / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))
    os.mkfifo(photos / "pipe")
    os.mkfifo(photos / "pipe.png")
    images = from_folder(photos)
    said = images.passed_over.said()
    assert "files that are no images (2): one, pipe" in said
    row = next(i for i in range(images.n) if images.name_of(i).endswith("pipe.png"))
    with pytest.raises(BrokenImageError, match=r"^[^:]*pipe\.png: is a pipe, not a regular file$"):
        images.read(row)
    if "HEIF" not in Image.OPEN:
        assert "HEIC photos, which are read once pip install 'umap-tour[heic]' is done (1): phone.heic" in said


def test_the_same_files_are_named_in_whatever_order_files_are_read(rng):
    files = [(f"why {k % 2}", f"{k:02}.png") for k in range(20)]
    parts = [Remarks(), Remarks()]
    for k in rng.permutation(20):
        parts[int(k % 3 == 0)].add(*files[k])
    parts[0].extend(parts[1])
    assert sorted(parts[0].said()) == [
        "why 0 (10): 00.png, 02.png, 04.png, …",
        "why 1 (10): 01.png, 03.png, 05.png, …",
    ]

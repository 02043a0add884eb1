"""Data sets of Hugging Face `datasets`, made here and saved to disk: pictures, classes, columns, splits."""

import numpy as np
import pytest
from PIL import Image

from engine.pipeline.inputs.decoding import PLAIN
from engine.pipeline.inputs.images import BrokenImageError
from engine.pipeline.sources import as_images, pictures


def library():
    """Imported where it is used: by one worker of pytest, not by all."""
    return pytest.importorskip("datasets", reason="datasets is not installed: pip install 'umap-tour[datasets]'")


@pytest.fixture(autouse=True)
def quiet(monkeypatch, tmp_path):
    datasets = library()
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    for constant in ("huggingface_hub.constants.HF_HUB_OFFLINE", "datasets.config.HF_HUB_OFFLINE"):
        monkeypatch.setattr(
            constant, True
        )  # read from the environment when imported; without it the hub is tried for 20 s
    datasets.disable_progress_bars()


def made(n=12, first=0):
    datasets = library()
    features = datasets.Features(
        {
            "image": datasets.Image(),
            "label": datasets.ClassLabel(names=["oak", "elm", "ash"]),
            "season": datasets.ClassLabel(names=["summer", "winter"]),
            "height": datasets.Value("float32"),
            "remark": datasets.Value("string"),
            "boxes": datasets.Sequence(datasets.Value("int32")),
        }
    )
    rows = range(first, first + n)
    values = {
        "image": [Image.new("RGB", (20, 20), (10 * k, 0, 0)) for k in rows],
        "label": [k % 3 for k in rows],
        "season": [k % 2 for k in rows],
        "height": [k / 2 for k in rows],
        "remark": [f"tree {k}" for k in rows],
        "boxes": [[k, k] for k in rows],
    }
    return datasets.Dataset.from_dict(values, features=features)


def check(images):
    assert images.n == 12
    assert [images.read(i)[0].getpixel((2, 2))[0] for i in range(12)] == [10 * k for k in range(12)]
    assert images.labels.tolist() == ["oak", "elm", "ash"] * 4
    assert list(images.columns["season"]) == ["summer", "winter"] * 6
    assert images.columns["height"].tolist() == [k / 2 for k in range(12)]
    assert images.columns["remark"][7] == "tree 7" and "boxes" not in images.columns


def test_in_memory_and_on_disk(tmp_path):
    check(as_images(made()))
    made().save_to_disk(str(tmp_path / "trees"))
    check(as_images(tmp_path / "trees"))
    check(as_images(f"hf:{tmp_path / 'trees'}"))
    assert as_images(tmp_path / "trees").origin == as_images(tmp_path / "trees").origin


def test_splits(tmp_path):
    both = library().DatasetDict({"train": made(8), "test": made(4, first=8)})
    both.save_to_disk(str(tmp_path / "trees"))
    images = as_images(tmp_path / "trees")
    check(images)
    assert list(images.columns["split"]) == ["train"] * 8 + ["test"] * 4
    one = as_images(f"hf:{tmp_path / 'trees'}:test")
    assert one.n == 4 and one.read(0)[0].getpixel((0, 0)) == (80, 0, 0) and "split" not in one.columns
    with pytest.raises(ValueError, match="has no split 'val'; there is: train, test"):
        as_images(f"hf:{tmp_path / 'trees'}:val")


def test_other_rows_are_another_data_set(tmp_path):
    made().save_to_disk(str(tmp_path / "a"))
    made(first=1).save_to_disk(str(tmp_path / "b"))
    assert as_images(tmp_path / "a").origin != as_images(tmp_path / "b").origin


def test_another_label_and_pictures_that_are_missing(tmp_path):
    images = pictures(made(), PLAIN, label="season")
    assert images.labels.tolist() == ["summer", "winter"] * 6 and list(images.columns["label_given"][:2]) == [
        "oak",
        "elm",
    ]
    Image.new("RGB", (9, 9), "red").save(tmp_path / "a.png")
    paths = {"image": [str(tmp_path / "a.png"), str(tmp_path / "gone.png"), None]}
    images = as_images(library().Dataset.from_dict(paths).cast_column("image", library().Image()))
    assert images.read(0)[0].getpixel((0, 0)) == (255, 0, 0)
    for row in (1, 2):
        with pytest.raises(BrokenImageError, match=f"row {row} of data set"):
            images.read(row)


def test_arrays_as_pictures(rng):
    pixels = rng.integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)
    images = as_images(library().Dataset.from_dict({"img": pixels.tolist(), "fine_label": [0, 1, 0, 1, 1]}))
    assert (np.asarray(images.read(3)[0]) == pixels[3]).all() and images.labels.tolist() == list("01011")


def test_one_that_streams_is_read_as_it_comes():
    images = pictures(made().to_iterable_dataset(), PLAIN, limit=7)
    assert images.n == 7 and images.labels.tolist() == ["0", "1", "2", "0", "1", "2", "0"]
    assert [images.read(i)[0].getpixel((2, 2))[0] for i in range(7)] == [10 * k for k in range(7)]


def test_no_pictures_and_no_data_set(tmp_path):
    with pytest.raises(ValueError, match=r"none of its columns \(text\) holds pictures"):
        as_images(library().Dataset.from_dict({"text": ["a"]}))
    with pytest.raises(OSError, match=r"hf:nobody/has-this cannot be had .*give a folder that save_to_disk made"):
        as_images("hf:nobody/has-this")

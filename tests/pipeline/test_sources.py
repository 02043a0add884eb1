"""Folders, arrays and datasets become the same kind of images; ImageNet's folders bring names and groups."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import Dataset

from engine.pipeline.imagenet import imagenet
from engine.pipeline.sources import BrokenImageError, as_images, from_folder, part_of, shown
from engine.pipeline.torchvision_models import torchvision_models


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


class Squares(Dataset):
    """Items as torch users have them: (tensor, number)."""

    classes = ("dark", "light")

    def __len__(self):
        return 6

    def __getitem__(self, i):
        if i == 4:
            raise OSError("disk on fire")
        return torch.full((3, 8, 8), i / 5.0), i // 3


def test_a_torch_dataset():
    images = as_images(Squares())
    assert images.n == 6 and images.classes == ("dark", "light")
    picture, label = images.read(3)
    assert isinstance(picture, torch.Tensor) and label == 1
    with pytest.raises(BrokenImageError, match="item 4 of Squares: disk on fire"):
        images.read(4)


def test_a_torchvision_dataset(photos):
    torchvision_models()
    from torchvision.datasets import ImageFolder

    images = as_images(ImageFolder(str(photos)))
    assert images.n == 24 and images.classes == ("ant", "bee", "cat")
    assert images.columns["file"][0].endswith(".png") or images.columns["file"][0].endswith(".jpg")
    assert images.read(20)[1] == 2 and images.read(20)[0].mode == "RGB"


def test_an_array_on_disk(tmp_path, rng):
    pixels = rng.integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)
    np.save(tmp_path / "pixels.npy", pixels)
    assert (np.asarray(as_images(tmp_path / "pixels.npy").read(3)[0]) == pixels[3]).all()
    (tmp_path / "bad.npy").write_text("no")
    with pytest.raises(ValueError, match=r"bad\.npy: no readable \.npy"):
        as_images(tmp_path / "bad.npy")


def test_parts(photos):
    images = from_folder(photos)
    first = part_of(images, limit=10)
    assert first.n == 10 and first.labels.tolist() == ["ant"] * 8 + ["bee"] * 2
    assert list(first.labels.categories) == ["ant", "bee"]
    some, again, other = (part_of(images, sample=12, seed=seed) for seed in (0, 0, 1))
    assert some.columns["file"].tolist() == again.columns["file"].tolist() != other.columns["file"].tolist()
    assert some.columns["file"].tolist() == sorted(some.columns["file"])
    assert some.read(5)[0].size == Image.open(some.columns["file"][5]).size
    assert some.origin != other.origin and part_of(images, limit=100) is images


@pytest.mark.parametrize(
    ("tensor", "pixel"),
    [
        (torch.full((3, 4, 4), 0.5), (128, 128, 128)),
        (torch.full((1, 4, 4), 255, dtype=torch.uint8), 255),
        (torch.stack([torch.full((4, 4), v) for v in (-2.0, 0.0, 2.0)]), (0, 128, 255)),  # normalised: stretched
    ],
)
def test_tensors_are_shown(tensor, pixel):
    assert shown(tensor).getpixel((1, 1)) == pixel

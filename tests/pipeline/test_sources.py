"""Arrays, tensors and data sets become the same kind of images as folders, with labels as people have them."""

import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch.utils.data import ConcatDataset, Dataset, Subset

from engine.pipeline.inputs.files import from_folder
from engine.pipeline.inputs.images import BrokenImageError, part_of
from engine.pipeline.inputs.normalisation import shown
from engine.pipeline.inputs.preparation import prepared
from engine.pipeline.loader import as_input
from engine.pipeline.models.torchvision_models import torchvision_models
from engine.pipeline.networks import as_network
from engine.pipeline.sources import as_images


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
    assert first.n == 10 and first.labels.tolist() == ["ant"] * 4 + ["bee"] * 3 + ["cat"] * 3
    assert list(part_of(images, limit=2).labels.categories) == ["ant", "bee", "cat"]  # of the whole folder
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


class Paths(Dataset):
    """As many people write it: `samples` is a list of paths."""

    def __init__(self, files, labels):
        self.samples, self.labels = files, labels

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, i):
        return Image.open(self.samples[i]).convert("RGB"), self.labels[i]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (torch.tensor([2, 0, 1]), [2, 0, 1]),
        (torch.eye(3)[[2, 0, 1]], [2, 0, 1]),
        (np.array([2.0, 0.0, 1.0]), [2, 0, 1]),
        ([0.5, 1.25, 2.0], [0.5, 1.25, 2]),
        (["c", "a", "b"], ["c", "a", "b"]),
    ],
)
def test_labels_as_people_have_them(labels, expected, photos):
    files = [str(file) for file in sorted((photos / "ant").iterdir())[:3]]
    images = as_images(Paths(files, labels))
    assert [images.read(i)[1] for i in range(3)] == expected
    assert images.columns["file"].tolist() == files


@pytest.mark.parametrize(
    ("label", "expected"),
    [({"boxes": torch.zeros(2, 4)}, None), (Image.new("L", (4, 4)), None), (torch.zeros(3, 4, 4), None),
     ([{"bbox": [0, 1]}], None), (["cat", "dog"], "cat dog"), (Path("a"), "a"), (np.str_("ant"), "ant")],
)  # fmt: skip
def test_boxes_and_masks_are_no_classes(label, expected):
    assert as_images([(Image.new("RGB", (8, 8)), label)] * 3).read(1)[1] == expected


@pytest.mark.parametrize(
    ("item", "complaint"),
    [((3, torch.zeros(3, 8, 8)), "no picture but int"),
     ((torch.tensor(3), torch.zeros(3, 8, 8)), r"a tensor of shape \(\), which is no picture; pictures come first"),
     (torch.zeros(2, 3, 8, 8), r"a tensor of shape \(2, 3, 8, 8\), which is no picture"),
     ((np.zeros(5), 1), r"an array float64 \(5,\), which is no picture")],
)  # fmt: skip
def test_items_without_a_picture_in_front_are_refused(item, complaint):
    with pytest.raises(TypeError, match=f"item 0 of list holds {complaint}"):
        as_images([item] * 3).read(0)


def test_what_numpy_makes_of_bytes_are_bytes():
    """int64 from 3 to 250 are grey levels, in an array and in an item; the same in 16 bits is stretched."""
    pixels = np.linspace(3, 250, 64).astype(np.int64).reshape(1, 8, 8)
    for images in (as_images(pixels), as_images([pixels[0], pixels[0]])):
        assert np.array_equal(np.asarray(images.read(0)[0]), pixels[0])
    assert np.asarray(as_images(pixels.astype(np.uint16)).read(0)[0]).max() == 255


def test_colours_of_tensors_come_first_where_both_may_be():
    pixels = torch.rand(5, 3, 6, 4)
    assert torch.equal(as_images(pixels).read(2)[0], pixels[2])
    assert torch.equal(as_images(pixels.numpy()).read(2)[0], pixels[2].permute(2, 0, 1))


def test_tensors_of_other_types_and_orders_are_read():
    colours = torch.rand(4, 6, 8, 3)
    (item,) = (as_images([each for each in colours]).read(k)[0] for k in (2,))
    assert torch.equal(item, colours[2].permute(2, 0, 1))
    assert as_images([torch.rand(13, 8, 8)] * 2).read(0)[0].shape == (13, 8, 8)
    half = as_images(colours.bfloat16()).read(1)[0]
    assert half.dtype == torch.float32 and torch.equal(half, colours[1].permute(2, 0, 1).bfloat16().float())
    assert as_images([each.bfloat16() for each in colours]).known
    with pytest.raises(ValueError, match=r"images in an array are uint8.*not object"):
        as_images(np.array([1, "a"], dtype=object))
    with pytest.raises(TypeError, match="images are a DataFrame: save it by to_parquet"):
        as_images(pd.DataFrame({"file": ["a.png"]}))


def test_pictures_and_labels_in_a_pair(pixels):
    """An array, a tensor and a list, each with labels: as many pictures as labels, not two."""
    labels = np.arange(40) % 4
    for pictures in (pixels, torch.from_numpy(pixels), [Image.fromarray(each) for each in pixels]):
        images = as_images((pictures, labels))
        assert images.n == 40 and images.labels.tolist() == [str(k) for k in labels]
    images = as_images((pixels, np.linspace(0.1, 1.0, 40)))
    assert images.labels is None and images.columns["label"][39] == 1.0
    with pytest.raises(ValueError, match="3 labels for 40 images"):
        as_images((pixels, [1, 2, 3]))


def test_a_subset_keeps_names_and_files(photos):
    torchvision_models()
    from torchvision.datasets import ImageFolder

    whole = ImageFolder(str(photos))
    images = as_images(ConcatDataset([Subset(whole, [20, 3]), Subset(whole, [9])]))
    assert images.classes == ("ant", "bee", "cat") and images.groups.tolist() == [2, 0, 1]
    assert images.columns["file"].tolist() == [whole.samples[i][0] for i in (20, 3, 9)]


def test_an_array_on_disk_is_not_read_into_memory(tmp_path):
    """64 MB of which twenty pictures are wanted."""
    np.lib.format.open_memmap(tmp_path / "a.npy", mode="w+", dtype=np.uint8, shape=(4000, 128, 128)).flush()
    tracemalloc.start()
    images = part_of(as_images(tmp_path / "a.npy"), limit=20)
    for i in range(images.n):
        images.read(i)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4e6


@pytest.mark.parametrize("size", [(5, 3, 8, 9), (5, 8, 9, 3), (5, 1, 8, 9), (5, 8, 9, 1), (5, 8, 9)])
@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.uint16])
def test_channels_first_and_last(size, kind, rng):
    values = rng.random(size)
    whole = (values * {np.uint8: 255, np.float32: 1, np.uint16: 60_000}[kind]).astype(kind)
    picture = as_images(whole).read(2)[0]
    shape = tuple(picture.shape[1:]) if isinstance(picture, torch.Tensor) else (picture.height, picture.width)
    assert shape == (8, 9)
    if kind is np.float32:
        assert picture.dtype == torch.float32 and len(picture) in (1, 3)


IMAGENET = (np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225]))


@pytest.mark.parametrize(
    ("mean", "spread"),
    [IMAGENET, (np.array([0.5] * 3), np.array([0.5] * 3)), (np.array([0.1] * 3), np.array([0.7] * 3))],
)
def test_the_colours_of_normalised_tensors_come_back(mean, spread, rng, network):
    """The usual normalisations are told from the values, others from the dataset's transform."""
    torchvision_models()
    from torchvision.transforms import Compose, Normalize, ToTensor

    pixels = rng.integers(0, 256, (4, 6, 6, 3), dtype=np.uint8)
    tensors = torch.from_numpy(((pixels / 255.0 - mean) / spread).transpose(0, 3, 1, 2)).float()

    class Normalised(Squares):
        transform = Compose([ToTensor(), Normalize(mean, spread)])

        def __len__(self):
            return 4

        def __getitem__(self, i):
            return tensors[i]

    for source in (Normalised(), Subset(Normalised(), range(4)), *([tensors] if mean[0] > 0.2 else [])):
        images, _ = prepared(as_images(source), as_network(network), list(tensors))
        assert all((np.asarray(images.sprite(images.read(i)[0])) == pixels[i]).all() for i in range(4))


def test_tensors_of_pixels_get_the_preset_of_a_network_by_name(rng, caplog):
    caplog.set_level("INFO", logger="engine")
    net = as_network("squeezenet1_1", weights="none")
    pixels = rng.integers(0, 256, (4, 40, 60, 3), dtype=np.uint8)
    tensors = torch.from_numpy(pixels.transpose(0, 3, 1, 2)) / 255.0
    images, few = prepared(as_images(tensors), net, list(tensors))
    assert "the size, mean and spread of squeezenet1_1 are applied" in caplog.text
    for i in range(4):
        assert torch.equal(as_input(net, images.read(i)[0]), net.preprocess(Image.fromarray(pixels[i])))
    images, few = prepared(as_images(tensors * 255.0), net, list(tensors * 255.0))  # a float array of bytes
    assert torch.equal(as_input(net, images.read(3)[0]), net.preprocess(Image.fromarray(pixels[3])))
    normalised = (tensors - 0.5) / 0.25
    images, few = prepared(as_images(normalised), net, list(normalised))
    assert "squeezenet1_1 gets them as they are" in caplog.text and torch.equal(few[0], normalised[0])

"""DataLoaders and iterators: what they give once is kept on disk, in their order, with labels and names."""

import itertools
import tracemalloc

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset, TensorDataset

from engine.pipeline.inputs.decoding import PLAIN
from engine.pipeline.models.torchvision_models import torchvision_models
from engine.pipeline.sources import as_images, pictures


def colored(k):
    return Image.new("RGB", (20, 20), (k, 0, 0))


def test_an_iterator_is_read_once_and_kept():
    given = []

    def items():
        for k in range(30):
            given.append(k)
            yield colored(k), "even" if k % 2 == 0 else "odd"

    images = as_images(items())
    assert images.n == 30 and given == list(range(30))
    for _ in range(2):
        assert [images.read(i)[0].getpixel((1, 1))[0] for i in range(30)] == list(range(30))
    assert images.labels.tolist() == ["even", "odd"] * 15
    again = as_images((colored(k), "even" if k % 2 == 0 else "odd") for k in range(30))
    other = as_images((colored(k + (k == 17)), "even" if k % 2 == 0 else "odd") for k in range(30))
    assert images.known and again.origin == images.origin != other.origin


def test_an_endless_iterator_with_a_limit():
    images = pictures((colored(k % 200) for k in itertools.count()), PLAIN, limit=25)
    assert images.n == 25


def test_memory_is_bounded():
    """160 MB come by."""

    def tensors():
        for k in range(400):
            yield torch.full((3, 180, 185), k / 400.0)

    tracemalloc.start()
    images = as_images(tensors())
    assert float(images.read(200)[0].mean()) == pytest.approx(0.5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8e6


@pytest.mark.parametrize("kind", [torch.float32, torch.float16, torch.uint8])
@pytest.mark.parametrize("size", [2, 7])
def test_a_loader_gives_its_pictures_one_by_one(kind, size, rng):
    """Batches of two with two parts are not two pictures."""
    values = torch.from_numpy(rng.integers(0, 2, (15, 3, 6, 5))).to(kind)
    labels = torch.arange(15) % 4
    images = as_images(DataLoader(TensorDataset(values, labels), batch_size=size))
    assert images.n == 15 and images.labels.tolist() == [str(int(k)) for k in labels]
    assert all(torch.equal(images.read(i)[0], values[i]) and images.read(i)[0].dtype == kind for i in range(15))
    bare = as_images(DataLoader(TensorDataset(values), batch_size=size))
    assert bare.n == 15 and bare.labels is None


def test_a_loader_of_an_image_folder_knows_names_and_files(photos):
    torchvision_models()
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import Compose, Resize, ToTensor

    whole = ImageFolder(str(photos), transform=Compose([Resize((16, 16)), ToTensor()]))
    images = as_images(DataLoader(whole, batch_size=5))
    assert images.labels.tolist() == ["ant"] * 8 + ["bee"] * 8 + ["cat"] * 8
    assert images.columns["file"].tolist() == [file for file, _ in whole.samples]
    shuffled = as_images(DataLoader(whole, batch_size=5, shuffle=True, generator=torch.Generator().manual_seed(0)))
    assert sorted(shuffled.labels.tolist()) == ["0"] * 8 + ["1"] * 8 + ["2"] * 8 and "file" not in shuffled.columns


class Dicts(Dataset):
    def __len__(self):
        return 9

    def __getitem__(self, i):
        return {"pixel_values": torch.full((3, 4, 4), i / 10), "labels": i % 3, "caption": f"no. {i}"}


def test_batches_of_dicts_and_of_somebodys_own():
    images = as_images(DataLoader(Dicts(), batch_size=4))
    assert images.n == 9 and images.labels.tolist() == [str(i % 3) for i in range(9)]
    assert float(images.read(7)[0][0, 0, 0]) == pytest.approx(0.7)
    items = [(colored(k), k % 2) for k in range(10)]
    rows = as_images(DataLoader(items, batch_size=2, collate_fn=lambda batch: batch))
    columns = as_images(DataLoader(items, batch_size=4, collate_fn=lambda batch: tuple(zip(*batch, strict=True))))
    for images in (rows, columns):
        assert images.labels.tolist() == ["0", "1"] * 5
        assert [images.read(i)[0].getpixel((0, 0))[0] for i in range(10)] == list(range(10))


def test_batches_of_an_iterator_are_taken_apart():
    pixels = torch.arange(6.0)[:, None, None, None].expand(6, 3, 4, 4) / 10
    for batches in (
        ((pixels[k : k + 2], torch.arange(k, k + 2)) for k in range(0, 6, 2)),
        ({"image": pixels[k : k + 2].numpy(), "label": [k, k + 1]} for k in range(0, 6, 2)),
    ):
        images = as_images(batches)
        assert images.n == 6 and images.labels.tolist() == list("012345")
        assert float(images.read(5)[0].max()) == pytest.approx(0.5)


def test_streams_that_give_nothing_or_no_pictures():
    with pytest.raises(ValueError, match=r"generator gave no images; one that was used up"):
        as_images(each for each in ())
    with pytest.raises(TypeError, match="item 1 of generator holds no picture but str"):
        as_images(each for each in (np.zeros((4, 4), np.uint8), "a.png"))

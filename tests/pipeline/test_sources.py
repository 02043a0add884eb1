"""Folders, arrays and datasets become the same kind of images; ImageNet's folders bring names and groups."""

import os
import shutil
import tempfile
import tracemalloc
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch.utils.data import ConcatDataset, Dataset, Subset

import forked
from engine.pipeline.decoding import Decoding, reduced
from engine.pipeline.files import from_folder
from engine.pipeline.imagenet import imagenet
from engine.pipeline.images import BrokenImageError, part_of
from engine.pipeline.loader import as_input
from engine.pipeline.networks import as_network
from engine.pipeline.normalisation import shown
from engine.pipeline.preparation import prepared
from engine.pipeline.sources import as_images
from engine.pipeline.torchvision_models import torchvision_models
from engine.tour.image_files import readable_formats


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
from engine.pipeline.decoding import Decoding, reduced
from engine.pipeline.files import from_folder
from engine.pipeline.imagenet import imagenet
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


def test_a_phone_holds_its_pictures_upright(tmp_path):
    """EXIF orientation 6: the camera was turned, and the top of the scene is the right side of the file."""
    scene = Image.new("RGB", (40, 20), "white")
    scene.paste("red", (30, 0, 40, 20))
    exif = Image.Exif()
    exif[0x0112] = 8
    scene.save(tmp_path / "a.png", exif=exif)
    picture = from_folder(tmp_path).read(0)[0]
    assert picture.size == (20, 40)
    assert picture.getpixel((10, 5)) == (255, 0, 0) and picture.getpixel((10, 35)) == (255, 255, 255)


def test_sixteen_bits_and_floats_are_scaled_by_their_range(tmp_path):
    """A camera of 12 bits in a file of 16, and a float image around 0."""
    Image.fromarray(np.linspace(0, 4095, 100).astype(np.uint16).reshape(10, 10)).save(tmp_path / "a.tif")
    Image.fromarray(np.linspace(-3.0, 5.0, 100).astype(np.float32).reshape(10, 10)).save(tmp_path / "b.tif")
    images = from_folder(tmp_path)
    for i in range(2):
        values = np.asarray(images.read(i)[0])[..., 0].ravel()
        assert np.abs(values - np.linspace(0, 255, 100)).max() <= 0.6
    assert images.notes.counts == {"more than 8 bits a pixel, scaled by its own range": 2}


def test_what_several_frames_show(tmp_path):
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    images = from_folder(tmp_path)
    assert images.read(0)[0].getpixel((3, 3)) == (255, 0, 0)
    (line,) = images.notes.said()
    assert line.startswith("several frames, of which the first is taken (1): ") and line.endswith("a.gif")


def test_scans_beyond_the_limit(tmp_path, monkeypatch):
    """A JPEG is read at reduced size; what cannot be is named with the option that allows it."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5000)
    scan = Image.linear_gradient("L").resize((200, 100))
    scan.save(tmp_path / "a.jpg")
    scan.save(tmp_path / "b.png")
    images = from_folder(tmp_path)
    assert images.read(0)[0].size == (100, 50) and "read at reduced size" in images.notes.said()[0]
    with pytest.raises(
        BrokenImageError, match=r"b\.png: has 200 x 100 pixels, more than 10,000; make.*--max-pixels 20000"
    ):
        images.read(1)


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


def test_no_file_starts_another_program(tmp_path):
    """PostScript by any name: Pillow would hand it to Ghostscript."""
    Image.new("RGB", (20, 20)).save(tmp_path / "good.png")
    Image.new("RGB", (20, 20)).save(tmp_path / "evil.png", format="EPS")
    images = from_folder(tmp_path)
    with pytest.raises(BrokenImageError, match=r"evil\.png: is no image that Pillow can read"):
        images.read(0)


def test_a_jpeg_is_decoded_no_larger_than_a_network_needs(tmp_path, rng):
    """With detail at every scale: less than a grey level of what the network is given."""
    grain = [rng.normal(0, 20, (1200 // k, 1600 // k, 3)).repeat(k, 0).repeat(k, 1) for k in (1, 2, 4, 8, 16, 50)]
    pixels = (128 + sum(grain)).clip(0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.jpg", quality=90)
    net = as_network("squeezenet1_1", weights="none")
    whole = from_folder(tmp_path).read(0)[0]
    small = from_folder(tmp_path, Decoding(at_least=reduced(64))).read(0)[0]
    assert net.side == 256 and reduced(net.side) == 640 and reduced(None) is None
    assert (
        whole.size == (1600, 1200)
        and small.size == (400, 300)
        and from_folder(tmp_path, Decoding(at_least=reduced(net.side))).read(0)[0].size == (1600, 1200)
    )
    a, b = (np.asarray(each.resize((85, 64), Image.Resampling.BILINEAR), dtype=float) for each in (whole, small))
    assert np.abs(a - b).mean() < 1.0


def test_scans_that_are_allowed(tmp_path, monkeypatch):
    """A picture beyond Pillow's limit is read, and made small enough for what Pillow cuts out of it."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5000)
    Image.linear_gradient("L").resize((200, 100)).save(tmp_path / "b.png")
    picture = from_folder(tmp_path, Decoding(pixels=20_000)).read(0)[0]
    assert picture.size == (100, 50) and picture.crop((0, 0, 100, 50)).size == (100, 50)


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


@pytest.mark.skipif(find_spec("pillow_heif") is None, reason="pillow-heif is not installed")
@pytest.mark.parametrize(("orientation", "corner"), [(1, (250, 10, 10)), (3, (0, 0, 0)), (6, (10, 250, 10))])
def test_heic_photos_are_upright(tmp_path, orientation, corner):
    """Red above, green below on the left, black below on the right."""
    readable_formats()
    pixels = np.zeros((60, 90, 3), np.uint8)
    pixels[:30], pixels[30:, :45] = (250, 10, 10), (10, 250, 10)
    tags = Image.Exif()
    tags[0x0112] = orientation
    Image.fromarray(pixels).save(tmp_path / "a.heic", exif=tags.tobytes(), quality=90)
    (tmp_path / "b.heic").write_bytes((tmp_path / "a.heic").read_bytes()[:400])
    images = from_folder(tmp_path)
    picture = images.read(0)[0]
    assert picture.size == ((60, 90) if orientation == 6 else (90, 60))
    assert np.abs(np.array(picture.getpixel((2, 2))) - corner).max() < 8
    with pytest.raises(BrokenImageError, match=r"b\.heic: "):
        images.read(1)

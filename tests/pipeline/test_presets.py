"""Preprocessing in two parts gives what it gives in one, to the bit: alone, in a batch, and in a whole pass."""

import io
import threading
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from torch.overrides import TorchFunctionMode

from engine.pipeline.activations import Settings, capture
from engine.pipeline.inputs.files import from_folder
from engine.pipeline.loader import Read, check_shapes, reader, sent
from engine.pipeline.models.preset import Preset, preprocessing
from engine.pipeline.models.torchvision_models import _in_parts, torchvision_models
from engine.pipeline.networks import as_network
from engine.pipeline.probing.probes import Probe
from engine.tour.image_files import PictureError
from engine.tour.pixels import decode, four_bytes, grounded
from engine.tour.tiles import tile_of

CPU = torch.device("cpu")
SIZES = [(320, 240), (240, 321), (256, 256), (100, 700), (37, 41), (1, 300)]


def noise(size, mode="RGB", seed=0):
    rng = np.random.default_rng((seed, *size))
    pixels = rng.integers(0, 256, (size[1], size[0], 4), dtype=np.uint8)
    return Image.fromarray(pixels, "RGBA").convert(mode)


@cache
def net():
    """Resnet18's preprocessing, without the network."""
    made = as_network("resnet18", weights="none")
    return replace(made, module=torch.nn.Identity(), answer=None)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("size", SIZES)
def test_torchvisions_in_two_parts_is_torchvisions(size, mode):
    picture, whole = noise(size, mode), net()
    expected = whole.preprocess_pixels(grounded(picture).convert("RGB"))
    assert torch.equal(whole.preprocess(picture), expected)


@pytest.mark.parametrize("name", ["vit_b_16", "efficientnet_b1", "swin_v2_t", "quantized_resnet18", "inception_v3"])
def test_whatever_size_filter_and_spread_a_preset_has(name):
    models = torchvision_models()
    preset = models.get_model_weights(name.removeprefix("quantized_")).DEFAULT.transforms()
    for size in ((500, 333), (301, 300), (299, 997)):
        assert torch.equal(_in_parts(preset)(noise(size)), preset(noise(size)))


def test_a_preset_that_cuts_out_more_than_it_resizes_to():
    from torchvision.transforms._presets import ImageClassification

    preset = ImageClassification(crop_size=40, resize_size=31)
    for size in SIZES:
        assert torch.equal(_in_parts(preset)(noise(size)), preset(noise(size)))


@pytest.mark.parametrize("name", ["test_vit", "tf_efficientnet_lite0"])
def test_timms_in_two_parts_are_timms(name):
    torchvision_models()
    timm = pytest.importorskip("timm", reason="timm is not installed")
    module = timm.create_model(name, pretrained=False)
    transform = timm.data.create_transform(**timm.data.resolve_model_data_config(module), is_training=False)
    found = preprocessing(transform)
    assert isinstance(found, Preset)
    for size in SIZES[:5]:
        assert torch.equal(found(noise(size)), transform(noise(size)))


def test_other_steps_stay_in_one_part():
    torchvision_models()
    from torchvision import transforms

    ends = [transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)]
    assert isinstance(preprocessing(transforms.Compose([transforms.Resize(8), *ends])), Preset)
    for steps in ([ends[0]], [*ends, transforms.RandomErasing(p=0)], [ends[0], transforms.Normalize(0.5, 0.5)]):
        transform = transforms.Compose([transforms.Resize((8, 8)), *steps])
        found = preprocessing(transform)
        assert not isinstance(found, Preset)
        assert torch.equal(found(noise((20, 30))), transform(noise((20, 30))))


def test_a_batch_is_its_pictures_one_by_one():
    whole, pictures = net(), [noise(size) for size in SIZES]
    expected = torch.stack([whole.preprocess(each) for each in pictures])
    pixels = [whole.preprocess.pixels(each) for each in pictures]
    batch = sent(whole, pixels, CPU)
    assert torch.equal(batch, expected) and batch.stride() == expected.stride()
    mixed = sent(whole, [expected[0], *pixels[1:3], expected[3], *pixels[4:]], CPU)
    assert torch.equal(mixed, expected)


@pytest.mark.parametrize("odd", [np.zeros((5, 7, 4), np.uint8), torch.zeros(3, 5, 7)])
def test_a_picture_of_another_size_is_named_whatever_it_comes_as(odd):
    usual, images = net().preprocess.pixels(noise((9, 9))), SimpleNamespace(name_of=lambda i: f"image {i}")
    with pytest.raises(ValueError, match=r"differ in shape \(image 2 is 3 x 5 x 7, image 0 is 3 x 224 x 224\)"):
        check_shapes(images, [Read(i, each, None, None) for i, each in enumerate([usual, usual, odd, usual])])


class Counted(TorchFunctionMode):
    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_function__(self, function, types, arguments=(), options=None):
        self.calls.append(function)
        return function(*arguments, **(options or {}))


@pytest.fixture
def folder(tmp_path):
    for k, size in enumerate(SIZES[:5]):
        noise(size).save(tmp_path / f"{k}.jpg", quality=95)
    noise((90, 60), "RGBA").save(tmp_path / "5.png")
    noise((90, 60), "L").save(tmp_path / "6.png")
    (tmp_path / "7.jpg").write_bytes(b"no picture")
    return tmp_path


def test_threads_that_decode_ask_torch_for_nothing(folder):
    """Each of its operations takes Python's lock anew."""
    read, torchless = reader(net(), from_folder(folder), 32), Counted()
    with torchless:
        found = [read(i) for i in range(7)]
    assert not torchless.calls and all(each.given.shape == (224, 224, 4) for each in found)


def test_a_pass_in_two_parts_is_one_in_one(folder):
    whole = net()
    ways = [whole, replace(whole, preprocess=lambda image: whole.preprocess_pixels(grounded(image).convert("RGB")))]
    seen = []
    for way in ways:
        tiles = np.zeros((8, 32, 32, 4), np.uint8)
        how = Settings(CPU, 200_000, batch=3)
        captured = capture(way, from_folder(folder), [Probe("0-Input", "Input", "")], how=how, tiles=tiles)
        assert captured.rows == list(range(7)) and list(captured.broken) == [7]
        seen.append((captured.matrices["0-Input"], tiles))
    assert torch.equal(seen[0][0], seen[1][0]) and np.array_equal(seen[0][1], seen[1][1])


# ---------------------------------------------------------------------------------------------- with less of the lock


@pytest.mark.parametrize("size", [(64, 64), (128, 90), (37, 41), (700, 1)])
def test_the_tile_of_an_opaque_picture_is_that_of_one_with_alpha(size):
    picture = noise(size)
    assert np.array_equal(tile_of(picture, 32), tile_of(picture.convert("RGBA"), 32))
    assert (tile_of(picture, 32)[..., 3] == 255).all()
    picture.info["transparency"] = picture.getpixel((0, 0))
    assert np.array_equal(tile_of(picture, 32), tile_of(picture.convert("RGBA"), 32))


@pytest.mark.parametrize("size", [(5, 3), (3000, 2500)])  # a large one lies in several pieces
def test_four_bytes_are_the_pictures_and_outlive_it(size):
    picture = noise(size)
    expected, found = np.array(picture), four_bytes(picture)
    del picture
    assert found.shape == (size[1], size[0], 4) and np.array_equal(found[..., :3], expected)
    clear = noise(size, "RGBA")
    assert np.array_equal(four_bytes(clear), np.array(clear))


def test_the_header_of_a_small_jpeg_is_read_without_the_clock_and_its_pixels_with_it(monkeypatch, tmp_path):
    noise((64, 64)).save(tmp_path / "a.jpg")
    data, now = (tmp_path / "a.jpg").read_bytes(), threading.local()
    now.seconds = 0.0

    def thread_time():
        now.seconds += 1.0
        return now.seconds

    monkeypatch.setattr("engine.tour.image_files.time.thread_time", thread_time)
    sources = lambda: tmp_path / "a.jpg", lambda: io.BytesIO(data)
    for source in sources:
        now.seconds = 0.0
        decode(source())
        assert now.seconds < 6.0  # forty reads of its header
    monkeypatch.setattr("engine.tour.image_files.SECONDS", 1)
    for source in sources:
        with pytest.raises(PictureError, match="takes more than 1 s to decode"):
            decode(source())

"""JPEGs decoded on a GPU: which ones are, what becomes of those that it refuses, and how near its pixels are.

Without a GPU a test double stands in for torchvision's decoder: Pillow behind its signature, without orientation.
"""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from sklearn.datasets import load_sample_images
from typer.testing import CliRunner

import engine
from engine.cli import app
from engine.pipeline.activations import Settings, capture
from engine.pipeline.building.fingerprint import content
from engine.pipeline.device import machine
from engine.pipeline.inputs import jpegs
from engine.pipeline.inputs.decoding import Decoding
from engine.pipeline.inputs.files import from_folder
from engine.pipeline.inputs.images import BrokenImageError
from engine.pipeline.inputs.jpegs import ORIENTATION, check_network, decoded, plain_jpeg, squares
from engine.pipeline.models.network import Network
from engine.pipeline.networks import as_network
from engine.pipeline.probing.probes import Probe
from engine.tour.folders import Remarks
from engine.tour.tiles import tile_of
from tests.doubles import Stream, gpus

CPU = torch.device("cpu")
SPREAD = np.array((0.229, 0.224, 0.225))[:, None, None]
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")


def photo(width=90, height=60):
    return Image.fromarray(load_sample_images().images[1]).resize((width, height))


def written(picture, **options):
    stream = io.BytesIO()
    picture.save(stream, "JPEG", **({"quality": 95} | options))
    return stream.getvalue()


def turned(orientation):
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    return written(photo(), exif=tags)


class Double:
    """Takes what torchvision's `decode_jpeg` takes; refuses a call with any of `refused` in it, as nvJPEG does."""

    def __init__(self):
        self.calls, self.refused, self.error = [], set(), RuntimeError("nvJPEG: bad JPEG")

    def __call__(self, data, mode, device):
        assert mode == "RGB" and all(each.dtype == torch.uint8 and each.ndim == 1 for each in data)
        files = [each.numpy().tobytes() for each in data]
        self.calls.append(len(files))
        if self.refused & set(files):
            raise self.error
        pictures = [Image.open(io.BytesIO(each)).convert("RGB") for each in files]
        return [torch.from_numpy(np.array(each)).permute(2, 0, 1).to(device) for each in pictures]


@pytest.fixture
def double(monkeypatch):
    made = Double()
    monkeypatch.setattr(jpegs, "decoder", lambda: made)
    return made


def undecoded(data):
    found = plain_jpeg(data, lambda: Image.open(io.BytesIO(data)))
    assert found is not None
    return found


# ---------------------------------------------------------------------------------------------- which are left to it


def odd(kind):
    if kind == "two pictures in one":
        stream = io.BytesIO()
        photo().save(stream, "MPO", save_all=True, append_images=[photo()])
        return stream.getvalue()
    if kind == "another format":
        stream = io.BytesIO()
        photo().save(stream, "PNG")
        return stream.getvalue()
    return {
        "progressive": lambda: written(photo(), progressive=True),
        "four inks": lambda: written(photo().convert("CMYK")),
        "red, green and blue": lambda: written(photo(), keep_rgb=True),
        "cut off": lambda: written(photo())[:-300],
        "something behind it": lambda: written(photo()) + b"a video of the same moment",
        "no orientation that there is": lambda: turned(12),
        "no header": lambda: b"\xff\xd8\xff\xe0nothing\xff\xd9",
    }[kind]()


@pytest.mark.parametrize(
    "kind",
    ["progressive", "four inks", "red, green and blue", "cut off", "something behind it", "two pictures in one",
     "another format", "no orientation that there is", "no header"],
)  # fmt: skip
def test_what_is_odd_is_pillows(kind):
    assert plain_jpeg(odd(kind), photo) is None


@pytest.mark.parametrize("data", [written(photo()), written(photo().convert("L")), written(photo(), subsampling=0),
                                  written(photo()) + bytes(7)])  # fmt: skip
def test_plain_ones_are_the_gpus(data):
    assert undecoded(data).size == (90, 60)


def test_pictures_beyond_the_limit_are_pillows_which_says_so():
    assert plain_jpeg(written(photo()), photo, pixels=90 * 60) is not None
    assert plain_jpeg(written(photo()), photo, pixels=90 * 60 - 1) is None
    with pytest.raises(BrokenImageError, match="more than 80"):
        Decoding(pixels=80, on_gpu=True).picture(written(photo()), Remarks())


# ---------------------------------------------------------------------------------------------- what comes back


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_upright(double, orientation):
    data = turned(orientation)
    (pixels,) = decoded([undecoded(data)], CPU)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert np.array_equal(pixels.permute(1, 2, 0).numpy(), np.asarray(upright))


def test_a_refused_one_costs_the_others_nothing(double):
    files = [written(photo(), quality=40 + k) for k in range(8)]
    double.refused = {files[5]}
    found = decoded([undecoded(each) for each in files], CPU)
    assert [each is None for each in found] == [k == 5 for k in range(8)]
    assert double.calls == [8, 4, 4, 2, 1, 1, 2]


def test_memory_that_is_short_is_said_and_not_taken_for_a_bad_file(double):
    data = written(photo())
    double.refused, double.error = {data}, torch.OutOfMemoryError("CUDA out of memory")
    with pytest.raises(torch.OutOfMemoryError):
        decoded([undecoded(data)], CPU)


def test_another_size_than_the_header_says_is_pillows(double):
    jpeg = replace(undecoded(written(photo())), size=(90, 61))
    assert decoded([jpeg], CPU) == [None]


def test_pixels_at_a_time_are_bounded(double, monkeypatch):
    monkeypatch.setattr(jpegs, "TOGETHER", 3 * 90 * 60)
    assert len(decoded([undecoded(written(photo()))] * 8, CPU)) == 8
    assert double.calls == [3, 3, 2]


@pytest.mark.parametrize("size", [(90, 60), (61, 128), (640, 427)])
def test_sprites_are_those_of_pillow(size):
    picture = photo(*size)
    (there,) = squares([torch.from_numpy(np.array(picture)).permute(2, 0, 1)], 32)
    here = tile_of(picture, 32)
    assert there.shape == here.shape and (there[..., 3] == 255).all()
    assert np.abs(there.astype(float) - here).mean() < 2.0


# ---------------------------------------------------------------------------------------------- a whole pass


@pytest.fixture
def folder(tmp_path):
    for k in range(5):
        (tmp_path / f"{k}.jpg").write_bytes(written(photo(90 + 10 * k, 60)))
    (tmp_path / "5.jpg").write_bytes(turned(6))
    (tmp_path / "6.png").write_bytes(odd("another format"))
    (tmp_path / "7.jpg").write_bytes(odd("progressive"))
    (tmp_path / "8.jpg").write_bytes(odd("cut off"))
    return tmp_path


def resnet():
    net = as_network("resnet18", weights="none")
    return replace(net, module=torch.nn.Identity(), answer=None)


def seen(folder, net, *, on_gpu, strict=False):
    images = from_folder(folder, Decoding(on_gpu=on_gpu))
    tiles = np.zeros((images.n, 32, 32, 4), np.uint8)
    how = Settings(CPU, 200_000, batch=4, strict=strict)
    return capture(net, images, [Probe("0-Input", "Input", "")], how=how, tiles=tiles), tiles


def test_a_pass_sees_what_pillow_shows(double, folder):
    """The doubles' pixels are Pillow's, so what is left is torchvision's shrinking in place of Pillow's."""
    net = resnet()
    there, tiles = seen(folder, net, on_gpu=True)
    here, shown = seen(folder, net, on_gpu=False)
    assert sum(double.calls) == 6
    assert there.rows == here.rows == list(range(8)) and there.broken == here.broken and list(there.broken) == [8]
    apart = (there.matrices["0-Input"] - here.matrices["0-Input"]).abs().mean(dim=1) * SPREAD.mean() * 255
    assert (apart < 1.0).all()
    assert np.abs(tiles.astype(float) - shown).mean(axis=(1, 2, 3)).max() < 2.0


def test_what_it_refuses_is_read_by_pillow_to_the_bit(double, folder):
    net = resnet()
    double.refused = {file.read_bytes() for file in folder.glob("*.jpg")}
    there, tiles = seen(folder, net, on_gpu=True)
    here, shown = seen(folder, net, on_gpu=False)
    assert torch.equal(there.matrices["0-Input"], here.matrices["0-Input"]) and np.array_equal(tiles, shown)


@pytest.mark.parametrize("strict", [False, True])
def test_what_neither_decodes_is_left_out_or_ends_a_strict_build(double, folder, strict):
    (folder / "8.jpg").unlink()
    double.refused = {(folder / "2.jpg").read_bytes()}
    images = from_folder(folder, Decoding(on_gpu=True))

    def gone():
        raise BrokenImageError("2.jpg: is gone")

    def read(i):
        picture, label = images.read(i)
        return (replace(picture, by_pillow=gone) if i == 2 else picture), label

    def run():
        how = Settings(CPU, 200_000, batch=4, strict=strict)
        return capture(resnet(), replace(images, read=read), [Probe("0-Input", "Input", "")], how=how)

    if strict:
        with pytest.raises(BrokenImageError, match="is gone"):
            run()
    else:
        captured = run()
        assert captured.broken == {2: "2.jpg: is gone"} and captured.rows == [0, 1, 3, 4, 5, 6, 7]


def test_what_pictures_are_is_told_by_their_bytes(double, folder):
    before = content(from_folder(folder, Decoding(on_gpu=True)))
    assert content(from_folder(folder, Decoding(on_gpu=True))) == before
    (folder / "0.jpg").write_bytes(written(photo(), quality=30))
    assert content(from_folder(folder, Decoding(on_gpu=True))) != before
    assert not double.calls


# ---------------------------------------------------------------------------------------------- where it cannot be


def test_without_cuda_one_line_says_so(folder):
    said = CliRunner().invoke(
        app, ["build", "--network", "resnet18", "--images", str(folder), "--decode", "gpu", "--device", "cpu"]
    )
    assert isinstance(said.exception, ValueError)
    assert str(said.exception) == "--decode gpu needs a CUDA device, and this build runs on the CPU; leave it out"


def test_networks_that_take_pillows_pictures_alone_say_so(folder):
    with pytest.raises(ValueError, match="--decode gpu is for torchvision's networks by name that classify; mine "):
        check_network(Network("mine", torch.nn.Identity(), lambda picture: torch.zeros(3)))
    with pytest.raises(ValueError, match="decode is cpu or gpu, not 'cuda'"):
        engine.build("resnet18", folder, decode="cuda")


@pytest.mark.gpu
@needs_cuda
def test_the_gpus_pixels_are_near_pillows(folder):
    net, device = as_network("resnet18", weights="none"), torch.device("cuda", 0)
    for data in (written(photo(640, 427)), written(photo(640, 427), subsampling=0), turned(6), turned(5),
                 written(photo(640, 427).convert("L"))):  # fmt: skip
        (pixels,) = decoded([undecoded(data)], device)
        there = net.preprocess_pixels(pixels).cpu().numpy()
        here = net.preprocess(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")).numpy()
        # An H200 was 2.0 grey levels away where colour is stored at half the resolution: each fills it in otherwise.
        assert np.abs((there - here) * SPREAD * 255.0).mean() < 3.0


def test_memory_is_not_written_to_while_the_device_may_still_read_it(monkeypatch):
    """torchvision takes it from the current stream, and has nvJPEG write it in another one that waits for nothing."""
    seen = gpus(monkeypatch, 1)
    own = Stream("nvJPEG's", seen)

    def decode(data, mode, device):
        pictures = [torch.empty((3, 60, 90), dtype=torch.uint8, device=device) for _ in data]
        with torch.cuda.stream(own):
            for each in pictures:
                each.zero_()
        torch.cuda.current_stream(device).wait_stream(own)
        return pictures

    monkeypatch.setattr(jpegs, "decoder", lambda: decode)
    monkeypatch.setattr(jpegs, "TOGETHER", 3 * 90 * 60)
    here = machine("cuda")
    with here.current():
        for _ in range(2):  # batches, each let go of when the next is decoded
            torch.zeros(3, device=here.device).add_(1)  # at work on memory that the next may be given
            found = decoded([undecoded(written(photo()))] * 7, here.device)
            assert {each.device for each in found} == {here.device} and len(found) == 7

"""Files of pictures as they are seen: upright, of any depth, of several frames, as large as is wanted, and safe."""

from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image

from engine.pipeline.inputs.decoding import Decoding, reduced
from engine.pipeline.inputs.files import from_folder
from engine.pipeline.inputs.images import BrokenImageError
from engine.pipeline.networks import as_network
from engine.tour.image_files import readable_formats


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

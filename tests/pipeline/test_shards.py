"""WebDataset shards: samples of members of one name, braces, labels and attributes, and what is no tar."""

import gzip
import io
import json
import tarfile

import numpy as np
import pytest
from PIL import Image

from engine.pipeline.inputs.images import BrokenImageError
from engine.pipeline.inputs.shards import shards_of
from engine.pipeline.sources import as_images


def add(archive, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def picture(red, kind="PNG"):
    stream = io.BytesIO()
    Image.new("RGB", (20, 20), (red, 0, 0)).save(stream, kind)
    return stream.getvalue()


@pytest.fixture
def shards(tmp_path):
    """Three shards of four samples: a picture, its class, a caption, and what a .json says."""
    for shard in range(3):
        with tarfile.open(tmp_path / f"photos-{shard:03}.tar", "w") as archive:
            for k in range(4):
                key = f"train/{4 * shard + k:04}"
                add(archive, f"{key}.png", picture(20 * (4 * shard + k)))
                add(archive, f"{key}.cls", str(k).encode())
                add(archive, f"{key}.txt", f"a caption, {shard}".encode())
                add(archive, f"{key}.json", json.dumps({"width": 20 + k, "nested": {"no": 1}}).encode())
    return tmp_path


def test_samples_of_shards(shards):
    images = as_images(str(shards / "photos-{000..002}.tar"))
    assert images.n == 12
    assert [images.read(i)[0].getpixel((2, 2))[0] for i in (0, 5, 11)] == [0, 100, 220]
    assert images.labels.tolist() == ["0", "1", "2", "3"] * 3
    assert images.columns["id"].tolist() == [f"train/{k:04}" for k in range(12)]
    assert images.columns["width"].tolist() == [20, 21, 22, 23] * 3 and "nested" not in images.columns
    assert list(images.columns["txt"].categories) == [f"a caption, {k}" for k in range(3)]
    as_list = as_images([shards / f"photos-00{k}.tar" for k in range(3)])
    assert as_list.origin == images.origin == as_images(str(shards / "photos-*.tar")).origin


def test_braces(tmp_path):
    for name in ("a-8.tar", "a-9.tar", "a-10.tar", "b-8.tar", "b-9.tar", "b-10.tar"):
        (tmp_path / name).touch()
    found = shards_of(str(tmp_path / "{a,b}-{8..10}.tar"))
    assert [file.name for file in found] == ["a-8.tar", "a-9.tar", "a-10.tar", "b-8.tar", "b-9.tar", "b-10.tar"]
    with pytest.raises(FileNotFoundError, match=r"a-11\.tar: no such file"):
        shards_of(str(tmp_path / "a-{8..11}.tar"))
    with pytest.raises(ValueError, match=r"braces hold \{000\.\.009\} or \{a,b\}, not \{x\}"):
        shards_of(str(tmp_path / "a-{x}.tar"))


def test_what_is_in_a_shard_beside_samples(tmp_path):
    """A label in the .json, members that are hidden, a sample without a picture, a second picture, a broken one."""
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        add(archive, "._0.png", b"fork")
        add(archive, "0.jpg", picture(200, "JPEG"))
        add(archive, "0.json", b'{"label": "elm"}')
        add(archive, "0.seg.png", picture(9))
        add(archive, "1.cls", b"3")
        add(archive, "2.jpg", b"no picture")
    images = as_images(tmp_path / "a.tar")
    assert images.n == 2 and images.labels[0] == "elm"
    assert images.passed_over.said() == [
        "members that are hidden or have no ending (1): a.tar: ._0.png",
        "members that are no first picture, .cls, .txt or .json (1): a.tar: 0.seg.png",
        "samples without a picture (1): 1",
    ]
    assert np.abs(np.asarray(images.read(0)[0])[5, 5].astype(int) - (200, 0, 0)).max() <= 3
    with pytest.raises(BrokenImageError, match=r"a\.tar: 2\.jpg: is no image"):
        images.read(1)


def test_a_mask_in_front_of_its_picture_is_not_the_picture(tmp_path):
    """As tar sorts them by name: 0.depth.png stands before 0.jpg. Alone, a name with dots is a picture's."""
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        add(archive, "0.depth.png", picture(9))
        add(archive, "0.jpg", picture(200, "JPEG"))
        add(archive, "0.seg.png", picture(9))
        add(archive, "1.final.cut.png", picture(100))
    images = as_images(tmp_path / "a.tar")
    reds = [int(np.asarray(images.read(k)[0])[5, 5, 0]) for k in range(images.n)]
    assert len(reds) == 2 and abs(reds[0] - 200) <= 3 and reds[1] == 100
    assert images.passed_over.said() == [
        "members that are no first picture, .cls, .txt or .json (2): a.tar: 0.depth.png, a.tar: 0.seg.png"
    ]


def test_what_is_no_shard(shards):
    whole = (shards / "photos-000.tar").read_bytes()
    (shards / "packed.tar.gz").write_bytes(gzip.compress(whole))
    (shards / "text.tar").write_text("no tar" * 200)
    (shards / "cut.tar").write_bytes(whole[:1500])
    with tarfile.open(shards / "bare.tar", "w") as archive:
        add(archive, "0.cls", b"3")
    for name, complaint in (
        ("packed.tar.gz", "is packed; unpack it first"),
        ("text.tar", "no tar file"),
        ("cut.tar", "cut"),
        ("bare.tar", "holds no pictures"),
    ):
        with pytest.raises(ValueError, match=complaint):
            as_images(str(shards / name))

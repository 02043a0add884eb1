"""Default layers are the blocks that a person would name, however a network is wrapped, traced or put together."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from engine.pipeline.models.torchvision_models import torchvision_models
from engine.pipeline.networks import as_network
from engine.pipeline.probing.probes import default_probes
from engine.pipeline.probing.trace import trace


def probes_of(network, shape=(3, 64, 64)):
    torch.manual_seed(0)
    network = as_network(network.eval()).module
    return default_probes(network, trace(network, torch.randn(1, *shape)))


def kinds_of(network, shape=(3, 64, 64)):
    return [probe.kind for probe in probes_of(network, shape)]


@pytest.fixture(scope="module")
def resnet():
    torch.manual_seed(0)
    return torchvision_models().get_model("resnet18").eval()


BODY = ["Input", "Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d", *["BasicBlock"] * 8]


class Again(nn.Module):
    """One block that runs six times, as recurrent vision networks share their weights."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2)
        self.block = nn.ModuleDict({name: nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU()) for name in "ab"})
        self.block.forward = lambda x: x + self.block["b"](self.block["a"](x))
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        x = self.stem(x)
        for _ in range(6):
            x = self.block(x)
        return self.head(x.mean((2, 3)))


def test_a_block_that_runs_again_and_again_is_as_many_blocks():
    names = [probe.name for probe in probes_of(Again())]
    assert names == ["0-Input", "1-stem", *[f"{k}-block{f':{k - 1}' if k > 2 else ''}" for k in range(2, 8)],
                     "8-head", "9-Softmax"]  # fmt: skip


class Wrapped(nn.Module):
    """As contrastive training, distillation and losses wrap a network."""

    def __init__(self, backbone, run):
        super().__init__()
        self.backbone = backbone
        self.projection = nn.Sequential(nn.Linear(1000, 64), nn.ReLU(), nn.Linear(64, 32))
        self.loss = nn.CrossEntropyLoss()
        self.run = run

    def forward(self, x):
        return self.run(self, x)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda net: nn.DataParallel(net),
        lambda net: torch.compile(net),
        lambda net: torch.compile(nn.DataParallel(net)),
        lambda net: Wrapped(net, lambda self, x: self.backbone(x)),
        lambda net: nn.Sequential(nn.Sequential(net)),
        lambda net: Wrapped(nn.Sequential(net), lambda self, x: {"logits": self.backbone(x)}),
    ],
)
def test_what_wraps_a_network_is_opened(wrap, resnet):
    assert kinds_of(wrap(resnet)) == [*BODY, "AdaptiveAvgPool2d", "Linear", "Softmax"]


def test_a_projection_head_comes_after_the_trunk(resnet):
    wrapped = Wrapped(resnet, lambda self, x: self.projection(self.backbone(x)))
    assert kinds_of(wrapped) == [*BODY, "AdaptiveAvgPool2d", "Linear", "Linear", "ReLU", "Linear", "Softmax"]


def features(self, x):
    net = self.backbone
    x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
    return net.layer4(net.layer3(net.layer2(net.layer1(x)))).mean(dim=(2, 3))


def test_a_backbone_that_is_not_called_itself_is_opened(resnet):
    """As `self.backbone.forward_features(x)` does."""
    assert kinds_of(Wrapped(resnet, features)) == [*BODY, "Softmax"]


class Dict(nn.Module):
    def __init__(self, resnet):
        super().__init__()
        self.parts = nn.ModuleDict(
            {"stem": nn.Conv2d(3, 64, 7, 4), "trunk": nn.Sequential(resnet.layer1, resnet.layer2)}
        )
        self.heads = nn.ModuleDict({"a": nn.Linear(128, 5), "never": nn.Linear(128, 5)})

    def forward(self, x):
        return self.heads["a"](self.parts["trunk"](self.parts["stem"](x)).mean(dim=(2, 3)))


def test_module_dicts_are_opened(resnet):
    assert [probe.name for probe in probes_of(Dict(resnet))] == [
        "0-Input", "1-parts.stem", "2-parts.trunk.0.0", "3-parts.trunk.0.1", "4-parts.trunk.1.0", "5-parts.trunk.1.1",
        "6-heads.a", "7-Softmax",
    ]  # fmt: skip


def test_a_traced_network_has_the_places_of_its_original(resnet):
    """torch.fx calls the leaves and none of the blocks; the last module inside stands for one."""
    traced = torch.fx.symbolic_trace(resnet)
    names = [probe.name for probe in probes_of(traced)]
    assert names[:7] == ["0-Input", "1-conv1", "2-bn1", "3-relu", "4-maxpool", "5-layer1.0.relu:2", "6-layer1.1.relu:2"]
    assert len(names) == 16 and names[-3:] == ["13-avgpool", "14-fc", "15-Softmax"]


def test_a_feature_extractor_has_a_trunk(resnet):
    from torchvision.models.feature_extraction import create_feature_extractor

    extractor = create_feature_extractor(resnet, {"layer3": "mid", "layer4": "late"})
    names = [probe.name for probe in probes_of(extractor)]
    assert names[:6] == ["0-Input", "1-conv1", "2-bn1", "3-relu", "4-maxpool", "5-layer1.0.relu:2"]
    assert [name.split("-")[1] for name in names[-2:]] == ["layer4.0.relu:2", "layer4.1.relu:2"]


class Stage(nn.Module):
    """Blocks as attributes, as RegNet in timm and many of one's own have them."""

    def __init__(self, channels):
        super().__init__()
        for k in range(4):
            self.add_module(f"b{k}", Residual(channels))

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(channels, channels, 3, padding=1), nn.BatchNorm2d(channels)

    def forward(self, x):
        return x + self.bn(self.conv(x)).relu()


def test_stages_with_blocks_as_attributes_are_opened():
    network = nn.Sequential(nn.Conv2d(3, 8, 3), Stage(8), nn.Conv2d(8, 8, 2, 2), Stage(8), nn.Flatten())
    assert kinds_of(network, (3, 10, 10)) == [
        "Input",
        "Conv2d",
        *["Residual"] * 4,
        "Conv2d",
        *["Residual"] * 4,
        "Softmax",
    ]


def test_few_large_blocks_are_opened_until_there_are_eight_layers():
    class Branches(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 1)

        def forward(self, x):
            return self.a(x) + self.b(x)

    network = nn.Sequential(Branches(), Branches(), Branches())
    assert len(probes_of(network, (3, 8, 8))) == 1 + 6  # all there is
    assert len(probes_of(nn.Sequential(*(Branches() for _ in range(8))), (3, 8, 8))) == 1 + 8


def test_more_than_sixty_are_thinned_evenly():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), *(Residual(4) for _ in range(100)), nn.Flatten(), nn.Linear(256, 3))
    probes = probes_of(network, (3, 10, 10))
    assert 40 < len(probes) <= 60
    places = [int(probe.module) for probe in probes if probe.kind == "Residual"]
    assert places[-1] == 100 and set(b - a for a, b in pairwise(places)) == {2}
    assert [probe.kind for probe in probes if probe.kind != "Residual"] == ["Input", "Conv2d", "Linear", "Softmax"]


MAXVIT_T = {"stem_channels": 64, "block_channels": [64, 128, 256, 512], "block_layers": [2, 2, 5, 2], "head_dim": 32,
            "stochastic_depth_prob": 0.2}  # fmt: skip
"""As torchvision's maxvit_t, whose windows of 7 x 7 want pictures of 224 pixels: twelve times the work."""


@pytest.mark.parametrize(
    "name", ["convnext_tiny", "swin_t", "swin_v2_t", "maxvit_t", "efficientnet_v2_s", "densenet201", "mnasnet0_5",
             "shufflenet_v2_x0_5", "inception_v3", "resnet152", "regnet_x_400mf", "mobilenet_v2", "vgg11_bn", "alexnet"]
)  # fmt: skip
def test_networks_of_torchvision_have_eight_to_sixty_layers(name, quick_weights):
    size = {"inception_v3": 96}.get(name, 64)  # the smallest that it takes
    if name == "maxvit_t":
        network = torchvision_models().MaxVit((size, size), **MAXVIT_T, partition_size=2)
    else:
        network = torchvision_models().get_model(name)
    probes = probes_of(network, (3, size, size))
    assert 8 <= len(probes) <= 60, [probe.name for probe in probes]

"""Networks whose answer to a picture depends on its neighbours in the batch, or on chance, are said to be such."""

import pytest
import torch
from torch import nn

import engine
from engine.pipeline.probing.first_rows import unsteady
from engine.pipeline.probing.probes import default_probes
from engine.pipeline.probing.trace import trace


class Doing(nn.Module):
    def __init__(self, what):
        super().__init__()
        self.what = what

    def forward(self, x):
        return self.what(x)


ODD = {
    "statistics of the batch": nn.BatchNorm2d(4, track_running_stats=False),
    "less the batch's mean": Doing(lambda x: x - x.mean(0)),
    "a place in the batch": Doing(lambda x: x.flip(0) * 2.0),
    "noise": Doing(lambda x: x + 0.1 * torch.randn_like(x)),
    "dropout that never ends": Doing(lambda x: nn.functional.dropout(x, 0.5)),
}  # fmt: skip


def found(odd, inputs, kind=torch.float32):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 4, 3), odd, nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(144, 5)).eval()
    network = network.to(kind)
    probes = default_probes(network, trace(network, inputs[0][None].to(kind)))
    return [name.split("-")[1] for name in unsteady(network, inputs, probes)]


@pytest.mark.parametrize("odd", ODD)
def test_from_the_layer_on_where_it_begins(odd):
    inputs = list(torch.rand(3, 3, 8, 8))
    names = found(ODD[odd], inputs)
    assert names[0] == "1" and names[-1] == "4"


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_others_are_not_named_in_any_precision(kind):
    inputs = list(torch.rand(3, 3, 8, 8))
    assert found(nn.BatchNorm2d(4), inputs, kind) == []
    assert found(nn.BatchNorm2d(4), inputs[:1], kind) == []


def test_pictures_of_other_shapes_stay_away():
    assert found(ODD["noise"], [torch.rand(3, 8, 8), torch.rand(3, 9, 9)]) == ["1", "2", "4"]


def test_a_build_says_so(pixels, tmp_path, caplog):
    network = nn.Sequential(nn.Conv2d(1, 4, 3), ODD["statistics of the batch"], nn.Flatten(), nn.LazyLinear(5))
    network(torch.zeros(2, 1, *pixels.shape[1:3]))
    with pytest.raises(ValueError, match="less to --n-neighbors"):  # which is looked at later
        engine.build(network, pixels[:5], n_neighbors=6, out=tmp_path / "a.tour", progress=False)
    assert "layer 2-1 and 1 more: what the network makes of an image changes" in caplog.text

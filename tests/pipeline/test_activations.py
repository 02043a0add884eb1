"""One pass: what each module made, pooled by the published rule, broken pictures left out, hooks gone afterwards."""

import os
import threading

import numpy as np
import pytest
import torch
from torch import nn

from engine.pipeline.activations import Settings, capture
from engine.pipeline.inputs.arrays import from_array
from engine.pipeline.inputs.files import from_folder
from engine.pipeline.inputs.images import BrokenImageError, Images
from engine.pipeline.networks import as_network
from engine.pipeline.probing.pooling import pool, width
from engine.pipeline.probing.probes import Probe, default_probes
from engine.pipeline.probing.trace import trace
from near import close
from tests.doubles.copies import Questions

N = 40
CPU = torch.device("cpu")


def run(network, images, **options):
    net = as_network(network)
    probes = options.pop("probes", None) or default_probes(network, trace(network, torch.randn(1, 1, 10, 10)))
    given = {name: options.pop(name) for name in ("halves", "strict") if name in options}
    return capture(net, images, probes, how=Settings(CPU, 10_000, batch=7, **given), **options)


def test_capture_sees_what_each_module_made(network, pixels):
    """In-place ReLUs overwrite their input: what stem.0 made is still what it made."""
    tiles = np.zeros((N, 16, 16, 4), np.uint8)
    captured = run(network, from_array(pixels), tiles=tiles)
    x = torch.from_numpy(pixels)[:, None] / 255.0
    with torch.inference_mode():
        conv = network.stem[0](x)
        relu = network.stem[1](conv.clone())
        scores = network(x).softmax(dim=1)
    assert captured.matrices["0-Input"].numpy() == pytest.approx(x.flatten(1).numpy())
    assert captured.matrices["1-stem.0"].numpy() == pytest.approx(conv.flatten(1).numpy(), abs=1e-5)
    assert (captured.matrices["1-stem.0"] < 0).any()
    assert captured.matrices["2-stem.1"].numpy() == pytest.approx(relu.flatten(1).numpy(), abs=1e-5)
    assert captured.matrices["7-Softmax"].numpy() == pytest.approx(scores.numpy(), abs=1e-5)
    assert captured.answers.classes == 5
    assert captured.answers.prediction.tolist() == scores.argmax(dim=1).tolist()
    assert captured.answers.confidence == pytest.approx(scores.max(dim=1).values.numpy(), abs=1e-5)
    assert np.isnan(captured.answers.truth).all()
    assert captured.rows == list(range(N)) and (tiles[..., 3] == 255).all()
    assert not any(module._forward_hooks for module in network.modules())


class Again(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(100, 4)
        self.relu = nn.ReLU(inplace=True)
        self.b = nn.Linear(4, 3)

    def forward(self, x):
        return self.relu(self.b(self.relu(self.a(x.flatten(1)))))


def test_each_call_of_a_module_is_its_own_layer(pixels):
    torch.manual_seed(1)
    network = Again().eval()
    captured = run(network, from_array(pixels))
    x = torch.from_numpy(pixels).flatten(1) / 255.0
    with torch.inference_mode():
        first = network.a(x).relu()
        second = network.b(first).relu()
    assert captured.matrices["2-relu"].numpy() == pytest.approx(first.numpy(), abs=1e-5)
    assert captured.matrices["4-relu:2"].numpy() == pytest.approx(second.numpy(), abs=1e-5)


def test_wide_layers_are_kept_in_half_precision_at_any_scale(network, pixels):
    exact = run(network, from_array(pixels)).matrices["1-stem.0"]
    for factor in (1.0, 1e-9, 1e9):
        with torch.no_grad():
            for value in network.stem[0].parameters():
                value *= factor
        half = run(network, from_array(pixels), halves=["1-stem.0"]).matrices["1-stem.0"]
        with torch.no_grad():
            for value in network.stem[0].parameters():
                value /= factor
        assert half.dtype == torch.float16
        scale = float((half.float() * exact).sum() / (exact * exact).sum())  # distances do not mind it
        assert close(half.float() / scale, exact, rel=2e-3, abs=1e-4)


@pytest.mark.parametrize("first", [1e-7, 0.0])
def test_what_outgrows_half_precision_stays_in_it_smaller(network, pixels, first):
    """The plan has no room for single precision; rows before are as exact as they were, at another scale."""
    x = torch.from_numpy(np.concatenate([pixels[:7], pixels]))[:, None] / 255.0
    x[:7] *= first  # a first batch that is nearly black, or black
    x[7:] *= 1e-6 if first == 0.0 else 1.0
    images = Images(len(x), lambda i: (x[i], None), "tensors")
    with torch.no_grad():
        network.stem[0].bias.zero_()
    half = run(network, images, halves=["1-stem.0"]).matrices["1-stem.0"]
    exact = run(network, images).matrices["1-stem.0"].double()
    assert half.dtype == torch.float16 and torch.isfinite(half).all() and len(half) == N + 7
    scale = 2.0 ** round(np.log2(float(half.double().abs().max() / exact.abs().max())))
    assert close(half.double() / scale, exact, rel=1e-3, abs=1e-7 * float(exact.abs().max()) / 50)


def test_the_host_asks_the_device_once_a_batch_however_many_layers(network, pixels, monkeypatch):
    """Counted on a CPU, of the calls that a host waits for; in the GPU's way a batch's layers ask together."""
    halves = ["1-stem.0", "2-stem.1", "6-head"]
    with Questions() as before:
        here = run(network, from_array(pixels), halves=halves).matrices
    monkeypatch.setattr("engine.pipeline.probing.taps._waits", lambda block: True)
    with Questions() as after:
        there = run(network, from_array(pixels), halves=halves).matrices
    assert all((here[name] == there[name]).all() for name in here)
    assert [here[name].dtype for name in halves] == [torch.float16] * 3
    batches = -(-N // 7)
    assert before.asked.count("__float__") == len(halves) * batches
    assert after.asked.count("__float__") == 0 and after.asked.count("tolist") == batches


def test_what_the_network_says_is_copied_to_the_host_once(network, pixels):
    with Questions() as seen:
        run(network, from_array(pixels))
    assert seen.asked == ["cpu"]


def test_every_core_reads_pictures(network, pixels):
    """Three threads of three meet at every third picture; two would wait for ever."""
    together = threading.Barrier(3, timeout=60)

    def read(i):
        together.wait()
        return from_array(pixels).read(i)

    captured = run(network, Images(39, read, "together", workers=3))
    assert captured.rows == list(range(39))
    assert Images(39, read, "default").workers == len(os.sched_getaffinity(0))


def test_hooks_are_removed_after_an_error(network, pixels):
    with pytest.raises(ValueError, match="layer x did not run"):
        run(network, from_array(pixels), probes=[Probe("x", "Linear", "never")])
    assert not any(module._forward_hooks for module in network.modules())


def some_broken(pixels, broken):
    def read(i):
        if i in broken:
            raise BrokenImageError(f"{i}.jpg: cut short")
        return from_array(pixels).read(i)

    return Images(len(pixels), read, "some broken")


def test_broken_pictures_are_named_counted_and_left_out(network, pixels, caplog):
    tiles = np.zeros((N, 8, 8, 4), np.uint8)
    captured = run(network, some_broken(pixels, {0, 13, 39}), tiles=tiles)
    assert captured.rows == [i for i in range(N) if i not in (0, 13, 39)]
    assert captured.broken == {0: "0.jpg: cut short", 13: "13.jpg: cut short", 39: "39.jpg: cut short"}
    assert [record.message for record in caplog.records] == [f"left out: {why}" for why in captured.broken.values()]
    whole = run(network, from_array(pixels))
    for name, matrix in whole.matrices.items():
        assert close(captured.matrices[name], matrix[captured.rows], rel=0, abs=1e-5)
    assert (tiles[:37, ..., 3] == 255).all() and (tiles[37:] == 0).all()
    again = run(network, some_broken(pixels, {0, 13, 39}), skip=captured.broken)  # a second pass: the same bits
    assert all(torch.equal(again.matrices[name], matrix) for name, matrix in captured.matrices.items())
    with pytest.raises(BrokenImageError, match=r"0\.jpg: cut short"):
        run(network, some_broken(pixels, {0, 13}), strict=True)
    with pytest.raises(ValueError, match=r"none of the 40 images could be read; the first: 0\.jpg"):
        run(network, some_broken(pixels, set(range(N))))


def test_images_of_several_sizes_need_a_network_that_resizes(network, photos):
    with pytest.raises(ValueError, match=r"the images differ in shape .* no resizing of its own"):
        run(network, from_folder(photos), probes=[Probe("0-Input", "Input", None)])


@pytest.mark.parametrize(
    ("shape", "max_width", "wide"),
    [
        ((512, 14, 14), 51_200, 512 * 10 * 10),  # the published table, FairFace log
        ((528, 14, 14), 51_200, 528 * 9 * 9),
        ((64, 112, 112), 51_200, 64 * 16 * 16),
        ((256, 14, 14), 51_200, 256 * 14 * 14),
        ((3, 224, 224), 51_200, 3 * 16 * 16),
        ((1000, 2, 2), 100, 1000),
        ((700,), 100, 700),
        ((56, 56, 96), 51_200, 96 * 16 * 16),  # channels last, as a Swin transformer has them
        ((197, 768), 51_200, 66 * 768),  # tokens
        ((197, 768), 700, 768),
        ((10, 64), 51_200, 640),
    ],
)
@pytest.mark.parametrize("pooling", ["average", "max"])
def test_pooling_is_the_published_rule(shape, max_width, wide, pooling):
    pooled = pool(torch.ones(2, *shape), max_width, pooling)
    assert pooled.shape == (2, wide) and pooled.dtype == torch.float32
    assert (pooled == 1).all()
    assert width(shape, max_width) == wide


def test_pooled_values_are_means_or_largest(rng):
    x = torch.from_numpy(rng.standard_normal((2, 8, 12, 12)))
    blocks = x.reshape(2, 8, 4, 3, 4, 3)
    assert pool(x, 8 * 16).numpy() == pytest.approx(blocks.mean(dim=(3, 5)).flatten(1).numpy(), abs=1e-6)
    assert pool(x, 8 * 16, "max").numpy() == pytest.approx(blocks.amax(dim=(3, 5)).flatten(1).numpy(), abs=1e-6)
    tokens = torch.from_numpy(rng.standard_normal((2, 6, 5)))
    halves = tokens.reshape(2, 2, 3, 5)
    assert pool(tokens, 10).numpy() == pytest.approx(halves.mean(dim=2).flatten(1).numpy(), abs=1e-6)
    last = x.permute(0, 2, 3, 1).contiguous()
    assert pool(last, 8 * 16).numpy() == pytest.approx(pool(x, 8 * 16).numpy(), abs=1e-6)

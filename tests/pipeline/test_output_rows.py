"""Every layer's rows are the pictures': the axis that follows the batch is found; what has none is left out, named."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

import engine
from engine.pipeline.activations import Settings, capture
from engine.pipeline.models.output_rows import Rows, rows_of, shapes
from engine.pipeline.networks import as_network
from engine.pipeline.probing.probes import chosen_probes, default_probes, with_tokens
from engine.pipeline.probing.trace import trace
from engine.pipeline.sources import from_array

CPU = torch.device("cpu")


@pytest.fixture
def sixteen(rng):
    """Pictures whose number of rows is the time that a network reads them in."""
    return rng.integers(0, 256, (16, 16, 16), dtype=np.uint8)


def captured(network, pixels, *, batch_size=16, layers=None):
    seen = trace(network.eval(), torch.randn(1, 1, *pixels.shape[1:]))
    probes = default_probes(network, seen) if layers is None else chosen_probes(seen, layers)
    return capture(as_network(network), from_array(pixels), probes, how=Settings(CPU, 10_000, batch=batch_size))


class TimeFirst(nn.Module):
    """Reads a picture row by row: (time, batch, features) inside."""

    def __init__(self):
        super().__init__()
        self.read = nn.LSTM(16, 8)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        steps, _ = self.read(x[:, 0].movedim(1, 0))
        return self.head(steps[-1])


@pytest.mark.parametrize("batch_size", [16, 5, 7])
def test_time_steps_are_no_pictures(batch_size, sixteen):
    torch.manual_seed(0)
    network = TimeFirst()
    found = captured(network, sixteen, batch_size=batch_size).matrices
    assert list(found) == ["0-Input", "1-read", "2-head", "3-Softmax"]
    with torch.inference_mode():
        steps = network.read(torch.from_numpy(sixteen).movedim(1, 0) / 255.0)[0]
    assert found["1-read"].numpy() == pytest.approx(steps.movedim(1, 0).flatten(1).numpy(), abs=1e-5)
    assert [len(matrix) for matrix in found.values()] == [16] * 4


class Squeezes(nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3), keepdim=True).squeeze()


class Prompt(nn.Module):
    """Gives a parameter, as long as a batch may be."""

    def __init__(self, rows):
        super().__init__()
        self.rows = nn.Parameter(torch.randn(rows, 6))

    def forward(self, x):
        return self.rows


class Windows(nn.Module):
    """Cuts every picture into four, which have rows of their own."""

    def forward(self, x):
        return x.unfold(2, 8, 8).unfold(3, 8, 8).reshape(-1, 64)


class Odd(nn.Module):
    def __init__(self, rows):
        super().__init__()
        self.stem = nn.Conv2d(1, 6, 3)
        self.squeeze = Squeezes()
        self.prompt = Prompt(rows)
        self.windows = Windows()
        self.alike = Alike()
        self.head = nn.Linear(6, 5)

    def forward(self, x):
        self.windows(x)
        features = self.squeeze(self.stem(x))
        self.alike(features)
        return self.head(features + self.prompt(x)[0])


class Alike(nn.Module):
    def forward(self, x):
        return torch.atleast_2d(x) @ torch.atleast_2d(x).T


@pytest.mark.parametrize("batch_size", [2, 3, 5, 16])
def test_what_has_no_row_for_each_picture_is_left_out_and_named(batch_size, sixteen, caplog):
    """A parameter, parts of pictures, and similarities of all to all; a squeezed batch of one is still one picture."""
    torch.manual_seed(0)
    network = Odd(rows=batch_size)
    found = captured(network, sixteen, batch_size=batch_size)
    assert list(found.matrices) == ["0-Input", "1-stem", "2-squeeze", "3-head", "4-Softmax"]
    said = [record.message for record in caplog.records if "left out" in record.message]
    assert [text.split()[3] for text in said] == ["prompt", "windows", "alike"]
    assert "its output is 8 x 64 and 12 x 64 for 2 and 3 pictures" in said[1]
    with torch.inference_mode():
        means = network.stem(torch.from_numpy(sixteen)[:, None] / 255.0).mean(dim=(2, 3))
    assert found.matrices["2-squeeze"].numpy() == pytest.approx(means.numpy(), abs=1e-5)
    assert found.answers.prediction.shape == (16,)
    with pytest.raises(ValueError, match="layer 'prompt' cannot be toured: it has no row for each picture"):
        captured(network, sixteen, layers=["prompt"])


class Undecided(nn.Module):
    """Takes other ways for bright pictures than for dark ones, and one module more or less often."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Flatten()
        self.body = nn.Linear(256, 8)
        self.bright = nn.Linear(8, 8)
        self.act = nn.ReLU()
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = self.act(self.body(self.stem(x)))
        if x.mean() > 0:
            x = self.bright(x) if self.training is None or x.max() > 1e-3 else self.act(x)
        return self.head(x)


def test_branches_that_some_batches_take_are_left_out(sixteen, caplog):
    torch.manual_seed(0)
    network = Undecided()
    sixteen[8:] = 0
    with torch.no_grad():
        network.body.bias.fill_(1e-4)
    found = captured(network, sixteen, batch_size=4)
    assert {"1-body", "4-head"} <= set(found.matrices) and "3-bright" not in found.matrices
    assert found.left_out["3-bright"] == "did not run with every picture"
    assert "runs 1 times with some pictures and 2 times with others" in found.left_out["2-act"]
    assert all(len(matrix) == 16 for matrix in found.matrices.values())
    assert "left out: layer 3-bright did not run with every picture" in caplog.text


@dataclass
class Output:
    features: torch.Tensor
    logits: torch.Tensor


class Answers(nn.Module):
    def __init__(self, give):
        super().__init__()
        self.head = nn.Linear(256, 5)
        self.give = give

    def forward(self, x):
        x = x.flatten(1)
        return self.give(x, self.head(x))


@pytest.mark.parametrize(
    "give",
    [
        lambda x, scores: scores,
        lambda x, scores: (scores, x),
        lambda x, scores: (x.reshape(-1, 16, 16), scores),
        lambda x, scores: {"loss": scores.sum(), "features": x, "logits": scores},
        lambda x, scores: Output(x, scores),
        lambda x, scores: {"out": [scores.T.T, x]},
        lambda x, scores: (torch.arange(len(x)), scores, None, "text"),
    ],
)
def test_answers_of_any_kind(give, sixteen):
    torch.manual_seed(0)
    network = Answers(give)
    found = captured(network, sixteen, batch_size=5)
    with torch.inference_mode():
        scores = network.head(torch.from_numpy(sixteen).flatten(1) / 255.0)
    assert found.answers.classes == 5
    assert found.answers.prediction.tolist() == scores.argmax(dim=1).tolist()
    assert found.matrices["2-Softmax"].numpy() == pytest.approx(scores.softmax(dim=1).numpy(), abs=1e-5)


def test_the_axis_that_follows_the_batch():
    def looked(*pairs):
        return tuple(shapes([torch.zeros(shape) for shape in side]) for side in zip(*pairs, strict=True))

    assert rows_of(looked(((2, 7), (3, 7))), (2, 3)) == Rows((0,), 0, (7,))
    assert rows_of(looked(((7, 2, 4), (7, 3, 4))), (2, 3)) == Rows((0,), 1, (7, 4))
    assert rows_of(looked(((2, 2), (3, 3)), ((2, 2), (2, 3))), (2, 3)) == Rows((1,), 1, (2,))
    assert rows_of(looked(((2,), (3,))), (2, 3)) == Rows((0,), 0, (1,))
    assert rows_of(looked(((4, 7), (6, 7)), ((2, 7), (2, 7)), ((), ())), (2, 3)) is None
    assert Rows((), 1, (7, 4)).taken(torch.zeros(7, 5, 4), 5).shape == (5, 7, 4)
    assert Rows((), 1, (7, 4)).taken(torch.zeros(8, 5, 4), 5) is None
    assert Rows(("a",), 0, (7,)).taken({"b": torch.zeros(5, 7)}, 5) is None


def test_a_network_that_takes_one_picture_at_a_time_is_told_so():
    class Single(nn.Module):
        def forward(self, x):
            return x.reshape(1, 256)

    with pytest.raises(ValueError, match=r"runs on one picture at a time, but not on 2 of 1 x 16 x 16 together: shape"):
        trace(Single(), torch.zeros(1, 1, 16, 16))


@pytest.mark.trains
@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_a_module_is_fed_its_own_number_type_and_given_back_as_it_was(kind, network, pixels, tmp_path):
    network = network.to(kind).train()
    network.encoder.eval()
    network.stem[0].weight.requires_grad_(False)
    calls = []
    network.head.register_forward_hook(lambda *_: calls.append(1))
    modes = [module.training for module in network.modules()]
    options = {"layers": ["head"], "dims": 3, "n_neighbors": 5, "progress": False, "out": tmp_path / "x.tour"}
    tour = engine.build(network, pixels, **options)
    assert tour.layers[0].points.dtype == np.float32
    assert [module.training for module in network.modules()] == modes
    assert [name for name, value in network.named_parameters() if not value.requires_grad] == ["stem.0.weight"]
    assert all(value.dtype == kind for value in network.parameters())
    assert len(network.head._forward_hooks) == 1 and calls
    for bad in (np.zeros((30, 10, 10, 3), np.uint8), pixels[:1]):
        with pytest.raises(ValueError, match=r"cannot run|there is one image"):
            engine.build(network, bad, **options | {"out": tmp_path / "y.tour"})
        assert [module.training for module in network.modules()] == modes
        assert sum(len(module._forward_hooks) for module in network.modules()) == 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_scripted_modules_are_said_to_be(network, pixels, tmp_path, caplog):
    scripted = torch.jit.trace(network, torch.zeros(2, 1, 10, 10))
    with pytest.raises(ValueError, match=r"scripted \(TorchScript\).*give the module that it was made from"):
        engine.build(scripted, pixels, out=tmp_path / "x.tour", progress=False)
    network.encoder = torch.jit.script(nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU()))
    kinds = [probe.kind for probe in default_probes(network, trace(network, torch.randn(1, 1, 10, 10)))]
    assert kinds == ["Input", "Conv2d", "ReLU", "AdaptiveAvgPool2d", "Linear", "Softmax"]
    assert [record.message for record in caplog.records if "left out" in record.message] == [
        "left out: encoder is scripted (TorchScript), and scripted parts cannot be watched"
    ]


class Tokens(nn.Module):
    """Five tokens of three channels, the first of them a class token; then the four without it."""

    def __init__(self):
        super().__init__()
        self.mix, self.rest, self.head = nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 5)

    def forward(self, x):
        x = self.mix(x.flatten(1)[:, :15].reshape(-1, 5, 3))
        return self.head(self.rest(x[:, 1:]).mean(dim=1) + x[:, 0])


@pytest.mark.parametrize("tokens", ["all", "mean", "class"])
def test_tokens(tokens, sixteen, caplog):
    torch.manual_seed(0)
    network = Tokens().eval()
    probes = with_tokens(chosen_probes(trace(network, torch.randn(1, 1, 16, 16)), ["mix", "rest", "head"]), tokens)
    found = capture(as_network(network), from_array(sixteen), probes, how=Settings(CPU, 99, batch=5)).matrices
    with torch.inference_mode():
        mix = network.mix((torch.from_numpy(sixteen).flatten(1)[:, :15] / 255.0).reshape(-1, 5, 3))
        rest = network.rest(mix[:, 1:])
    expected = {"all": (mix, rest), "mean": (mix.mean(1), rest.mean(1)), "class": (mix[:, 0], rest.mean(1))}[tokens]
    assert found["0-mix"].numpy() == pytest.approx(expected[0].flatten(1).numpy(), abs=1e-5)
    assert found["1-rest"].numpy() == pytest.approx(expected[1].flatten(1).numpy(), abs=1e-5)
    assert [probe.shape for probe in probes] == ([(5, 3), (4, 3), (5,)] if tokens == "all" else [(3,), (3,), (5,)])
    with pytest.raises(ValueError, match="tokens is one of all, mean, class, not 'some'"):
        with_tokens(probes, "some")

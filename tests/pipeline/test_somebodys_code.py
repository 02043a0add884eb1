"""Networks of somebody's own whose code raises, exits, or names its layers as no tour can: one line, status 1."""

import numpy as np
import pytest
import torch
from torch import nn

import engine
import forked

NET = """
import sys
import torch
from torch import nn

class Odd(nn.Module):
    def forward(self, x):
        {forward}
        return x

def prepare(picture):
    {prepare}
    return torch.zeros(3, 8, 8)

def make():
    {make}
    return nn.Sequential(nn.Flatten(), Odd(), nn.Linear(192, 3)), prepare

{end}
"""
CODES = {
    "exit on import": ({"end": "sys.exit(0)"}, "net.py cannot be imported: SystemExit: 0"),
    "exit in the factory": ({"make": "sys.exit(4)"}, "net.py:make() raised SystemExit: 4"),
    "what is no Exception": ({"make": "raise BaseException('boo')"}, "net.py:make() raised BaseException: boo"),
    "exit in the preprocessing": ({"prepare": "sys.exit()"}, "the preprocessing of net.py:make raised SystemExit"),
    "an error in the preprocessing": ({"prepare": "1 / 0"}, "raised ZeroDivisionError: division by zero"),
    "no tensor": ({"prepare": "return 'x'"}, "returns str, not a tensor"),
    "exit in the network": ({"forward": "raise SystemExit(5)"}, "net.py, line 8: ends the program by exit(5)"),
    "a line that steers a terminal": ({"forward": "raise KeyError('\\x1b[2J')"}, "cannot run on a picture"),
}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_it_is_one_line(tmp_path, code):
    parts, complaint = CODES[code]
    places = dict.fromkeys(("forward", "prepare", "make", "end"), "pass")
    (tmp_path / "net.py").write_text(NET.format(**places | parts))
    done = forked.run(["-m", "engine", "layers", "net.py:make"], cwd=tmp_path)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done.stderr
    assert complaint in done.stderr and "--debug shows where" not in done.stderr and "\x1b" not in done.stderr


class Late(nn.Module):
    """Fails once it is given a whole batch."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def forward(self, x):
        if len(x) > 8:
            raise self.error
        return x.mean((2, 3))


@pytest.mark.parametrize("error", [RuntimeError("late\nfailure"), StopIteration(), KeyError("q")])
def test_a_network_that_fails_in_the_middle(tmp_path, rng, error):
    pixels = rng.integers(0, 256, (60, 8, 8, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match=rf"the network failed at \d+ pictures of 3 x 8 x 8: {type(error).__name__}: "):
        engine.build(nn.Sequential(Late(error)), pixels, n_neighbors=5, out=tmp_path / "a.tour", progress=False)
    assert list(tmp_path.iterdir()) == []


def test_names_that_no_layer_can_have_are_refused_before_anything_is_done(tmp_path, rng):
    pixels = rng.integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)
    for name in ("a\nb", "x" * 1001):
        net = nn.Sequential()
        net.add_module("flat", nn.Flatten())
        net.add_module(name, nn.Linear(192, 20))
        net.add_module("head", nn.Linear(20, 3))
        with pytest.raises(ValueError, match="a name has at most 1000 letters"):
            engine.build(net, pixels, n_neighbors=5, out=tmp_path / "a.tour", progress=False)
    assert list(tmp_path.iterdir()) == [] and torch.is_inference_mode_enabled() is False

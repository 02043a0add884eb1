"""What a script has set of torch for itself: a build neither breaks by it nor comes out otherwise, and leaves it so."""

import contextlib
import re

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from builds import contents, make
from engine.pipeline.algebra.sketch import sketch
from engine.pipeline.embedding import principal_start
from engine.pipeline.neighbors import nearest
from engine.pipeline.torch_settings import default_settings


@contextlib.contextmanager
def default_dtype(dtype):
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@contextlib.contextmanager
def default_device(device):
    torch.set_default_device(device)
    try:
        yield
    finally:
        torch.set_default_device(None)


SET = {
    "double precision": lambda: default_dtype(torch.float64),
    "another device": lambda: default_device("meta"),
    "another device, around it": lambda: torch.device("meta"),
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
}


def asked():
    """What a script would see."""
    return torch.get_default_dtype(), torch.get_default_device(), torch.is_autocast_enabled("cpu")


@pytest.mark.trains
@pytest.mark.parametrize("what", SET)
def test_a_build_is_the_same_whatever_a_script_has_set(what, network, pixels, tmp_path, quick):
    how = {"device": "cpu", "similarity": True}
    make(network, pixels, tmp_path / "plain" / "a.tour", **how)
    with SET[what]():
        before = asked()
        make(network, pixels, tmp_path / "set" / "a.tour", **how)
        assert asked() == before
    assert contents(tmp_path / "set" / "a.tour") == contents(tmp_path / "plain" / "a.tour")


def test_half_precision_is_added_up_in_float32():
    """Bounds of its products rest on that; a script may have it added up in float16, which is faster."""
    matmul = torch.backends.cuda.matmul
    for asked_for in (True, False):
        matmul.allow_fp16_accumulation = asked_for
        try:
            with contextlib.suppress(ZeroDivisionError), default_settings():
                assert matmul.allow_fp16_accumulation is False
                raise ZeroDivisionError
            assert matmul.allow_fp16_accumulation is asked_for
        finally:
            matmul.allow_fp16_accumulation = False


def test_nothing_is_asked_of_a_gpu_that_torch_refuses_where_everything_is_to_be_deterministic():
    """It has no kernel for it that repeats, and raises: `torch.use_deterministic_algorithms`, as many scripts want."""
    said = torch.use_deterministic_algorithms.__doc__
    assert said is not None
    refused = set(re.findall(r"torch\.(?:Tensor\.)?(\w+)` (?!when attempting)", said[said.rindex("will throw a\n") :]))
    refused -= {"scatter_reduce", "resize_", "median"}  # of some kinds alone
    refused |= {"kthvalue"}  # which it does not list: alertNotDeterministic in ATen/native/cuda/Sorting.cpp
    assert {"cumsum", "histc", "put_"} <= refused
    called = set()

    class Names(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, arguments=(), options=None):
            called.add(function.overloadpacket.__name__)
            return function(*arguments, **(options or {}))

    points = torch.randn(400, 30, generator=torch.Generator().manual_seed(0))
    with Names():
        nearest(points, 15)
        principal_start(points, 5, seed=0)
        nn.functional.adaptive_avg_pool2d(points.reshape(4, 10, 10, 30), 4)
    assert "topk" in called and called & refused == set()
    with Names():
        sketch(points)
    assert called & refused <= {"cumsum"}  # of a few numbers, on the host

"""The plan: as few passes as memory allows, in order; half precision for wide layers; smaller when it was too much."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.pipeline.building.planning import Plan, bytes_of, describe, fitting, plan, plan_for
from engine.pipeline.probing.probes import Probe

PROBES = [Probe(f"{k}-x", "X", "x", shape=(width,)) for k, width in enumerate([1000, 20_000, 20_000, 4000, 100])]
N = 100


def planned(memory, max_width=51_200):
    return plan(PROBES, n=N, max_width=max_width, memory=memory, batch=8)


def test_everything_in_one_pass_where_it_fits():
    scheme = planned(10**9)
    assert scheme.passes == ((0, 1, 2, 3, 4),)
    assert [scheme.half(k) for k in range(5)] == [False, True, True, False, False]
    assert scheme.bytes(range(5), N) == N * (4 * 1000 + 2 * 20_000 * 2 + 4 * 4000 + 400)


@pytest.mark.parametrize("memory", [4_000_000, 5_000_000, 7_000_000, 8_500_000])
def test_no_pass_takes_more_and_none_could_be_spared(memory):
    scheme = planned(memory)
    assert [k for layers in scheme.passes for k in layers] == list(range(5))
    assert all(scheme.bytes(layers, N) <= memory for layers in scheme.passes)
    for layers, after in zip(scheme.passes, scheme.passes[1:], strict=False):
        assert scheme.bytes([*layers, after[0]], N) > memory


def test_a_layer_that_does_not_fit_is_named():
    with pytest.raises(ValueError, match=r"layer 1-x of 100 images takes 3\.8 MiB by itself, and 2\.9 MiB may be used"):
        planned(3_000_000)


def test_a_layer_by_itself_may_take_more_than_a_pass_of_several():
    """Beside it a small batch and neighbours in pieces have to fit, and no copy of it."""
    scheme = plan(PROBES, n=N, max_width=51_200, memory=3_000_000, batch=8, alone=4_000_000)
    assert scheme.passes == ((0,), (1,), (2,), (3, 4)) and scheme.room == 3_000_000
    with pytest.raises(ValueError, match=r"layer 1-x .* 3\.4 MiB may be used; lower --max-width"):
        plan(PROBES, n=N, max_width=51_200, memory=3_000_000, batch=8, alone=3_600_000)


MACHINE = SimpleNamespace(batch=16, memory=10**9, free_memory=5_000_000, free_memory_alone=6_000_000)


def test_more_memory_than_there_is_is_believed_and_said(caplog):
    how = {"n": N, "max_width": 51_200}
    assert plan_for(MACHINE, PROBES, memory=6_000_000, **how).passes == ((0, 1), (2, 3, 4))
    assert not caplog.records
    assert len(plan_for(MACHINE, PROBES, memory=10**9, **how).passes) == 1
    assert "953.7 MiB are asked for, and 5.7 MiB are free for activations" in caplog.text


def test_what_does_not_fit_is_told_what_helps():
    small = SimpleNamespace(batch=16, memory=10**6, free_memory=10**6, free_memory_alone=0)
    for memory, disk, advice in [
        (None, None, "keep activations on the disk with --cluster local:1, lower --max-width"),
        (10**6, None, "raise --memory, keep activations on the disk with --cluster local:1, lower"),
        (10**6, Path("/"), "raise --memory, lower --max-width"),
    ]:
        with pytest.raises(ValueError, match=f"may be used; {advice}"):
            plan_for(small, PROBES, n=N, max_width=51_200, memory=memory, disk=disk)


def test_an_unfinished_build_goes_on_in_passes_that_fit_now():
    """Its batches stay, and layers that are done take nothing."""
    stored = replace(planned(10**9), batch=4)
    roomy = SimpleNamespace(free_memory=10**9, free_memory_alone=10**9)
    assert fitting(stored, roomy, PROBES, N, done=lambda k: k < 2) is stored
    scheme = fitting(stored, MACHINE, PROBES, N, done=lambda k: k < 2)
    assert scheme.passes == ((2,), (3, 4)) and (scheme.batch, scheme.room) == (4, 5_000_000)
    assert fitting(stored, MACHINE, PROBES, N, done=lambda k: k not in (0, 1)) is stored


def test_the_plan_is_said_and_stored():
    scheme = planned(5_000_000)
    lines = describe(scheme, PROBES, N)
    assert lines == [
        "plan: 5 layers of 100 images, 9.6 MiB of activations in 3 passes, 8 images at a time",
        "  pass 1: 0-x to 1-x, 4.2 MiB",
        "  pass 2: 2-x, 3.8 MiB",
        "  pass 3: 3-x to 4-x, 1.6 MiB",
    ]
    assert Plan.from_json(scheme.to_json()) == scheme


def test_a_large_batch_is_halved_with_the_layers():
    scheme = replace(planned(10**9), batch=256)
    batches = []
    while len(scheme.passes) < 5:
        scheme = scheme.smaller(next(k for k, layers in enumerate(scheme.passes) if len(layers) > 1))
        batches.append(scheme.batch)
    assert batches == [128, 64, 64, 64]


def test_a_pass_that_was_captured_keeps_its_batch():
    """It has fitted: what was too much is beside the layers, of which there may be fewer."""
    scheme = replace(planned(10**9), batch=256).smaller(0, captured=True)
    assert scheme.passes == ((0, 1), (2, 3, 4)) and scheme.batch == 256
    assert scheme.smaller(1, captured=True).smaller(1, captured=True) is None


def test_too_much_loses_half_its_layers_first_and_then_half_its_batch():
    scheme = planned(10**9).smaller(0)
    assert scheme.passes == ((0, 1), (2, 3, 4)) and scheme.batch == 8
    scheme = scheme.smaller(1)
    assert scheme.passes == ((0, 1), (2,), (3, 4)) and scheme.batch == 8
    batches = []
    while scheme.batch > 1:
        scheme = scheme.smaller(1)
        batches.append(scheme.batch)
    assert scheme.room == 0  # no pass beside another any more
    assert batches == [4, 2, 1] and scheme.passes == ((0, 1), (2,), (3, 4))
    assert scheme.smaller(1) is None


@pytest.mark.parametrize(
    ("text", "count"), [("8GB", 8 * 2**30), ("1.5 GiB", 3 * 2**29), ("500m", 500 * 2**20), ("7", 7)]
)
def test_sizes(text, count):
    assert bytes_of(text) == count


@pytest.mark.parametrize("text", ["", "lots", "-1GB", "0", "8XB"])
def test_what_is_no_size(text):
    with pytest.raises(ValueError, match="a size such as 8GB"):
        bytes_of(text)

"""Passes captured beside the one before: the same tour, within the memory planned, ended and tried again with it."""

import re
import threading
import weakref

import numpy as np
import pytest
import torch

import engine.pipeline.building.layers as layers_module
import engine.pipeline.building.passes as passes_module
from builds import contents, make
from engine.pipeline.activations import capture
from engine.pipeline.building.planning import bytes_of

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("quick")]
LAYER = layers_module._layer


@pytest.fixture
def captures(monkeypatch):
    """Which thread captured how many layers, pass by pass."""
    seen = []

    def noted(*arguments, **options):
        seen.append((threading.current_thread() is threading.main_thread(), len(arguments[2])))
        return capture(*arguments, **options)

    monkeypatch.setattr(passes_module, "capture", noted)
    return seen


@pytest.mark.parametrize("memory", ["140kB", "200kB"])
def test_passes_side_by_side_make_the_same_bytes(network, pixels, tmp_path, captures, memory, monkeypatch):
    make(network, pixels, tmp_path / "a" / "x.tour", memory=memory)
    assert captures[0][0] and not captures[-1][0]
    captures.clear()
    monkeypatch.setattr(passes_module._Captures, "begin", lambda *arguments, beside: None)
    make(network, pixels, tmp_path / "b" / "x.tour", memory=memory)
    assert len(captures) > 1 and all(main for main, _ in captures)
    assert contents(tmp_path / "a" / "x.tour") == contents(tmp_path / "b" / "x.tour")


def test_the_next_pass_is_captured_while_a_layer_is_embedded(network, pixels, tmp_path, monkeypatch):
    """A layer of one pass waits here for the whole next pass: one after the other it would for ever."""
    beside = threading.Event()

    def noted(*arguments, **options):
        found = capture(*arguments, **options)
        if threading.current_thread() is not threading.main_thread():
            beside.set()
        return found

    def layer(matrix, probe, *rest):
        assert probe.name != "2-stem.1" or beside.wait(timeout=60)
        return LAYER(matrix, probe, *rest)

    monkeypatch.setattr(passes_module, "capture", noted)
    monkeypatch.setattr(layers_module, "_layer", layer)
    make(network, pixels, tmp_path / "x.tour", memory="200kB")
    assert beside.is_set()


def test_memory_stays_within_what_is_planned(network, pixels, tmp_path, monkeypatch, captures):
    """The matrices that are there at once, in bytes, whichever thread made them."""
    sizes, most = {}, []

    def counted(shape, *, half, device):
        values = np.empty(shape, dtype=np.float16 if half else np.float32)
        key = object()
        sizes[key] = values.nbytes
        weakref.finalize(values, sizes.pop, key)
        most.append(sum(list(sizes.values())))
        return torch.from_numpy(values)

    monkeypatch.setattr("engine.pipeline.probing.taps._room", counted)
    make(network, pixels, tmp_path / "x.tour", memory="200kB")
    assert not captures[-1][0] and len(most) == 8 and not sizes
    # At most the last layer of one pass and all of the next; fewer where a layer is done before the next pass begins.
    assert 130_240 <= max(most) <= 64_000 + 130_240 <= bytes_of("200kB")


def test_short_memory_side_by_side_goes_on_one_after_the_other(
    network, pixels, tmp_path, captures, monkeypatch, caplog
):
    """Nothing is made smaller at first: what did not fit may fit alone."""
    whole = make(network, pixels, tmp_path / "a" / "x.tour")
    failed = []
    captures.clear()

    def tight(matrix, probe, *rest):
        if not failed and not all(main for main, _ in captures):
            failed.append(len(captures))
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return LAYER(matrix, probe, *rest)

    monkeypatch.setattr(layers_module, "_layer", tight)
    tour = make(network, pixels, tmp_path / "b" / "x.tour", memory="200kB")
    assert failed and all(main for main, _ in captures[failed[0] :])
    (said,) = [each.message for each in caplog.records if "out of memory" in each.message]
    assert re.fullmatch(r"out of memory; going on with [35] layers and 16 images at a time", said)
    assert all((a.points == b.points).all() for a, b in zip(tour.layers, whole.layers, strict=True))


def test_a_build_that_ends_ends_the_pass_that_goes_ahead(network, pixels, tmp_path, monkeypatch):
    """At its next batch: nobody waits for a whole pass that is not wanted any more."""
    going = threading.Event()

    def endless(*arguments, advance, **options):
        if threading.current_thread() is threading.main_thread():
            return capture(*arguments, advance=advance, **options)
        going.set()
        while True:
            advance(1)

    def interrupted(matrix, probe, *rest):
        if probe.name == "2-stem.1":
            assert going.wait(timeout=60)
            raise KeyboardInterrupt
        return LAYER(matrix, probe, *rest)

    monkeypatch.setattr(passes_module, "capture", endless)
    monkeypatch.setattr(layers_module, "_layer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make(network, pixels, tmp_path / "x.tour", memory="200kB")


class Fading(torch.utils.data.Dataset):
    """One picture of it can be read until all have been."""

    def __init__(self, pixels):
        self.pixels, self.reads = pixels, 0

    def __len__(self):
        return len(self.pixels)

    def __getitem__(self, i):
        self.reads += i == 7
        if self.reads > 1:
            raise OSError("gone")
        return torch.from_numpy(self.pixels[i])[None].float() / 255.0


def test_a_picture_that_is_gone_between_passes_is_said(network, tmp_path, pixels):
    with pytest.raises(ValueError, match="item 7 of Fading: gone; it could be read before in this build"):
        make(network, Fading(pixels), tmp_path / "x.tour", memory="200kB")

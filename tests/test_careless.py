"""What is called with the wrong kind of thing: one sentence in the caller's words, and never a silent picture."""

import numpy as np
import pytest
import torch
from torch import nn

import engine

BUILD = {
    "dims": (3.5, "dims is a whole number, not 3.5"),
    "n_neighbors": ("5", "n_neighbors is a whole number, not '5'"),
    "seed": (1.5, "seed is a whole number, not 1.5"),
    "max_width": (True, "max_width is a whole number, not True"),
    "embed_sample": (1e3, "embed_sample is a whole number, not 1000.0"),
    "min_dist": ("a", "min_dist is a number from 0 to 1, not 'a'"),
    "layers": ([0], "layers are names and globs of modules, not 0"),
    "memory": ([], "memory is a size such as 8GB"),
}  # fmt: skip


@pytest.mark.parametrize("argument", BUILD)
def test_arguments_of_build(argument, tmp_path):
    value, complaint = BUILD[argument]
    pixels = np.zeros((6, 8, 8, 3), np.uint8)
    given = {"n_neighbors": 5, argument: value}
    with pytest.raises((TypeError, ValueError), match=complaint):
        engine.build(nn.Sequential(nn.Flatten()), pixels, out=tmp_path / "a.tour", progress=False, **given)
    assert list(tmp_path.iterdir()) == []


def test_a_network_without_weights(tmp_path):
    network = nn.Sequential(nn.Flatten(), nn.Linear(192, 3, device="meta"))
    with pytest.raises(ValueError, match="weights are on the meta device"):
        engine.build(network, np.zeros((20, 8, 8, 3), np.uint8), out=tmp_path / "a.tour", progress=False)


@pytest.mark.parametrize("call", ["snapshot", "show", "export", "widget", "similarity"])
def test_a_path_in_place_of_a_tour(call, tmp_path):
    more = {"export": {"out": tmp_path / "page"}, "similarity": {"tour_b": None}}.get(call, {})
    with pytest.raises(TypeError, match=r"takes a tour, not the path 'a\.tour'; engine\.load\(path\) opens one"):
        getattr(engine, call)("a.tour", **more)


def test_masks_and_layers_that_fit_no_tour(small_tour):
    with pytest.raises(ValueError, match=rf"a boolean for each of the {small_tour.n:,} points, not shape \(5,\)"):
        engine.snapshot(small_tour, selected=np.zeros(5, bool))
    with pytest.raises(TypeError, match=r"a layer is given by its number or its name, not 1\.5"):
        small_tour.aligned(1.5)
    with pytest.raises(ValueError, match="max_points is a number of points, 1 or more, not 0"):
        engine.export(small_tour, out="page", max_points=0)


def test_procrustes_of_lists_and_of_what_is_no_number():
    corners = [[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]]
    assert engine.procrustes(corners, corners).similarity == pytest.approx(1.0)
    with pytest.raises(ValueError, match="needs finite numbers"):
        engine.procrustes(np.array(corners), np.array([[0.0, np.nan], [2.0, 0.0], [0.0, 1.0]]))
    with pytest.raises(ValueError, match="speed is a finite number"):
        engine.GrandTour(5, speed=np.nan)
    assert torch.is_inference_mode_enabled() is False

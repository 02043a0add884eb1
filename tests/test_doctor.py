"""The GPU tried out: on test doubles of CuPy and cuML everything agrees, and what does not is found."""

import numpy as np
import pytest
import torch

import engine.doctor.gpu as trial
import engine.doctor.machine as doctor
import engine.pipeline.trial as pipeline_trial
from engine.pipeline.embedding import Schedule
from tests.doubles import gpus


@pytest.fixture
def gpu(monkeypatch):
    """A machine with a GPU that is not there; few images and epochs."""
    schedule = "engine.pipeline.building.layers.schedule"
    monkeypatch.setattr(schedule, lambda n, *, first: Schedule(20 if first else 10, 1.0))
    monkeypatch.setattr(pipeline_trial, "IMAGES", 120)
    seen = gpus(monkeypatch, 1)
    seen.cuml.UMAP.fail.clear()
    return seen


@pytest.mark.trains
def test_everything_is_tried_and_agrees(gpu):
    findings = list(trial.trial())
    assert [each.mark for each in findings] == ["+"] * len(findings), findings
    assert [each.what for each in findings] == [
        "versions", "cuML's contract", "build on GPU, first", "build on GPU, second", "build on CPU, first",
        "repeats", "layer 0-conv1", "layer 1-conv4", "layer 2-dense", "picture",
    ]  # fmt: skip
    assert "Procrustes similarity 1.000" in findings[7].found or "0.99" in findings[7].found


@pytest.mark.trains
def test_a_worse_embedding_is_found(gpu, monkeypatch):
    shuffle = np.random.default_rng(0)

    def worse(self, rows):
        return gpu.cupy.asarray(shuffle.normal(size=(rows.shape[0], 15)).astype(np.float32))

    monkeypatch.setattr(gpu.cuml.UMAP, "fit_transform", worse)
    marks = {each.what: each.mark for each in trial.trial()}
    assert marks["repeats"] == "x" and marks["layer 0-conv1"] == "x" and marks["picture"] == "+"


def test_an_argument_that_cuml_no_longer_has_is_named(gpu, monkeypatch):
    monkeypatch.setattr(pipeline_trial, "cuml_umap", lambda: lambda n_neighbors, init: None)
    finding = trial._tried("cuML's contract", pipeline_trial._contract)
    assert finding.mark == "x" and "force_serial_epochs" in finding.found


def test_a_picture_that_is_not_as_computed_is_found(monkeypatch):
    def blank(tour, *, size):
        return np.zeros((*size, 4), dtype=np.uint8)

    monkeypatch.setattr("engine.pictures.snapshot.snapshot", blank)
    finding = trial._tried("picture", trial._picture)
    assert finding.mark == "x" and "no dot at pixel" in finding.found


@pytest.mark.trains
def test_doctor_embeds_two_hundred_points_with_cuml(gpu):
    (finding,) = doctor._trial_of_umap()
    assert finding.mark == "+" and gpu.cuml.UMAP.made[-1].options["n_components"] == 5
    gpu.cuml.UMAP.fail.append(ImportError("libcudart.so.13: cannot open shared object file"))
    (finding,) = doctor._trial_of_umap()
    assert finding.mark == "x" and "ImportError: libcudart.so.13" in finding.found and "--device cpu" in finding.remedy


def test_without_cuml_there_is_nothing_to_try():
    if not torch.cuda.is_available():
        assert doctor._trial_of_umap() == []

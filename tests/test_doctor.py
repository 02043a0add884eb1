"""The GPU tried out: on test doubles of CuPy and cuML everything agrees, and what does not is found."""

import os

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
    monkeypatch.setattr(pipeline_trial, "IMAGES", 200)  # more of a kind than neighbours: last bits decide nothing
    seen = gpus(monkeypatch, 1)
    seen.cuml.UMAP.fail.clear()
    return seen


@pytest.mark.trains
def test_everything_is_tried_and_agrees(gpu, caplog):
    caplog.set_level("INFO", "engine")
    findings = list(trial.trial())
    assert [each.mark for each in findings] == ["+"] * len(findings), findings
    assert [each.what for each in findings] == [
        "versions", "cuML's contract", "build on GPU, first", "build on GPU, second", "build on CPU, first",
        "repeats", "layer 0-conv1", "layer 1-conv4", "layer 2-dense", "picture", "time",
    ]  # fmt: skip
    assert [each.message for each in caplog.records if each.message.startswith("trying")] == [
        f"trying: {each.what}" for each in findings[1:-1]
    ]
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


@pytest.mark.parametrize(
    ("says", "found"),
    [
        ("echo '580.159, NVIDIA H200, 140000 MiB'; echo '580.159, NVIDIA H200, 70000 MiB'",
         "580.159; NVIDIA H200, 140000 MiB free; NVIDIA H200, 70000 MiB free"),
        ("echo 'No devices were found'", "nvidia-smi does not say (ValueError)"),
        ("echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18",
         "nvidia-smi does not say (CalledProcessError)"),
    ],
    ids=["cards", "none", "mismatch"],
)  # fmt: skip
def test_the_driver_is_named_with_what_its_cards_have_free(tmp_path, monkeypatch, says, found):
    """nvidia-smi is a test double here: a shell script that answers."""
    script = tmp_path / "nvidia-smi"
    script.write_text(f"#!/bin/sh\n{says}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    (finding,) = doctor._driver()
    assert finding.found == found and finding.mark == ("-" if "does not say" in found else "+")


def test_without_cuml_there_is_nothing_to_try():
    if not torch.cuda.is_available():
        assert doctor._trial_of_umap() == []

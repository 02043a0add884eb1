"""What a build keeps beside its tour, spoiled between two calls: said with what to do, never followed or waited for."""

import os
import shutil

import numpy as np
import pytest

from engine.pipeline.building.job import Job
from engine.pipeline.building.work_files import read_array, read_json
from engine.tour.alignment import Placement
from engine.tour.writing import check_replaceable

INPUTS = {"network": "a"}


@pytest.fixture
def job(tmp_path):
    """An unfinished build of three pictures, with one layer."""
    job = Job.of(tmp_path / "a.tour")
    with job.begun(INPUTS, fresh=False):
        points = np.ones((3, 15), np.float32)
        job.keep_layer(0, points, Placement(np.zeros(15), np.eye(15), 1.0, 1.0))
    return job


def begin(job, **options):
    with job.begun(INPUTS, fresh=False, **options):
        return job.layer(0)


def test_whole_it_is_taken_up(job):
    points, placement = begin(job)
    assert points.shape == (3, 15) and placement.radius == 1.0


@pytest.mark.parametrize(
    ("name", "data"),
    [("job.json", b'{"inp'), ("job.json", b""), ("job.json", b"[]"), ("job.json", b"{}"), ("job.json", b"[" * 100_000),
     ("job.json", b"\xff\xfe"), ("job.json", b'{"inputs": 5}'), ("layers/000.npy", b""), ("layers/000.npy", b"\x93NUM"),
     ("layers/000.npy", b"\x80\x04K\x01."), ("layers/000.json", b"{}"), ("layers/000.json", b'{"mean": 5}')],
)  # fmt: skip
def test_spoiled_it_is_named_with_what_to_do(job, name, data):
    (job.folder / name).write_bytes(data)
    with pytest.raises(FileExistsError, match=r"is not as it was left \(.*--fresh starts over") as caught:
        begin(job)
    assert name in str(caught.value) and "\n" not in str(caught.value)
    with job.begun(INPUTS, fresh=True):
        assert not job.has_layer(0)


def test_pipes_are_not_waited_for(job):
    os.remove(job.folder / "lock")
    os.mkfifo(job.folder / "lock")
    begin(job)
    for name in ("layers/000.npy", "layers/000.json", "job.json"):
        os.remove(job.folder / name)
        os.mkfifo(job.folder / name)
        with pytest.raises(OSError, match="is a pipe, not a regular file"):
            begin(job)


def test_a_file_in_a_folders_place(job):
    shutil.rmtree(job.folder / "layers")
    (job.folder / "layers").write_text("")
    with pytest.raises(FileExistsError, match="it is no folder"):
        begin(job)
    with job.begun(INPUTS, fresh=True):
        pass


def test_links_are_not_followed(job, tmp_path):
    """Neither emptied through, nor cleared through."""
    mine = tmp_path / "mine"
    mine.write_text("mine")
    os.remove(job.folder / "lock")
    (job.folder / "lock").symlink_to(mine)
    with pytest.raises(OSError, match="symbolic links"):
        begin(job)
    assert mine.read_text() == "mine"
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "mine").write_text("mine")
    other = Job.of(tmp_path / "b.tour")
    other.folder.symlink_to(folder)
    with pytest.raises(FileExistsError, match="is a link, and unfinished work is a folder"):
        begin(other)
    assert (folder / "mine").read_text() == "mine"


def test_a_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="cannot be written there") as caught:
        begin(Job.of(tmp_path / "file" / "a.tour"))
    assert caught.value.errno  # so that it is not taken for a full disk


@pytest.mark.parametrize("manifest", ["{", "[]", '{"build": null}', '{"build": {"inputs": []}}', "[" * 100_000])
def test_a_tour_that_says_nonsense_of_its_build(tmp_path, manifest):
    (tmp_path / "a.tour").mkdir()
    (tmp_path / "a.tour" / "tour.json").write_text(manifest)
    with pytest.raises(FileExistsError, match="a tour that no build made; --fresh replaces it"):
        Job.of(tmp_path / "a.tour").finished(INPUTS, fresh=False)


@pytest.mark.parametrize("name", ["a" * 201, "é" * 101, "a\nb.tour", "\x1b[2J.tour", "\udcff.tour"])
def test_names_that_no_tour_can_have_are_refused_first(tmp_path, name):
    with pytest.raises(ValueError, match="no name for a tour's folder"):
        check_replaceable(tmp_path / name)
    check_replaceable(tmp_path / "a tour 日本 👩‍🚀.tour")


def test_what_is_gone(tmp_path):
    assert read_json(tmp_path / "none.json") is None
    with pytest.raises(FileExistsError, match="it is gone"):
        read_array(tmp_path / "none.npy")

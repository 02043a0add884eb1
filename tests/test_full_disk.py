"""A disk that is full, for real: every command that writes says so in one line, and leaves no half of a file."""

import os
import subprocess

import pytest

import engine
import forked
from engine.tour.story import export_story
from engine.tour.view import SavedView, View
from engine.viewer.remembered import remember, state_file
from engine.viewer.unsaved import Unsaved
from engine.viewer.viewer import Viewer

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="to mount a small file system takes root")
SELECTED = View(selected=tuple(range(60)), handles=[{"name": "h" * 9000, "points": [1]}])


@pytest.fixture
def disk(tmp_path):
    """A file system of 8 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "none", folder], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("words", [
    ["render", "{}", "--size", "400x300", "--out", "a.png"],
    ["render", "{}", "--seconds", "0.5", "--size", "640x400", "--out", "a.mp4"],
    ["similarity", "{}", "{}", "--out", "table"],
    ["export", "{}", "--out", "site"],
    ["export", "{}", "--single-file", "--out", "a.html"],
], ids=["picture", "film", "table", "page", "file"])  # fmt: skip
def test_commands(saved, disk, words):
    done = forked.run(["-m", "engine", *(word.format(saved / "small.tour") for word in words)], cwd=disk)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "no space left on device" in done.stderr.splitlines()[-1] and "Errno" not in done.stderr
    assert [each for each in disk.rglob("*") if each.is_file()] == []


def test_stories_and_states(saved, disk, monkeypatch, caplog):
    tour = engine.load(saved / "small.tour")
    with pytest.raises(OSError, match=r"(?i)space"):
        export_story((SavedView("a", SELECTED),), disk / "a.json")
    monkeypatch.setenv("XDG_STATE_HOME", str(disk))
    with pytest.raises(OSError, match=r"(?i)space"):
        Unsaved(tour).keep((SavedView("a", SELECTED),), ())
    remember(Viewer.of(tour, SELECTED), size=(1280, 800))
    assert "not kept" in caplog.text and not state_file(tour).exists()
    assert [each for each in disk.rglob("*") if each.is_file()] == []

"""One state folder for two machines, clocks that are set back, and a disk that stalls: no unsaved story is lost."""

import errno
import fcntl
import os
import subprocess
import threading

import pytest

import engine
from engine.tour.view import SavedView
from engine.viewer.remembered import recall, remember, state_file
from engine.viewer.unsaved import Unsaved, taken_up
from engine.viewer.viewer import Viewer

MINE, MORE = (SavedView("mine"),), (SavedView("mine"), SavedView("more"))


@pytest.fixture
def tour(saved):
    return engine.load(saved / "small.tour")


def left(tour):
    """The captions of every story that is kept, by file."""
    file = state_file(tour)
    stories = []
    for each in sorted(file.parent.glob(f"{file.stem}.*.story")):
        text = each.read_text()
        stories.append([caption for caption in ("mine", "more", "theirs") if f'"caption": "{caption}"' in text])
    return stories


def test_two_machines_whose_locks_do_not_reach_each_other(tour, monkeypatch):
    """A window of the other machine takes up the story of one that lives: both have it, whatever either does then."""

    def no_locks(descriptor, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    here, there = Unsaved(tour), Unsaved(tour)
    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", no_locks)
        here.keep(MINE, ())
        assert taken_up(tour, there) == MINE
        there.keep((*MINE, SavedView("theirs")), ())
        here.keep(MORE, ())
        assert sorted(left(tour)) == [["mine", "more"], ["mine", "theirs"]]
    here.close()
    there.close()
    assert {each.caption for each in taken_up(tour, Unsaved(tour))} == {"mine", "more", "theirs"}


@pytest.mark.parametrize("when", [0, 4_000_000_000])
def test_a_clock_that_is_set_back_or_ahead(tour, when):
    """Files from 1970, 2017 and 2096."""
    viewer = Viewer.of(tour)
    remember(viewer, size=(800, 600))
    for story, seconds in ((MINE, when), ((SavedView("theirs"),), 1_500_000_000)):
        unsaved = Unsaved(tour)
        unsaved.keep(story, ())
        unsaved.close()
        os.utime(unsaved.file, (seconds, seconds))
    for file in (state_file(tour), *(tour.folder.rglob("*"))):
        os.utime(file, (4_000_000_000, 4_000_000_000))
    assert recall(engine.load(tour.folder)) is not None
    assert sorted(each.caption for each in taken_up(tour, Unsaved(tour))) == ["mine", "theirs"]


@pytest.fixture
def frozen(tmp_path):
    """A file system that takes no write until it is thawed."""
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    image.write_bytes(bytes(8 * 2**20))
    steps = (["mkfs.ext4", "-q", image], ["mount", "-o", "loop", image, folder])
    if os.geteuid() != 0 or any(subprocess.run(each, capture_output=True).returncode for each in steps):
        pytest.skip("this machine lets nobody mount a file system")
    yield folder
    subprocess.run(["fsfreeze", "--unfreeze", folder], capture_output=True)
    subprocess.run(["umount", folder], check=True)


def test_a_window_goes_on_while_the_disk_of_its_state_folder_stalls(frozen, tour, open_window, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(frozen))
    window, _ = open_window(tour, reopen=True)
    window.viewer.save_view("mine")
    window.draw(1 / 60)
    while not left(tour):
        window.draw(1 / 60)
    if subprocess.run(["fsfreeze", "--freeze", frozen], capture_output=True).returncode:
        pytest.skip("this file system cannot be frozen")
    thaw = threading.Timer(60, subprocess.run, [["fsfreeze", "--unfreeze", frozen]])  # or a failure waits for ever
    thaw.start()
    window.viewer.save_view("more")
    for _ in range(60):
        window.draw(1 / 60)
    assert thaw.is_alive() and window.faults.count == 0
    assert left(tour) == [["mine"]]  # the disk has not taken the later one
    subprocess.run(["fsfreeze", "--unfreeze", frozen], check=True)
    thaw.cancel()
    window.close()
    assert left(tour) == [["mine", "more"]]

"""A tour is put in place in one step: killed anywhere, saved by two at once, the disk full, one is always there."""

import dataclasses
import fcntl
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

import engine
import forked
from engine.pipeline.building.job import Job
from engine.tour import replacing
from engine.tour.reading import _Reader

KILLED = """
import os, signal, sys, engine
loaded = engine.load(sys.argv[1])
left = int(sys.argv[2])
def count(event, args):
    global left
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "ctypes.call_function"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
from dataclasses import replace
replace(loaded, name="later").save(sys.argv[1])
print("ended")
"""


@pytest.mark.parametrize("at", [1, 6, 14, 24, 30, 44, 46, 52, 60])  # from 46 on it removes what was there
def test_killed_at_any_step_a_whole_tour_is_there_and_the_next_save_works(saved, at):
    done = forked.run(["-c", KILLED, saved / "small.tour", at], cwd=saved)
    assert done.returncode == -signal.SIGKILL or "ended" in done.stdout, done.stderr
    tour = engine.load(saved / "small.tour")
    assert tour.name in ("small", "later")
    tour.save(saved / "small.tour")
    assert [each.name for each in saved.iterdir()] == ["small.tour"]  # and nothing is left of it


def test_what_older_versions_left_behind_is_no_hindrance(saved):
    for name in (".small.tour.new", ".small.tour.new.old"):
        (saved / name / "layers").mkdir(parents=True)
    engine.load(saved / "small.tour").save(saved / "small.tour")
    assert [each.name for each in saved.iterdir()] == ["small.tour"]


SAVES = """
import sys, engine
from dataclasses import replace
tour = engine.load(sys.argv[1])
if sys.argv[2] == "b":
    tour = replace(tour, layers=tour.layers[::-1])
for k in range(8):
    replace(tour, name=f"{sys.argv[2]}-{k}").save(sys.argv[3])
"""


def test_two_that_save_to_one_path_at_once_both_end_and_who_reads_meanwhile_has_one_of_them(saved):
    words = ["-c", SAVES, saved / "small.tour"]
    both = [forked.Program([*words, name, saved / "out.tour"], cwd=saved) for name in ("a", "b")]
    while any(each.running for each in both):
        if (saved / "out.tour").exists():
            tour = engine.load(saved / "out.tour")
            assert tour.layers[0].name.startswith("0" if tour.name.startswith("a") else "3")
        time.sleep(0.02)
    assert [each.wait().returncode for each in both] == [0, 0]
    assert engine.load(saved / "out.tour").name in ("a-7", "b-7")
    assert sorted(each.name for each in saved.iterdir()) == ["out.tour", "small.tour"]


def test_a_tour_put_in_place_while_it_is_read_is_read_anew(saved, monkeypatch):
    tour = engine.load(saved / "small.tour")
    later = dataclasses.replace(tour, name="later", layers=tour.layers[::-1])
    read = _Reader.attributes

    def and_replaced(self, *words):
        monkeypatch.setattr(_Reader, "attributes", read)
        later.save(saved / "small.tour")
        return read(self, *words)

    monkeypatch.setattr(_Reader, "attributes", and_replaced)
    seen = engine.load(saved / "small.tour")
    assert seen.name == "later" and [each.name[0] for each in seen.layers] == ["3", "2", "1", "0"]


def test_what_killed_writers_left_is_looked_for_while_nobody_begins(saved, monkeypatch):
    """A staging folder is held a moment after it is made; who clears away must not come between."""
    clear = replacing._clear

    def alone(path):
        holder = os.open(path.parent, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(holder)
        clear(path)
        cleared.append(path)

    cleared = []
    monkeypatch.setattr(replacing, "_clear", alone)
    engine.load(saved / "small.tour").save(saved / "a.tour")
    assert cleared == [saved / "a.tour"]


def test_without_an_exchange_two_renames_do(saved, monkeypatch):
    monkeypatch.setattr(replacing, "_exchanged", lambda a, b: False)
    tour = engine.load(saved / "small.tour")
    dataclasses.replace(tour, name="later").save(saved / "small.tour")
    assert engine.load(saved / "small.tour").name == "later"
    assert [each.name for each in saved.iterdir()] == ["small.tour"]


def test_a_link_is_followed_and_stays(saved):
    (saved / "link.tour").symlink_to(saved / "small.tour")
    dataclasses.replace(engine.load(saved / "link.tour"), name="later").save(saved / "link.tour")
    assert (saved / "link.tour").is_symlink()
    assert engine.load(saved / "small.tour").name == "later"


def test_a_tour_that_is_open_stays_whole_while_another_takes_its_place(saved, small_tour):
    tour = engine.load(saved / "small.tour")
    shifted = [dataclasses.replace(layer, points=layer.points[::-1]) for layer in small_tour.layers]
    dataclasses.replace(small_tour, layers=tuple(shifted), name="later").save(saved / "small.tour")
    assert (tour.layers[1].points == small_tour.layers[1].points).all()


FULL = """
import resource, signal, sys, engine
from dataclasses import replace
tour = engine.load(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    replace(tour, name="later").save(sys.argv[1])
except OSError as error:
    resource.setrlimit(resource.RLIMIT_FSIZE, 2 * [resource.RLIM_INFINITY])  # what it prints goes into a file too
    print("refused", error)
"""


@pytest.mark.parametrize("room", [0, 2_000, 12_000])
def test_a_disk_that_refuses_at_any_file_leaves_what_was_there(saved, room):
    done = forked.run(["-c", FULL, saved / "small.tour", room], cwd=saved)
    assert done.stdout.startswith("refused"), done.stdout + done.stderr
    assert engine.load(saved / "small.tour").name == "small"
    assert [each.name for each in saved.iterdir()] == ["small.tour"]


@pytest.mark.skipif(os.geteuid() != 0, reason="to mount a small file system takes root")
@pytest.mark.parametrize("size", [24, 48])
def test_a_small_file_system_that_is_full(saved, tmp_path, size):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        with pytest.raises(OSError, match=r"(?i)space|written"):
            engine.load(saved / "small.tour").save(disk / "a.tour")
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", disk], check=True)


def test_files_have_the_mode_that_the_user_asks_for(saved):
    mask = os.umask(0o027)
    try:
        engine.load(saved / "small.tour").save(saved / "a.tour")
    finally:
        os.umask(mask)
    assert {file.stat().st_mode & 0o777 for file in Path(saved / "a.tour").rglob("*") if file.is_file()} == {0o640}


def test_what_only_looks_like_a_left_over_stays(tmp_path, small_tour):
    """Somebody's own folder, a pipe that would be waited for, and a link to somebody's folder."""
    (tmp_path / ".a.tour.news").mkdir()
    (tmp_path / ".a.tour.news" / "mine").write_text("mine")
    os.mkfifo(tmp_path / ".a.tour.new.00000000")
    (tmp_path / ".a.tour.new.00000001").symlink_to(tmp_path / ".a.tour.news")
    (tmp_path / ".a.tour.new.00000002").mkdir()
    (tmp_path / ".a.tour.new.old").mkdir()
    small_tour.save(tmp_path / "a.tour")
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        ".a.tour.new.00000000", ".a.tour.new.00000001", ".a.tour.news", "a.tour"
    ]  # fmt: skip
    assert (tmp_path / ".a.tour.news" / "mine").read_text() == "mine"


def test_a_private_tour_stays_private(tmp_path, small_tour):
    small_tour.save(tmp_path / "a.tour")
    for mode in (0o700, 0o750, 0o500):
        (tmp_path / "a.tour").chmod(mode)
        small_tour.save(tmp_path / "a.tour")
        assert (tmp_path / "a.tour").stat().st_mode & 0o777 == mode | 0o700
    (tmp_path / "a.tour").chmod(0o700)
    with Job.of(tmp_path / "a.tour").begun({"network": "a"}, fresh=True):
        assert (tmp_path / ".a.tour.build").stat().st_mode & 0o777 == 0o700

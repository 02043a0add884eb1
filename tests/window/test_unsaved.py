"""Stories are kept as they are edited: a killed window, two at once, another beside, a disk that refuses lose none."""

import os
import signal
import stat
import time
from contextlib import contextmanager

import pytest

import engine
import forked
from engine.files import whole
from engine.tour.view import SavedView, View
from engine.viewer.remembered import state_file
from engine.viewer.unsaved import Unsaved, taken_up

EDITS = """
import sys, engine
from engine.window.window import Window
window = Window(engine.load(sys.argv[1]), reopen=True)
window.show()
for k in range(3):
    window.viewer.save_view(f"view {k}")
    window.draw(1 / 60)
step = window.step
def first():  # signals are put off by now
    window.step = step
    print("edited", flush=True)
    step()
window.step = first
window.run()
"""


@pytest.fixture
def tour(saved):
    return engine.load(saved / "small.tour")


def captions(story):
    return [each.caption for each in story]


def kept(tour):
    """What a window on the tour that opens now takes up."""
    mine = Unsaved(tour)
    story = taken_up(tour, mine)
    mine.close()
    return captions(story or ())


@pytest.fixture
def edited(saved, display):
    """A process with a window in which three views were saved into the story, and not into the tour."""
    words = ["-c", EDITS, saved / "small.tour"]
    program = forked.Program(words, cwd=saved, env={**os.environ, "DISPLAY": display})
    assert program.said("edited\n"), program.wait().stderr
    yield program
    program.kill()


def test_a_killed_window_has_lost_nothing(edited, tour, open_window):
    for _ in range(600):  # the last edit is on the disk a moment after it was made
        if any(b"view 2" in file.read_bytes() for file in state_file(tour).parent.glob("*.story")):
            break
        time.sleep(0.05)
    assert kept(tour) == []  # the other window is alive
    edited.kill()
    edited.wait()
    window, _ = open_window(tour, reopen=True)
    assert captions(window.viewer.story.story) == ["view 0", "view 1", "view 2"] and window.viewer.story.unsaved
    assert window.panels.story.shown and "3 views was not saved; here it is" in window.panels.toast


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_closes_the_window_and_then_takes_effect(edited, tour, number):
    edited.send(number)
    assert edited.wait(60).returncode in (-number, 1)  # 1: the traceback of KeyboardInterrupt
    assert state_file(tour).is_file()  # as a window that is closed
    assert kept(tour) == ["view 0", "view 1", "view 2"]


def test_two_windows_leave_a_story_each_and_the_next_has_both(tour):
    both = [Unsaved(tour) for _ in range(2)]
    for mine, name in zip(both, ("one", "other"), strict=True):
        mine.keep((SavedView(name),), ())
    assert kept(tour) == []  # of windows that are open
    for mine in both:
        mine.close()
    assert kept(tour) == ["one", "other"]
    (file,) = state_file(tour).parent.glob("*.story")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_story_is_held_from_the_moment_in_which_others_find_it(tour, monkeypatch):
    found = []

    @contextmanager
    def watched(file):
        with whole(file) as partial:
            yield partial
        found.append(kept(tour))

    monkeypatch.setattr("engine.viewer.unsaved.whole", watched)
    mine = Unsaved(tour)
    for name in ("one", "other"):
        mine.keep((SavedView(name),), ())
    assert found == [[], []]
    mine.close()
    monkeypatch.setattr("engine.viewer.unsaved.whole", whole)
    assert kept(tour) == ["other"]


def test_what_is_saved_or_taken_back_is_not_kept(tour, open_window):
    window, hand = open_window(tour, reopen=True)
    window.viewer.save_view("one")
    hand.wait(5)
    hand.key("ctrl+s")
    window.close()
    assert kept(tour) == []
    assert captions(engine.load(tour.folder).views) == ["one"]


def test_a_story_goes_along_beside_another_tour_and_back(tour, open_window):
    window, hand = open_window(tour, reopen=True)
    window.viewer.save_view("alone")
    window.compare(tour)
    hand.wait(60)
    assert window.pair and captions(window.pair.viewers[0].story.story) == ["alone"]
    window.pair.viewers[0].save_view("beside")
    hand.wait(5)
    window._close_beside()
    assert captions(window.viewer.story.story) == ["alone", "beside"]
    window.close()
    assert kept(tour) == ["alone", "beside"]


@pytest.mark.parametrize("spoil", [lambda text: text[:50], lambda text: text.replace('"layer": 1', '"layer": 77')])
def test_what_cannot_be_taken_up_stays(tour, spoil, caplog):
    mine = Unsaved(tour)
    mine.keep((SavedView("a", View(layer=1)),), ())
    mine.close()
    mine.file.write_text(spoil(mine.file.read_text()))
    assert kept(tour) == [] and mine.file.is_file()
    assert "stays there" in caplog.text and caplog.text.count("\n") == 1


def test_a_disk_that_refuses_is_said(tour, open_window, tmp_path, monkeypatch):
    window, hand = open_window(tour, reopen=True)
    (tmp_path / "file").write_text("in the way")
    window._keeping._kept[id(window.viewer.story)].unsaved.file = tmp_path / "file" / "x.story"
    window.viewer.save_view("one")
    for _ in range(200):
        hand.wait(2)
        if "not kept" in window.panels.toast:
            break
    assert "Ctrl+S saves it" in window.panels.toast

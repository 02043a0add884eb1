"""Where nothing changes or nobody sees it, no frame is drawn, and nobody is asked."""

import subprocess

import glfw
import pytest

from engine.window import panels


def drawn(window, hand, steps=30):
    before = window.frames
    hand.wait(steps)
    return window.frames - before


@pytest.fixture
def opened(open_window, small_tour):
    window, hand = open_window(small_tour)
    window.viewer.playing = False
    for _ in range(300):  # until the images are there and what was said has gone
        if not drawn(window, hand, 10):
            break
    return window, hand


def x_window():
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", "UMAP Tour"], capture_output=True, text=True
    )
    return found.stdout.split()[-1]


def test_paused_and_untouched(opened):
    window, hand = opened
    assert drawn(window, hand) == 0
    hand.do("mousemove_relative", 7, 3, frames=0)
    assert 0 < drawn(window, hand) < 10  # the frames in which a hover settles, and none after
    assert drawn(window, hand) == 0
    hand.key("space")
    assert window.viewer.moving and drawn(window, hand) == 30


@pytest.mark.parametrize("how", ["withdrawn", "hidden"])
def test_out_of_sight_though_the_tour_plays(how, opened):
    window, hand = opened
    window.viewer.playing = True
    assert drawn(window, hand) == 30
    if how == "withdrawn":  # as a window manager does with what is minimised or on another desktop
        number = x_window()
        hand.do("windowunmap", number, frames=3)
    else:
        glfw.hide_window(window._surface.handle)
        hand.wait(3)
    frame = window.viewer.motion.frame
    assert drawn(window, hand) == 0
    if how == "withdrawn":
        hand.do("windowmap", number, frames=3)
    else:
        window.show()
        hand.wait(3)
    assert drawn(window, hand) == 30
    turned = abs(window.viewer.motion.frame - frame).max()
    assert 0 < turned < 0.3  # it goes on from where it was


def test_frames_ask_nobody_for_a_size_that_is_as_it_was(opened, monkeypatch):
    """The X server may be at the other end of a network."""
    window, hand = opened
    window.viewer.playing = True
    asked = []
    for name in ("get_framebuffer_size", "get_window_size"):
        ask = getattr(glfw, name)
        monkeypatch.setattr(glfw, name, lambda handle, ask=ask: asked.append(handle) or ask(handle))
    frames = window.frames
    hand.wait(5)
    assert window.frames == frames + 5 and asked == []
    hand.resize(900, 650)
    assert window.size == (900, 650) and 0 < len(asked) < 10


def test_one_short_frame_does_not_pass_for_the_rate_of_all(opened, monkeypatch):
    window, _hand = opened
    window.viewer.playing = True
    shown = []
    status = panels.Status
    monkeypatch.setattr(panels, "Status", lambda fps, *others: shown.append(fps) or status(fps, *others))
    for seconds in (1e-4, *[0.1] * 12):  # the first after a rest
        window.step(seconds)
    assert shown[-1] == pytest.approx(10.0, rel=0.5)

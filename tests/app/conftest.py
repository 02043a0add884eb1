"""Windows on a virtual display, and a hand that works them with real events."""

import subprocess

import numpy as np
import pytest

from engine.app.window import Window


class Hand:
    """What a person does: every call is a real event, taken in by the window's own loop."""

    def __init__(self, window):
        self.window = window

    def do(self, *words, frames=12):
        subprocess.run(["xdotool", *map(str, words)], check=True)
        self.wait(frames)

    def wait(self, frames=12):
        for _ in range(frames):
            self.window.step()

    def settle(self, seconds=1.2):
        """Let time pass without waiting for it."""
        for _ in range(round(seconds * 60)):
            self.window.draw(1 / 60)

    def move(self, x, y):
        self.do("mousemove", x, y)

    def click(self, x, y):
        self.do("mousemove", x, y, "click", 1)

    def key(self, name):
        self.do("key", name)

    def drag(self, x1, y1, x2, y2):
        self.do("mousemove", x1, y1, "mousedown", 1, frames=4)
        steps = 5
        for k in range(1, steps + 1):
            self.do("mousemove", x1 + (x2 - x1) * k // steps, y1 + (y2 - y1) * k // steps, frames=3)
        self.do("mouseup", 1)

    def type(self, text):
        """Into a field whose text is selected, and Enter."""
        self.do("type", "--delay", "15", text, frames=20)
        self.key("Return")


@pytest.fixture
def open_window(display, monkeypatch, tmp_path):
    """Opens windows: tour (or two), keywords -> (window, hand). They are closed after the test."""
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setattr("engine.app.window.IDLE", 0.01)
    monkeypatch.chdir(tmp_path)
    windows = []

    def open_one(*tours, **keywords):
        window = Window(*tours, **keywords)
        windows.append(window)
        window.show()
        hand = Hand(window)
        hand.do("mousemove", 640, 600)
        hand.wait(5)
        return window, hand

    # OpenGL drivers and ImGui's float arithmetic are not ours to hold to strict arithmetic
    with np.errstate(all="ignore"):
        yield open_one
        for window in windows:
            if not window.closed:
                window.close()


@pytest.fixture
def window(opened):
    """Of what the test file's own `opened` opened."""
    return opened[0]


@pytest.fixture
def hand(opened):
    return opened[1]

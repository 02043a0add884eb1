"""A robot that works a window as people do, at random but replayable: gestures of real X events, by XTEST.

The same seed makes the same gestures at the same frames; what threads finish in between is as it happens.
"""

import ctypes
import ctypes.util
import random
from pathlib import Path

import glfw

SECONDS = 1 / 60  # that pass with each frame
KEYS = "jjjjkkkkiiohhrrttlebbwwwccxuvvfgddanm[]"  # as often as they stand there
NAMED = ["space", "space", "Escape", "Escape", "Tab", "Tab", "Return", "question", "slash", "s", "ctrl+z", "ctrl+z",
         "ctrl+y", "ctrl+c", "ctrl+v", "ctrl+s", "shift+Tab", "BackSpace", "F5"]  # fmt: skip
SIZES = [(800, 600), (960, 640), (1280, 720), (820, 820), (1130, 640)]  # pixels cost time without a GPU


class Server:
    """What presses keys and moves the mouse of an X display."""

    def __init__(self, display):
        self._x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self._test = ctypes.CDLL(ctypes.util.find_library("Xtst") or "libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        self._codes = {}

    def move(self, x, y):
        self._test.XTestFakeMotionEvent(self._display, -1, int(x), int(y), ctypes.c_ulong(0))

    def button(self, number, down):
        self._test.XTestFakeButtonEvent(self._display, number, int(down), ctypes.c_ulong(0))

    def key(self, name, down):
        if name not in self._codes:
            symbol = ctypes.c_ulong(self._x.XStringToKeysym(name.encode()))
            self._codes[name] = self._x.XKeysymToKeycode(self._display, symbol)
        self._test.XTestFakeKeyEvent(self._display, self._codes[name], int(down), ctypes.c_ulong(0))

    def sync(self):
        """Wait until the server has handed all of it on."""
        self._x.XSync(self._display, 0)

    def close(self):
        self._x.XCloseDisplay(self._display)


class Robot:
    """Works one window. `story` is what it has done, for a report."""

    def __init__(self, window, display, *, seed, beside: Path, size=SIZES[1]):
        """beside: a tour to open beside the window's own; size: of the window when it is put away."""
        self.window, self.beside, self.size = window, beside, size
        self.server = Server(display)
        self.random = random.Random(seed)
        self.story = []
        self.place = (400.0, 300.0)
        self.gestures = {
            self.hover: 18, self.rest: 8, self.drag: 10, self.wheel: 8, self.click: 8, self.key: 22,
            self.brush: 6, self.panel: 14, self.scrub: 4, self.search: 2, self.save_view: 2, self.play: 1,
            self.resize: 0.5, self.compare: 0.5, self.handle: 2,
        }  # fmt: skip

    def frame(self, times=1):
        for _ in range(times):
            self.server.sync()
            self.window.step(SECONDS)
            yield

    def work(self):
        """Gestures for ever; yields after each frame."""
        names, weights = list(self.gestures), list(self.gestures.values())
        while True:
            gesture = self.random.choices(names, weights)[0]
            self.story.append((self.window.frames, gesture.__name__, self.place))
            del self.story[:-30]
            yield from gesture()

    def anywhere(self):
        width, height = self.window.size
        return self.random.uniform(0, width - 1), self.random.uniform(0, height - 1)

    def on_canvas(self):
        width, height = self.window.size
        return self.random.uniform(0.25, 0.8) * width, self.random.uniform(0.15, 0.85) * height

    # ------------------------------------------------------------------------------------------ gestures

    def go(self, to, steps):
        x, y = self.place
        for k in range(1, steps + 1):
            self.place = x + (to[0] - x) * k / steps, y + (to[1] - y) * k / steps
            self.server.move(*self.place)
            yield from self.frame()

    def hover(self):
        yield from self.go(self.anywhere(), self.random.randint(3, 20))

    def rest(self):
        yield from self.frame(self.random.randint(5, 40))

    def press(self, to, *, button=1, held=(), steps=None):
        for key in held:
            self.server.key(key, True)
        self.server.button(button, True)
        yield from self.frame()
        yield from self.go(to, steps or self.random.randint(3, 15))
        self.server.button(button, False)
        for key in held:
            self.server.key(key, False)
        yield from self.frame(2)

    def drag(self):
        yield from self.go(self.on_canvas(), 3)
        yield from self.press(self.anywhere(), button=self.random.choice([1, 1, 1, 2, 3]))

    def brush(self):
        yield from self.tap(self.random.choice("fgfgd"))
        yield from self.go(self.on_canvas(), 3)
        held = self.random.choice([(), (), ("Shift_L",), ("Control_L",), ("Alt_L",)])
        yield from self.press(self.on_canvas(), held=held)
        yield from self.tap("v")

    def wheel(self):
        button = self.random.choice([4, 5])
        for _ in range(self.random.randint(1, 6)):
            self.server.button(button, True)
            self.server.button(button, False)
            yield from self.frame()

    def click_at(self, place):
        yield from self.go(place, 2)
        self.server.button(1, True)
        yield from self.frame()
        self.server.button(1, False)
        yield from self.frame(3)

    def click(self):
        yield from self.click_at(self.on_canvas())

    def tap(self, name):
        *held, last = name.split("+")
        held = {"ctrl": "Control_L", "shift": "Shift_L"}.get(*held) if held else None
        held = "Shift_L" if last == "question" else held
        for key, down in ((held, True), (last, True), (last, False), (held, False)):
            if key:
                self.server.key(key, down)
        yield from self.frame(2)

    def key(self):
        yield from self.tap(self.random.choice([self.random.choice(KEYS)] * 2 + [self.random.choice(NAMED)]))

    def panel(self):
        """A click, or a drag, where panels are: left, right, top or bottom."""
        width, height = self.window.size
        x, y = self.random.choice([
            (self.random.uniform(16, 232), self.random.uniform(16, height - 60)),
            (self.random.uniform(width - 400, width - 16), self.random.uniform(16, height - 16)),
            (self.random.uniform(0.2, 0.8) * width, height - self.random.uniform(16, 64)),
            (self.random.uniform(0.5, 1.0) * width, self.random.uniform(16, 52)),
        ])  # fmt: skip
        yield from self.click_at((x, y))
        if self.random.random() < 0.2:
            yield from self.press((x + self.random.uniform(-60, 60), y + self.random.uniform(-60, 60)))

    def scrub(self):
        width, height = self.window.size
        yield from self.go((width - 36, height / 2 + self.random.uniform(-40, 40)), 3)
        yield from self.press((width - 36, height / 2 + self.random.uniform(-80, 80)))

    def search(self):
        yield from self.tap("slash")
        for letter in self.random.choices("abcdemnost", k=self.random.randint(1, 5)):
            yield from self.tap(letter)
        yield from self.frame(10)
        yield from self.tap(self.random.choice(["Escape", "Return"]))

    def save_view(self):
        """By the story's own button, and a caption; a story of more than a dozen loses its first."""
        story, panels = self.window.viewer.story, self.window.panels
        if len(story.story) > 12:
            story.remove(0)
        if not panels.story.shown:
            yield from self.tap("b")
        rows = min(len(story.story), int((self.window.size[1] - 68 - panels.legend_bottom - 104) // 56))
        yield from self.click_at((100, panels.legend_bottom + 8 + 44 + 56 * max(1, rows) + 24))
        for letter in self.random.choices("abcde", k=4):
            yield from self.tap(letter)
        yield from self.tap("Return")

    def play(self):
        self.window.viewer.play_story()
        yield from self.frame(self.random.randint(10, 60))  # and what comes next meets it playing

    def handle(self):
        yield from self.tap("d")
        yield from self.go(self.on_canvas(), 2)
        yield from self.press(self.on_canvas())
        yield from self.tap("Return")
        yield from self.press(self.on_canvas())
        if len(self.window.hands.handles.all) > 6 or self.random.random() < 0.5:
            yield from self.tap("x")
        yield from self.tap("v")

    def resize(self):
        glfw.set_window_size(self.window._surface.handle, *self.random.choice(SIZES))
        yield from self.frame(5)

    def compare(self):
        if self.window.pair is None:
            self.window._commands.dropped([str(self.beside)])
        else:
            yield from self.click_at((self.window.size[0] - 132, 36))
        yield from self.frame(40)

    def tidy(self, first):
        """The window as it was at first: one tour at its `first` view, nothing open, nothing held, nothing selected."""
        for button in (1, 2, 3):
            self.server.button(button, False)
        for key in ("Shift_L", "Control_L", "Alt_L"):
            self.server.key(key, False)
        yield from self.frame(3)
        window = self.window
        while window._worker.busy:  # another tour may be about to open
            yield from self.frame()
        if window.pair is not None:
            window._close_beside()
        window.panels.popover, window.panels.search, window.panels.story.shown = "", "", False
        glfw.set_window_size(window._surface.handle, *self.size)
        viewer = window.viewer
        viewer.stop()
        viewer.take_tour("grand")
        viewer.restore(first)
        viewer.go_to(0)
        viewer.reset_camera()
        viewer.playing, viewer.speed = True, 6.0
        yield from self.go((480.0, 300.0), 2)
        yield from self.frame(60)
        window.compare(self.beside)  # closed again, it leaves a scene that has drawn nothing, and nothing to take back
        while window._worker.busy:
            yield from self.frame()
        window._close_beside()
        yield from self.frame(30)

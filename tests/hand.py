"""A hand at a window: pointer, buttons and keys as real events, by xdotool, and time that passes meanwhile."""

import subprocess


class Hand:
    """What a person does: every call is a real event, taken in by the window's own loop."""

    def __init__(self, window):
        self.window = window

    def do(self, *words, frames=4):
        subprocess.run(["xdotool", *map(str, words)], check=True)
        self.wait(frames)

    def wait(self, frames=5):
        for _ in range(frames):
            self.window.step()

    def settle(self, seconds=1.2):
        """Let time pass without waiting for it, in the longest steps that a window takes; ImGui's hovers need three."""
        frames = max(3, round(seconds / 0.1))
        for _ in range(frames):
            self.window.draw(seconds / frames)

    def finish(self):
        """Wait for what is worked out beside the drawing."""
        while self.window._worker.busy:
            self.wait(1)

    def rest(self, seconds=5.0):
        """Let time pass for what moves, until cameras are where they are to be; frames are drawn before and after."""
        self.settle(0.3)
        for _ in range(round(seconds / 0.1)):
            self.window.panes.advance(0.1)
        self.settle(0.3)

    def resize(self, width, height, frames=5):
        """The window."""
        import glfw

        glfw.set_window_size(self.window._surface.handle, width, height)
        self.wait(frames)

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

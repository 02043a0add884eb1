"""What is said for a while, a toast of a few lines: where it covers no panel, no name and as few points as can be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...viewer import picking
from ...viewer.theme import ABOVE_DOCK, GAP
from ...viewer.wrap import wrapped
from ..pane import Pane
from ..ui import Ui

# Pixels of text wide at most, and lines; those first that are as wide as a sentence is read.
SHAPES = ((560, 3), (360, 4), (240, 6), (1200, 2), (1200, 1))
PAD, LINE = 10, 20
CELL = 8  # pixels of the grid that places are looked for on
POINTS = 2000  # of a pane's, of which it covers none if it can
NO_DIGITS = {ord(digit): None for digit in "0123456789"}  # one that counts stays where it is
PANEL, NAME, POINT = 1e6, 1e5, 1e3  # what covering one costs, in cells from the middle above the dock

Box = tuple[float, float, float, float]  # x, y, width, height, unless said


@dataclass
class Message:
    """Where the present one stands: it stays there while the figure turns."""

    text: str = ""
    window: tuple[float, float] = (0.0, 0.0)
    lines: tuple[str, ...] = ()
    box: Box = (0.0, 0.0, 0.0, 0.0)
    around: tuple[Box, ...] = ()
    """The panels among which it was placed, left, top, right and bottom."""

    def place(self, ui: Ui, panes: Sequence[Pane], text: str) -> None:
        """Find a place for a text, unless it has one that no panel has come to since, or was found among the same."""
        x, y, width, height = self.box
        covered = any(a < x + width and x < c and b < y + height and y < d for a, b, c, d in ui.taken)
        kind, around = text.translate(NO_DIGITS), tuple(ui.taken)
        same = (kind, ui.size) == (self.text.translate(NO_DIGITS), self.window)
        if same and (not covered or around == self.around):
            self.lines = self.lines if text == self.text or len(self.lines) > 1 else (text,)
            self.text = text
            return
        self.text, self.window, self.around = text, ui.size, around
        costs = PANEL * _panels(ui) + NAME * _names(ui, panes) + POINT * _points(ui, panes)
        best = np.inf
        for wide, most in SHAPES:
            room = min(wide, ui.size[0] - 80.0)
            lines = [ui.elide(line, room) for line in wrapped(text, ui.width, room=room, lines=most)]
            width, height = max(map(ui.width, lines)) + 32, 2.0 * PAD + LINE * len(lines)
            cost, at = _cheapest(ui.size, (width, height), costs)
            if cost < best:
                best, self.lines, self.box = cost, tuple(lines), (*at, width, height)
            if best < min(PANEL, POINT):
                return


def draw(ui: Ui, panes: Sequence[Pane], message: Message, text: str) -> None:
    """Draw it, after all panels."""
    if not text:
        message.text = ""
        return
    message.place(ui, panes, text)
    x, y, width, height = message.box
    with ui.panel("message", x, y, width, height, front=True, inert=True):
        for k, line in enumerate(message.lines):
            ui.text(x + 16, y + PAD + LINE * (k + 0.5), line)


def _panels(ui: Ui) -> NDArray[np.float64]:
    """1 in the cells of the window (rows, columns) that a panel reaches into or comes near."""
    return _boxes(ui, ui.taken)


def _names(ui: Ui, panes: Sequence[Pane]) -> NDArray[np.float64]:
    """1 in those of a handle's name."""
    labels = [(each, pane.box[:2]) for pane in panes for each in pane.hands.handles.labels.values()]
    return _boxes(ui, [(a + x, b + y, c + x, d + y) for (a, b, c, d), (x, y) in labels])


def _boxes(ui: Ui, boxes: Sequence[Box]) -> NDArray[np.float64]:
    """1 in those of boxes (left, top, right, bottom)."""
    grid = _grid(ui.size)
    for left, top, right, bottom in boxes:
        low = [max(0, int((edge - GAP / 2) // CELL)) for edge in (top, left)]
        high = [max(0, int(-(-(edge + GAP / 2) // CELL))) for edge in (bottom, right)]
        grid[low[0] : high[0], low[1] : high[1]] = 1.0
    return grid


def _points(ui: Ui, panes: Sequence[Pane]) -> NDArray[np.float64]:
    """How many points are drawn in each cell."""
    grid = _grid(ui.size)
    for pane in panes:
        if pane.sight is None:
            continue
        n = pane.viewer.tour.n
        some = np.unique(np.linspace(0, n - 1, min(n, POINTS)).astype(np.intp))
        at, sizes = picking.drawn_at(pane.viewer, pane.sight, some)
        at = at + pane.box[:2]
        for across in (-0.5, 0.0, 0.5):  # a large image reaches into several
            for down in (-0.5, 0.0, 0.5):
                x, y = ((at + np.outer(sizes, (across, down))) // CELL).T
                inside = (x >= 0) & (y >= 0) & (x < grid.shape[1]) & (y < grid.shape[0])
                np.add.at(grid, (y[inside].astype(np.intp), x[inside].astype(np.intp)), 1.0)
    return grid


def _grid(size: tuple[float, float]) -> NDArray[np.float64]:
    return np.zeros((int(size[1] // CELL), int(size[0] // CELL)))


def _cheapest(
    window: tuple[float, float], size: tuple[float, float], costs: NDArray[np.float64]
) -> tuple[float, tuple[float, float]]:
    """What the best place of a box costs, and its top left. costs: of each cell of the window."""
    wide, high = (int(-(-side // CELL)) + 1 for side in size)
    sums = np.pad(costs, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    whole = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    usual = (window[0] - size[0]) / 2, window[1] - ABOVE_DOCK - size[1]
    rows, columns = np.indices(whole.shape)
    whole = whole + np.hypot(columns - usual[0] / CELL, rows - usual[1] / CELL)
    row, column = np.unravel_index(int(whole.argmin()), whole.shape)
    return float(whole[row, column]), (float(CELL * column + CELL / 2), float(CELL * row + CELL / 2))

"""The points, or the classes, whose places in the two panes differ most; a click shows them alone."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...viewer.derived import Displacement
from ...viewer.hands import Hands
from ...viewer.pair import Pair
from ...viewer.theme import SMALL
from ...viewer.titles import layer_number
from ...viewer.viewer import Viewer
from ..icons import ICON_CLOSE
from ..strip import Strip
from ..tiles import Pictures
from ..ui import Ui
from .card import title

WIDTH = 216
Box = tuple[float, float, float, float]
Line = tuple[float, float, float]  # x, y and width of 32 pixels
HEAD, ROW, ROWS = 88, 32, 12
IMAGE = 24


@dataclass
class Differences:
    """What the list shows, worked out for one pair of layers."""

    bottom: float = 0.0
    """Where it ends, in pixels of the design."""

    by_class: bool = False
    chosen: NDArray[np.intp] | None = None
    """The points of the row that was clicked: they are shown alone."""
    joined: int | None = None
    """The point whose two places a line joins: that of the row under the cursor, or of the one that was clicked."""
    of: Displacement | None = None
    distances: NDArray[np.float64] | None = None
    """(n,), once they are known."""
    pictures: Pictures | None = None
    strip: Strip | None = None
    _listed: "tuple[tuple[object, ...], list[Row]]" = ((), [])

    def rows(self, viewer: Viewer) -> "list[Row]":
        """What differs most, of what the legend and the selection show; sorted anew only where that has changed."""
        groups, selection = viewer.base.groups, viewer.selection
        key = (self.by_class, id(self.distances), id(viewer.coloring), groups, id(selection))
        if self._listed[0] != key:
            self._listed = key, _rows(viewer, self)
        return self._listed[1]

    def ask(self, pair: Pair, in_background: Callable[..., None]) -> None:
        """Have the distances between the layers shown worked out, unless they are or are being."""
        left, right = pair.viewers
        of = Displacement(right.tour, right.layer, left.tour, left.layer)
        if of == self.of:
            return
        self.of, self.distances = of, None

        def done(distances: NDArray[np.float64]) -> None:
            if self.of == of:
                self.distances = distances

        in_background(of.distances, done)

    def close(self) -> None:
        for each in (self.pictures, self.strip):
            if each is not None:
                each.close()
        self.pictures = self.strip = None


def draw(ui: Ui, pair: Pair, hands: Hands, listed: Differences, *, x: float, top: float, low: float) -> bool:
    """Draw the list between the panes, where it covers neither, down to `low`; returns whether it was closed."""
    viewer = pair.leader
    listed.ask(pair, viewer.in_background)
    rows = listed.rows(viewer)[: max(3, int((low - top - HEAD - 8) // ROW))]
    height = HEAD + ROW * max(1, len(rows)) + 8
    listed.bottom = top + height
    with ui.panel("differences", x, top, WIDTH, height, front=True):
        closed = _head(ui, pair, listed, x, top)
        places = [(x + 4, top + HEAD + ROW * k) for k in range(len(rows))]
        _show(ui, viewer, hands, listed, rows, places, closed=closed)
        if not rows:
            ui.text(x + 12, top + HEAD + 16, _nothing(viewer, listed), size=SMALL, color=ui.colors.second)
    return closed


def draw_across(
    ui: Ui, pair: Pair, hands: Hands, listed: Differences, bar: Callable[[Line], str] | None, *, box: Box
) -> tuple[bool, str]:
    """Draw it in a box (x, y, width, height) across the bottom: what it is of, and beside that the rows in columns.

    bar: draws the bar of the selection into a line, where any is selected; they stand under it. Returns whether the
    list was closed, and what that bar does.
    """
    viewer, wish = pair.leader, ""
    listed.ask(pair, viewer.in_background)
    (x, y, w, h), top = box, box[1] + 6.0
    with ui.panel("differences", x, y, w, h, front=True):
        closed = _head(ui, pair, listed, x, y + 10)
        if bar is not None:
            wish = bar((x + WIDTH + 4, top, w - WIDTH - 12))
            top += 34
        down, columns = int((y + h - 2 - top) // ROW), max(1, int((w - WIDTH - 4) // (WIDTH - 8)))
        apart = (w - WIDTH - 4) / columns
        rows = listed.rows(viewer)[: down * columns]
        places = [(x + WIDTH + apart * (k // down), top + ROW * (k % down)) for k in range(len(rows))]
        _show(ui, viewer, hands, listed, rows, places, closed=closed)
        if not rows:
            ui.text(x + WIDTH + 8, top + 18, _nothing(viewer, listed), size=SMALL, color=ui.colors.second)
    return closed, wish


def _head(ui: Ui, pair: Pair, listed: Differences, x: float, top: float) -> bool:
    """What is listed, of points or of classes; whether it is to be closed."""
    ui.text(x + 12, top + 22, "Differ most", bold=True)
    left, right = (layer_number(each.tour, each.layer) for each in pair.viewers)
    text = ui.elide(f"layers {left}, {right}", WIDTH - 92 - 40, size=SMALL)
    ui.text(x + 92, top + 22, text, size=SMALL, color=ui.colors.second)
    closed = ui.icon_button("close", ICON_CLOSE, x + WIDTH - 36, top + 6, tip="Close\tn")
    _choice(ui, listed, x + 12, top + 44)
    return closed


def _show(
    ui: Ui,
    viewer: Viewer,
    hands: Hands,
    listed: Differences,
    rows: "list[Row]",
    places: list[tuple[float, float]],
    *,
    closed: bool,
) -> None:
    """The rows at their places; the points of the one under the cursor, or of the one clicked, are singled out."""
    pictures = _show_images(ui, viewer, listed, rows)
    shown: NDArray[np.intp] | None = None
    for k, ((name, value, color, points), (x, y)) in enumerate(zip(rows, places, strict=True)):
        clicked, hovered, _ = ui.button(f"differs {k}", x, y, WIDTH - 8, ROW)
        chosen = listed.chosen is not None and np.array_equal(points, listed.chosen)
        if hovered or (chosen and shown is None):
            shown = points
        if chosen:
            ui.rect(x, y, WIDTH - 8, ROW, ui.colors.tint, radius=6)
            ui.rect(x, y, 3, ROW, ui.colors.accent, radius=1.5)
        elif hovered:
            ui.rect(x, y, WIDTH - 8, ROW, ui.colors.control, radius=6)
        if pictures and listed.strip is not None:
            ui.rect(x + 8, y + 4, IMAGE, IMAGE, ui.colors.track, radius=4)
            listed.strip.draw(ui, k, x + 8, y + 4, IMAGE)
        elif color is not None:
            ui.disc(x + 18, y + ROW / 2, 5, (*color, 1.0))
        ui.text(x + 40, y + ROW / 2, ui.elide(name, WIDTH - 44 - 60))
        ui.text(x + WIDTH - 16, y + ROW / 2, value, size=SMALL, color=ui.colors.second, align=1.0)
        if clicked:
            listed.chosen = None if chosen else points
            hands.pinned = int(points[0]) if len(points) == 1 and not chosen else None
            viewer.playing = False  # or the points would drift away
    listed.joined = int(shown[0]) if shown is not None and len(shown) == 1 and not closed else None
    _single_out(viewer, hands, None if closed else shown)
    if closed:
        listed.chosen = None


Row = tuple[str, str, tuple[float, float, float] | None, NDArray[np.intp]]  # name, value, colour, points


def _rows(viewer: Viewer, listed: Differences) -> list[Row]:
    """What differs most, of what the legend and the selection show."""
    if listed.distances is None:
        return []
    coloring = viewer.coloring
    codes = coloring.codes.astype(np.intp)
    lit = np.ones(viewer.tour.n, dtype=bool) if viewer.selection is None else viewer.selection
    shown = np.flatnonzero(lit & np.isin(codes, viewer.base.groups) if viewer.base.groups else lit)
    if not listed.by_class:
        distances = listed.distances[shown]
        count = min(ROWS, len(shown))
        most = np.argpartition(-distances, count - 1)[:count] if count else np.zeros(0, dtype=np.intp)
        order = shown[most[np.lexsort((shown[most], -distances[most]))]]
        return [
            (title(viewer, point) or f"#{point}", f"{listed.distances[point]:.2f}", _color(viewer, int(codes[point])),
             np.array([point]))
            for point in order.tolist()
        ]  # fmt: skip
    if coloring.kind not in ("categorical", "ordinal"):
        return []
    counts = np.bincount(codes[shown], minlength=len(coloring.table))
    sums = np.bincount(codes[shown], weights=listed.distances[shown], minlength=len(coloring.table))
    means = np.divide(sums, counts, out=np.zeros(len(counts)), where=counts > 0)
    rows = [row for row in np.argsort(-means, kind="stable").tolist() if counts[row]][:ROWS]
    return [(coloring.names[row], f"{means[row]:.2f}", _color(viewer, row), shown[codes[shown] == row]) for row in rows]


def _color(viewer: Viewer, row: int) -> tuple[float, float, float] | None:
    if viewer.coloring.kind == "none":
        return None
    r, g, b = (viewer.coloring.table[row] / 255.0).tolist()
    return r, g, b


def _nothing(viewer: Viewer, listed: Differences) -> str:
    if listed.distances is None:
        return "Working them out\u2026"
    if listed.by_class and viewer.coloring.kind not in ("categorical", "ordinal"):
        return "Colour by classes to compare them"
    return "No points are shown"


def _choice(ui: Ui, listed: Differences, x: float, y: float) -> None:
    """Points or classes: two halves of one control."""
    width = (WIDTH - 24) / 2
    ui.rect(x, y, 2 * width, 32, ui.colors.control, radius=6)
    for k, name in enumerate(("Points", "Classes")):
        left, on = x + width * k, listed.by_class == bool(k)
        clicked, hovered, _ = ui.button(name, left, y, width, 32)
        if on:
            ui.rect(left + 2, y + 2, width - 4, 28, ui.colors.pressed, radius=5)
        ui.text(left + width / 2, y + 16, name, align=0.5, color=ui.colors.text if on or hovered else ui.colors.second)
        if clicked:
            listed.by_class = bool(k)


def _show_images(ui: Ui, viewer: Viewer, listed: Differences, rows: list[Row]) -> bool:
    """Have the points' images on the strip; whether there are any."""
    sprites = viewer.tour.sprites
    if sprites is None or listed.by_class:
        return False
    listed.pictures = listed.pictures or Pictures(sprites)
    listed.strip = listed.strip or Strip(sprites.tile, ROWS)
    listed.strip.show(listed.pictures.get(tuple(int(points[0]) for *_, points in rows)))
    ui.moving = ui.moving or listed.pictures.arriving
    return True


def _single_out(viewer: Viewer, hands: Hands, points: NDArray[np.intp] | None) -> None:
    """Show these points alone in both panes, and nothing else of them moves."""
    before = None if hands.singled is None else np.flatnonzero(hands.singled)
    if points is None:
        hands.singled = None
    elif before is None or not np.array_equal(before, points):
        hands.singled = np.zeros(viewer.tour.n, dtype=bool)
        hands.singled[points] = True

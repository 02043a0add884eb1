"""The card between two panes: align, link the cameras, how similar the layers shown are, and all pairs of layers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from ...viewer.pair import Pair
from ...viewer.theme import GAP, MARGIN, SMALL, TOOLBAR
from ..icons import ICON_CLOSE, ICON_DOWN, ICON_LINK, ICON_LIST, ICON_UP
from ..menu import menu
from ..ui import Ui
from . import matrix
from .matrix import Matrix

WIDTH = 216
HEAD, VALUE, TABLE = 47, 103, 148  # from its top: where the switch, the value and the matrix's labels end
FOOT = 40  # under the matrix, for the colour bar
CELL = (2.0, 16.0)
BAR = 384  # wide, the bar of the selection beside it
STRETCHED = 4.0  # times wider than high that a cell of a low matrix is at most
BELOW = 104  # kept free under the card
LOW, NARROW = 700, 1120  # of the window, below which it starts folded

Line = tuple[float, float, float]  # x, y and width of 32 pixels
Form = Literal["open", "across", "folded", "head"]
"""With the matrix; with that across the bottom of the window; without; the switches alone."""


@dataclass
class Compare:
    """What the card remembers between frames."""

    folded: bool | None = None
    """None until somebody folds it: then as the window's size suggests."""
    asked: bool = False
    """Whether somebody has just asked to fold it, or to unfold it, whichever it is not."""
    measure: str = ""
    matrix: Matrix = field(default_factory=Matrix)
    right: float = 0.0
    bottom: float = 0.0
    """Where it ends, in pixels of the design."""


def unfolds(size: tuple[float, float], card: Compare) -> bool:
    """Whether the matrix is to be shown in a window of `size`: as somebody left it, or where there is room."""
    return (size[0] >= NARROW and size[1] >= LOW) if card.folded is None else not card.folded


def draw(ui: Ui, pair: Pair, card: Compare, *, form: Form, listed: bool, foot: float) -> bool:
    """Draw the card. listed: whether the list of differences is open. foot: what lies above the dock.

    Returns whether the list's button was clicked.
    """
    rows, columns = (viewer.tour.depth for viewer in pair.viewers)
    room = (WIDTH - matrix.NUMBERS - 12) / columns, (ui.size[1] - MARGIN - TABLE - FOOT - BELOW - foot) / rows
    cell = _whole(ui, min(CELL[1], max(CELL[0], min(room))))
    height = {"open": TABLE + cell * rows + FOOT, "folded": VALUE}.get(form, HEAD)
    x, y = round(min((ui.size[0] - WIDTH) / 2, ui.size[0] - MARGIN - TOOLBAR - GAP - WIDTH)), MARGIN
    card.right, card.bottom = x + WIDTH, y + height
    if card.measure not in pair.tables:
        card.measure = next(iter(pair.tables), "")
    table, hovered = pair.tables.get(card.measure), None
    with ui.panel("compare", x, y, WIDTH, height):
        asked = _head(ui, pair, card, x, y, folded=form in ("folded", "head"), listed=listed)
        if form in ("open", "folded"):
            ui.line(x + 12, y + HEAD, x + WIDTH - 12, y + HEAD, ui.colors.border)
            _value(ui, pair, card, table, x, y + HEAD)
        if form == "open":
            matrix.axes(ui, pair, x + 12, y + 112, WIDTH - 24)
            at = x + matrix.NUMBERS, y + TABLE
            hovered = matrix.draw(ui, pair, card.matrix, table, at, (cell, cell))
            if table is not None:
                matrix.scale(ui, at[0], at[1] + cell * rows + 17, WIDTH - matrix.NUMBERS - 24)
    if hovered is not None and table is not None:
        beside = card.right + 8, max(float(MARGIN), ui.mouse[1] - 28)
        matrix.name(ui, pair, table, hovered, beside, up=False)
    return asked


def draw_across(
    ui: Ui, pair: Pair, card: Compare, bar: Callable[[Line], str] | None, *, box: tuple[float, float, float, float]
) -> str:
    """Draw the matrix in a box (x, y, width, height) across the bottom, its cells wider than high if need be.

    bar: draws the bar of the selection into a line, where any is selected. Returns what that does.
    """
    (x, y, w, h), wish = box, ""
    table, hovered = pair.tables.get(card.measure), None
    rows, columns = (viewer.tour.depth for viewer in pair.viewers)
    aside = WIDTH if bar is None else BAR  # what is beside it
    left, top = x + aside + matrix.NUMBERS, y + 24
    high = _whole(ui, min(CELL[1], (h - 24 - 8) / rows))
    wide = _whole(ui, min(CELL[1], STRETCHED * high, (w - aside - matrix.NUMBERS - 44) / columns))
    with ui.panel("matrix", x, y, w, h, front=True):
        _value(ui, pair, card, table, x, y)
        below = y + 60
        if bar is not None:
            wish, below = bar((x + 8, below, aside - 16)), below + 40
        if below + 40 <= y + h:
            matrix.axes(ui, pair, x + 12, below + 8, WIDTH - 24)
            matrix.scale(ui, x + 26, below + 30, WIDTH - 52)
        ui.line(x + aside, y + 12, x + aside, y + h - 12, ui.colors.border)
        hovered = matrix.draw(ui, pair, card.matrix, table, (left, top), (wide, high))
        if ui.icon_button("close", ICON_CLOSE, x + w - 40, y + 8, tip="Fold\tm"):
            card.asked = True
    if hovered is not None and table is not None:
        matrix.name(ui, pair, table, hovered, (ui.mouse[0] - 100, y - GAP), up=True)
    return wish


def _whole(ui: Ui, side: float) -> float:
    """A side of a cell in whole pixels of the screen, where it has any."""
    return max(1, int(side * ui.scale)) / ui.scale if side * ui.scale >= 1.0 else side


def _head(ui: Ui, pair: Pair, card: Compare, x: float, y: float, *, folded: bool, listed: bool) -> bool:
    """Returns whether the list of differences was asked for."""
    pair.aligned = ui.switch("align", x + 12, y + 24, pair.aligned, tip="Turn one onto the other\ta")
    ui.text(x + 52, y + 24, "Align")
    asked = ui.icon_button("differences", ICON_LIST, x + 108, y + 8, tip="Points that differ most\tn", active=listed)
    if ui.icon_button("link", ICON_LINK, x + 144, y + 8, tip="One camera for both", active=pair.linked):
        pair.linked = not pair.linked
    clicked, hovered, held = ui.button("fold", x + 176, y + 8, 32, 32, tip=("Unfold" if folded else "Fold") + "\tm")
    ui.button_fill("fold compare", x + 176, y + 8, hovered=hovered, held=held)
    ui.text(x + 192, y + 24, ICON_DOWN if folded else ICON_UP, size=11, color=ui.colors.second, align=0.5)
    if clicked:
        card.asked = True
    return asked


def _value(ui: Ui, pair: Pair, card: Compare, table: NDArray[np.float64] | None, x: float, y: float) -> None:
    """The similarity of the two layers shown, and how it is measured: 56 high, from y on."""
    value = None if table is None else float(table[pair.places])
    if value is None and pair.fit is not None:
        value = pair.fit.similarity
    ui.text(x + 12, y + 18, "Similarity", size=SMALL, color=ui.colors.second)
    ui.rect(x + 144, y + 16, 60, 4, ui.colors.track, radius=2)
    if value is not None:
        ui.rect(x + 144, y + 16, 60 * min(1.0, max(0.0, value)), 4, ui.colors.accent, radius=2)
        ui.text(x + WIDTH - 12, y + 38, f"{value:.3f}", bold=True, align=1.0)
    name = ui.elide(card.measure or "Procrustes", WIDTH - 96)
    wide = ui.width(name)
    clicked, hovered, held = ui.button(
        "measure", x + 6, y + 26, wide + 32, 24, tip=card.measure if name != card.measure else "What is measured"
    )
    if hovered or held:
        ui.rect(x + 6, y + 26, wide + 32, 24, ui.colors.pressed if held else ui.colors.control, radius=6)
    ui.text(x + 12, y + 38, name)
    ui.text(x + 12 + wide + 14, y + 38, ICON_DOWN, size=10, color=ui.colors.second, align=0.5)
    if clicked and pair.tables:
        imgui.open_popup("measures")
    names = tuple(pair.tables)
    if names:
        picked = menu(ui, "measures", at=(x + 4, y + 53), items=names, current=names.index(card.measure))
        card.measure = names[picked] if picked is not None else card.measure

"""The card between two panes: align, link the cameras, how similar the layers shown are, and all pairs of layers."""

from dataclasses import dataclass, field

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from ...tour.colors import viridis
from ...viewer.pair import Pair
from ...viewer.similarity_table import best, shades
from ...viewer.theme import GAP, MARGIN, ORANGE, SMALL, TOOLBAR
from ...viewer.titles import numbered_title
from ..icons import ICON_DOWN, ICON_DOWN_ARROW, ICON_LINK, ICON_LIST, ICON_RIGHT_ARROW, ICON_UP
from ..menu import menu
from ..textures import Textures
from ..ui import Ui

WIDTH = 216
HEAD, VALUE, TABLE = 47, 103, 148  # from its top: where the switch, the value and the matrix's labels end
FOOT = 40  # under the matrix, for the colour bar
INSET = 36  # left of the matrix, for the numbers of layers
CELL = (2.0, 16.0)
BELOW = 104  # kept free under the card
KEPT = 16  # tables as pictures: of several measures, epochs and sizes
LOW, NARROW = 700, 1120  # of the window, below which it starts folded


@dataclass
class Compare:
    """What the card remembers between frames."""

    folded: bool | None = None
    """None until somebody folds it: then as the window's size suggests."""
    is_folded: bool = False
    """Whether it was drawn folded."""
    measure: str = ""
    textures: Textures | None = None
    """Makes a picture one that ImGui draws."""
    right: float = 0.0
    bottom: float = 0.0
    """Where it ends, in pixels of the design."""
    _drawn: dict[tuple[int, int], imgui.ImTextureRef] = field(default_factory=dict)

    def picture(self, table: NDArray[np.float64], cell: int) -> imgui.ImTextureRef | None:
        """A table that its pair keeps, in colours, every cell `cell` pixels of the screen wide and high."""
        if (id(table), cell) not in self._drawn and self.textures is not None:
            if len(self._drawn) == KEPT:
                self.textures.drop(self._drawn.pop(next(iter(self._drawn))))
            self._drawn[id(table), cell] = self.textures.add(colored(table, cell))
        return self._drawn.get((id(table), cell))

    def forget(self) -> None:
        """Another pair has other tables."""
        for texture in self._drawn.values():
            assert self.textures is not None
            self.textures.drop(texture)
        self._drawn.clear()


def colored(table: NDArray[np.float64], cell: int) -> NDArray[np.uint8]:
    """Values in [0, 1] as Viridis, uint8 RGBA (rows cell, columns cell, 4)."""
    pixels = np.full((*table.shape, 4), 255, dtype=np.uint8)
    pixels[..., :3] = shades(table)
    return pixels.repeat(cell, axis=0).repeat(cell, axis=1)


def draw(ui: Ui, pair: Pair, card: Compare, *, listed: bool, short: bool) -> bool:
    """Draw the card. listed: whether the list of differences is open. short: whether there is room for the switches
    alone. Returns whether the list's button was clicked.
    """
    folded = (ui.size[0] < NARROW or ui.size[1] < LOW) if card.folded is None else card.folded
    card.is_folded = folded = folded or listed or short  # the list takes the place of the matrix
    rows, columns = (viewer.tour.depth for viewer in pair.viewers)
    room = (WIDTH - INSET - 12) / columns, (ui.size[1] - MARGIN - TABLE - FOOT - BELOW) / rows
    cell = min(CELL[1], max(CELL[0], min(room)))
    cell = max(1, int(cell * ui.scale)) / ui.scale  # whole pixels of the screen
    height = HEAD if short else VALUE if folded else TABLE + cell * rows + FOOT
    x, y = round(min((ui.size[0] - WIDTH) / 2, ui.size[0] - MARGIN - TOOLBAR - GAP - WIDTH)), MARGIN
    card.right, card.bottom = x + WIDTH, y + height
    if card.measure not in pair.tables:
        card.measure = next(iter(pair.tables), "")
    with ui.panel("compare", x, y, WIDTH, height):
        asked = _head(ui, pair, card, x, y, folded=folded, listed=listed)
        if not short:
            _value(ui, pair, card, x, y)
        if not folded:
            _axes(ui, pair, x, y + 112)
        hovered = None if folded else _matrix(ui, pair, card, x + INSET, y + TABLE, cell)
    if hovered is not None:
        _name(ui, pair, card, *hovered)
    return asked


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
        card.folded = not folded
        asked = asked or listed
    return asked


def _value(ui: Ui, pair: Pair, card: Compare, x: float, y: float) -> None:
    """The similarity of the two layers shown."""
    ui.line(x + 12, y + HEAD, x + WIDTH - 12, y + HEAD, ui.colors.border)
    table = pair.tables.get(card.measure)
    value = None if table is None else float(table[pair.places])
    if value is None and pair.fit is not None:
        value = pair.fit.similarity
    ui.text(x + 12, y + 65, "Similarity", size=SMALL, color=ui.colors.second)
    ui.rect(x + 144, y + 63, 60, 4, ui.colors.track, radius=2)
    if value is not None:
        ui.rect(x + 144, y + 63, 60 * min(1.0, max(0.0, value)), 4, ui.colors.accent, radius=2)
        ui.text(x + WIDTH - 12, y + 85, f"{value:.3f}", bold=True, align=1.0)
    name = ui.elide(card.measure or "Procrustes", WIDTH - 96)
    wide = ui.width(name)
    clicked, hovered, held = ui.button(
        "measure", x + 6, y + 73, wide + 32, 24, tip=card.measure if name != card.measure else "What is measured"
    )
    if hovered or held:
        ui.rect(x + 6, y + 73, wide + 32, 24, ui.colors.pressed if held else ui.colors.control, radius=6)
    ui.text(x + 12, y + 85, name)
    ui.text(x + 12 + wide + 14, y + 85, ICON_DOWN, size=10, color=ui.colors.second, align=0.5)
    if clicked and pair.tables:
        imgui.open_popup("measures")
    names = tuple(pair.tables)
    if names:
        picked = menu(ui, "measures", at=(x + 4, y + 100), items=names, current=names.index(card.measure))
        card.measure = names[picked] if picked is not None else card.measure


def _matrix(ui: Ui, pair: Pair, card: Compare, x: float, y: float, cell: float) -> tuple[int, int] | None:
    """All pairs of layers, left ones down, right ones across; returns the pair under the cursor."""
    table = pair.tables.get(card.measure)
    if table is None:
        ui.text(x, y + 8, "Working out all pairs\u2026", size=SMALL, color=ui.colors.second)
        ui.moving = True
        return None
    rows, columns = table.shape
    width, height = cell * columns, cell * rows
    if (picture := card.picture(table, round(cell * ui.scale))) is not None:
        ui.draw.add_image(picture, ui.at(x, y), ui.at(x + width, y + height))
    clicked, over, _ = ui.button("matrix", x, y, width, height)
    hovered = None
    if over:
        place = int((ui.mouse[1] - y) / cell), int((ui.mouse[0] - x) / cell)
        hovered = min(max(place[0], 0), rows - 1), min(max(place[1], 0), columns - 1)
        white = (1.0, 1.0, 1.0, 0.85)
        for k in (0, 1):
            ui.line(x, y + cell * (hovered[0] + k), x + width, y + cell * (hovered[0] + k), white)
            ui.line(x + cell * (hovered[1] + k), y, x + cell * (hovered[1] + k), y + height, white)
    _best(ui, table, x, y, cell)
    present = pair.places
    left, top = x + cell * present[1], y + cell * present[0]
    ui.frame(left - 2, top - 2, cell + 4, cell + 4, (0.0, 0.0, 0.0, 0.75), radius=2, thickness=4)
    ui.frame(left - 1, top - 1, cell + 2, cell + 2, ORANGE, radius=1, thickness=2)
    _numbers(ui, present, hovered, x, y, cell)
    _bar(ui, x, y + height + 17)
    if clicked and hovered is not None:
        pair.go_to(*hovered)
    return hovered


def _axes(ui: Ui, pair: Pair, x: float, y: float) -> None:
    """Whose layers go down and whose go across."""
    half = (WIDTH - 24) / 2 - 20
    left, right = (ui.elide(viewer.tour.name, half, size=SMALL) for viewer in pair.viewers)
    ui.text(x + 18, y, ICON_DOWN_ARROW, size=10, color=ui.colors.second, align=0.5)
    ui.text(x + 28, y, left, size=SMALL, color=ui.colors.second)
    ui.text(x + WIDTH - 18, y, ICON_RIGHT_ARROW, size=10, color=ui.colors.second, align=0.5)
    ui.text(x + WIDTH - 28, y, right, size=SMALL, color=ui.colors.second, align=1.0)


def _best(ui: Ui, table: NDArray[np.float64], x: float, y: float, cell: float) -> None:
    """A dot at the best match of every row."""
    radius = min(1.75, cell / 4.5)
    for row, column in enumerate(best(table).tolist()):
        at = x + cell * (column + 0.5), y + cell * (row + 0.5)
        ui.disc(*at, radius + 0.75, (0.0, 0.0, 0.0, 0.8))
        ui.disc(*at, radius, (1.0, 1.0, 1.0, 1.0))


def _numbers(
    ui: Ui, present: tuple[int, int], hovered: tuple[int, int] | None, x: float, y: float, cell: float
) -> None:
    """Of the layers of the present pair and of the one under the cursor, which goes first where there is no room."""
    for axis, apart in ((0, 14.0), (1, 16.0)):
        marked = [(present[axis], True)]
        if hovered is not None and hovered[axis] != present[axis]:
            near = abs(hovered[axis] - present[axis]) * cell < apart
            marked = [(hovered[axis], False)] if near else [*marked, (hovered[axis], False)]
        for number, current in marked:
            along = cell * (number + 0.5)
            color = ui.colors.accent_text if current else ui.colors.text
            at = (x - 6, y + along) if axis == 0 else (x + along, y - 11)
            ui.text(*at, str(number), size=SMALL, bold=current, color=color, align=1.0 if axis == 0 else 0.5)


def _bar(ui: Ui, x: float, y: float) -> None:
    width, steps = WIDTH - INSET - 24, 39
    ui.text(x - 6, y, "0", size=SMALL, color=ui.colors.second, align=1.0)
    for k, color in enumerate((viridis(steps) / 255.0).tolist()):
        ui.rect(x + width * k / steps, y - 3, width / steps + 0.5, 6, (color[0], color[1], color[2], 1.0))
    ui.text(x + width + 12, y, "1", size=SMALL, color=ui.colors.second, align=1.0)


def _name(ui: Ui, pair: Pair, card: Compare, row: int, column: int) -> None:
    """Both layers' names and the value, beside the card."""
    lines = [
        (viewer.tour.name, numbered_title(viewer.tour, viewer.line()[k]))
        for viewer, k in zip(pair.viewers, (row, column), strict=True)
    ]
    value = f"{float(pair.tables[card.measure][row, column]):.3f}"
    first = min(120.0, max(ui.width(name, size=SMALL) for name, _ in lines))
    second = max(ui.width(text, size=SMALL) for _, text in lines)
    width = 10 + first + 8 + second + 20 + ui.width(value, bold=True) + 10
    x = min(card.right + 8, ui.size[0] - width - 8)
    y = min(max(MARGIN, ui.mouse[1] - 28), ui.size[1] - 56)
    with ui.panel("pair of layers", x, y, width, 48, radius=6, front=True, inert=True):
        ui.taken.pop()
        for k, (name, text) in enumerate(lines):
            at = y + 15 + 18 * k
            ui.text(x + 10, at, ui.elide(name, first, size=SMALL), size=SMALL, color=ui.colors.second)
            ui.text(x + 10 + first + 8, at, text, size=SMALL)
        ui.text(x + width - 10, y + 24, value, bold=True, align=1.0)

"""The card of the pinned point, left under the legend: its image, its attributes and its nearest neighbours."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...tour.pixels import shown_as
from ...tour.tour import Tour
from ...viewer import picking
from ...viewer.hands import Hands
from ...viewer.resolve import is_classes
from ...viewer.theme import ABOVE_DOCK, GAP, MARGIN, SMALL
from ...viewer.titles import layer_number
from ...viewer.viewer import Viewer
from ..icons import ICON_THUMBTACK
from ..originals import SIDE, Originals
from ..strip import Strip
from ..tiles import Pictures
from ..ui import Ui

WIDTH = 216
BESIDE_DOCK = 1060  # window width from which on the dock begins at the right of the card
IMAGE, SMALL_IMAGE = 112, 28
BOX = IMAGE + 16
SHORT_IMAGE, SHORT_ROWS = 56, 3  # of a short card: its image, and attributes at most
LEAST = 276  # high, a card that is not short
CHIP = 48  # high
LINE = 20
NEIGHBORS = 6
ROWS = 8  # of attributes that the legend leaves room for
PREDICTION = "prediction"
FILE = "file"  # the attribute that leads to the full image


@dataclass(frozen=True)
class Stand:
    """Where there is room for the card, in pixels of the design."""

    x: float
    y: float
    low: float
    """Down to where it may reach."""
    short: bool = False
    """Whether its image stands beside the name, and few attributes under it."""
    up: bool = False
    """Whether it stands at the lower end."""


@dataclass
class Card:
    """What the card shows. It owns the images on it once there are any."""

    point: int | None = None
    layer: int = -1
    tour: Tour | None = None
    """Whose layer that is."""
    neighbors: tuple[int, ...] = ()
    """Empty while they are looked for."""
    searching: bool = False
    corner: tuple[float, float] | None = None
    """Its top left, once it has been drawn."""
    height: float = 0.0
    """0 while no card is shown."""
    wanted: float = 0.0
    """What it would be with room for its attributes, which a long list above it leaves."""
    pictures: Pictures | None = None
    unfolded: bool = False
    """Whether the cursor is on its chip, or went from there to the card."""
    strip: Strip | None = None
    """Of the point's small image and its neighbours'."""
    originals: Originals | None = None
    large: Strip | None = None
    """Of the point's full image."""
    is_large: bool = False
    """Whether the full image is there."""

    @property
    def waiting(self) -> bool:
        """Whether an image is on its way."""
        readers = (self.pictures, self.originals)
        return self.point is not None and any(each is not None and each.arriving for each in readers)

    def show(self, viewer: Viewer, point: int | None) -> None:
        """Turn to a point: its neighbours in the layer shown are found, its images asked for."""
        there = self.tour is viewer.tour and (point, viewer.layer) == (self.point, self.layer)
        if point is not None and not there:
            self.tour, self.layer, self.neighbors = viewer.tour, viewer.layer, ()
        self.point = point
        if point is not None and not self.neighbors and not self.searching and viewer.tour.n > 1:
            self._search(viewer, point, self.layer)
        sprites = viewer.tour.sprites
        if point is not None and sprites is not None:
            self.pictures = self.pictures or Pictures(sprites)
            self.strip = self.strip or Strip(sprites.tile, 1 + NEIGHBORS)
            self.strip.show(self.pictures.get((point, *self.neighbors)))
        if point is not None and FILE in viewer.tour.attributes:
            self.originals = self.originals or Originals()
            self.large = self.large or Strip(SIDE, 1)
            image = self.originals.get(str(viewer.tour.attributes[FILE].iloc[point]), *shown_as(viewer.tour.how))
            self.is_large = image is not None
            if image is not None:
                self.large.show([image])

    def _search(self, viewer: Viewer, point: int, layer: int) -> None:
        """For its neighbours, beside the drawing where there are many points."""

        def found(near: NDArray[np.intp]) -> None:
            self.searching = False
            if (viewer.tour, point, layer) == (self.tour, self.point, self.layer):
                self.neighbors = tuple(near.tolist())

        points = viewer.tour.layers[layer].points
        if viewer.tour.n <= picking.SOON:
            found(picking.neighbors(points, point, NEIGHBORS))
        else:
            self.searching = True
            viewer.in_background(lambda: picking.neighbors(points, point, NEIGHBORS), found)

    def draw_image(self, ui: Ui, x: float, y: float, side: float) -> None:
        """The full image where it is there, else the small one enlarged."""
        if self.is_large and self.large is not None:
            self.large.draw(ui, 0, x, y, side)
        elif self.strip is not None:
            self.strip.draw(ui, 0, x, y, side)

    def close(self) -> None:
        for each in (self.pictures, self.strip, self.originals, self.large):
            if each is not None:
                each.close()


def draw(ui: Ui, viewer: Viewer, hands: Hands, card: Card, *, at: Stand | None) -> None:
    """The card of the pinned point. at: None where another panel has taken its room."""
    point = hands.pinned
    card.show(viewer, point)
    card.height = card.wanted = 0.0
    if point is None or at is None:
        return
    images = viewer.tour.sprites is not None
    pictured = images or FILE in viewer.tour.attributes
    beside = pictured and at.short
    head = SHORT_IMAGE + 16 if beside else 40 + (BOX + 16 if pictured else GAP)
    most = others = min(NEIGHBORS, viewer.tour.n - 1)
    if not images and at.short:  # as many of their names as there is room for
        others = max(0, min(others, int((at.low - at.y - head - 37) // LINE)))
    rows = rows_of(viewer, point)
    rest = head + _foot(others, images=images)
    card.wanted = head + _foot(most, images=images) + LINE * min(ROWS, len(rows))
    rows = rows[: max(0, int((at.low - at.y - rest) // LINE))][: SHORT_ROWS if at.short else None]
    height = card.height = rest + LINE * len(rows)
    card.corner = (at.x, max(MARGIN, at.low - height) if at.up else min(at.y, max(MARGIN, at.low - height)))
    x, y = card.corner
    with ui.panel("card", x, y, WIDTH, height, front=True):
        if beside:
            ui.rect(x + GAP, y + GAP, SHORT_IMAGE, SHORT_IMAGE, ui.colors.track, radius=4)
            card.draw_image(ui, x + GAP, y + GAP, SHORT_IMAGE)
        elif pictured:
            ui.rect(x + GAP, y + GAP, WIDTH - 2 * GAP, BOX, ui.colors.track, radius=6)
            card.draw_image(ui, x + (WIDTH - IMAGE) / 2, y + 2 * GAP, IMAGE)
        y += head
        _title(ui, viewer, hands, point, (x, y - 24), aside=SHORT_IMAGE + 4.0 if beside else 0.0)
        for name, value in rows:
            attribute(ui, x, y + 8, WIDTH, name, value)
            y += LINE
        if others:
            _neighbors(ui, viewer, hands, card, x, y + 4, count=others)


def _foot(others: int, *, images: bool) -> float:
    """How high so many neighbours are, as images or as names, with what is between them and the attributes."""
    if not others:
        return 4.0
    return 9.0 + ((20 + SMALL_IMAGE + 14) if images else 20 + LINE * others + 8)


def draw_chip(ui: Ui, viewer: Viewer, hands: Hands, card: Card, *, reach: tuple[float, float], right: float) -> None:
    """The card as a line beside the dock, up to `right`: image and name; the cursor on it brings the card.

    reach: from where to where that may stand, downwards.
    """
    if hands.pinned is None:
        card.unfolded = False
    at = Stand(MARGIN, *reach, up=True) if card.unfolded else None
    draw(ui, viewer, hands, card, at=at)
    if (point := hands.pinned) is None:
        return
    high, card.height, card.wanted = card.height, 0.0, 0.0  # it takes no room of the figure's
    x, y, w = float(MARGIN), ui.size[1] - MARGIN - CHIP, min(float(WIDTH), right - MARGIN)
    with ui.panel("chip", x, y, w, CHIP, front=True):
        text = x + 12
        if viewer.tour.sprites is not None and card.strip is not None:
            ui.rect(x + 8, y + 8, CHIP - 16, CHIP - 16, ui.colors.track, radius=4)
            card.strip.draw(ui, 0, x + 8, y + 8, CHIP - 16)
            text = x + CHIP
        room, name = x + w - 40 - text, title(viewer, point)
        ui.text(text, y + (16 if name else 24), ui.elide(name or f"#{point}", room, bold=True), bold=True)
        if name:
            ui.text(text, y + 34, f"#{point}", size=SMALL, color=ui.colors.second)
        if ui.icon_button("unpin chip", ICON_THUMBTACK, x + w - 40, y + 8, tip="Let go\tEsc", active=True):
            hands.pinned = None
    over, top = x <= ui.mouse[0] < x + w, reach[1] - high
    on_card = x <= ui.mouse[0] < x + WIDTH and top <= ui.mouse[1] < y
    card.unfolded = (over and y <= ui.mouse[1] < y + CHIP) or (card.unfolded and on_card)


def lowest(window: tuple[float, float]) -> float:
    """Down to where it may stand: beside the dock, or above it where there is no room beside."""
    return window[1] - (MARGIN if window[0] >= BESIDE_DOCK else ABOVE_DOCK)


def attribute(ui: Ui, x: float, y: float, width: float, name: str, value: str) -> None:
    """A line of a card of `width`: an attribute's name and value. y: of its middle."""
    room = width - 36 - ui.width(value, size=SMALL)  # a long name and a long value have half of it each
    name = ui.elide(name, max((width - 40) * 0.5, room), size=SMALL)
    ui.text(x + 12, y, name, size=SMALL, color=ui.colors.second)
    left = 12 + ui.width(name, size=SMALL) + 12
    ui.text(x + width - 12, y, ui.elide(value, width - 12 - left, size=SMALL), size=SMALL, align=1.0)


def _title(ui: Ui, viewer: Viewer, hands: Hands, point: int, at: tuple[float, float], *, aside: float) -> None:
    """Name and number; beside an image, which takes `aside` of the width, one under the other."""
    (x, y), number, name = at, f"#{point}", title(viewer, point)
    if aside:
        y -= 12
        name = ui.elide(name, WIDTH - aside - 24 - 36, bold=True)
        ui.text(x + aside + 12, y - 10 if name else y, name or number, bold=True)
        if name:
            ui.text(x + aside + 12, y + 10, number, size=SMALL, color=ui.colors.second)
    else:
        name = ui.elide(name, WIDTH - 24 - 36 - (ui.width(number, size=SMALL) + 8 if name else 0), bold=True)
        ui.text(x + 12, y, name or number, bold=True)
        if name:
            ui.text(x + 12 + ui.width(name, bold=True) + 8, y, number, size=SMALL, color=ui.colors.second)
    if ui.icon_button("unpin", ICON_THUMBTACK, x + WIDTH - 40, y - 16, tip="Let go\tEsc", active=True):
        hands.pinned = None


def _neighbors(ui: Ui, viewer: Viewer, hands: Hands, card: Card, x: float, y: float, *, count: int) -> None:
    images = viewer.tour.sprites is not None
    ui.line(x + 12, y, x + WIDTH - 12, y, ui.colors.border)
    ui.text(
        x + 12, y + 14, f"Nearest in layer {layer_number(viewer.tour, card.layer)}", size=SMALL, color=ui.colors.second
    )
    y += 26
    for k, near in enumerate(card.neighbors[:count]):
        name = title(viewer, near)
        if images and card.strip is not None:
            left = x + 12 + 33 * k
            clicked, hovered, _ = ui.button(f"near {k}", left, y, SMALL_IMAGE, SMALL_IMAGE, tip=f"{name}\t#{near}")
            ui.rect(left, y, SMALL_IMAGE, SMALL_IMAGE, ui.colors.track, radius=4)
            card.strip.draw(ui, 1 + k, left, y, SMALL_IMAGE)
            if hovered:
                ui.frame(left - 2, y - 2, SMALL_IMAGE + 4, SMALL_IMAGE + 4, ui.colors.accent, radius=4, thickness=1.5)
        else:
            top = y + LINE * k - 2
            clicked, hovered, _ = ui.button(f"near {k}", x + 8, top, WIDTH - 16, LINE)
            if hovered:
                ui.rect(x + 8, top, WIDTH - 16, LINE, ui.colors.control, radius=4)
            coloring, left = viewer.coloring, x + 12
            if coloring.kind != "none":
                r, g, b = (coloring.table[int(coloring.codes[near])] / 255.0).tolist()
                ui.disc(x + 18, top + LINE / 2, 4, (r, g, b, 1.0))
                left = x + 28
            number = f"#{near}"
            if name:
                ui.text(x + WIDTH - 12, top + LINE / 2, number, size=SMALL, color=ui.colors.second, align=1.0)
            room = x + WIDTH - 12 - left - ui.width(number, size=SMALL) - 8
            ui.text(left, top + LINE / 2, ui.elide(name, room, size=SMALL) if name else number, size=SMALL)
        if clicked:
            hands.pinned = near


def title(viewer: Viewer, point: int) -> str:
    """What to call a point: its name, or its class among the most classes; nothing where it has neither.

    What the network takes it for only where it has no class: a kangaroo may be taken for a retriever.
    """
    attributes = viewer.tour.attributes
    for name in ("name", "title"):
        if name in attributes:
            return _text(attributes[name].iloc[point])
    classes = [name for name in attributes.columns if is_classes(viewer.tour, name) and name != FILE]
    kinds = {name: attributes[name].dtype for name in classes}
    classes.sort(key=lambda name: (name == PREDICTION, -len(getattr(kinds[name], "categories", ()))))
    values = (attributes[name].iloc[point] for name in classes)
    return next((_text(value) for value in values if not pd.isna(value)), "")


def rows_of(viewer: Viewer, point: int) -> list[tuple[str, str]]:
    row = viewer.tour.attributes.iloc[point]
    texts = [(str(name), _text(value)) for name, value in row.items()]
    return [(name, Path(text).name if name == FILE else text) for name, text in texts]


def _text(value: Any) -> str:
    if pd.isna(value):
        return "none"
    if isinstance(value, float | np.floating):
        return f"{value + 0.0:.4g}"  # no -0
    return str(value)

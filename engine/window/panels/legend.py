"""The legend, top left: the tour's name, what colours it, and every class with its count."""

import math
from typing import Literal

from imgui_bundle import imgui

from ...viewer.derived import choices
from ...viewer.handles import counted
from ...viewer.hands import Hands
from ...viewer.theme import GAP, MARGIN, SMALL
from ...viewer.viewer import Viewer
from ..icons import ICON_CLOSE, ICON_DOWN, ICON_LIST, ICON_PALETTE, ICON_PIN, ICON_UP
from ..ui import Ui
from . import colorbar
from .card import lowest
from .state import Panels

WIDTH = 216
X = MARGIN
HEADER = 54  # to the attribute's control
ROW = 24
NARROW = 1120  # window width below which the legend starts folded
BELOW = 126  # kept free under the panel
BESIDE_STORY = 160  # and so much more, if the story stands there
SEARCH_ABOVE = 12  # classes
SEARCHED = 80  # from the control to a list under a search
SWATCHES, PITCH = 10, 15  # to a row of the folded legend, and pixels from one row to the next
MOST_SWATCHES = 200


def opens(width: float, panels: Panels, *, titled: bool = True) -> bool:
    """Whether it is to be open in a window so wide: as somebody left it, or where there is room."""
    if panels.legend_open is not None:
        return panels.legend_open
    return width >= NARROW and not panels.story.shown and titled


def draw(
    ui: Ui,
    viewer: Viewer,
    hands: Hands,
    panels: Panels,
    *,
    form: Literal["open", "folded", "head"],
    titled: bool = True,
    low: float | None = None,
) -> bool:
    """Draw it in a form; returns whether it is to be unfolded. titled: with the tour's name, unless that stands over
    its pane. low: down to where it may reach, in place of as far as what stands under it allows.
    """
    coloring = viewer.coloring
    panels.tally.count(viewer)
    control = MARGIN + (HEADER if titled else 8.0)  # where the choice of an attribute stands
    is_open, unfolded = form == "open", False
    classes = coloring.kind in ("categorical", "ordinal")
    crowded = low is not None and low - control - SEARCHED - 4 < 3 * ROW  # then rows have the room of the search
    searchable = classes and is_open and len(coloring.names) > SEARCH_ABOVE and not crowded
    if not searchable:
        panels.search = ""
    rows = _matches(coloring.names, panels.search) if classes else []
    if (selected := panels.tally.selected) is not None:
        rows.sort(key=lambda row: not selected[row])  # those with selected points first
    top = control + 32 + 8 + (40 if searchable else 0)  # of the list
    bar = viewer.selection is not None and low is None  # where room is short its bar says how many they are
    footer = 40 if (classes and viewer.base.groups) or bar else 0
    least = 3 if low is None else 2  # rows
    free = (_low(ui, panels, titled=titled) if low is None else low) - top - footer - 4
    body, footer = (
        (0.0, 0) if form == "head" else (_body(viewer, rows, max(free, min(least, len(rows)) * ROW), form), footer)
    )
    height = top - MARGIN + body + footer + (4 if body else 0)
    panels.legend_bottom = MARGIN + height
    viewer.hovered = None
    with ui.panel("legend", X, MARGIN, WIDTH, height):
        if titled:
            _title(ui, viewer)
        right = X + WIDTH - 8.0
        if classes or (form == "head" and coloring.kind == "continuous"):
            corner = (X + 180.0, MARGIN + 5.0) if titled else (X + WIDTH - 40.0, control)
            unfolded = _fold(ui, panels, corner, is_open) and not is_open
            right -= 0 if titled else 36
        changes = _controls(ui, viewer, hands, panels, (right, control), is_open=is_open, classes=classes)
        if searchable:
            panels.search = ui.search("##find", X + 8, control + 40, WIDTH - 16, panels.search, "Find a group")
        if coloring.kind == "continuous" and body:
            colorbar.draw(ui, viewer, panels, X + 12, top, WIDTH - 24)
        elif classes and is_open:
            _list(ui, viewer, panels, rows, top, body)
        elif classes and body:
            _swatches(ui, viewer, panels, top)
        if footer:
            _footer(ui, viewer, panels, MARGIN + height - footer)
    if changes:  # now that the rest is drawn as it was
        viewer.change(**changes)
    return unfolded


def _low(ui: Ui, panels: Panels, *, titled: bool) -> float:
    """Down to where it may reach for what stands under it: a story, or a pinned card."""
    told = panels.story.shown and not panels.story.hidden
    under = float(BELOW + (BESIDE_STORY if told else 0))
    if titled and not told and panels.card.wanted:
        under = max(under, panels.card.wanted + GAP + ui.size[1] - lowest(ui.size))
    return ui.size[1] - under


def _body(viewer: Viewer, rows: list[int], room: float, form: str) -> float:
    """How high its classes are, or its colour bar. room: what there is for that."""
    coloring = viewer.coloring
    if coloring.kind not in ("categorical", "ordinal"):
        return colorbar.HEIGHT if coloring.kind == "continuous" else 0.0
    if form == "open":
        return min(ROW * max(1.0, len(rows)), max(ROW, math.floor(room / ROW) * ROW))
    if len(coloring.names) > MOST_SWATCHES:
        return ROW
    return min(PITCH * math.ceil(len(coloring.names) / SWATCHES) + 4.0, room)


def _matches(names: tuple[str, ...], text: str) -> list[int]:
    wanted = text.strip().casefold()
    return [row for row, name in enumerate(names) if wanted in name.casefold()]


def _title(ui: Ui, viewer: Viewer) -> None:
    tour = viewer.tour
    ui.text(X + 12, MARGIN + 21, ui.elide(tour.name, WIDTH - 56, bold=True), bold=True)
    ui.text(X + 12, MARGIN + 39, f"{counted(tour.n, 'point')} in {tour.dims}-D", size=SMALL, color=ui.colors.second)


def _fold(ui: Ui, panels: Panels, corner: tuple[float, float], is_open: bool) -> bool:
    """The button that shows and hides the classes; whether it was clicked."""
    x, y = corner
    clicked, hovered, held = ui.button("fold", x, y, 32, 32, tip="Fold" if is_open else "Unfold")
    ui.button_fill("fold", x, y, hovered=hovered, held=held)
    ui.text(x + 16, y + 16, ICON_UP if is_open else ICON_DOWN, size=11, color=ui.colors.second, align=0.5)
    if clicked:
        panels.legend_open = not is_open
    return clicked


def _controls(
    ui: Ui, viewer: Viewer, hands: Hands, panels: Panels, end: tuple[float, float], *, is_open: bool, classes: bool
) -> dict[str, object]:
    """What colours, with which palette, and handles; returns what is changed in the view. end: their top right."""
    tour = viewer.tour
    right, y = end
    names = [str(name) for name in tour.attributes.columns]
    names += choices(tour, compared=viewer.partner is not None)
    current = names.index(viewer.base.color_by) if viewer.base.color_by in names else len(names)
    many = is_open and viewer.coloring.kind == "categorical" and len(viewer.coloring.names) > 10
    width = right - X - 8 - (36 if many else 0) - (36 if classes else 0)
    picked = ui.dropdown("colour", X + 8, y, width, [*names, "one colour"], current, tip="Colour by")
    changes: dict[str, object] = {}
    if picked != current:
        changes["color_by"] = names[picked] if picked < len(names) else None
        panels.search, panels.bar = "", None
    large = viewer.base.palette != "ten"
    tip = "Ten colours, repeated" if large else "A colour for each class"
    if many and ui.icon_button("palette", ICON_PALETTE, right - 68, y, tip=tip, active=large):
        changes["palette"] = "ten" if large else "large"
    if classes and ui.icon_button("handles", ICON_PIN, right - 32, y, tip="A handle for every class, or none"):
        panels.say(hands.handles.of_classes())
    return changes


def _list(ui: Ui, viewer: Viewer, panels: Panels, rows: list[int], top: float, body: float) -> None:
    """The classes, of which only those in view are drawn: a thousand cost no more than twenty."""
    coloring, groups = viewer.coloring, set(viewer.base.groups)
    if not rows:
        ui.text(X + 12, top + 12, "no such group", size=SMALL, color=ui.colors.second)
        return
    imgui.set_cursor_screen_pos(ui.at(X, top))
    imgui.begin_child("classes", imgui.ImVec2(ui.px(WIDTH - 3), ui.px(body)))
    scroll = imgui.get_scroll_y() / ui.scale
    imgui.set_cursor_pos(imgui.ImVec2(0, ui.px(ROW * len(rows))))
    imgui.dummy(imgui.ImVec2(1, 0))
    first = max(0, int(scroll // ROW))
    hovered_before, selected = viewer.shown_rows, panels.tally.selected
    for place in range(first, min(len(rows), first + int(body // ROW) + 2)):
        row = rows[place]
        y = top + ROW * place - scroll
        on = row in groups
        count = f"{coloring.counts[row]:,}" if selected is None else f" / {coloring.counts[row]:,}"
        wide = ui.width(count, size=SMALL)
        inside = "" if selected is None else f"{selected[row]:,}"
        room = WIDTH - 16 - 32 - wide - (ui.width(inside, size=SMALL) if inside else 0) - 12
        name = ui.elide(coloring.names[row], room, bold=on)
        tip = "" if name == coloring.names[row] else coloring.names[row]
        under = X + 4 <= ui.mouse[0] < X + WIDTH - 12 and y <= ui.mouse[1] < y + ROW
        over = under and imgui.is_window_hovered(imgui.HoveredFlags_.allow_when_blocked_by_active_item)
        clicked, hovered, _ = ui.button(f"class {row}", X + 4, y, WIDTH - 16 - (28 if over else 0), ROW, tip=tip)
        listed = over and ui.button(f"list {row}", X + WIDTH - 40, y, 28, ROW, tip="List its points")[0]
        hovered = hovered or over
        if on:
            ui.rect(X + 4, y, WIDTH - 16, ROW, ui.colors.tint, radius=4)
            ui.rect(X + 4, y, 3, ROW, ui.colors.accent, radius=1.5)
        elif hovered:
            ui.rect(X + 4, y, WIDTH - 16, ROW, ui.colors.control, radius=4)
        opacity = 1.0 if on or hovered or not groups or hovered_before[row] else 0.45
        swatch = tuple(coloring.table[row] / 255.0)
        ui.disc(X + 22, y + 12, 5, (swatch[0], swatch[1], swatch[2], 1.0), opacity=opacity)
        color = ui.colors.text if on or hovered or not groups else ui.colors.second
        ui.text(X + 36, y + 12, name, bold=on, color=color)
        if over:
            ui.text(X + WIDTH - 26, y + 12, ICON_LIST, size=13, color=ui.colors.text, align=0.5)
        else:
            ui.text(X + WIDTH - 20, y + 12, count, size=SMALL, color=ui.colors.second, align=1.0)
            ui.text(X + WIDTH - 20 - wide, y + 12, inside, size=SMALL, align=1.0)
        if hovered and (selected is None or selected[row]):  # a class without a hit would leave nothing to see
            viewer.hovered = row
        if clicked:
            viewer.toggle_group(row)
        if listed:
            viewer.select(coloring.codes == row)
            panels.popover = "selected"
    imgui.end_child()


def _swatches(ui: Ui, viewer: Viewer, panels: Panels, top: float) -> None:
    """Folded: a swatch for each class, its name on hover."""
    coloring, groups, selected = viewer.coloring, set(viewer.base.groups), panels.tally.selected
    if len(coloring.names) > MOST_SWATCHES:
        ui.text(X + 12, top + 10, f"{len(coloring.names):,} groups", size=SMALL, color=ui.colors.second)
        return
    for row, name in enumerate(coloring.names):
        x, y = X + 18 + 20 * (row % SWATCHES), top + 8 + PITCH * (row // SWATCHES)
        inside = "" if selected is None else f"{selected[row]:,} / "
        tip = f"{name}\t{inside}{coloring.counts[row]:,}"
        clicked, hovered, _ = ui.button(f"class {row}", x - 10, y - PITCH / 2, 20, PITCH, tip=tip)
        swatch = tuple(coloring.table[row] / 255.0)
        opacity = 1.0 if row in groups or hovered or not groups else 0.45
        ui.disc(x, y, 6.5 if hovered else 5, (swatch[0], swatch[1], swatch[2], 1.0), opacity=opacity)
        if row in groups:
            ui.ring(x, y, 7, ui.colors.accent, 1.5)
        if hovered:
            viewer.hovered = row
        if clicked:
            viewer.toggle_group(row)


def _footer(ui: Ui, viewer: Viewer, panels: Panels, y: float) -> None:
    counts, selected, groups = viewer.coloring.counts, panels.tally.selected, viewer.base.groups
    ui.line(X + 12, y + 3, X + WIDTH - 12, y + 3, ui.colors.border)
    if groups:
        rows = [row for row in groups if row < len(counts)]  # while other colours are on their way
        shown = int(sum(counts[row] if selected is None else selected[row] for row in rows))
    else:
        shown = 0 if viewer.selection is None else int(viewer.selection.sum())
    what = "shown" if groups else "selected"
    ui.text(X + 12, y + 21, f"{shown:,} of {viewer.tour.n:,} {what}", size=SMALL, color=ui.colors.second)
    if groups and ui.icon_button("all", ICON_CLOSE, X + WIDTH - 40, y + 5, tip="Show all classes"):
        viewer.change(groups=())

"""The story, left, under the legend: saved views in order, to fly to, to edit, to play and to keep."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from imgui_bundle import imgui

from ...files import free_file
from ...tour.story import export_story, import_story
from ...tour.story_saving import save_story
from ...tour.view import SavedView
from ...viewer.handles import counted
from ...viewer.resolve import position_of
from ...viewer.theme import MARGIN, SMALL
from ...viewer.titles import numbered_title
from ...viewer.viewer import Viewer
from ...viewer.wrap import wrapped
from ..icons import ICON_MORE, ICON_PAUSE, ICON_PLAY, ICON_PLUS, ICON_SAVE
from ..menu import menu
from ..text_field import field
from ..thumbnails import Thumbnails
from ..ui import Ui

X, WIDTH = MARGIN, 216
HEADER, ROW, FOOTER = 44, 56, 52
LEAST = HEADER + ROW + FOOTER  # high
SHORT = HEADER + ROW + 8  # and where it has no footer
THUMBNAIL = (60, 40)
BELOW = 68  # kept free under the panel

KEEP = "Save where you are now"
Form = Literal["whole", "short", "head"]
"""Short: one row, no footer, whose button is in the header. The head alone has no row either."""

EDITS = ("Rename", "Replace by the present view", "Move up", "Move down", "Delete")


@dataclass
class StoryPanel:
    """Open or not, and what is being typed."""

    say: Callable[[str], None]
    """Shows a line of text for a while."""
    thumbnails: Thumbnails | None = None
    shown: bool = False
    wanted: bool = False
    """Whether it has just been asked for: what hides it in a small window gives way."""
    hidden: bool = False
    """Whether it is shown and something else has its place."""
    bottom: float = 0.0
    """Where it ends, in pixels of the design; 0 before it was drawn."""
    editing: int | None = None
    """The row whose caption is being typed, and what stands there so far."""
    typed: str = ""
    path: str | None = None
    """The file to import, while it is being typed."""
    focus: bool = False
    """Whether the text field has just opened."""
    scroll_to: int | None = None
    followed: int | None = None
    """The row that the list last followed a played story to."""
    menu_of: int = 0

    def hide(self) -> None:
        self.shown = False


def draw(ui: Ui, viewer: Viewer, panel: StoryPanel, *, top: float, low: float, form: Form) -> None:
    """Draw the panel. top, low: where it begins, and down to where it may reach if it has many rows."""
    story, short = viewer.story, form == "short"
    foot = FOOTER if form == "whole" or panel.path is not None else 8 if short else 0
    room = 1 if short else int((low - top - HEADER - foot) // ROW)
    body = ROW * max(1, min(len(story.story), room)) if form != "head" else 0
    panel.bottom = top + HEADER + body + foot
    with ui.panel("story", X, top, WIDTH, HEADER + body + foot):
        _header(ui, viewer, panel, top)
        if short and ui.icon_button("keep", ICON_PLUS, X + WIDTH - 104, top + 8, tip=KEEP):
            _keep(viewer, panel)
        if story.story and body:
            _list(ui, viewer, panel, top + HEADER, body)
        elif body:
            ui.text(X + 12, top + HEADER + 18, "No views saved yet.", color=ui.colors.second)
            ui.text(X + 12, top + HEADER + 38, "Save one, and give it a caption.", size=SMALL, color=ui.colors.second)
        if foot == FOOTER:
            _footer(ui, viewer, panel, top + HEADER + body + 8)


def _header(ui: Ui, viewer: Viewer, panel: StoryPanel, top: float) -> None:
    story, y = viewer.story, top + 24
    ui.text(X + 12, y, "Story", bold=True)
    if story.story:
        count = f"{story.told + 1} of {len(story.story)}" if story.told is not None else f"{len(story.story)}"
        ui.text(X + 20 + ui.width("Story", bold=True), y, count, size=SMALL, color=ui.colors.second)
        icon = ICON_PAUSE if story.playing else ICON_PLAY
        tip = "Stop the story" if story.playing else "Play the story"
        if ui.icon_button("tell", icon, X + WIDTH - 72, top + 8, tip=tip, active=story.playing):
            story.stop() if story.playing else viewer.play_story()
    if ui.icon_button("story menu", ICON_MORE, X + WIDTH - 40, top + 8, tip="Save, import, export"):
        imgui.open_popup("of the story")
    items = ("Save into the tour", "Import a story\u2026", "Export as JSON", "Back to what is saved")
    disabled = ([] if story.unsaved else [0, 3]) + ([] if story.story else [2])
    picked = menu(ui, "of the story", at=(X + WIDTH - 40, top + 44), items=items, disabled=disabled)
    if picked == 0:
        save(viewer, panel)
    elif picked == 1:
        panel.path, panel.focus = _newest_story(), True
    elif picked == 2:
        export(viewer, panel)
    elif picked == 3:
        story.story, story.told, story.playing = story.saved or (), None, False


def _list(ui: Ui, viewer: Viewer, panel: StoryPanel, top: float, body: float) -> None:
    """The rows, of which only those in view are drawn."""
    story = viewer.story
    imgui.set_cursor_screen_pos(ui.at(X, top))
    imgui.begin_child("views", imgui.ImVec2(ui.px(WIDTH - 3), ui.px(body)))
    if story.playing and story.told != panel.followed:
        panel.scroll_to = story.told
    panel.followed = story.told
    if panel.scroll_to is not None:
        low, high = ROW * (panel.scroll_to + 1) - body, float(ROW * panel.scroll_to)
        now = imgui.get_scroll_y() / ui.scale
        imgui.set_scroll_y(ui.px(min(max(now, low), high)))
        if not panel.focus:  # a field that gets the keys is scrolled to as well, no further than to its own end
            panel.scroll_to = None
    scroll = imgui.get_scroll_y() / ui.scale
    imgui.set_cursor_pos(imgui.ImVec2(0, ui.px(ROW * len(story.story))))
    imgui.dummy(imgui.ImVec2(1, 0))
    wide = WIDTH - 8 - (8 if ROW * len(story.story) > body else 0)
    first = max(0, int(scroll // ROW))
    for place in range(first, min(len(story.story), first + math.ceil(body / ROW) + 1)):
        _row(ui, viewer, panel, place, top + ROW * place - scroll, wide)
    y = top + ROW * panel.menu_of - scroll + 44
    picked = menu(ui, "of a view", at=(X + WIDTH - 40, y), items=EDITS)
    imgui.end_child()
    if picked is not None and panel.menu_of < len(story.story):
        _edit(viewer, panel, EDITS[picked], panel.menu_of)


def _row(ui: Ui, viewer: Viewer, panel: StoryPanel, place: int, y: float, wide: float) -> None:
    story = viewer.story
    saved, told = story.story[place], place == story.told
    over = imgui.is_window_hovered(
        imgui.HoveredFlags_.allow_when_blocked_by_active_item
    ) and imgui.is_mouse_hovering_rect(ui.at(X + 4, y), imgui.ImVec2(ui.px(X + 4 + wide), ui.px(y + ROW) - 1))
    if told:
        ui.rect(X + 4, y, wide, ROW, ui.colors.tint, radius=6)
        ui.rect(X + 4, y + 12, 3, ROW - 24, ui.colors.accent, radius=1.5)
    elif over:
        ui.rect(X + 4, y, wide, ROW, ui.colors.control, radius=6)
    _picture(ui, viewer, panel, saved, X + 12, y + 8)
    if place == panel.editing:
        panel.typed, done = field(ui, "##caption", X + 80, y + 28, wide - 80, panel.typed, focus=panel.focus)
        panel.focus = False
        if done:
            story.rename(place, panel.typed)
            panel.editing = None
        return
    more = over and ui.icon_button(f"edit {place}", ICON_MORE, X + wide - 32, y + 12, tip="Rename, move, delete")
    room = wide - 84 - (36 if over else 4)
    lines = wrapped(saved.caption, lambda line: ui.width(line, bold=told), room=room, lines=2)
    *lines, last = (ui.elide(line, room, bold=told) for line in lines)
    tip = saved.caption if last.endswith("\u2026") else ""
    clicked, _, _ = ui.button(f"view {place}", X + 4, y, wide - (40 if over else 0), ROW, tip=tip)
    for k, line in enumerate((*lines, last)):
        ui.text(X + 84, y + (11 if lines else 19) + 17 * k, line, bold=told)
    layer = _layer_of(viewer, saved)
    ui.text(X + 84, y + (45 if lines else 38), ui.elide(layer, room, size=SMALL), size=SMALL, color=ui.colors.second)
    if more:
        panel.menu_of = place
        imgui.open_popup("of a view")
    elif clicked:
        _fly(viewer, panel, place)


def _picture(ui: Ui, viewer: Viewer, panel: StoryPanel, saved: SavedView, x: float, y: float) -> None:
    width, height = THUMBNAIL
    ui.rect(x, y, width, height, ui.colors.canvas, radius=4)
    if panel.thumbnails is None:
        return
    size = (round(ui.px(width)), round(ui.px(height)))
    texture = panel.thumbnails.of(saved, size=size, theme=viewer.base.theme)
    if texture is None:
        ui.moving = True  # until it is there
        return
    low = ui.at(x, y)
    high = imgui.ImVec2(low.x + size[0], low.y + size[1])
    zero, one = imgui.ImVec2(0, 0), imgui.ImVec2(1, 1)
    white = ui.u32((1.0, 1.0, 1.0, 1.0))
    ui.draw.add_image_rounded(texture, low, high, zero, one, white, 4 * ui.scale)


def _footer(ui: Ui, viewer: Viewer, panel: StoryPanel, y: float) -> None:
    story = viewer.story
    if panel.path is not None:
        panel.path, done = field(ui, "##path", X + 8, y + 16, WIDTH - 16, panel.path, focus=panel.focus)
        panel.focus = False
        if done:
            path, panel.path = panel.path, None
            if path.strip() and not imgui.is_key_pressed(imgui.Key.escape):
                bring(viewer, panel, Path(path.strip()).expanduser())
        return
    width = WIDTH - 16 - (40 if story.unsaved else 0)
    clicked, hovered, held = ui.button("keep", X + 8, y, width, 32, tip=KEEP)
    ui.rect(X + 8, y, width, 32, ui.colors.pressed if hovered or held else ui.colors.control, radius=6)
    ui.text(X + 24, y + 16, ICON_PLUS, size=13, align=0.5)
    ui.text(X + 40, y + 16, "Save this view")
    if story.unsaved:
        tip = "Save the story into the tour\tCtrl+S"
        if ui.icon_button("save", ICON_SAVE, X + WIDTH - 40, y, tip=tip, active=True):
            save(viewer, panel)
    if clicked:
        _keep(viewer, panel)


def _keep(viewer: Viewer, panel: StoryPanel) -> None:
    """Save the present view, and have its caption typed."""
    _rename(viewer, panel, viewer.save_view(numbered_title(viewer.tour, viewer.layer)))


def _edit(viewer: Viewer, panel: StoryPanel, what: str, place: int) -> None:
    story = viewer.story
    if what == "Rename":
        _rename(viewer, panel, place)
    elif what.startswith("Replace"):
        viewer.replace_view(place)
    elif what == "Delete":
        story.remove(place)
    else:
        to = place - 1 if what == "Move up" else place + 1
        story.move(place, to)
        panel.scroll_to = min(max(to, 0), len(story.story) - 1)


def _rename(viewer: Viewer, panel: StoryPanel, place: int) -> None:
    panel.editing, panel.typed, panel.focus = place, viewer.story.story[place].caption, True
    panel.scroll_to = place


def _fly(viewer: Viewer, panel: StoryPanel, place: int) -> None:
    try:
        viewer.tell(place)
    except (KeyError, IndexError, ValueError) as error:
        panel.say(f"This view cannot be shown: {error.args[0]}")


def _layer_of(viewer: Viewer, saved: SavedView) -> str:
    try:
        place = position_of(viewer.tour, saved.view)
    except (KeyError, IndexError):
        return str(saved.view.layer)
    return numbered_title(viewer.tour, int(place)) if place.is_integer() else f"between {place % viewer.tour.depth:.2f}"


# ---------------------------------------------------------------------------------------------------- files


def save(viewer: Viewer, panel: StoryPanel) -> None:
    """Write the story into the tour's folder."""
    story, folder = viewer.story, viewer.tour.folder
    if folder is None:
        panel.say("This tour is not on disk; export the story as JSON, or save the tour first")
        return
    try:
        kept = save_story(viewer.tour, story.story, story.saved or (), attributes=viewer.renamed)
    except (OSError, ValueError) as error:
        panel.say(f"Not saved: {error.strerror if isinstance(error, OSError) and error.strerror else error}")
        return
    others = kept[len(story.story) :]
    story.extend(others)
    attributes = " and the named selections" if viewer.renamed else ""
    theirs = f"; {len(others)} of them saved by another window" if others else ""
    story.saved, viewer.renamed = story.story, False
    panel.say(f"Saved {counted(len(kept), 'view')}{attributes} into {folder.name}{theirs}")


def export(viewer: Viewer, panel: StoryPanel) -> None:
    """Write the story as JSON into the present folder, beside nothing of the same name."""
    stem = f"{viewer.tour.name}-story".replace("/", "-").replace(" ", "-")
    file = free_file(stem, ".json")
    try:
        export_story(viewer.story.story, file)
        panel.say(f"Saved {file} in {Path.cwd()}")
    except OSError as error:
        panel.say(f"The story was not exported: {error.strerror or error}")


def bring(viewer: Viewer, panel: StoryPanel, file: Path) -> None:
    """Add the views of a story's file that this tour can show; say what was found."""
    try:
        views, left_out = import_story(file, viewer.tour)
    except (OSError, ValueError) as error:
        what = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
        panel.say(what if file.name in what else f"{file.name}: {what}")
        return
    viewer.story.extend(views)
    panel.shown = True
    panel.scroll_to = len(viewer.story.story) - 1 if views else None
    rest = f"; {len(left_out)} left out: {left_out[0]}" if left_out else ""
    panel.say(f"{counted(len(views), 'view')} from {file.name}{rest}")


def _newest_story() -> str:
    """The JSON that was exported here last, as a suggestion."""
    found = sorted(Path().glob("*story*.json"), key=lambda file: file.stat().st_mtime)
    return str(found[-1]) if found else ""

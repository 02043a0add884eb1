"""The caption of the present view, above the dock, and how far its story is told."""

from ...viewer.theme import ABOVE_DOCK, CAPTION, GAP
from ...viewer.viewer import Viewer
from ...viewer.wrap import wrapped
from ..ui import Ui

BESIDE = 248  # on either side, for what stands there
SEGMENT = 24  # wide at most, and
ALL = 192  # all of them together


def draw(ui: Ui, viewer: Viewer, *, above: float) -> float:
    """Draw it; returns how much it takes. above: how much stands between it and the dock."""
    story = viewer.story
    if story.told is None:
        return 0.0
    bottom = ui.size[1] - ABOVE_DOCK - above
    y = bottom - 60
    room = ui.size[0] - 2 * BESIDE
    lines = wrapped(story.caption, lambda line: ui.width(line, size=CAPTION), room=room, lines=3)
    lines = [ui.elide(line, room, size=CAPTION) for line in lines]
    width = max(ui.width(line, size=CAPTION) for line in lines)
    height = 28 * len(lines)
    left, top = (ui.size[0] - width) / 2 - 12, y - height + 14
    with ui.panel("caption", left, top, width + 24, height, bare=True):
        ground = (*ui.colors.canvas[:3], 0.8)  # no text stands on bare points
        ui.rect(left, top, width + 24, height, ground, radius=8)
        for k, line in enumerate(lines):
            ui.text(ui.size[0] / 2, top + 14 + 28 * k, line, size=CAPTION, align=0.5)
    if story.playing:
        _progress(ui, viewer, bottom - 27)
    return bottom - top + GAP


def _progress(ui: Ui, viewer: Viewer, y: float) -> None:
    """A piece for each view: told, being told, to come."""
    story = viewer.story
    assert story.told is not None
    count = len(story.story)
    most = min(ALL if count <= 24 else 2 * ALL, ui.size[0] - 2 * BESIDE)
    pitch = min(SEGMENT + 4.0, most / count)
    gap = 4.0 if pitch > 12 else 1.0
    left = (ui.size[0] - pitch * count + gap) / 2
    with ui.panel("progress", left - 8, y - 6, pitch * count + 16, 12, bare=True):
        ui.rect(left - 8, y - 6, pitch * count - gap + 16, 12, (*ui.colors.canvas[:3], 0.8), radius=6)
        for k in range(count):
            x, w = left + pitch * k, pitch - gap
            ui.rect(x, y - 1.5, w, 3, ui.colors.second if k < story.told else ui.colors.track, radius=1.5)
            if k == story.told:
                ui.rect(x, y - 1.5, max(1.0, w * story.progress), 3, ui.colors.accent, radius=1.5)

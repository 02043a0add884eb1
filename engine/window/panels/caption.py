"""The caption of the present view, above the dock, and how far its story is told."""

from ...viewer.theme import ABOVE_DOCK, CAPTION, GAP
from ...viewer.viewer import Viewer
from ...viewer.wrap import wrapped
from ..ui import Ui

LINE, MOST = 28, 3  # high, and of them
UNDER, PLAYED = 22.0, 60.0  # from the middle of the last line down to what is below; with the story's progress there
BESIDE = 248  # on either side, for what stands there
SEGMENT = 24  # wide at most, and
ALL = 192  # all of them together


def draw(ui: Ui, viewer: Viewer, *, beside: tuple[float, float], above: float, room: float) -> float:
    """Draw it; returns how much it takes. beside: what stands at its left and right; above: between it and the dock.

    room: how much it may take unless the story is played; what has no room gives way, as a story's panel does.
    """
    story = viewer.story
    if story.told is None:
        return 0.0
    under = UNDER + (PLAYED - UNDER) * ui.level("a story is played", story.playing)
    most = MOST if story.playing else min(MOST, int((room - under - GAP + LINE / 2) // LINE))
    if most < 1:
        return 0.0
    bottom, wide = ui.size[1] - ABOVE_DOCK - above, ui.size[0] - sum(beside)
    lines = wrapped(story.caption, lambda line: ui.width(line, size=CAPTION), room=wide, lines=most)
    lines = [ui.elide(line, wide, size=CAPTION) for line in lines]
    width = max(ui.width(line, size=CAPTION) for line in lines)
    height = LINE * len(lines)
    middle = (beside[0] + ui.size[0] - beside[1]) / 2
    left, top = middle - width / 2 - 12, bottom - under - height + LINE / 2
    with ui.panel("caption", left, top, width + 24, height, bare=True):
        ground = (*ui.colors.canvas[:3], 0.8)  # no text stands on bare points
        ui.rect(left, top, width + 24, height, ground, radius=8)
        for k, line in enumerate(lines):
            ui.text(middle, top + LINE * (k + 0.5), line, size=CAPTION, align=0.5)
    if story.playing:
        _progress(ui, viewer, middle, bottom - 27, wide)
    return bottom - top + GAP


def _progress(ui: Ui, viewer: Viewer, middle: float, y: float, wide: float) -> None:
    """A piece for each view: told, being told, to come."""
    story = viewer.story
    assert story.told is not None
    count = len(story.story)
    most = min(ALL if count <= 24 else 2 * ALL, wide)
    pitch = min(SEGMENT + 4.0, most / count)
    gap = 4.0 if pitch > 12 else 1.0
    left = middle - (pitch * count - gap) / 2
    with ui.panel("progress", left - 8, y - 6, pitch * count + 16, 12, bare=True):
        ui.rect(left - 8, y - 6, pitch * count - gap + 16, 12, (*ui.colors.canvas[:3], 0.8), radius=6)
        for k in range(count):
            x, w = left + pitch * k, pitch - gap
            ui.rect(x, y - 1.5, w, 3, ui.colors.second if k < story.told else ui.colors.track, radius=1.5)
            if k == story.told:
                ui.rect(x, y - 1.5, max(1.0, w * story.progress), 3, ui.colors.accent, radius=1.5)

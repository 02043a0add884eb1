"""The legend of numbers: a colour bar under the histogram of their values; a brush along it selects the points."""

from ...motion.selection import Mask
from ...tour.colors import LEVELS, Coloring
from ...viewer.derived import Agreement
from ...viewer.tally import Tally
from ...viewer.theme import SMALL
from ...viewer.titles import layer_number
from ...viewer.viewer import Viewer
from ..ui import Ui
from .state import Panels

HEIGHT = 84.0
BINS = 64
TALL = 36  # pixels of the highest bin
CLICK = 0.02  # of the bar: a shorter brush selects nothing


def draw(ui: Ui, viewer: Viewer, panels: Panels, x: float, y: float, width: float) -> None:
    coloring = viewer.coloring
    if viewer.selection is None:
        panels.bar = None
    low, high = coloring.extent
    _histogram(ui, panels.tally, x, y, width)
    top = y + TALL + 6
    step = LEVELS // BINS
    for k in range(BINS):
        r, g, b = (coloring.table[k * step + step // 2] / 255.0).tolist()
        ui.rect(x + width * k / BINS, top, width / BINS + 0.5, 12, (r, g, b, 1.0))
    _brush(ui, viewer, panels, x, y, width, top)
    ends = (0.0, 1.0) if panels.bar is None else panels.bar
    values = [f"{low + (high - low) * end:.4g}" for end in ends]
    color = ui.colors.second if panels.bar is None else ui.colors.text
    ui.text(x, top + 26, values[0], size=SMALL, color=color)
    ui.text(x + width, top + 26, values[1], size=SMALL, color=color, align=1.0)
    ui.text(x + width / 2, top + 26, _of_what(viewer), size=SMALL, color=ui.colors.second, align=0.5)


def _of_what(viewer: Viewer) -> str:
    """From where a distance is measured, or with what the neighbours agree."""
    by = viewer.derived
    if isinstance(by, Agreement):
        return f"with {by.label}"
    if by is None:
        return ""
    layer = layer_number(by.since, by.since_layer)
    return f"since layer {layer}" if by.since is viewer.tour else f"from layer {layer} there"


def _histogram(ui: Ui, tally: Tally, x: float, y: float, width: float) -> None:
    """Of all points, and in front of it of the selected ones; heights as roots, so that few are still seen."""
    assert tally.rows is not None
    counts = tally.rows[:LEVELS].reshape(BINS, -1).sum(axis=1)
    most = max(1, int(counts.max()))
    parts = [(counts, ui.colors.track)]
    if tally.selected is not None:
        parts.append((tally.selected[:LEVELS].reshape(BINS, -1).sum(axis=1), ui.colors.text))
    for heights, color in parts:
        for k, count in enumerate(heights.tolist()):
            if count:
                tall = max(1.0, TALL * (count / most) ** 0.5)
                ui.rect(x + width * k / BINS, y + 4 + TALL - tall, width / BINS - 0.6, tall, color)


def _brush(ui: Ui, viewer: Viewer, panels: Panels, x: float, y: float, width: float, top: float) -> None:
    _, hovered, held = ui.button("colour bar", x, y, width, TALL + 20, tip="Drag along it to select values")
    place = min(1.0, max(0.0, (ui.mouse[0] - x) / width))
    if held:
        if panels.bar_from is None:
            panels.bar_from = place
        bar = min(panels.bar_from, place), max(panels.bar_from, place)
        if bar[1] - bar[0] < CLICK:
            panels.bar = None
            viewer.select(None)
        elif bar != panels.bar:
            panels.bar = bar
            viewer.select(between(viewer.coloring, *bar))
    else:
        panels.bar_from = None
    if panels.bar is not None:
        left, right = (x + width * end for end in panels.bar)
        ui.frame(left - 1, top - 2, right - left + 2, 16, ui.colors.accent, radius=3, thickness=2)
    elif hovered:
        ui.line(ui.mouse[0], y, ui.mouse[0], top + 12, ui.colors.accent)


def between(coloring: Coloring, low: float, high: float) -> Mask:
    """The points whose colour lies between two places on the bar, both in [0, 1]; those without a value do not."""
    mask: Mask = (coloring.codes >= round(low * LEVELS)) & (coloring.codes < round(high * LEVELS))
    return mask

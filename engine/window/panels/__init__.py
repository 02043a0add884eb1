"""The chrome at the edges of the window, a file a part. Panels read the viewer and call its actions.

Top left    legend, with colorbar for numbers; under it the card of the pinned point, or the story; opening, at first
Top right   bars (toolbar, dock) and what it opens: popovers, look
Right       layers, epochs; drawer with grid, histograms, search and findings (lists worth a look)
Below       bars again, with tools and tours; caption; selection, while points are selected, with naming
Two tours   pane_names, compare with the matrix, differences; partners, to choose the other
Canvas      hover, the card beside the cursor; handle, the label of the selected one; lost, a figure out of sight
Anywhere    message (what is said for a while), where it covers nothing
Around them state (what panels remember), forms (which of them fold in a small window), free_area (what they leave of
            each pane for the figure)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from ...viewer import picking
from ...viewer.hands import Hands
from ...viewer.pair import Pair
from ...viewer.theme import ABOVE_DOCK, GAP, MARGIN, UNDER_TOOLBAR
from ...viewer.viewer import Viewer
from .. import marks, region_marks, strokes
from ..pane import Pane
from ..ui import Ui
from . import (
    bars,
    caption,
    card,
    compare,
    differences,
    drawer,
    epochs,
    handle,
    hover,
    layers,
    legend,
    lost,
    message,
    opening,
    pane_names,
    partners,
    popovers,
    selection,
    story,
)
from .card import Card
from .differences import Differences
from .drawer import Drawer
from .forms import LEGEND, Forms, forms, make_room, settled
from .free_area import (
    above_dock,
    caption_room,
    chip_end,
    covered,
    left_aside,
    left_end,
    legend_reach,
    stand,
    story_over,
    story_reach,
)
from .hover import Hover
from .state import Panels, Wishes

__all__ = ["Card", "Differences", "Drawer", "Hover", "Panels", "Status", "Wishes", "cover", "draw"]

LAYERS = 56  # pixels at the right that the column of layers has for itself
UNDER_LEGEND = 28  # pixels from the legend to the column of layers under it
BESIDE_LEGEND = legend.X + legend.WIDTH + 28  # and where the column stands where the legend is too long for that


@dataclass(frozen=True)
class Status:
    """What the window knows and the panels say."""

    fps: float = 0.0
    images_arriving: tuple[int, int] = field(default=(0, 0))
    drawn: tuple[int, int] = field(default=(0, 0))
    """Points drawn, and points of the tour, where those are more."""


def cover(
    size: tuple[float, float], panels: Panels, *, panes: int, pinned: bool, selected: bool
) -> tuple[tuple[float, float, float, float], ...]:
    """How much panels cover of each pane of a window of `size`: left, top, right, bottom, in pixels of the design."""
    form = forms(size, panels, panes=panes, pinned=pinned, selected=selected)
    return covered(size, panels, form, panes=panes, selected=selected)


def draw(
    ui: Ui, panes: Sequence[Pane], panels: Panels, drawing: Drawer, status: Status, pair: Pair | None = None
) -> Wishes:
    """Draw every panel; returns what was asked of the window. What is one for both panes acts on the leading one."""
    lead = panes[pair.lead if pair else 0]
    viewer, hands = lead.viewer, lead.hands
    now = _now(ui, panes, lead, panels)
    form = settled(now, panels, partial(setattr, hands, "pinned", None))
    for pane in panes:
        with ui.guarded("The marks over the points"):
            _marks(ui, pane, panels, hands.pinned)
    joined = panels.differences.joined if panels.popover == "differences" else None
    joined = hands.pinned if joined is None else joined
    if joined is not None and len(panes) == 2:
        with ui.guarded("The line between two panes"):
            _join(ui, panes, joined)
    with ui.guarded("The handle's label"), lead.within(ui):
        handle.draw(ui, hands, panels)
    _left(ui, panes, lead, panels, form)
    with ui.guarded("The column of layers"):
        if pair is None:
            place = layers.place_alone(ui, viewer.tour.depth)
            epochs.draw(ui, viewer, panels.columns[1], place)
            layers.draw(ui, viewer, panels.columns[1], place, named=not drawer.is_open(panels))
            layers.draw_play(ui, viewer, place)
        else:
            _beside(ui, pair, panels, form)
    wishes = _bars(ui, viewer, hands, panels, status, form, two=pair is not None)
    with ui.guarded("What is said of a figure out of sight"):
        above = above_dock(form, selected=selection.is_shown(viewer)) - ABOVE_DOCK
        left = legend.X + (legend.WIDTH + GAP if form.story else 0)
        lost.draw(ui, [pane.viewer for pane in panes], left=left, above=above)
    with ui.guarded("The drawer"):
        hands.listed = None
        if drawer.is_open(panels) and not form.strip:
            drawer.draw(ui, viewer, hands, panels, drawing)
    with ui.guarded("The list of differences"):
        if pair is None or panels.popover != "differences":
            hands.singled = None
        elif not form.strip and _differences(ui, pair, hands, panels, form):
            panels.popover = ""
    with ui.guarded("What lies across the bottom"):
        if pair is not None and form.strip:
            wishes = replace(wishes, rows=_across(ui, pair, hands, panels, drawing, form))
    with ui.guarded("A panel that was opened"):
        popovers.draw(ui, viewer, panels)
    with ui.guarded("The card of a point"):
        if form.chip:  # its card opens above the strip
            reach = panels.legend_bottom + GAP, ui.size[1] - ABOVE_DOCK - form.foot
            card.draw_chip(ui, viewer, hands, panels.card, reach=reach, right=chip_end(ui.size[0]))
    with ui.guarded("The list of other tours"):
        wishes = replace(wishes, beside=partners.draw(ui, viewer, panels))
    with ui.guarded("The message"):
        there, needed = status.images_arriving
        reading = f"Reading images: {there} of {needed} pages" if needed > 1 else "Reading images"
        message.draw(ui, panes, panels.message, reading if viewer.base.mode == "images" and needed else panels.toast)
    return wishes


def _now(ui: Ui, panes: Sequence[Pane], lead: Pane, panels: Panels) -> Callable[[], Forms]:
    """What tells how much of each panel is shown."""

    def now() -> Forms:
        pinned, selected = lead.hands.pinned is not None, selection.is_shown(lead.viewer)
        return forms(ui.size, panels, panes=len(panes), pinned=pinned, selected=selected)

    return now


def _marks(ui: Ui, pane: Pane, panels: Panels, pinned: int | None) -> None:
    """What stands among the points of a pane that has just been drawn."""
    ringed = panels.card.neighbors if pinned is not None and panels.card.point == pinned else ()
    with pane.within(ui) as sight:
        with ui.behind():
            region_marks.draw(ui, pane.viewer, pane.regions, pane.hands.handles)
        marks.draw(ui, pane.viewer, pane.hands, sight, ringed, panels.card.strip)


def _left(ui: Ui, panes: Sequence[Pane], lead: Pane, panels: Panels, form: Forms) -> None:
    """The legend and what stands under or beside it, and what is under the cursor."""
    viewer, hands, count, selected = lead.viewer, lead.hands, len(panes), selection.is_shown(lead.viewer)
    with ui.guarded("The legend"):
        low = legend_reach(ui.size, form, panes=count, selected=selected)
        if legend.draw(ui, viewer, hands, panels, form=form.legend, titled=count == 1, low=low):
            make_room(_now(ui, panes, lead, panels), panels, lambda form: form.legend == "open", panels.story.hide)
    with ui.guarded("The story"):
        if form.story:
            low = story_reach(ui.size, panels, form, panes=count, selected=selected)
            top = panels.legend_bottom + GAP
            story.draw(ui, panes[0].viewer, panels.story, top=top, low=low, form=form.story)  # the left tour's
        else:
            panels.story.bottom = 0.0
    with ui.guarded("The card of a point"):
        if not form.chip:
            at = stand(ui.size, panels, form, panes=count, selected=selected)
            card.draw(ui, viewer, hands, panels.card, at=at)
    told = next((pane for pane in panes if pane.hands.pointed is not None), lead)
    with ui.guarded("What is said of a point"):
        assert told.sight is not None
        right = ui.size[0] - (drawer.ASIDE if drawer.is_open(panels) and not form.strip else LAYERS)
        hover.draw(ui, told.viewer, told.hands, panels.hover, told.sight, left=told.box[0], right=right)


def _bars(ui: Ui, viewer: Viewer, hands: Hands, panels: Panels, status: Status, form: Forms, *, two: bool) -> Wishes:
    """The bars, top and bottom, and what stands over them."""
    wishes, rows = Wishes(), ""
    with ui.guarded("The bars"):
        wishes = bars.draw(ui, viewer, hands, panels, fps=status.fps, beside=two)
        bars.share(ui, *status.drawn)
    with ui.guarded("The bar of the selection"):
        if not form.strip:  # on which it is
            right = drawer.ASIDE if drawer.is_open(panels) else 0.0
            left = LEGEND if form.story == "whole" or panels.card.height else GAP
            rows = selection.draw(ui, viewer, hands, panels, left=left, right=right)
    with ui.guarded("The caption"):
        _caption(ui, viewer, panels, form, panes=2 if two else 1)
    with ui.guarded("The first words"):
        opening.draw(ui, viewer, panels, raised=selection.is_shown(viewer))
    return replace(wishes, rows=rows)


def _caption(ui: Ui, viewer: Viewer, panels: Panels, form: Forms, *, panes: int) -> None:
    """The caption above the dock, in the middle of what the drawer leaves of the window."""
    shown = selection.is_shown(viewer)
    above = above_dock(form, selected=shown) - ABOVE_DOCK
    room = caption_room(ui.size, panels, form, panes=panes, selected=shown)
    beside = caption.BESIDE, caption.BESIDE
    if drawer.is_open(panels) and not form.strip:
        bare = form.legend == "head" and not form.story and not panels.card.height  # at the left
        beside = GAP if bare else caption.BESIDE, drawer.ASIDE + GAP
    panels.caption = caption.draw(ui, viewer, beside=beside, above=above, room=room)


def _join(ui: Ui, panes: Sequence[Pane], point: int) -> None:
    """A line across both panes from a point's one place to its other."""
    ends = []
    for pane in panes:
        assert pane.sight is not None
        (at,), _ = picking.drawn_at(pane.viewer, pane.sight, np.array([point]))
        ends.append((pane.box[0] + float(at[0]), pane.box[1] + float(at[1])))
    with ui.behind():
        strokes.segment(ui, ends[0], ends[1], ui.colors.accent, 1.5)


def _beside(ui: Ui, pair: Pair, panels: Panels, form: Forms) -> None:
    """What two panes have and one does not."""
    size, bottom = ui.size, ui.size[1] - ABOVE_DOCK - form.foot - 32
    end, aside = left_end(size[0], panels, form), left_aside(size[0], form)
    under = end + UNDER_LEGEND
    if aside:
        left, top = BESIDE_LEGEND, 3.0 * MARGIN + 40
        if panels.card.height and panels.card.corner is not None and panels.card.corner[0] < left:  # it stands there
            top = panels.card.corner[1] + panels.card.height + UNDER_LEGEND
    else:
        left, top = layers.FROM_EDGE, under
    if not pane_names.on_top(size[0]):  # the names of the tours stand there
        top = max(top, max(UNDER_TOOLBAR, 0.0 if aside else end + GAP) + pane_names.HIGH + UNDER_LEGEND - GAP)
    over = top - UNDER_LEGEND + GAP  # where there is room over the columns
    top += epochs.ROOM if any(viewer.tour.epochs for viewer in pair.viewers) else 0
    counts = pair.viewers[0].tour.depth, pair.viewers[1].tour.depth
    places = layers.places_beside(ui, counts, left=left, top=top, bottom=bottom)
    for k, place in enumerate(places):
        named = k == 0 or bool(form.strip) or not drawer.is_open(panels)  # which stands there
        epochs.draw(ui, pair.viewers[k], panels.columns[k], place, top=over, touch=partial(pair.touch, k))
        layers.draw(ui, pair.viewers[k], panels.columns[k], place, named=named, touch=partial(pair.touch, k))
    listed = panels.popover == "differences"
    if compare.draw(ui, pair, panels.compare, form=form.matrix, listed=listed, foot=form.foot):
        panels.toggle("differences")
    below = (panels.differences if listed and not form.strip else panels.compare).bottom + GAP
    beside_story = bool(form.story) and not story_over(size[0], form, panes=2)
    pane_names.draw(ui, pair, panels.compare, left_end=end, below=below, above=form.foot, story=beside_story)


def _differences(ui: Ui, pair: Pair, hands: Hands, panels: Panels, form: Forms) -> bool:
    """The list of them, in the place of the matrix; whether it was closed."""
    left = panels.compare.right - compare.WIDTH
    low = ui.size[1] - above_dock(form, selected=selection.is_shown(pair.leader)) - GAP - panels.caption
    return differences.draw(ui, pair, hands, panels.differences, x=left, top=panels.compare.bottom + GAP, low=low)


def _across(ui: Ui, pair: Pair, hands: Hands, panels: Panels, drawing: Drawer, form: Forms) -> str:
    """The drawer, the matrix or the list of differences across the bottom, with the bar of the selection on it.

    Returns what only the window can do about the selected points.
    """
    viewer = pair.leader
    box = float(MARGIN), ui.size[1] - ABOVE_DOCK - form.strip, ui.size[0] - 2.0 * MARGIN, form.strip
    if drawer.is_open(panels):
        return drawer.draw_across(ui, viewer, hands, panels, drawing, box=box)
    bar = partial(selection.draw_line, ui, viewer, hands, panels) if selection.is_shown(viewer) else None
    if form.matrix == "across":
        return compare.draw_across(ui, pair, panels.compare, bar, box=box)
    closed, wish = differences.draw_across(ui, pair, hands, panels.differences, bar, box=box)
    if closed:
        panels.popover = ""
    return wish

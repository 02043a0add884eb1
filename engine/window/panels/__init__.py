"""The chrome at the edges of the window, a file a part. Panels read the viewer and call its actions.

Top left    legend, with colorbar for numbers; under it the card of the pinned point, or the story; opening, at first
Top right   bars (toolbar, dock) and what it opens: popovers, look
Right       layers, epochs; drawer with grid, histograms, search and findings (lists worth a look)
Below       bars again, with tools and tours; caption; selection, while points are selected
Two tours   pane_names, compare, differences; partners, to choose the other
Canvas      hover, the card beside the cursor; handle, the label of the selected one; lost, a figure out of sight
Anywhere    message (what is said for a while), where it covers nothing
Around them state (what panels remember), free_area (what they leave of each pane for the figure)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from ...viewer import picking
from ...viewer.hands import Hands
from ...viewer.pair import Pair
from ...viewer.theme import ABOVE_DOCK, GAP, MARGIN
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
from .free_area import card_for_story, covered, left_end, stand, story_over, story_reach
from .hover import Hover
from .state import Panels, Wishes

__all__ = ["Card", "Differences", "Drawer", "Hover", "Panels", "Status", "Wishes", "covered", "draw"]

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


def draw(
    ui: Ui, panes: Sequence[Pane], panels: Panels, drawing: Drawer, status: Status, pair: Pair | None = None
) -> Wishes:
    """Draw every panel; returns what was asked of the window. What is one for both panes acts on the leading one."""
    lead = panes[pair.lead if pair else 0]
    viewer, hands = lead.viewer, lead.hands
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
    _left(ui, panes, lead, panels)
    with ui.guarded("The column of layers"):
        if pair is None:
            place = layers.place_alone(ui, viewer.tour.depth)
            epochs.draw(ui, viewer, panels.columns[1], place)
            layers.draw(ui, viewer, panels.columns[1], place)
            layers.draw_play(ui, viewer, place)
        else:
            _beside(ui, pair, panels)
    wishes = _bars(ui, viewer, hands, panels, status, beside=pair is not None)
    with ui.guarded("What is said of a figure out of sight"):
        above = selection.HEIGHT if selection.is_shown(viewer) else 0.0
        left = legend.X + (legend.WIDTH + GAP if panels.story.shown else 0)
        lost.draw(ui, [pane.viewer for pane in panes], left=left, above=above)
    with ui.guarded("The drawer"):
        drawer.draw(ui, viewer, hands, panels, drawing)
    with ui.guarded("The list of differences"):
        if pair is None or panels.popover != "differences":
            hands.singled = None
        elif differences.draw(
            ui, pair, hands, panels.differences, x=panels.compare.right - compare.WIDTH, top=panels.compare.bottom + GAP
        ):
            panels.popover = ""
    with ui.guarded("The list of other tours"):
        wishes = replace(wishes, beside=partners.draw(ui, viewer, panels))
    with ui.guarded("The message"):
        there, needed = status.images_arriving
        reading = f"Reading images: {there} of {needed} pages" if needed > 1 else "Reading images"
        message.draw(ui, panes, panels.message, reading if viewer.base.mode == "images" and needed else panels.toast)
    return wishes


def _marks(ui: Ui, pane: Pane, panels: Panels, pinned: int | None) -> None:
    """What stands among the points of a pane that has just been drawn."""
    ringed = panels.card.neighbors if pinned is not None and panels.card.point == pinned else ()
    with pane.within(ui) as sight:
        with ui.behind():
            region_marks.draw(ui, pane.viewer, pane.regions, pane.hands.handles)
        marks.draw(ui, pane.viewer, pane.hands, sight, ringed, panels.card.strip)


def _left(ui: Ui, panes: Sequence[Pane], lead: Pane, panels: Panels) -> None:
    """The legend and what stands under or beside it, and what is under the cursor."""
    viewer, hands = lead.viewer, lead.hands
    with ui.guarded("The legend"):
        legend.draw(ui, viewer, hands, panels, titled=len(panes) == 1)
    with ui.guarded("The story"):
        low = story_reach(ui.size, panels, panes=len(panes))
        if hands.pinned is None or len(panes) == 2 or not card_for_story(ui.size, panels):
            story.draw(ui, panes[0].viewer, panels.story, top=panels.legend_bottom + GAP, low=low)  # the left tour's
    with ui.guarded("The card of a point"):
        at = stand(ui.size, panels, panes=len(panes), selected=selection.is_shown(viewer))
        card.draw(ui, viewer, hands, panels.card, at=at)
    told = next((pane for pane in panes if pane.hands.pointed is not None), lead)
    with ui.guarded("What is said of a point"):
        assert told.sight is not None
        right = ui.size[0] - (drawer.ASIDE if drawer.is_open(panels) else LAYERS)
        hover.draw(ui, told.viewer, told.hands, panels.hover, told.sight, left=told.box[0], right=right)


def _bars(ui: Ui, viewer: Viewer, hands: Hands, panels: Panels, status: Status, *, beside: bool) -> Wishes:
    """The bars, top and bottom, and what stands over them."""
    wishes, rows = Wishes(), ""
    with ui.guarded("The bars"):
        wishes = bars.draw(ui, viewer, hands, panels, fps=status.fps, beside=beside)
        bars.share(ui, *status.drawn)
    with ui.guarded("The bar of the selection"):
        rows = selection.draw(ui, viewer, hands, panels)
    with ui.guarded("The caption"):
        panels.caption = caption.draw(ui, viewer, raised=selection.is_shown(viewer))
    with ui.guarded("The first words"):
        opening.draw(ui, viewer, panels, raised=selection.is_shown(viewer))
    with ui.guarded("A panel that was opened"):
        popovers.draw(ui, viewer, panels)
    return replace(wishes, rows=rows)


def _join(ui: Ui, panes: Sequence[Pane], point: int) -> None:
    """A line across both panes from a point's one place to its other."""
    ends = []
    for pane in panes:
        assert pane.sight is not None
        (at,), _ = picking.drawn_at(pane.viewer, pane.sight, np.array([point]))
        ends.append((pane.box[0] + float(at[0]), pane.box[1] + float(at[1])))
    with ui.behind():
        strokes.segment(ui, ends[0], ends[1], ui.colors.accent, 1.5)


def _beside(ui: Ui, pair: Pair, panels: Panels) -> None:
    """What two panes have and one does not."""
    bottom = ui.size[1] - ABOVE_DOCK - 32
    over = story_over(ui.size[0], panels)
    under = left_end(ui.size[0], panels) + UNDER_LEGEND
    if not over and (panels.story.shown or under > 0.45 * ui.size[1]):
        left, top = BESIDE_LEGEND, 3.0 * MARGIN + 40
        if panels.card.height and panels.card.corner is not None and panels.card.corner[0] < left:  # it stands there
            top = panels.card.corner[1] + panels.card.height + UNDER_LEGEND
    else:
        left, top = layers.FROM_EDGE, under
    top += epochs.ROOM if any(viewer.tour.epochs for viewer in pair.viewers) else 0
    counts = pair.viewers[0].tour.depth, pair.viewers[1].tour.depth
    places = layers.places_beside(ui, counts, left=left, top=top, bottom=bottom)
    for k, place in enumerate(places):
        named = k == 0 or not drawer.is_open(panels)  # which stands there
        epochs.draw(ui, pair.viewers[k], panels.columns[k], place, touch=partial(pair.touch, k))
        layers.draw(ui, pair.viewers[k], panels.columns[k], place, named=named, touch=partial(pair.touch, k))
    if compare.draw(ui, pair, panels.compare, listed=panels.popover == "differences"):
        panels.toggle("differences")
    listed = panels.popover == "differences"
    below = (panels.differences if listed else panels.compare).bottom + GAP
    below_left = left_end(ui.size[0], panels)
    pane_names.draw(ui, pair, panels.compare, left_end=below_left, below=below, story=panels.story.shown and not over)

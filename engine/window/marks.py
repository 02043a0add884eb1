"""What is drawn between the points and the panels: the brush, the handles with their labels, rings around points."""

import math

import numpy as np

from ..motion.rotation import Array
from ..viewer import picking, screen
from ..viewer.handles import Handles
from ..viewer.hands import Hands
from ..viewer.labels import HEIGHT, KEPT, Glide, Room, is_near, leader_end, most_names, place, prominence, slots
from ..viewer.picking import Sight
from ..viewer.theme import GAP, Rgba
from ..viewer.viewer import Viewer
from . import strokes
from .strip import Strip
from .ui import Ui

RADIUS = 7
RING = 14  # of the selected one
WIDEST = 180  # of a name
DELETE = 24  # pixels that the selected one's label has for its button


def draw(
    ui: Ui,
    viewer: Viewer,
    hands: Hands,
    sight: Sight,
    neighbors: tuple[int, ...],
    strip: Strip | None,
) -> None:
    """Draw all of it. neighbors: points ringed along with the pinned one. strip: the images of all of these."""
    hands.handles.forget()
    with ui.behind():
        _brush(ui, viewer, hands)
        _points(ui, viewer, hands, sight, neighbors, strip)
        _handles(ui, viewer, hands.handles, hands.handles.glide)


def _brush(ui: Ui, viewer: Viewer, hands: Hands) -> None:
    accent = ui.colors.accent
    if hands.brush is not None and len(hands.brush.path) > 1:
        strokes.filled(ui, hands.brush.path, accent, opacity=0.06)
        strokes.outline(ui, hands.brush.path, accent, 1.5, closed=not hands.brush.lasso)
    elif hands.trace is not None and hands.trace.standing == screen.standing(viewer) and viewer.selection is not None:
        strokes.filled(ui, hands.trace.path, accent, opacity=0.06)
        strokes.dashed(ui, hands.trace.path, accent, 1.5)
    else:
        hands.trace = None


def _points(
    ui: Ui, viewer: Viewer, hands: Hands, sight: Sight, neighbors: tuple[int, ...], strip: Strip | None
) -> None:
    """The pinned point in the accent colour, its neighbours and the point under the cursor in the text's."""
    ringed = [(point, ui.colors.text, 1.5) for point in reversed(neighbors)]
    if hands.pinned is not None:
        ringed.append((hands.pinned, ui.colors.accent, 2.0))
    pointed = next((each for each in (hands.pointed, hands.listed, hands.echo) if each is not None), None)
    free = pointed not in (None, hands.pinned) and not hands.busy and hands.handles.hovered is None
    if pointed is not None and free and not (pointed == hands.pointed and _is_framed(viewer, sight, pointed)):
        ringed.append((pointed, ui.colors.text, 2.0))
    if not ringed:
        return
    # A pinned image and its neighbours' are drawn again, in front of others and in their rings.
    images = {point: k for k, point in enumerate((hands.pinned, *neighbors))} if neighbors else {}
    where, sizes = picking.drawn_at(viewer, sight, np.array([point for point, *_ in ringed]))
    for (x, y), size, (point, color, thickness) in zip(where.tolist(), sizes.tolist(), ringed, strict=True):
        radius = max(6.0, 0.62 * size if sight.alpha else 0.5 * size + 3.0)
        if sight.alpha and strip is not None and point in images:
            radius = max(radius, 25.0 if point == hands.pinned else 15.0)
            ui.disc(x, y, radius, ui.colors.surface)
            strip.draw(ui, images[point], x - radius, y - radius, 2 * radius, rounded=True)
        ui.ring(x, y, radius, ui.colors.canvas, thickness + 2.0)
        ui.ring(x, y, radius, color, thickness)


def _is_framed(viewer: Viewer, sight: Sight, point: int) -> bool:
    """Whether an image shows by its own frame that it is the hovered one."""
    framed = sight.alpha is not None and sight.shot.class_frames and viewer.coloring.kind != "none"
    return framed and bool(viewer.is_shown(np.array([point]))[0])


# ---------------------------------------------------------------------------------------------- handles


def _handles(ui: Ui, viewer: Viewer, handles: Handles, glide: Glide) -> None:
    everyone = handles.all
    if not everyone:
        glide.step({}, {}, ui.seconds)
        return
    where, depth = handles.positions(ui.size)
    order = np.argsort(-depth).tolist()  # front first
    x0, y0 = viewer.camera.to_pixels((0.0, 0.0), size=ui.size).tolist()
    grip = handles.grip.handle if handles.grip else None
    singled = [k for k, each in enumerate(everyone) if each is handles.selected or each is handles.hovered]
    for k in singled:
        strokes.segment(ui, (x0, y0), tuple(where[k].tolist()), ui.colors.text, 1.5, opacity=0.5)
        ui.disc(x0, y0, 2.5, ui.colors.text)
        if everyone[k] is grip:
            length = float(np.linalg.norm(handles.centroids()[k]))
            scale = viewer.camera.pixels_per_radius(ui.size) / screen.radius(viewer)
            strokes.dashed(ui, strokes.circle((x0, y0), length * scale), ui.colors.second, 1.0)
    named = _layout(ui, handles, glide, where, order, singled, x0)
    for k, slot, width in named:  # under everything else, or they would strike names through
        if not is_near(slot):
            _leader(ui, where[k].tolist(), glide.offsets[id(everyone[k])], width)
    for k in reversed(order):
        _disc(ui, where[k].tolist(), handles.color(everyone[k]), selected=everyone[k] is handles.selected)
    handles.labels = {}
    for k, _, width in named:
        if everyone[k] is not handles.selected:  # whose label can be typed in (panels/handle.py)
            key = id(everyone[k])
            (dx, dy), (x, y) = glide.offsets[key], where[k].tolist()
            handles.labels[key] = (x + dx, y + dy, x + dx + width, y + dy + HEIGHT)
            _label(ui, (x + dx, y + dy), _name(ui, handles, k), width)


def _disc(ui: Ui, place: list[float], color: tuple[float, float, float] | None, *, selected: bool) -> None:
    x, y = place
    white = (1.0, 1.0, 1.0, 1.0)
    dark = ui.colors.canvas[0] < 0.5
    fill = ui.colors.canvas if color is None else (*color, 1.0)
    if selected:
        ui.ring(x, y, RING, ui.colors.accent, 2.0)
    ui.disc(x, y, RADIUS + 1.5, ui.colors.canvas, opacity=0.6)  # stands out from points as bright as its ring
    ui.disc(x, y, RADIUS, fill)
    ui.ring(x, y, RADIUS, white if dark else ui.colors.text, 2.0)


def _layout(
    ui: Ui, handles: Handles, glide: Glide, where: Array, order: list[int], singled: list[int], middle: float
) -> list[tuple[int, int, float]]:
    """Which handles have a label: place, slot and width, those drawn last last."""
    everyone = handles.all
    widths = [label_width(ui, handles, k) for k in range(len(everyone))]
    index = {id(each): k for k, each in enumerate(everyone)}
    before = {index[key]: slot for key, slot in glide.slots.items() if key in index}
    # Handles that a person made come first, then the classes that have most to say.
    telling = prominence(where, np.array([len(each.points) for each in everyone]))
    telling[list(before)] *= KEPT
    kept = sorted(order, key=lambda k: (everyone[k].row is not None, -telling[k]))
    rank = {k: place for place, k in enumerate(order)}
    found = place(
        where,
        widths,
        kept,
        room=Room((GAP, GAP, ui.size[0] - GAP, ui.size[1] - GAP), ui.standing, middle),
        before=before,
        always=singled,
        most=most_names(ui.size[0]),
    )
    goals = {}
    for k, slot in found.items():
        x, y = slots(widths[k])[slot].tolist()
        goals[id(everyone[k])] = (x, y)
    if glide.step(goals, {id(everyone[k]): slot for k, slot in found.items()}, ui.seconds):
        ui.moving = True
    last = sorted(found, key=lambda k: (k in singled, -rank[k]))
    return [(k, found[k], widths[k]) for k in last]


def _label(ui: Ui, corner: tuple[float, float], name: str, width: float) -> None:
    x, y = round(corner[0]), round(corner[1])
    solid: Rgba = (*ui.colors.surface[:3], 0.94)
    ui.rect(x, y, width, HEIGHT, solid, radius=6)
    ui.frame(x, y, width, HEIGHT, ui.colors.border, radius=6, thickness=1)
    ui.text(x + 8, y + HEIGHT / 2, name)


def _leader(ui: Ui, place: list[float], offset: tuple[float, float], width: float) -> None:
    """From the handle's rim to the nearest place of the label."""
    x, y = place
    left, top = x + offset[0], y + offset[1]
    end = leader_end((x, y), (left, top, left + width, top + HEIGHT))
    length = math.hypot(end[0] - x, end[1] - y)
    if length > RADIUS + 2:
        share = (RADIUS + 1.5) / length
        strokes.segment(ui, (x + (end[0] - x) * share, y + (end[1] - y) * share), end, ui.colors.second, 1.0)


def _name(ui: Ui, handles: Handles, k: int) -> str:
    handle = handles.all[k]
    return ui.elide(handle.name, WIDEST, bold=handle is handles.selected)


def label_width(ui: Ui, handles: Handles, k: int) -> float:
    """Of the k-th handle's label; the selected one's has room for a button."""
    selected = handles.all[k] is handles.selected
    return math.ceil(ui.width(_name(ui, handles, k), bold=selected)) + 16 + (DELETE if selected else 0)

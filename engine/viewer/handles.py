"""Handles: named sets of points at their centroids, on every layer; made, dragged, renamed, deleted, brought back."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..motion import projection
from ..motion.flat import turn
from ..motion.handle import drag
from ..motion.rotation import Array
from ..motion.selection import Mask
from ..tour.checks import fit_text
from ..tour.order import ranks
from ..tour.view import Handle
from . import picking, screen
from .centroids import centroids
from .labels import Glide
from .viewer import Viewer

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom

REACH = 16  # pixels from its centre at which the hand meets a handle
MOST_CLASSES = 100
ENOUGH = 100  # points of a handle in a sample, whose middle is within a tenth of their spread of that of all of them


@dataclass(eq=False)
class _Known:
    """What was worked out about one handle, which never changes."""

    handle: Handle
    rows: NDArray[np.integer]
    means: dict[int, Array] = field(default_factory=dict)
    rough: dict[int, Array] = field(default_factory=dict)
    """Those of the points that are in a layer's sample."""
    mask: Mask | None = None


@dataclass(frozen=True, eq=False)
class Grip:
    """A handle held by the hand, and how things were when it was taken: the drag starts from there throughout."""

    handle: Handle
    frame: Array
    offset: Point
    """From the hand to the handle's centre, pixels."""


@dataclass
class Handles:
    """What the hand does with the handles of one viewer. Pixels are those of the design."""

    viewer: Viewer
    selected: Handle | None = None
    hovered: Handle | None = None
    cursor: Point | None = None
    """Where the cursor was when that was found."""
    grip: Grip | None = None
    renaming: str | None = None
    """The name being typed for the selected one."""
    naming: bool = False
    """Whether that has just begun: the keys are to go there."""
    deleted: list[tuple[int, Handle]] = field(default_factory=list)
    """Place and handle, the latest last."""
    labels: dict[int, Box] = field(default_factory=dict)
    """Where the labels are, by the identity of their handles."""
    glide: Glide = field(default_factory=Glide)
    """How labels get to new places."""
    preparing: bool = False
    """Whether centroids are worked out beside the drawing."""
    _known: dict[int, _Known] = field(default_factory=dict)

    @property
    def all(self) -> tuple[Handle, ...]:
        handles: tuple[Handle, ...] = self.viewer.base.handles  # type: ignore[assignment]
        return handles

    # ------------------------------------------------------------------------------------------ where they are

    def means(self, layer: int) -> Array:
        """Centroids as embedded, (h, d); of a layer with a sample those of its points, until all have been read."""
        all_known, tour = [self._of(handle) for handle in self.all], self.viewer.tour
        if tour.layers[layer].sample is None or self.ready(layer, whole=True):
            self._work_out(layer)
        means = [known.means[layer] if layer in known.means else self._rough(known, layer) for known in all_known]
        return np.array(means).reshape(len(all_known), tour.dims)

    def _work_out(self, layer: int) -> None:
        new = [known for known in map(self._of, self.all) if layer not in known.means]
        if new:
            means = centroids(self.viewer.tour.layers[layer].points, [known.rows for known in new])
            for known, mean in zip(new, means, strict=True):
                known.means[layer] = mean

    def _rough(self, known: _Known, layer: int) -> Array:
        there = self.viewer.tour.layers[layer]
        assert there.sample is not None
        if layer not in known.rough:
            places = ranks(self.viewer.tour.n)[known.rows]
            places = places[places < len(there.sample.points)]
            points = there.sample.points[places] if len(places) >= ENOUGH else there.points[known.rows]
            known.rough[layer] = points.mean(axis=0, dtype=np.float64)
        return known.rough[layer]

    def ready(self, layer: int, *, whole: bool = False) -> bool:
        """Whether the centroids of a layer are known, or soon are; they are worked out beside the drawing if not.

        whole: whether they are to be those of all points, where a sample tells nearly where they are.
        """
        tour = self.viewer.tour
        if tour.n <= picking.SOON or all(layer in self._of(handle).means for handle in self.all):
            return True
        if not self.preparing:
            self.preparing = True
            self.viewer.in_background(lambda: self._work_out(layer), self._prepared)
        return not whole and tour.layers[layer].sample is not None

    def _prepared(self, _: None) -> None:
        self.preparing = False

    def centroids(self) -> Array:
        """Centroids as they are now in the centred, aligned space, (h, d)."""
        axes = np.eye(self.viewer.tour.dims)
        return projection.project(screen.sides(self.viewer, self.means), axes).astype(np.float64)

    def positions(self, size: tuple[float, float]) -> tuple[Array, Array]:
        """Pixels (h, 2) on a pane of `size`, and depths (h,)."""
        xyz = projection.project(screen.sides(self.viewer, self.means), self.viewer.frame)
        return screen.on_screen(self.viewer, xyz, size).astype(np.float64), xyz[:, 2].astype(np.float64)

    def at(self, place: Point, size: tuple[float, float]) -> Handle | None:
        """The handle under the hand: of those within reach the nearest, or the one whose label is there."""
        if not self.all:
            return None
        apart = np.hypot(*(self.positions(size)[0] - place).T)
        nearest = int(np.argmin(apart))
        if apart[nearest] <= REACH:
            return self.all[nearest]
        boxes = ((each, self.labels.get(id(each))) for each in reversed(self.all))
        return next((each for each, box in boxes if box and _inside(place, box)), None)

    def hover(self, place: Point, size: tuple[float, float]) -> None:
        """Find the handle under the cursor; under one that rests while the tour turns it may leave, and none comes."""
        there = self.at(place, size)
        if there is not self.hovered:
            self.hovered = None if place == self.cursor and self.viewer.moving else there
        self.cursor = place

    def mask(self, handle: Handle) -> Mask:
        """Its points, (n,)."""
        known = self._of(handle)
        if known.mask is None:
            known.mask = np.zeros(self.viewer.tour.n, dtype=bool)
            known.mask[known.rows] = True
        return known.mask

    def _of(self, handle: Handle) -> _Known:
        known = self._known.get(id(handle))
        if known is None or known.handle is not handle:
            known = self._known[id(handle)] = _Known(handle, np.asarray(handle.points))
        return known

    def color(self, handle: Handle) -> tuple[float, float, float] | None:
        """Of the class that it stands for, while that colours the points."""
        coloring = self.viewer.coloring
        if handle.row is None or handle.attribute != self.viewer.base.color_by or handle.row >= len(coloring.table):
            return None
        r, g, b = (coloring.table[handle.row] / 255.0).tolist()
        return r, g, b

    # ------------------------------------------------------------------------------------------ the hand

    def take(self, handle: Handle, hand: Point, size: tuple[float, float]) -> None:
        """Hold a handle: the tour waits until it is let go."""
        x, y = self.positions(size)[0][self.all.index(handle)]
        self.grip = Grip(handle, self.viewer.frame, (float(x) - hand[0], float(y) - hand[1]))
        self.selected, self.renaming = handle, None
        self.viewer.held = True

    def pull(self, hand: Point, size: tuple[float, float]) -> None:
        """Bring the held handle under the hand, by the smallest rotation from the frame at the press.

        A figure of two dimensions stays in its plane, so its handle comes only in the direction of the hand.
        """
        self.forget()
        if self.grip is None:
            return
        viewer = self.viewer
        goal = (hand[0] + self.grip.offset[0], hand[1] + self.grip.offset[1])
        target = viewer.camera.from_pixels(goal, size=size, radius=screen.radius(viewer))
        turned = turn if viewer.tour.flat else drag
        viewer.frame = turned(self.grip.frame, self.centroids()[self.all.index(self.grip.handle)], target)

    def let_go(self) -> None:
        if self.grip is not None:
            self.grip, self.viewer.held = None, False

    # ------------------------------------------------------------------------------------------ making and unmaking

    def create(self, points: Mask, *, naming: bool = False) -> Handle:
        """A new handle for some points (n,), selected; its name is the next number. naming: it can be typed at once."""
        taken = {each.name for each in self.all}
        name = next(name for k in range(1, len(taken) + 2) if (name := f"Handle {k}") not in taken)
        handle = Handle(name, np.flatnonzero(points))  # type: ignore[arg-type]
        self.viewer.change(handles=(*self.all, handle))
        self.selected = handle
        if naming:
            self.rename_begins(handle)
        return handle

    def rename_begins(self, handle: Handle) -> None:
        """A person may type another name for it, beginning with the present one."""
        self.renaming, self.naming = handle.name, True

    def of_classes(self) -> str:
        """A handle for each class of the coloured attribute, of those switched on if any are; says what was done.

        Where each has one already they are taken away.
        """
        viewer, coloring, attribute = self.viewer, self.viewer.coloring, self.viewer.base.color_by
        rows = [row for row in viewer.base.groups or range(len(coloring.names)) if coloring.counts[row]]
        there = {each.row for each in self.all if each.attribute == attribute}
        if set(rows) <= there or len(there) >= MOST_CLASSES:
            kept = tuple(each for each in self.all if each.row is None or each.attribute != attribute)
            viewer.change(handles=kept)
            return f"{counted(len(there), 'handle')} taken away"
        new = sorted(set(rows) - there, key=lambda row: -coloring.counts[row])[: MOST_CLASSES - len(there)]
        codes = coloring.codes.astype(np.uint16 if len(coloring.table) <= 1 << 16 else np.int64)  # short ones sort soon
        order = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(coloring.table)))
        made = [
            Handle(fit_text(coloring.names[row]), order[ends[row] - coloring.counts[row] : ends[row]], row, attribute)  # type: ignore[arg-type]
            for row in rows
            if row in new
        ]
        viewer.change(handles=(*self.all, *made))
        if len(rows) > MOST_CLASSES:
            return f"Handles for the {len(there) + len(made)} largest classes"
        return counted(len(there) + len(made), "handle")

    def rename(self, handle: Handle, name: str) -> None:
        """Another name for a handle; an empty one leaves it as it is."""
        renamed = replace(handle, name=name.strip() or handle.name)
        self.viewer.change(handles=tuple(renamed if each is handle else each for each in self.all))
        self.selected = renamed if self.selected is handle else self.selected
        self.renaming = None

    def delete(self, handle: Handle | None = None) -> Handle | None:
        """Delete a handle, or the selected one, the hovered one, the latest; returns it."""
        self.forget()
        handle = handle or self.selected or self.hovered or (self.all[-1] if self.all else None)
        place = next((k for k, each in enumerate(self.all) if each is handle), None)
        if handle is None or place is None:
            return None
        self.deleted.append((place, handle))
        self.viewer.change(handles=(*self.all[:place], *self.all[place + 1 :]))
        self.forget()
        return handle

    def restore(self) -> Handle | None:
        """Bring the latest deleted handle back to its place; returns it."""
        if not self.deleted:
            return None
        place, handle = self.deleted.pop()
        self.viewer.change(handles=(*self.all[:place], handle, *self.all[place:]))
        self.selected = handle
        return handle

    def forget(self) -> None:
        """Let go of whatever is no longer there."""
        there = {id(each) for each in self.all}
        if self.selected is not None and id(self.selected) not in there:
            self.selected, self.renaming = None, None
        if self.hovered is not None and id(self.hovered) not in there:
            self.hovered = None
        if self.grip is not None and id(self.grip.handle) not in there:
            self.let_go()
        kept = there | {id(handle) for _, handle in self.deleted}
        self._known = {key: known for key, known in self._known.items() if key in kept}


def counted(count: int, what: str) -> str:
    """ "1 handle", "2 handles", "1,000 handles"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _inside(place: Point, box: Box) -> bool:
    return box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3]

"""What a tour opens with: the layer and the frame that say most, and handles of the classes that part best.

Of the late layers the one whose classes part best (the index of the guided tour), seen along its first principal axes.
On published GoogLeNet and ResNet50 and on the digits these axes keep as many points among their own class as the guided
plane does, or more (0.42 and 0.38 of ten neighbours on GoogLeNet's last but one layer, 0.997 and 0.96 on the digits'),
and they show more of the spread (0.95 and 0.90 of the variance).
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..motion.guided import best_plane, scatter, separation
from ..motion.rotation import Array
from ..tour.checks import fit_text
from ..tour.colors import NO_CLASS, Coloring
from ..tour.order import few
from ..tour.story import of_pair
from ..tour.tour import Tour
from ..tour.view import Handle, View
from .resolve import coloring_of, first_view, position_of, window_look

ROWS = 10_000  # that are looked at
EQUAL = 0.002  # of the index: of layers so near to each other the latest is taken
HANDLES = 6
LARGEST = 24  # classes, of which the handles are chosen


def opening_view(tour: Tour) -> View:
    """The first saved view; without any, the layer and the frame that say most, framed, a few classes with handles."""
    if tour.views:
        first = tour.views[0].view
        return replace(first, mode=first.mode if tour.sprites else "dots", **window_look(tour))
    view = first_view(tour)
    rows = few(tour.n, ROWS)
    coloring = coloring_of(tour, view)
    classes = _classes(coloring)[rows]
    layer = telling_layer(tour, rows, classes)
    points = tour.layers[layer].some_aligned(rows)
    axes = principal_axes(points)
    handles = () if view.color_by is None else _handles(points @ axes[:, :2], classes, coloring, view.color_by)
    return replace(view, layer=layer, frame=axes, handles=handles)


def front_view(tour: Tour, layer: float | str) -> View:
    """A layer, or a place between two, from where most of it is to be seen, framed, without handles.

    Raises KeyError or IndexError where there is no such layer.
    """
    view = replace(first_view(tour), layer=layer)
    nearest = tour.layers[round(position_of(tour, view))]
    return replace(view, frame=principal_axes(nearest.some_aligned(few(tour.n, ROWS))))


def beginning(tour: Tour, view: View | None, changes: dict[str, Any], *, reopen: bool) -> View:
    """The view to begin with: a given one, else what says most or the first, with some fields otherwise."""
    view = view or (opening_view if reopen else first_view)(tour)
    others: dict[str, Any] = {"groups": ()} if "color_by" in changes else {}
    return replace(view, **others, **changes)


def opening_beside(tour: Tour, other: str) -> tuple[View, View | None]:
    """What two tours side by side open with: the first view saved of both, and what stood beside it.

    Without any, what says most of the left one. other: the name of the right one.
    """
    saved = next(iter(of_pair(tour.views, other)), None)
    if saved is None or saved.beside is None:
        return opening_view(replace(tour, views=[])), None
    return opening_view(replace(tour, views=[saved])), saved.beside.view


def telling_layer(tour: Tour, rows: NDArray[np.intp], classes: NDArray[np.intp]) -> int:
    """The late layer, the output left out, on which classes (of `rows`) part best; the last but one without classes."""
    first = len(tour.layers) - tour.depth  # of the last epoch
    last = first + max(0, tour.depth - 2)
    if len(np.unique(classes[classes >= 0])) < 2:
        return last
    late = range(first + 2 * tour.depth // 3, last)
    best, index = last, _parting(tour, last, rows, classes)
    for layer in reversed(late):
        there = _parting(tour, layer, rows, classes)
        if there > index + EQUAL:
            best, index = layer, there
    return best


def _parting(tour: Tour, layer: int, rows: NDArray[np.intp], classes: NDArray[np.intp]) -> float:
    of = scatter(tour.layers[layer].some_aligned(rows), classes)
    return separation(best_plane(of, np.eye(tour.dims, 2)), of)


def principal_axes(points: Array) -> Array:
    """The first three principal axes of points (n, d), (d, 3), each pointing where its longer tail is."""
    x = points - points.mean(axis=0)
    axes = np.linalg.eigh(x.T @ x)[1][:, :-4:-1]
    return axes * np.where(((x @ axes) ** 3).sum(axis=0) < 0.0, -1.0, 1.0)


def _classes(coloring: Coloring) -> NDArray[np.intp]:
    """The class of each point (n,), -1 for none."""
    codes = coloring.codes.astype(np.intp)
    if coloring.kind not in ("categorical", "ordinal"):
        return np.full(len(codes), -1)
    return np.where(codes == len(coloring.names) - 1, -1, codes) if coloring.names[-1] == NO_CLASS else codes


def _handles(shown: Array, classes: NDArray[np.intp], coloring: Coloring, attribute: str) -> tuple[Handle, ...]:
    """Handles of a few classes: large ones, far from the other large ones for their own width on the screen.

    shown: (m, 2), where points are seen; classes: (m,), of the same points.
    """
    counts = np.bincount(classes[classes >= 0], minlength=1)
    large = [int(each) for each in np.argsort(-counts, kind="stable")[:LARGEST] if counts[each] > 1]
    if len(large) < 2:
        return ()
    middles = np.array([np.median(shown[classes == each], axis=0) for each in large])
    widths = np.array([np.median(np.linalg.norm(shown[classes == each] - middle, axis=1)) for each, middle in
                       zip(large, middles, strict=True)])  # fmt: skip
    apart = np.linalg.norm(middles[:, None] - middles[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    telling = np.sqrt(counts[large]) * apart.min(axis=1) / np.maximum(widths, 1e-9)
    chosen = sorted(large[k] for k in np.argsort(-telling, kind="stable")[:HANDLES])
    everyone = coloring.codes.astype(np.intp)
    return tuple(
        Handle(fit_text(coloring.names[row]), np.flatnonzero(everyone == row), row, attribute)  # type: ignore[arg-type]
        for row in chosen
    )

"""What of a tour goes into a page: layers, a sample of the points, attributes, images; its saved views go with them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..tour.matching import FILE, taken
from ..tour.order import shuffled
from ..tour.tour import Tour
from ..tour.view import Handle, SavedView


@dataclass(frozen=True)
class Choice:
    """What of a tour goes into a page."""

    layers: tuple[int | str, ...] | None = None
    max_points: int | None = None
    """At most so many points, the first ones of the fair order: those that a window draws of a very large tour."""
    images: bool = True
    private: frozenset[str] = frozenset()
    """Attributes that are left out."""
    title: str | None = None


def chosen(tour: Tour, choice: Choice) -> Tour:
    """The part of a tour that goes into the page, its views with it."""
    for name in choice.private:
        tour.attribute(name)
    kept = [name for name in tour.attributes.columns if name not in choice.private]
    views = [_without(each, set(kept) - {FILE}) for each in tour.views]
    attributes = tour.attributes[kept]
    if FILE in attributes:
        attributes = attributes.assign(**{FILE: [_file_name(each) for each in attributes[FILE].fillna("")]})
    attributes.attrs = dict(tour.attributes.attrs)
    part = replace(tour, attributes=attributes, sprites=tour.sprites if choice.images else None)
    if choice.max_points is not None and choice.max_points < 1:
        raise ValueError(f"max_points is a number of points, 1 or more, not {choice.max_points}")
    if choice.max_points is not None and choice.max_points < tour.n:
        rows = np.sort(shuffled(tour.n)[: choice.max_points].astype(np.intp))
        places = np.full(tour.n, -1)
        places[rows] = np.arange(len(rows))
        part = taken(part, rows)
        views = [_renumbered(each, places) for each in views]
    if choice.layers is not None:
        kept_layers = sorted({tour.index(layer) for layer in choice.layers})
        names = {kept_layers.index(k): k for k in kept_layers}
        part = replace(part, layers=tuple(layer for k, layer in enumerate(part.layers) if k in kept_layers), epochs=())
        places_of = {old: new for new, old in names.items()}
        views = [each for each in (_on_layers(view, tour, places_of) for view in views) if each is not None]
    if part.sprites is None:
        views = [replace(each, view=replace(each.view, mode="dots")) for each in views]
    return replace(part, views=views, folder=None)


def _file_name(path: object) -> str:
    """Without its folders, which are nobody else's business."""
    return re.split(r"[/\\]", str(path))[-1]


def _without(saved: SavedView, kept: set[str]) -> SavedView:
    """A view that names no attribute beside those."""
    view = saved.view
    handles = tuple(
        each for each in view.handles if isinstance(each, Handle) and (each.attribute is None or each.attribute in kept)
    )
    if view.color_by is not None and view.color_by not in kept:
        view = replace(view, color_by=None, groups=())
    return replace(saved, view=replace(view, handles=handles))


def _renumbered(saved: SavedView, places: NDArray[np.integer]) -> SavedView:
    """A view whose points have other numbers, those with -1 none."""

    def new(points: Sequence[int]) -> list[int]:
        numbers = places[np.asarray(points, dtype=np.int64)]
        return [int(each) for each in numbers[numbers >= 0]]

    view = saved.view
    handles = tuple(
        replace(each, points=new(each.points)) for each in view.handles if isinstance(each, Handle) and new(each.points)
    )
    selected = None if view.selected is None else new(view.selected)
    return replace(saved, view=replace(view, handles=handles, selected=selected))


def _on_layers(saved: SavedView, tour: Tour, places: dict[int, int]) -> SavedView | None:
    """A view whose layer has another number; None where it is not there."""
    layer = tour.index(saved.view.layer) if isinstance(saved.view.layer, str) else round(saved.view.layer)
    return replace(saved, view=replace(saved.view, layer=places[layer])) if layer in places else None

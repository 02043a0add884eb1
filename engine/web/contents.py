"""What a page shows: a manifest of plain values, and pieces of bytes, each made when it is first wanted.

Local paths, and whatever a person calls private, are left out here, before anything is written or sent.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..render.glsl import compose
from ..tour.colors import LEVELS, MOST, TEN, THEMES, background, class_colors, ramp, viridis
from ..tour.matching import FILE, matched, taken
from ..tour.similarity import matrices
from ..tour.tour import Tour
from ..tour.view import Handle, SavedView, View
from . import images
from .quantise import quantised

VERSION = 1
MANY_TEXTS = 1000  # different ones, from which on an attribute is text and colours nothing
SAMPLE_SEED = 0
GROUNDS = tuple(np.linspace(-1.0, 1.0, 9).tolist())  # backgrounds for which a page has a ramp; it takes the nearest

Piece = Callable[[], bytes]


@dataclass(frozen=True)
class Choice:
    """What of a tour goes into a page."""

    layers: tuple[int | str, ...] | None = None
    max_points: int | None = None
    """At most so many points, drawn at random but always the same."""
    images: bool = True
    private: frozenset[str] = frozenset()
    """Attributes that are left out."""
    title: str | None = None


@dataclass(frozen=True, eq=False)
class Contents:
    """All that a page needs."""

    manifest: dict[str, Any]
    pieces: dict[str, Piece]
    """By name, in the order in which a page wants them."""


def contents(tour: Tour, other: Tour | None = None, *, choice: Choice | None = None) -> Contents:
    """A tour, or two of the same points, for a page.

    Raises KeyError or IndexError for a layer that there is not, KeyError for such an attribute, ValueError where two
    tours cannot be compared.
    """
    choice = choice or Choice()
    tours = [tour]
    if other is not None:
        match = matched(tour, other)
        tours = [match.left, match.right]
        if match.left.n == tour.n and not match.left.views:
            tours[0] = replace(match.left, views=tour.views)
    chosen = [_chosen(each, choice) for each in tours]
    pieces: dict[str, Piece] = {}
    entries = [_tour(each, prefix, choice, pieces) for each, prefix in zip(chosen, ("a", "b"), strict=False)]
    manifest = {
        "version": VERSION,
        "title": choice.title or " and ".join(each.name for each in chosen),
        "tours": entries,
        "similarity": _similarity(chosen) if len(chosen) == 2 else None,
        "palettes": {
            "ten": TEN.tolist(),
            "large": class_colors(MOST, "large").tolist(),
            "viridis": _hex(viridis(LEVELS)),
            "ramps": {theme: [_hex(ramp(LEVELS, background(theme, ground))) for ground in GROUNDS] for theme in THEMES},
        },
        "shaders": _shaders({-(-each.dims // 4) for each in chosen}),
    }
    return Contents(manifest, pieces)


# ---------------------------------------------------------------------------------------------- what is chosen


def _chosen(tour: Tour, choice: Choice) -> Tour:
    """The part of a tour that goes into the page, its views with it."""
    for name in choice.private:
        tour.attribute(name)
    kept = [name for name in tour.attributes.columns if name not in choice.private | {FILE}]
    views = [_without(each, set(kept)) for each in tour.views]
    part = replace(tour, attributes=tour.attributes[kept], sprites=tour.sprites if choice.images else None)
    part.attributes.attrs = dict(tour.attributes.attrs)
    if choice.max_points is not None and choice.max_points < tour.n:
        rows = np.sort(np.random.default_rng(SAMPLE_SEED).choice(tour.n, choice.max_points, replace=False))
        places = np.full(tour.n, -1)
        places[rows] = np.arange(len(rows))
        part = taken(part, rows)
        views = [_renumbered(each, places) for each in views]
    if choice.layers is not None:
        kept_layers = sorted({tour.index(layer) for layer in choice.layers})
        names = {kept_layers.index(k): k for k in kept_layers}
        part = replace(part, layers=tuple(tour_layer for k, tour_layer in enumerate(part.layers) if k in kept_layers))
        places_of = {old: new for new, old in names.items()}
        views = [each for each in (_on_layers(view, tour, places_of) for view in views) if each is not None]
    if part.sprites is None:
        views = [replace(each, view=replace(each.view, mode="dots")) for each in views]
    return replace(part, views=views, folder=None)


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


# ---------------------------------------------------------------------------------------------- as plain values


def _tour(tour: Tour, prefix: str, choice: Choice, pieces: dict[str, Piece]) -> dict[str, Any]:
    return {
        "name": choice.title if choice.title and prefix == "a" else tour.name,
        "n": tour.n,
        "dims": tour.dims,
        "layers": [_layer(tour, k, f"{prefix}-layer-{k:03}", pieces) for k in range(len(tour.layers))],
        "attributes": [
            _attribute(tour, str(name), f"{prefix}-attribute-{k:03}", pieces)
            for k, name in enumerate(tour.attributes.columns)
        ],
        "sprites": _sprites(tour, prefix, pieces),
        "views": [{"caption": each.caption, "view": _view(each.view, tour)} for each in tour.views],
    }  # fmt: skip


def _layer(tour: Tour, k: int, piece: str, pieces: dict[str, Piece]) -> dict[str, Any]:
    layer = tour.layers[k]
    codes = quantised(layer.aligned, radius=layer.placement.radius)
    pieces[piece] = lambda: quantised(layer.aligned, radius=layer.placement.radius).raw
    return {
        "name": layer.name,
        "kind": layer.kind,
        "radius": layer.placement.radius,
        "similarity": round(layer.placement.similarity, 4),
        "piece": piece,
        "low": codes.low.tolist(),
        "step": codes.step,
        "planes": codes.planes,
    }


def _attribute(tour: Tour, name: str, piece: str, pieces: dict[str, Piece]) -> dict[str, Any]:
    values = tour.attributes[name]
    entry: dict[str, Any] = {"name": name, "piece": piece, "names": [], "counts": [], "extent": [0.0, 1.0], "bytes": 8}
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        numbers = values.to_numpy(dtype="<f8", na_value=np.nan)
        finite = numbers[np.isfinite(numbers)]
        extent = tour.attributes.attrs.get("extent", {}).get(name) or (
            (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        )
        pieces[piece] = numbers.tobytes
        return entry | {"kind": "continuous", "extent": [float(each) for each in extent]}
    if not isinstance(values.dtype, pd.CategoricalDtype):
        texts = values.astype("string")
        if texts.nunique() > MANY_TEXTS:
            pieces[piece] = partial(_json, texts.fillna("").tolist())
            return entry | {"kind": "text"}
        values = texts.astype("category")
    names = [str(each) for each in values.cat.categories]
    codes = values.cat.codes.to_numpy()
    size = 1 if len(names) < 128 else 2 if len(names) < 32768 else 4
    pieces[piece] = codes.astype(f"<i{size}").tobytes
    counts = np.bincount(codes[codes >= 0].astype(np.int64), minlength=len(names))
    kind = "ordinal" if values.cat.ordered else "categorical"
    return entry | {"kind": kind, "names": names, "counts": counts.tolist(), "bytes": size}


def _json(values: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode()


def _sprites(tour: Tour, prefix: str, pieces: dict[str, Piece]) -> dict[str, Any] | None:
    if tour.sprites is None:
        return None
    grid = images.grid_of(tour.sprites)
    names = [f"{prefix}-images-{page:03}" for page in range(grid.pages)]
    for page, name in enumerate(names):
        pieces[name] = partial(images.page, tour.sprites, grid, page)
    width, height = grid.size
    return {"n": grid.n, "tile": grid.tile, "columns": grid.columns, "per_page": grid.per_page, "width": width,
            "height": height, "pages": names}  # fmt: skip


def _view(view: View, tour: Tour) -> dict[str, Any]:
    values = view.to_json()
    if isinstance(values["layer"], str):
        values["layer"] = tour.index(values["layer"])
    return values


def _hex(table: NDArray[np.uint8]) -> str:
    """Colours (k, 3), six digits each."""
    return table.tobytes().hex()


def _similarity(tours: Sequence[Tour]) -> dict[str, Any]:
    return {name: np.round(each, 4).tolist() for name, each in matrices(tours[0], tours[1]).items()}


def _shaders(groups: set[int]) -> dict[str, Any]:
    """Every variant that a page draws with, by groups and then "stem,sides,greyed,framed"."""
    variants = [("points", sides, greyed, 0) for sides in (1, 2) for greyed in (0, 1)]
    variants += [("sprites", sides, greyed, framed) for sides in (1, 2) for greyed in (0, 1) for framed in (0, 1, 2)]
    return {
        str(group): {",".join(map(str, variant)): _pair(group, *variant) for variant in variants}
        for group in sorted(groups)
    }


def _pair(groups: int, stem: str, sides: int, greyed: int, framed: int) -> dict[str, str]:
    numbers = {"GROUPS": groups, "SIDES": sides, "GREYED": greyed, "HIDDEN": 0, "CROWDED": 0, "FRAMED": framed}
    return {kind: compose(f"{stem}.{kind}", **numbers).text for kind in ("vert", "frag")}

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

from ..motion import crowding
from ..render.glsl import compose
from ..tour.colors import LEVELS, MOST, TEN, THEMES, background, class_colors, ramp, viridis
from ..tour.matching import FILE, Match, matched
from ..tour.order import shuffled
from ..tour.regions import clusters, regions
from ..tour.similarity import matrices
from ..tour.tour import Tour
from ..tour.view import View
from ..viewer.framer import standing_for
from ..viewer.opening import opening_view
from ..viewer.pair import layer_like
from ..viewer.thumbnail import thumbnail
from . import images
from .choice import Choice, chosen
from .quantise import quantised, step_of

VERSION = 1
THUMBNAIL = (120, 80)  # pixels of a scene's picture
MANY_TEXTS = 1000  # different ones, from which on an attribute is text and colours nothing
GROUNDS = tuple(np.linspace(-1.0, 1.0, 9).tolist())  # backgrounds for which a page has a ramp; it mixes two

Piece = Callable[[], bytes]


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
    parts = [chosen(each, choice) for each in tours]
    pieces: dict[str, Piece] = {}
    alike = _alike(parts)
    entries = [
        _tour(each, view, prefix, choice, pieces)
        for each, view, prefix in zip(parts, _openings(parts, alike), ("a", "b"), strict=False)
    ]
    manifest = {
        "version": VERSION,
        "title": choice.title or " and ".join(each.name for each in parts),
        "tours": entries,
        "alike": alike,
        "similarity": _similarity(parts) if len(parts) == 2 else None,
        "palettes": {
            "ten": TEN.tolist(),
            "large": class_colors(MOST, "large").tolist(),
            "viridis": _hex(viridis(LEVELS)),
            "ramps": {theme: [_hex(ramp(LEVELS, background(theme, ground))) for ground in GROUNDS] for theme in THEMES},
        },
        "shaders": _shaders({-(-each.dims // 4) for each in parts}),
    }
    return Contents(manifest, pieces)


# ---------------------------------------------------------------------------------------------- as plain values


def _openings(tours: Sequence[Tour], alike: Sequence[int]) -> list[View]:
    """What each tour opens with; the second of two at the layer like that of the first."""
    if len(tours) == 1:
        return [opening_view(tours[0])]
    first = opening_view(replace(tours[0], views=[]))
    return [first, replace(first, layer=alike[round(float(first.layer))])]


def _alike(tours: Sequence[Tour]) -> list[int]:
    """For each layer of the first of two tours that of the second which stands beside it."""
    if len(tours) == 1:
        return []
    left, right = tours
    everyone = np.arange(left.n)
    match = Match(left, right, "order", (left.n, left.n), (everyone, everyone))
    return [layer_like(match, k) for k in range(len(left.layers))]


def _tour(tour: Tour, opening: View, prefix: str, choice: Choice, pieces: dict[str, Piece]) -> dict[str, Any]:
    pieces[f"{prefix}-support"] = lambda: standing_for(tour).astype("<i4").tobytes()
    pieces[f"{prefix}-order"] = lambda: shuffled(tour.n).astype("<i4").tobytes()
    layers = [_layer(tour, k, prefix, pieces) for k in range(len(tour.layers))]
    attributes = [
        _attribute(tour, str(name), f"{prefix}-attribute-{k:03}", pieces)
        for k, name in enumerate(tour.attributes.columns)
    ]
    if not any(each["names"] for each in attributes):
        layers = [_clustered(tour, k, each, prefix, pieces) for k, each in enumerate(layers)]
    return {
        "name": choice.title if choice.title and prefix == "a" else tour.name,
        "n": tour.n,
        "dims": tour.dims,
        "flat": tour.flat,
        "epochs": list(tour.epochs),
        "layers": layers,
        "attributes": attributes,
        "sprites": _sprites(tour, prefix, pieces),
        "views": [_scene(tour, k, f"{prefix}-thumbnail-{k:03}", pieces) for k in range(len(tour.views))],
        "opening": _opening(opening, tour),
        "support": f"{prefix}-support",
        "order": f"{prefix}-order",
    }  # fmt: skip


def _scene(tour: Tour, k: int, piece: str, pieces: dict[str, Piece]) -> dict[str, Any]:
    saved = tour.views[k]
    pieces[piece] = lambda: images.as_png(thumbnail(tour, saved.view, size=THUMBNAIL, theme=saved.view.theme))
    return {"caption": saved.caption, "view": _view(saved.view, tour), "thumbnail": piece}


def _clustered(tour: Tour, k: int, entry: dict[str, Any], prefix: str, pieces: dict[str, Piece]) -> dict[str, Any]:
    """A layer of a tour without classes: dense places are named by clusters, which a page cannot look for itself."""

    def make() -> bytes:
        points = tour.layers[k].aligned
        found = regions(points, clusters(points))
        return _json([{"row": each.row, "center": each.center.tolist(), "count": each.count} for each in found])

    piece = f"{prefix}-regions-{k:03}"
    pieces[piece] = make
    return entry | {"regions": piece}


def _layer(tour: Tour, k: int, prefix: str, pieces: dict[str, Piece]) -> dict[str, Any]:
    layer, piece = tour.layers[k], f"{prefix}-layer-{k:03}"
    pieces[piece] = lambda: quantised(layer.aligned, radius=layer.placement.radius)
    return {
        "name": layer.name,
        "kind": layer.kind,
        "radius": layer.placement.radius,
        "similarity": round(layer.placement.similarity, 4),
        "piece": piece,
        "step": step_of(layer.placement.radius, tour.dims),
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
        if name == FILE or texts.nunique() > MANY_TEXTS:
            pieces[piece] = partial(_json, texts.fillna("").tolist())
            return entry | {"kind": "text"}
        values = texts.astype("category")
    names = [str(each) for each in values.cat.categories]
    codes = values.cat.codes.to_numpy()
    size = 1 if len(names) < 128 else 2 if len(names) < 32768 else 4
    pieces[piece] = codes.astype(f"<i{size}").tobytes
    counts = np.bincount(codes[codes >= 0].astype(np.int64), minlength=len(names))
    kind = "ordinal" if values.cat.ordered else "categorical"
    entry["numbers"] = pd.api.types.is_numeric_dtype(values.cat.categories.dtype)
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


def _opening(view: View, tour: Tour) -> dict[str, Any]:
    """As `_view`; handles of whole classes without their points, which the page has."""
    values = _view(view, tour)
    for each in values["handles"]:
        if each["row"] is not None:
            codes = tour.attributes[each["attribute"]].cat.codes.to_numpy()
            if np.array_equal(np.flatnonzero(codes == each["row"]), each["points"]):
                del each["points"]
    return values


def _hex(table: NDArray[np.uint8]) -> str:
    """Colours (k, 3), six digits each."""
    return table.tobytes().hex()


def _similarity(tours: Sequence[Tour]) -> dict[str, Any]:
    return {name: np.round(each, 4).tolist() for name, each in matrices(tours[0], tours[1]).items()}


def _shaders(groups: set[int]) -> dict[str, Any]:
    """Every variant that a page draws with, by groups and then "stem,sides,greyed,framed,crowded" and the like."""
    both = [(sides, greyed) for sides in (1, 2) for greyed in (0, 1)]
    variants: list[tuple[str, int, int, int, int]] = []
    for sides, greyed in both:
        variants += [("points", sides, greyed, 0, crowded) for crowded in (0, 1)]
        variants += [("sprites", sides, greyed, framed, 0) for framed in (0, 2, 3)]
        variants.append(("density", sides, greyed, 0, 0))
    shared = {f"density_blur,{last}": _pair("density_blur", REACH=crowding.REACH, SHADED=last) for last in (0, 1)}
    shared["density_ground"] = _pair("density_ground")
    return {
        str(group): {",".join(map(str, each)): _points_pair(group, *each) for each in variants} | shared
        for group in sorted(groups)
    }


def _points_pair(groups: int, stem: str, sides: int, greyed: int, framed: int, crowded: int) -> dict[str, str]:
    numbers = {
        "points": {"CROWDED": crowded, "RIMMED": 1},
        "sprites": {"HIDDEN": 0, "FRAMED": framed, "OPAQUE": int(framed == 2), "ORDERED": 0},
        "density": {},
    }[stem]
    return _pair(stem, GROUPS=groups, SIDES=sides, GREYED=greyed, **numbers)


def _pair(stem: str, **numbers: int) -> dict[str, str]:
    return {kind: compose(f"{stem}.{kind}", **numbers).text for kind in ("vert", "frag")}

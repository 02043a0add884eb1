"""Two tours of the same points: each point found in the other, wherever it stands there; the rest is left out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .tour import Sketch, Sprites, Tour

FILE, ID = "file", "id"
DECODED = 4  # stored pages of images kept in memory while tiles are put into another order

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Match:
    """Two tours with the same points in the same order; classes have the same place in the legend of both."""

    left: Tour
    right: Tour
    by: str
    """What told that two points are the same: "file", "file name", "id", or "order"."""
    total: tuple[int, int]
    """How many points each had before."""
    rows: tuple[Rows, Rows]
    """(n,) each: the numbers that the points have in the tours as they were given."""

    @property
    def partial(self) -> bool:
        """Whether points of either were left out."""
        return self.total != (self.left.n, self.left.n)


def matched(left: Tour, right: Tour) -> Match:
    """Bring two tours to the points that both have, in the order of `left`.

    Points are the same by their `file`, whole or by its name, or by their `id`. Where there is neither, two tours
    of as many points are the same in order, if no class that both know says otherwise of every attribute. Layers
    keep their place in the frame of their own tour. Raises ValueError where no point is in both, or where the
    dimensions differ, saying why.
    """
    if left.dims != right.dims:
        raise ValueError(
            f"{left.name} has {left.dims} dimensions and {right.name} {right.dims}, and both are shown by one motion; "
            f"build one of them again with --dims {left.dims}"
        )
    by, rows_left, rows_right = _rows(left, right)
    a, b = (taken(tour, rows) for tour, rows in ((left, rows_left), (right, rows_right)))
    here, there = _one_table(a.attributes, b.attributes)
    a, b = replace(a, attributes=here), replace(b, attributes=there)
    if a.sprites is None or b.sprites is None:  # the images are of the points, so either tour's serve both
        a, b = replace(a, sprites=a.sprites or b.sprites), replace(b, sprites=b.sprites or a.sprites)
    return Match(a, b, by, (left.n, right.n), (rows_left, rows_right))


def _rows(left: Tour, right: Tour) -> tuple[str, Rows, Rows]:
    """By what two tours match, and which rows of each; those of the left one ascend."""
    tried = []
    for by, a, b in _keys(left, right):
        tried.append(by)
        places = pd.Index(b).get_indexer(pd.Index(a))
        found = np.flatnonzero(places >= 0)
        if len(found):
            return by, found, places[found].astype(np.intp)
    if tried:
        raise ValueError(
            f"{left.name} and {right.name} have no point in common (compared by {' and by '.join(tried)}); "
            "build both from the same images"
        )
    if left.n != right.n:
        raise ValueError(
            f"{left.name} has {left.n:,} points and {right.name} {right.n:,}, and nothing tells which are the same; "
            f'build both from files, or give both an attribute "{ID}"'
        )
    if not _may_be_same(left.attributes, right.attributes):
        raise ValueError(
            f"the points of {left.name} and {right.name} are different, or in another order: their classes differ; "
            f'build both from files, or give both an attribute "{ID}"'
        )
    everyone = np.arange(left.n)
    return "order", everyone, everyone


def _keys(left: Tour, right: Tour) -> Iterator[tuple[str, "pd.Series[Any]", "pd.Series[Any]"]]:
    """What could tell the points of both apart, the surest first; each without doubles within a tour."""
    a, b = left.attributes, right.attributes
    if FILE in a and FILE in b:
        files = a[FILE].astype(str), b[FILE].astype(str)
        for by, depth in ((FILE, None), ("folder and file name", 2), ("file name", 1)):
            keys = files if depth is None else tuple(_tails(each, depth) for each in files)
            if keys[0].is_unique and keys[1].is_unique:
                yield by, keys[0], keys[1]
    if ID in a and ID in b:
        ids = a[ID].astype(str), b[ID].astype(str)
        if ids[0].is_unique and ids[1].is_unique:
            yield ID, *ids


def _tails(files: "pd.Series[Any]", depth: int) -> "pd.Series[Any]":
    """The last parts of paths: the same images may lie in another folder on another machine."""
    return pd.Series(["/".join(PurePath(file).parts[-depth:]) for file in files])


def _may_be_same(a: pd.DataFrame, b: pd.DataFrame) -> bool:
    """Whether row k of both can be the same point: predictions may differ, but not everything that is known of it."""
    shared = [name for name in a.columns if name in b.columns and isinstance(a[name].dtype, pd.CategoricalDtype)]
    return not shared or any(
        (a[name].astype(str).to_numpy() == b[name].astype(str).to_numpy()).all() for name in shared
    )


# ---------------------------------------------------------------------------------------------- the same points


def taken(tour: Tour, rows: Rows) -> Tour:
    """Some points of a tour, in another order; a layer's placement stays that of all of them."""
    if len(rows) == tour.n and (rows == np.arange(tour.n)).all():
        return tour
    layers = tuple(
        replace(each, points=each.points[rows], sample=None, sketch=each.sketch and _rows_of(each.sketch, rows))
        for each in tour.layers
    )
    attributes = tour.attributes.iloc[rows].reset_index(drop=True)
    sprites = None if tour.sprites is None else _tiles(tour.sprites, rows)
    return replace(tour, layers=layers, attributes=attributes, sprites=sprites, views=[], folder=None)


def _rows_of(sketch: Sketch, rows: Rows) -> Sketch:
    """Of some points; the Gram matrix of fewer, centred anew, is off by no more than that of all."""
    return Sketch(sketch.values[rows], sketch.error)


def _tiles(sprites: Sprites, rows: Rows) -> Sprites:
    """The images of some points, in another order."""
    stored = lru_cache(maxsize=DECODED)(sprites.load)

    def load(page: int) -> NDArray[np.uint8]:
        wanted = rows[page * sprites.per_page : (page + 1) * sprites.per_page]
        tiles = np.empty((len(wanted), sprites.tile, sprites.tile, 4), dtype=np.uint8)
        for source in np.unique(wanted // sprites.per_page).tolist():
            here = np.flatnonzero(wanted // sprites.per_page == source)
            tiles[here] = stored(source)[wanted[here] % sprites.per_page]
        return tiles

    return Sprites(n=len(rows), tile=sprites.tile, per_page=sprites.per_page, load=load)


# ---------------------------------------------------------------------------------------------- one legend


def _one_table(a: pd.DataFrame, b: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Attributes of the same points so that one legend serves both: the same columns, classes and extents.

    A column that only one has is given to the other. One that both have stays each one's own: what a network
    predicts, and how surely.
    """
    extents = a.attrs.get("extent", {}), b.attrs.get("extent", {})
    left, right, extent = {}, {}, {}
    for name in [*a.columns, *(name for name in b.columns if name not in a.columns)]:
        here, there = a[name] if name in a else b[name], b[name] if name in b else a[name]
        if name in a and name in b:
            if _is_number(here) and _is_number(there):
                extent[name] = _extent(here, there, extents[0].get(name) or extents[1].get(name))
            elif name not in (FILE, ID):
                here, there = _same_classes(here, there)
        elif found := extents[0].get(name) or extents[1].get(name):
            extent[name] = found
        left[name], right[name] = here, there
    tables = pd.DataFrame(left, index=a.index), pd.DataFrame(right, index=b.index)
    for table in tables:
        table.attrs["extent"] = extent
    return tables


def _is_number(values: "pd.Series[Any]") -> bool:
    return bool(pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype))


def _extent(a: "pd.Series[Any]", b: "pd.Series[Any]", given: Any) -> list[float]:
    """The ends of a colour bar that serves both."""
    if given:
        return [float(given[0]), float(given[1])]
    numbers = np.concatenate([each.to_numpy(dtype=np.float64, na_value=np.nan) for each in (a, b)])
    numbers = numbers[np.isfinite(numbers)]
    return [float(numbers.min()), float(numbers.max())] if len(numbers) else [0.0, 1.0]


def _same_classes(a: "pd.Series[Any]", b: "pd.Series[Any]") -> tuple["pd.Series[Any]", "pd.Series[Any]"]:
    """Both as categories with the same names in the same order: those of `a`, then what only `b` has."""
    a, b = (
        each if isinstance(each.dtype, pd.CategoricalDtype) else each.astype("string").astype("category")
        for each in (a, b)
    )
    names, others = list(a.cat.categories), list(b.cat.categories)
    if names == others and a.cat.ordered == b.cat.ordered:
        return a, b
    if {type(each) for each in names} != {type(each) for each in others}:
        a, b = (each.cat.rename_categories([str(name) for name in each.cat.categories]) for each in (a, b))
        names, others = list(a.cat.categories), list(b.cat.categories)
    union = [*names, *(name for name in others if name not in set(names))]
    dtype = pd.CategoricalDtype(union, ordered=bool(a.cat.ordered and b.cat.ordered))
    return a.astype(dtype), b.astype(dtype)

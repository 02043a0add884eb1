"""More points at the end of a tour: what is there keeps its place, its number, its colours and its picture."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .integrity import reach
from .sprite_layout import tiles_per_page
from .tour import Layer, Sprites, Tour


def appended(
    tour: Tour, points: Iterable[NDArray[np.float32]], table: pd.DataFrame, tiles: NDArray[np.uint8], scratch: Path
) -> Tour:
    """The tour with m more points: in every layer (m, d), a row of `table` and a sprite (tile, tile, 4) each.

    Placements stay, but that a radius grows to hold the new points; what was kept of activations goes, since it is of
    the points before alone. scratch: a folder for the longer layers, which are not to be in memory at once.
    """
    layers = [
        _longer(layer, more, scratch / f"{k:03}.npy")
        for k, (layer, more) in enumerate(zip(tour.layers, points, strict=True))
    ]
    assert tour.sprites is not None
    return replace(
        tour,
        layers=tuple(layers),
        attributes=appended_rows(tour.attributes, table),
        sprites=appended_sprites(tour.sprites, tiles),
    )


def _longer(layer: Layer, more: NDArray[np.float32], file: Path) -> Layer:
    layer.check()
    n, dims = layer.points.shape
    longer = np.lib.format.open_memmap(file, mode="w+", dtype=np.float32, shape=(n + len(more), dims))
    longer[:n] = layer.points
    longer[n:] = 0.0  # of a figure in a plane the third axis
    longer[n:, : more.shape[1]] = more
    radius = max(layer.placement.radius, reach(longer[n:], layer.placement.mean) if len(more) else 0.0)
    placement = replace(layer.placement, radius=radius)
    return Layer(layer.name, layer.kind, longer, placement)


def appended_sprites(before: Sprites, tiles: NDArray[np.uint8]) -> Sprites:
    """The sprites with more of them (m, tile, tile, 4) at the end, on pages as a tour of that many has."""
    n = before.n + len(tiles)
    per_page = tiles_per_page(n, before.tile)
    page_before = lru_cache(maxsize=1)(before.load)  # they are asked for in their order

    def load(page: int) -> NDArray[np.uint8]:
        at, stop = page * per_page, min(n, (page + 1) * per_page)
        parts = []
        while at < min(stop, before.n):
            number, first = divmod(at, before.per_page)
            part = page_before(number)[first : first + min(stop, before.n) - at]
            parts.append(part)
            at += len(part)
        parts.append(tiles[at - before.n : stop - before.n] if stop > before.n else tiles[:0])
        return np.concatenate(parts)

    return Sprites(n, before.tile, per_page, load)


def appended_rows(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Both tables, one below the other, with the columns of both; what one of them has not is missing there.

    A column keeps its kind: new classes come after those that are there, so that these keep their colours, and a value
    that is none of the kind, such as a word among numbers, is missing.
    """
    m, n = len(after), len(before)
    columns: dict[str, Any] = {}
    for name in [*before.columns, *(each for each in after.columns if each not in before.columns)]:
        old = before[name] if name in before.columns else _missing(after[name], n)
        new = after[name] if name in after.columns else _missing(old, m)
        columns[name] = _joined(old.reset_index(drop=True), new.reset_index(drop=True))
    table = pd.DataFrame(columns, index=range(n + m))
    table.attrs = dict(before.attrs)
    return table


def _missing(like: "pd.Series[Any]", n: int) -> "pd.Series[Any]":
    """n values of the kind of a column, none of them known; of text the empty one."""
    if isinstance(like.dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical.from_codes([-1] * n, dtype=like.dtype))
    if pd.api.types.is_datetime64_any_dtype(like.dtype):
        return pd.Series([pd.NaT] * n, dtype=like.dtype)
    if pd.api.types.is_numeric_dtype(like.dtype):
        return pd.Series(np.full(n, np.nan))
    return pd.Series([""] * n, dtype=like.dtype)


def _joined(old: "pd.Series[Any]", new: "pd.Series[Any]") -> "pd.Series[Any]":
    if isinstance(old.dtype, pd.CategoricalDtype):
        return _joined_classes(old, new)
    if pd.api.types.is_datetime64_any_dtype(old.dtype):
        new = pd.to_datetime(new.astype(object), errors="coerce").astype(old.dtype)
    elif pd.api.types.is_numeric_dtype(old.dtype):
        new = pd.to_numeric(new.astype(object), errors="coerce")
        if new.isna().any():
            return pd.concat([old.astype(np.float64), new.astype(np.float64)], ignore_index=True)
        kind = np.result_type(old.dtype.type, new.dtype.type) if old.dtype.kind != new.dtype.kind else old.dtype
        new = new.astype(kind)
    else:
        new = pd.Series(["" if pd.isna(each) else _word(each) for each in new], dtype=old.dtype)
    return pd.concat([old, new], ignore_index=True)


def _joined_classes(old: "pd.Series[Any]", new: "pd.Series[Any]") -> "pd.Series[Any]":
    texts = ["" if pd.isna(each) else _word(each) for each in new]
    there = set(texts) - {""}
    order = map(_word, new.cat.categories) if isinstance(new.dtype, pd.CategoricalDtype) else sorted(there)
    names = [str(each) for each in old.cat.categories]
    known = set(names)
    names += [each for each in order if each in there and each not in known]
    codes = {name: code for code, name in enumerate(names)} | {"": -1}
    both = np.concatenate([old.cat.codes.to_numpy(np.int64), np.array([codes[each] for each in texts], dtype=np.int64)])
    return pd.Series(pd.Categorical.from_codes(both, categories=pd.Index(names, dtype=object), ordered=old.cat.ordered))


def _word(value: Any) -> str:
    """A class as text: a whole number without the zero that a column with gaps gave it."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

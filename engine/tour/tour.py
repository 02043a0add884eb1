"""The Tour and what it is made of: layers, attributes, sprites, saved views."""

import difflib
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .alignment import Placement
from .order import ranks
from .view import SavedView

ALONE = 200_000
"""Multiplications below which BLAS uses one thread. Where other threads have work, waking its own for so thin a
product takes ten times as long as the product."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One probed place in a network."""

    name: str
    """Unique within a tour; a published layer keeps its published id."""
    kind: str
    """The class of the probed module, such as Conv2d."""
    points: NDArray[np.float32]
    """(n, d), as embedded: not centred, not rotated. Memory-mapped where the tour was loaded from disk."""
    placement: Placement
    """Where the points lie in the frame of layer 0."""
    sketch: "Sketch | None" = None
    """What was kept of the activations that the points were embedded from."""
    sample: "Sample | None" = None
    """Of very many points some that are kept together as well."""
    check: Callable[[], None] = lambda: None
    """Raises TourFormatError where any of this is not as it was written; what was found right is not read again.
    A large tour is opened before all of it has been looked at."""

    @property
    def aligned(self) -> NDArray[np.float32]:
        """The points centred and rotated into the frame of layer 0, float32 (n, d). Checks them first."""
        return self.aligned_rows(slice(None))

    def aligned_rows(self, rows: "slice | NDArray[np.integer]") -> NDArray[np.float32]:
        """Some points, centred and rotated likewise, float32 (m, d). Checks first what they are read from."""
        there, places = self._kept(rows)
        there.check()
        points = there.points[places]
        aligned = np.empty(points.shape, dtype=np.float32)
        mean, rotation = self.placement.mean, self.placement.rotation
        at_once = max(1, ALONE // rotation.size)
        for first in range(0, len(aligned), at_once):  # in float64, which is not to be in memory at once
            aligned[first : first + at_once] = (points[first : first + at_once] - mean) @ rotation
        return aligned

    def some(self, rows: "slice | NDArray[np.integer]") -> NDArray[np.float32]:
        """Some points as embedded, (m, d), unchecked; no others are read from disk where the sample has all of them."""
        there, places = self._kept(rows)
        return there.points[places]

    def some_aligned(self, rows: "slice | NDArray[np.integer]") -> NDArray[np.float64]:
        """The same, centred and rotated into the frame of layer 0, float64 (m, d): for rows that are few."""
        return (np.asarray(self.some(rows), dtype=np.float64) - self.placement.mean) @ self.placement.rotation

    def _kept(self, rows: "slice | NDArray[np.integer]") -> "tuple[Layer | Sample, slice | NDArray[np.integer]]":
        """What some points are read from, and their rows there: the sample where it has all of them."""
        if self.sample is None or isinstance(rows, slice) or len(rows) > len(self.sample.points):
            return self, rows
        places = ranks(len(self.points))[rows]
        return (self.sample, places) if (places < len(self.sample.points)).all() else (self, rows)


@dataclass(frozen=True, eq=False)
class Sample:
    """The first points of a layer in the fair order, once more: they lie in one place, the layer's anywhere in it."""

    points: NDArray[np.float32]
    """(m, d), as embedded."""
    check: Callable[[], None] = lambda: None
    """As that of the layer."""


@dataclass(frozen=True, eq=False)
class Sketch:
    """A layer's activations in few columns, for comparing its Gram matrix with others."""

    values: NDArray[np.float16]
    """(n, m): centred rows whose Gram matrix is nearly that of the activations, up to a factor."""
    error: float
    """No less than the Frobenius norm of the difference of those two, in units of `values` squared."""


@dataclass(frozen=True, eq=False)
class Sprites:
    """The points' images as square tiles, a page at a time, so that they never have to be in memory at once."""

    n: int
    tile: int
    """Side of a tile in pixels, a power of two."""
    per_page: int
    """Tiles on a page, a square number; the last page may hold fewer."""
    load: Callable[[int], NDArray[np.uint8]]
    """Page number -> its tiles, uint8 RGBA (m, tile, tile, 4), row 0 on top, alpha not premultiplied."""
    files: Path | None = None
    """The folder where `write_pages` has put them already, if it has."""

    @property
    def pages(self) -> int:
        return -(-self.n // self.per_page)


@dataclass(frozen=True, eq=False)
class Tour:
    """n points in d dimensions on L layers, and what is known about the points."""

    name: str
    layers: tuple[Layer, ...]
    attributes: pd.DataFrame
    """n rows. Categorical columns colour by class, ordered ones by rank, numeric ones by value."""
    sprites: Sprites | None = None
    views: list[SavedView] = field(default_factory=list)
    how: dict[str, Any] = field(default_factory=dict)
    """How it was built: plain values, no times of day."""
    folder: Path | None = None
    """Where it was read from; None for one that is in memory alone."""
    identity: str = ""
    """Of what its layers hold, where it was read from disk: another tour may be put in its place."""
    faults: tuple[str, ...] = ()
    """What of its files was left out on reading, a line each."""
    epochs: tuple[str, ...] = ()
    """Of tours joined along a training, what the epochs are called: all layers of one, then all of the next."""

    @property
    def n(self) -> int:
        return int(self.layers[0].points.shape[0])

    @property
    def dims(self) -> int:
        return int(self.layers[0].points.shape[1])

    @cached_property
    def flat(self) -> bool:
        """Whether its points have two dimensions, and stand in three."""
        return self.dims == 3 and not any(layer.points[:, 2].any() for layer in self.layers)

    @property
    def depth(self) -> int:
        """How many layers the network has, which are those of one epoch."""
        return len(self.layers) // max(1, len(self.epochs))

    def index(self, layer: int | str) -> int:
        """The position of a layer given by index (negative from the end) or name.

        Raises KeyError or IndexError where there is none, TypeError for what is neither.
        """
        names = [each.name for each in self.layers]
        if isinstance(layer, str):
            if layer not in names:
                raise KeyError(f"{self.name} has no layer '{_short(layer)}'{nearest(layer, names)}")
            return names.index(layer)
        if not isinstance(layer, Integral):
            raise TypeError(f"a layer is given by its number or its name, not {layer!r:.40}")
        if not -len(names) <= layer < len(names):
            raise IndexError(f"{self.name} has layers 0 to {len(names) - 1}, not {layer}")
        return int(layer) % len(names)

    def aligned(self, layer: int | str) -> NDArray[np.float32]:
        """Layer `layer` (index or name) centred and rotated into the frame of layer 0, float32 (n, d)."""
        return self.layers[self.index(layer)].aligned

    def radius(self, blend: Iterable[tuple[int, float]]) -> float:
        """r of a weighted mean of layers, (layer, weight) pairs: the largest norm among the points, mixed as they are.

        A layer whose points are all at one place counts as 1: what is drawn of it has to be divided by something.
        """
        return sum(weight * (self.layers[k].placement.radius or 1.0) for k, weight in blend)

    def attribute(self, name: str) -> "pd.Series[Any]":
        """One attribute of the points. Raises KeyError naming the nearest one."""
        if name not in self.attributes.columns:
            known = list(self.attributes.columns)
            raise KeyError(f"{self.name} has no attribute '{_short(name)}'{nearest(name, known)}")
        return self.attributes[name]

    def __repr__(self) -> str:
        return f"<Tour {self.name}: {self.n:,} points of {self.dims} dimensions, {len(self.layers)} layers>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """What a notebook shows of a tour alone at the end of a cell: its widget, or where there is none a line."""
        package = sys.modules[__name__.partition(".")[0]]  # its public names stand above these values
        try:
            bundle = package.widget(self)._repr_mimebundle_(**options)
        except ModuleNotFoundError as error:
            return {"text/plain": f"{self!r}\nto see it here: {error}"}
        (bundle[0] if isinstance(bundle, tuple) else bundle)["text/plain"] = repr(self)
        return bundle

    def save(self, path: str | Path) -> None:
        """Write the folder `path`, complete or not at all; a tour that is there already is replaced."""
        _writers[-1](self, Path(path))


_writers: list[Callable[[Tour, Path], None]] = []


def saves_tours(write: Callable[[Tour, Path], None]) -> Callable[[Tour, Path], None]:
    """Decorator of the function that `Tour.save` calls. It stands above these values, which know nothing of files."""
    _writers.append(write)
    return write


def check_tours(*given: Any) -> None:
    """Raises TypeError where one of these is neither a tour nor None."""
    for each in given:
        if each is not None and not isinstance(each, Tour):
            what = f"the path {str(each)[:100]!r}" if isinstance(each, str | Path) else type(each).__name__
            raise TypeError(f"this takes a tour, not {what}; engine.load(path) opens one")


def nearest(name: str, names: Sequence[str]) -> str:
    """The end of a sentence about an unknown name: the nearest one, or what there is."""
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if not close:
        folded = {each.lower(): each for each in names}
        close = [folded[each] for each in difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.4)]
    if close:
        return f"; did you mean '{close[0]}'?"
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"; there is: {shown}" if names else ""


def _short(name: str) -> str:
    """A name that somebody asked for, as a message may quote it."""
    return name if len(name) <= 100 else f"{name[:100]}\u2026"

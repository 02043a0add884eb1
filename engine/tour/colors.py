"""Colours: the two canvases, the palettes of classes, and an attribute turned into a row of a colour table."""

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Rgb = tuple[float, float, float]

LEVELS = 256  # rows of the table of a continuous attribute
MOST = 256  # colours of the large palette; more classes than that begin again


@dataclass(frozen=True)
class Theme:
    """What the canvas does to the points on it. Colours in [0, 1]."""

    canvas: Rgb
    grey: Rgb
    fade: float
    """How much of the canvas is mixed into a colour at the very back."""
    rim: float
    """How much darker the edge of a dot is."""
    single: Rgb
    """The colour of points that are coloured by nothing."""


def rgb(text: str) -> Rgb:
    """ "#17181B" -> (r, g, b) in [0, 1]."""
    return tuple(int(text[k : k + 2], 16) / 255 for k in (1, 3, 5))  # type: ignore[return-value]


THEMES = {
    "dark": Theme(rgb("#17181B"), rgb("#63676F"), fade=0.38, rim=0.0, single=rgb("#5AA9E6")),
    "light": Theme(rgb("#F3F3F4"), rgb("#A6AAB1"), fade=0.26, rim=0.3, single=rgb("#1F77B4")),
}
BACKGROUNDS = {"dark": (rgb("#000000"), rgb("#3A3C42")), "light": (rgb("#D2D3D6"), rgb("#FFFFFF"))}
"""The darkest and the lightest canvas of each theme."""
LEAST_CONTRAST = 3.0
"""Of every colour of a continuous map with the canvas."""
STEPS = 100
"""In which the lightness of such a map is moved from its own to one end."""
MIDDLE = 0.18
"""The luminance that black and white stand out from alike."""
GREYED_ALPHA = 0.34
"""Opacity of greyed dots."""
GREYED_IMAGE_ALPHA, RECEDING_IMAGE_ALPHA = 0.6, 0.35
"""Opacity of greyed images; the second where they recede."""
GREYED_IMAGE_DRAINED, RECEDING_IMAGE_DRAINED = 0.25, 0.7
"""How much of its colour a greyed image loses."""
RECEDING_IMAGE_PALE = 0.4
"""How much of the canvas is mixed into one that recedes: where many lie over each other, opacity alone dims none."""
TEN = np.array(
    [[31, 119, 180], [255, 127, 14], [44, 160, 44], [214, 39, 40], [148, 103, 189],
     [140, 86, 75], [227, 119, 194], [127, 127, 127], [188, 189, 34], [23, 190, 207]],
    dtype=np.uint8,
)  # fmt: skip
"""The published scheme, d3's category10."""
NO_CLASS = "(none)"
MISSING = np.array([0x80, 0x84, 0x8A], dtype=np.uint8)


def background(theme: str, value: float) -> Rgb:
    """The canvas of a theme for a value from -1, its darkest, over 0, its own, to 1, its lightest."""
    end, own = BACKGROUNDS[theme][int(value > 0)], THEMES[theme].canvas
    r, g, b = (o + (e - o) * abs(value) for o, e in zip(own, end, strict=True))
    return (r, g, b)


@dataclass(frozen=True, eq=False)
class Coloring:
    """An attribute as rows of a colour table."""

    kind: Literal["none", "categorical", "ordinal", "continuous"]
    codes: NDArray[np.float32]
    """(n,), the row of each point."""
    table: NDArray[np.uint8]
    """(rows, 3). Of classes one row each, then one for the points that have none, if there are any."""
    names: tuple[str, ...] = ()
    """Of the rows, where they are classes."""
    counts: tuple[int, ...] = ()
    extent: tuple[float, float] = (0.0, 1.0)
    """The values of the first and last row, where they are levels."""


def color_by(
    values: "pd.Series[Any] | None", *, n: int, palette: str = "auto", extent: tuple[float, float] | None = None
) -> Coloring:
    """Turn an attribute of n points into a Coloring.

    Categories keep their order, ordered ones run through Viridis, numbers too, from the lower to the upper end
    of `extent` (their own unless given). None colours all alike, with whatever the theme has for that.
    """
    if values is None:
        return Coloring("none", np.zeros(n, dtype=np.float32), np.zeros((1, 3), dtype=np.uint8))
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        return _continuous(values.to_numpy(dtype=np.float64, na_value=np.nan), extent)
    if not isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype("string").astype("category")
    return _classes(values, palette)


def _classes(values: "pd.Series[Any]", palette: str) -> Coloring:
    names = [str(each) for each in values.cat.categories]
    codes = values.cat.codes.to_numpy(dtype=np.int64)
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    table = viridis(max(2, len(names)))[: len(names)] if values.cat.ordered else class_colors(len(names), palette)
    if (codes < 0).any():
        codes = np.where(codes < 0, len(names), codes)
        counts = np.append(counts, len(codes) - counts.sum())
        names.append(NO_CLASS)
        table = np.vstack([table, MISSING])
    kind: Literal["ordinal", "categorical"] = "ordinal" if values.cat.ordered else "categorical"
    return Coloring(kind, codes.astype(np.float32), table, tuple(names), tuple(counts.tolist()))


def _continuous(numbers: NDArray[np.float64], extent: tuple[float, float] | None) -> Coloring:
    finite = np.isfinite(numbers)
    inside = numbers[finite]
    low, high = extent or ((float(inside.min()), float(inside.max())) if inside.size else (0.0, 1.0))
    half, start, end = numbers / 2, low / 2, high / 2  # exact, and the largest numbers do not overflow
    share = np.where(finite, half - start, 0.0) / ((end - start) or 1.0)
    codes = np.clip(np.floor(share * LEVELS), 0, LEVELS - 1)
    codes[~finite] = LEVELS
    table = np.vstack([viridis(LEVELS), MISSING])
    return Coloring("continuous", codes.astype(np.float32), table, extent=(low, high))


def viridis(levels: int) -> NDArray[np.uint8]:
    """(levels, 3), from the lowest to the highest."""
    import cmap  # a quarter of a second, and most tours open on classes

    return (np.asarray(cmap.Colormap("viridis")(np.linspace(0, 1, levels)))[:, :3] * 255).round().astype(np.uint8)


def on_ground(coloring: Coloring, ground: Rgb) -> Coloring:
    """A colouring whose continuous or ordered colours stand out from a canvas of that colour; others stay."""
    if coloring.kind not in ("ordinal", "continuous"):
        return coloring
    levels = LEVELS if coloring.kind == "continuous" else sum(name != NO_CLASS for name in coloring.names)
    return replace(coloring, table=np.vstack([ramp(levels, ground), coloring.table[levels:]]))


@lru_cache(maxsize=32)
def ramp(levels: int, ground: Rgb) -> NDArray[np.uint8]:
    """Viridis (levels, 3) with its lightness moved away from a ground until all of it contrasts 3 to 1.

    Hue and order stay: lightness in OKLab is mapped linearly, and chroma gives way where sRGB has no such colour.
    """
    lab = oklab(viridis(max(2, levels))[:levels])
    low, high = (float(each) for each in oklab(viridis(2))[:, 0])
    share = (lab[:, 0] - low) / (high - low)
    canvas = np.round(np.multiply(ground, 255)).astype(np.uint8)
    dark = float(luminance(canvas)) < MIDDLE

    def moved(step: int) -> NDArray[np.uint8]:
        part = step / STEPS
        ends = (low + part * (high - low), high) if dark else (low, high - part * (high - low))
        return srgb(np.column_stack([ends[0] + share * (ends[1] - ends[0]), lab[:, 1:]]))

    def stands_out(step: int) -> bool:
        return bool(contrast(moved(step), canvas).min() >= LEAST_CONTRAST)

    return moved(min(STEPS, bisect_left(range(STEPS + 1), True, key=stands_out)))


def luminance(colors: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Relative luminance of sRGB uint8 (..., 3): WCAG 2."""
    return np.asarray(_linear(colors) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(colors: NDArray[np.uint8], ground: NDArray[np.uint8]) -> NDArray[np.float64]:
    """From 1 to 21, of sRGB uint8 (..., 3) with a ground (3,): WCAG 2."""
    a, b = luminance(colors) + 0.05, luminance(ground) + 0.05
    return np.maximum(a, b) / np.minimum(a, b)


def class_colors(classes: int, palette: str = "auto") -> NDArray[np.uint8]:
    """(classes, 3): the published ten, cycled, or the large palette; `auto` takes ten where ten are enough."""
    if palette == "ten" or (palette == "auto" and classes <= len(TEN)):
        return TEN[np.arange(classes) % len(TEN)]
    large = large_palette(min(MOST, 1 << (classes - 1).bit_length()))
    return large[np.arange(classes) % len(large)]


@lru_cache(maxsize=8)
def large_palette(size: int) -> NDArray[np.uint8]:
    """The published ten and then, each time, the colour farthest in OKLab from all before, (size, 3).

    From sRGB in steps of 5 with lightness 0.52 to 0.84 and chroma 0.03 to 0.20, so that every colour stands out
    from both canvases and from grey. The first 67 are at least 0.075 apart.
    """
    steps = np.arange(0, 256, 5, dtype=np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    lab = oklab(grid)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    usable = (lab[:, 0] >= 0.52) & (lab[:, 0] <= 0.84) & (chroma >= 0.03) & (chroma <= 0.20)
    grid, lab = grid[usable], np.ascontiguousarray(lab[usable].T, dtype=np.float32)  # (3, k): a row is in one piece

    def away(color: NDArray[np.floating]) -> NDArray[np.floating]:
        lightness, a, b = lab - color[:, None]
        apart: NDArray[np.floating] = lightness**2 + a**2 + b**2
        return apart

    chosen = [*TEN]
    distance = np.min([away(each) for each in oklab(TEN).astype(np.float32)], axis=0)
    while len(chosen) < size:
        best = int(np.argmax(distance))
        chosen.append(grid[best])
        np.minimum(distance, away(lab[:, best]), out=distance)
    return np.array(chosen)[:size]


def oklab(colors: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB uint8 (k, 3) to OKLab (k, 3): Ottosson 2020."""
    # einsum, for BLAS takes tens of times as long for matrices of 3 x 3
    cones = np.cbrt(np.einsum("ki,ij->kj", _linear(colors), _TO_CONES))
    return np.asarray(np.einsum("ki,ij->kj", cones, _FROM_CONES))


def srgb(lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """OKLab (k, 3) to sRGB uint8 (k, 3), with as much of the chroma as sRGB has at that lightness."""
    out = np.zeros(lab.shape)
    left = np.ones(len(lab), dtype=bool)
    for share in np.linspace(1.0, 0.0, 41):
        cones = (lab[left] * (1.0, share, share)) @ _TO_LAB_CONES
        linear = cones**3 @ _TO_LINEAR
        fits = ((linear >= -1e-4) & (linear <= 1.0 + 1e-4)).all(axis=1) | (share == 0.0)
        out[np.flatnonzero(left)[fits]] = np.clip(linear[fits], 0.0, 1.0)
        left[np.flatnonzero(left)[fits]] = False
        if not left.any():
            break
    gamma = np.where(out <= 0.0031308, 12.92 * out, 1.055 * np.maximum(out, 1e-9) ** (1 / 2.4) - 0.055)
    return np.round(255.0 * gamma).astype(np.uint8)


def _linear(colors: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB uint8 without its gamma, in [0, 1]."""
    values = np.arange(256) / 255.0
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)[colors]


_TO_CONES = np.array(
    [[0.4122214708, 0.2119034982, 0.0883024619],
     [0.5363325363, 0.6806995451, 0.2817188376],
     [0.0514459929, 0.1073969566, 0.6299787005]]
)  # fmt: skip
_FROM_CONES = np.array(
    [[0.2104542553, 1.9779984951, 0.0259040371],
     [0.7936177850, -2.4285922050, 0.7827717662],
     [-0.0040720468, 0.4505937099, -0.8086757660]]
)  # fmt: skip
_TO_LAB_CONES, _TO_LINEAR = np.linalg.inv(_FROM_CONES), np.linalg.inv(_TO_CONES)

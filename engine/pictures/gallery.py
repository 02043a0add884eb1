"""Pictures and a film of a tour in files: what there is to see without a display."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..files import safe_stem, whole
from ..motion.grandtour import GrandTour
from ..tour.tour import Tour
from ..tour.view import View
from ..viewer.resolve import first_view
from ..viewer.titles import layer_title
from ..viewer.viewer import Viewer
from .film import film
from .lettering import lettered
from .snapshot import draw

SIZE = (1280, 800)
FILM_SIZE = SIZE
MODES: tuple[Literal["dots", "images"], ...] = ("dots", "images")
SECONDS_A_LAYER = 1.6
SHORTEST = 12.0  # seconds of film
TURNED = 8.0  # radians along the tour before the first picture: past the flat first axes


def picture(tour: Tour, file: Path, *, view: View, size: tuple[int, int] = SIZE) -> None:
    """Write what `view` shows, its handles with their names, as a PNG, whole or not at all."""
    viewer = Viewer.of(tour, view)
    save(lettered(draw(viewer, size), viewer, scale=min(size) / 800.0), file)


def save(pixels: NDArray[np.uint8], file: Path) -> None:
    """Write pixels (height, width, 4) as a PNG, whole or not at all."""
    with whole(file) as partial:
        Image.fromarray(pixels).save(partial, format="PNG")


def gallery(tour: Tour, folder: Path) -> Iterator[Path]:
    """Write pictures of the first, a middle and the last layers, as dots and as images, and a film through all.

    Yields each file when it is there.
    """
    yield from pictures(tour, folder)
    file = folder / f"{safe_stem(tour.name)}.mp4"
    layers = range(len(tour.layers))
    seconds = max(SHORTEST, SECONDS_A_LAYER * len(layers))
    film(tour, file, seconds=seconds, view=_turned(tour), layers=layers, size=FILM_SIZE, speed=10.0)
    yield file


def pictures(tour: Tour, folder: Path) -> Iterator[Path]:
    """The pictures alone."""
    folder.mkdir(parents=True, exist_ok=True)
    base, count = _turned(tour), len(tour.layers)
    for layer in sorted({0, count // 2, count - 2, count - 1} & set(range(count))):
        for mode in MODES if tour.sprites else MODES[:1]:
            file = folder / f"{layer:02}-{safe_stem(layer_title(tour, layer))}-{mode}.png"
            picture(tour, file, view=replace(base, layer=layer, mode=mode))
            yield file


def _turned(tour: Tour) -> View:
    return replace(first_view(tour), frame=GrandTour(tour.dims, speed=1.0).advance(TURNED))

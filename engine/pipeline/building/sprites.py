"""A build's sprites: of the pictures that are left in, their pages written beside the layers."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...tour.sprite_layout import tiles_per_page
from ...tour.sprite_pages import write_pages
from ...tour.tour import Sprites
from .background import Background
from .work import Work


class SpritePages:
    """The pages of a build's sprites, written into its work folder beside the layers. Owns the thread."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._pool = ThreadPoolExecutor(1)
        self._begun: tuple[NDArray[np.int64], Background[list[Path]]] | None = None

    def begin(self) -> None:
        """Begin to write the pages once the pictures have been seen; later calls do nothing."""
        if self._begun is None:
            rows = rows_left_in(self._work)
            sprites, folder = _sprites(self._work, rows), self._work.job.sprites
            shutil.rmtree(folder, ignore_errors=True)  # an earlier build's may be a tour's by now, under another name
            folder.mkdir()

            def write(advance: Callable[[int], None]) -> list[Path]:
                return write_pages(sprites, folder, advance=advance)

            self._begun = rows, Background(self._pool, write, total=sprites.pages, label="sprites")

    def of(self, rows: NDArray[np.int64]) -> Sprites:
        """The sprites of these rows: the pages written, or where those are of other rows, pages still to be written."""
        sprites = _sprites(self._work, rows)
        if self._begun is None or not np.array_equal(self._begun[0], rows):
            return sprites
        self._begun[1].result()
        return replace(sprites, files=self._work.job.sprites)

    def close(self) -> None:
        """Stop at the next page, and wait for that."""
        if self._begun is not None:
            self._begun[1].stop()
        self._pool.shutdown()


def rows_left_in(work: Work) -> NDArray[np.int64]:
    """The rows of the pictures that are left in, as far as is known."""
    return np.setdiff1d(np.arange(len(work.job.tiles)), work.job.left_out)


def _sprites(work: Work, rows: NDArray[np.int64]) -> Sprites:
    tiles, tile = work.job.tiles, work.options.tile
    per_page = tiles_per_page(len(rows), tile)
    return Sprites(len(rows), tile, per_page, lambda k: tiles[rows[k * per_page : (k + 1) * per_page]])

"""Single images out of a tour's pages of them: read beside the drawing, kept as long as there is room."""

import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from ..tour.tour import Sprites

TILES = 2048  # kept, the latest
PAGES_BYTES = 256 * 2**20  # of whole pages


class Pictures:
    """Owns a thread that reads pages. Ask for an image again until it is there."""

    def __init__(self, sprites: Sprites) -> None:
        self._sprites = sprites
        self._tiles: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
        self._pages: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
        self._wanted: tuple[int, ...] = ()
        self._asked = threading.Condition()
        self._closed = False
        threading.Thread(target=self._read, daemon=True, name="pictures").start()

    def get(self, points: tuple[int, ...]) -> list[NDArray[np.uint8] | None]:
        """The image of each point, uint8 (t, t, 4), or None while it is on its way.

        The first is read first; what an earlier call asked for and this one does not is no longer wanted.
        """
        with self._asked:
            missing = tuple(point for point in points if point not in self._tiles)
            if missing != self._wanted:
                self._wanted = missing
                self._asked.notify()
            return [self._tiles.get(point) for point in points]

    @property
    def arriving(self) -> bool:
        return bool(self._wanted)

    def _read(self) -> None:
        per_page = self._sprites.per_page
        while True:
            with self._asked:
                self._asked.wait_for(lambda: self._wanted or self._closed)
                if self._closed:
                    return
                point = self._wanted[0]
            try:
                page = self._page(point // per_page)
            except (OSError, ValueError):  # a file that went away: no image, and no end of the thread
                page = np.zeros((per_page, self._sprites.tile, self._sprites.tile, 4), dtype=np.uint8)
            with self._asked:
                for each in [point, *self._wanted]:
                    if each // per_page == point // per_page:
                        self._tiles[each] = page[each % per_page].copy()
                self._wanted = tuple(each for each in self._wanted if each not in self._tiles)
                while len(self._tiles) > TILES:
                    self._tiles.popitem(last=False)

    def _page(self, number: int) -> NDArray[np.uint8]:
        page = self._pages.pop(number, None)
        page = self._sprites.load(number) if page is None else page
        self._pages[number] = page
        while len(self._pages) > 1 and sum(each.nbytes for each in self._pages.values()) > PAGES_BYTES:
            self._pages.popitem(last=False)
        return page

    def close(self) -> None:
        with self._asked:
            self._closed = True
            self._asked.notify()

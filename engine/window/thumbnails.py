"""Thumbnails of saved views for the story panel: made in a thread, and the latest of them kept on the GPU."""

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from imgui_bundle import imgui

from ..tour.tour import Tour
from ..tour.view import SavedView
from ..viewer.thumbnail import Picture, thumbnail
from .textures import Kept, Textures

KEPT = 32  # more than a panel shows at once
NOTHING = np.zeros((1, 1, 4), dtype=np.uint8)  # of a view that cannot be drawn

Key = tuple[int, str, int]


class Thumbnails:
    """Makes thumbnails in a thread and keeps them; whoever asks again later gets them."""

    def __init__(self, tour: Tour, textures: Textures) -> None:
        self._tour = tour
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._coming: dict[Key, tuple[SavedView, Future[Picture]]] = {}
        self._there = Kept(textures, KEPT)

    def of(self, saved: SavedView, *, size: tuple[int, int], theme: str) -> imgui.ImTextureRef | None:
        """The thumbnail of a saved view, bare where it cannot be drawn; None while it is being made."""
        key = (id(saved.view), theme, size[0])
        if (texture := self._there.get(key)) is not None:
            return texture
        if key not in self._coming:
            made = self._pool.submit(thumbnail, self._tour, saved.view, size=size, theme=theme)
            self._coming[key] = (saved, made)  # which keeps the view alive, so that its id stays its own
        saved, made = self._coming[key]
        if not made.done():
            return None
        del self._coming[key]
        return self._there.put(key, NOTHING if made.exception() else made.result(), of=saved)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

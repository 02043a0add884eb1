"""Thumbnails of saved views for the story panel: made in a thread, and the latest of them kept on the GPU."""

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor

from imgui_bundle import imgui

from ..tour.tour import Tour
from ..tour.view import SavedView
from ..viewer.thumbnail import Picture, thumbnail
from .textures import Textures

KEPT = 32  # more than a panel shows at once

Key = tuple[int, str, int]


class Thumbnails:
    """Makes thumbnails in a thread and keeps them; whoever asks again later gets them."""

    def __init__(self, tour: Tour, textures: Textures) -> None:
        self._tour, self._textures = tour, textures
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._coming: dict[Key, tuple[SavedView, Future[Picture]]] = {}
        self._there: OrderedDict[Key, tuple[SavedView, imgui.ImTextureRef | None]] = OrderedDict()

    def of(self, saved: SavedView, *, size: tuple[int, int], theme: str) -> imgui.ImTextureRef | None:
        """The thumbnail of a saved view; None while it is being made, and where it cannot be."""
        key = (id(saved.view), theme, size[0])
        if key in self._there:
            self._there.move_to_end(key)
            return self._there[key][1]
        if key not in self._coming:
            made = self._pool.submit(thumbnail, self._tour, saved.view, size=size, theme=theme)
            self._coming[key] = (saved, made)  # which keeps the view alive, so that its id stays its own
        if not self._coming[key][1].done():
            return None
        _, made = self._coming.pop(key)
        self._there[key] = (saved, self._textures.add(made.result()) if made.exception() is None else None)
        if len(self._there) > KEPT:
            texture = self._there.popitem(last=False)[1][1]
            if texture is not None:
                self._textures.drop(texture)
        return self._there[key][1]

    def made(self, saved: SavedView, *, size: tuple[int, int], theme: str) -> bool:
        """Whether there is nothing more to wait for."""
        return (id(saved.view), theme, size[0]) in self._there

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

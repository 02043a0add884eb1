"""Thumbnails of saved views for the story panel: made in a thread and kept."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from ..tour.tour import Tour
from ..tour.view import SavedView
from ..viewer.thumbnail import Picture, thumbnail


class Thumbnails:
    """Makes thumbnails in a thread and keeps them; whoever asks again later gets them."""

    def __init__(self, tour: Tour, keep: Callable[[Picture], object]) -> None:
        """keep: what to do with a finished picture, in the window's thread; what it returns is handed out."""
        self._tour, self._keep = tour, keep
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._coming: dict[tuple[int, str, int], tuple[SavedView, Future[Picture]]] = {}
        self._there: dict[tuple[int, str, int], tuple[SavedView, object]] = {}

    def of(self, saved: SavedView, *, size: tuple[int, int], theme: str) -> object | None:
        """What was kept of the thumbnail of a saved view; None while it is being made."""
        key = (id(saved.view), theme, size[0])
        if key not in self._there:
            if key not in self._coming:
                made = self._pool.submit(thumbnail, self._tour, saved.view, size=size, theme=theme)
                self._coming[key] = (saved, made)  # which keeps the view alive, so that its id stays its own
            if not self._coming[key][1].done():
                return None
            _, made = self._coming.pop(key)
            self._there[key] = (saved, self._keep(made.result()) if made.exception() is None else None)
        return self._there[key][1]

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

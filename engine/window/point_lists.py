"""The selected points out of the window and back in: the clipboard, a CSV file, a file dropped on the window."""

from collections.abc import Callable
from pathlib import Path

from ..files import free_file, whole
from ..motion.selection import Mask
from ..tour import rows
from ..viewer.handles import counted
from ..viewer.viewer import Viewer
from .worker import Worker

LONGEST = 64 * 2**20  # bytes of a list: a million points with their attributes


def copy(viewer: Viewer, worker: Worker, put: Callable[[str], None], say: Callable[[str], None]) -> None:
    """The selected rows as CSV to the clipboard, through `put`."""
    mask = _selected(viewer, say)
    if mask is None:
        return

    def done(text: str) -> None:
        put(text)
        say(f"Copied {int(mask.sum()):,} rows")

    worker.do(lambda: rows.to_csv(viewer.tour, mask), done, failed=say)


def save(viewer: Viewer, worker: Worker, say: Callable[[str], None]) -> Path | None:
    """The selected rows as a CSV file in the present folder, beside nothing of the same name; returns it."""
    mask = _selected(viewer, say)
    if mask is None:
        return None
    stem = f"{viewer.tour.name}-{int(mask.sum())}-points".replace(" ", "-").replace("/", "-")
    file = free_file(stem, ".csv")

    def write() -> None:
        with whole(file) as partial:
            partial.write_text(rows.to_csv(viewer.tour, mask), encoding="utf-8")

    worker.do(write, lambda _: say(f"Saved {file} in {Path.cwd()}"), failed=lambda text: say(f"No list saved: {text}"))
    return file


def take(viewer: Viewer, worker: Worker, source: str | Path, say: Callable[[str], None]) -> None:
    """Select the points that a text lists, or a file."""

    def read() -> Mask:
        if isinstance(source, str):
            return rows.from_text(viewer.tour, source)
        if source.stat().st_size > LONGEST:
            raise ValueError(f"{source.name} is too large for a list of points")
        try:
            return rows.from_text(viewer.tour, source.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            raise ValueError(f"{source.name} is no text; a list of points is a CSV file") from None

    def done(mask: Mask) -> None:
        viewer.select(mask)
        say(f"Selected {counted(int(mask.sum()), 'point')}")

    worker.do(read, done, failed=lambda text: say(text[:1].upper() + text[1:]))


def _selected(viewer: Viewer, say: Callable[[str], None]) -> Mask | None:
    if viewer.selection is None or not viewer.selection.any():
        say("Nothing is selected")
        return None
    return viewer.selection

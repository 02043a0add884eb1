"""The window as it was left, per tour, in the user's state folder. Nothing here is ever fatal."""

import hashlib
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import platformdirs

from ..files import whole, why
from ..tour.json_files import read_views
from ..tour.story import Story, bytes_at_most, misfit, to_json
from ..tour.tour import Tour
from ..tour.view import View
from .resolve import window_look
from .tours import KINDS
from .viewer import FASTEST, Viewer

VERSION = 1
SIDES = (200, 20_000)  # of a window that may be opened again, in pixels

log = logging.getLogger("engine")


def state_file(tour: Tour) -> Path:
    """Where the state of a tour's window is kept: by its folder, or by what it is while it is in memory alone."""
    key = str(tour.folder) if tour.folder is not None else json.dumps(identity(tour))
    stem = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in tour.name)[:40]
    folder = Path(platformdirs.user_state_dir("umap-tour", appauthor=False))
    return folder / f"{stem}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.json"


def remember(
    viewer: Viewer, *, size: tuple[int, int], legend_open: bool | None = None, story_shown: bool = False
) -> None:
    """Keep how the window looks now. What the disk refuses is said in the log. size: of the window, in pixels."""
    values = {
        "version": VERSION,
        "tour": identity(viewer.tour),
        "view": viewer.view.to_json(),
        "playing": viewer.playing,
        "speed": viewer.speed,
        "tour_kind": viewer.tour_kind,
        "window": list(size),
        "legend_open": legend_open,
        "story_shown": story_shown,
    }
    file = state_file(viewer.tour)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole(file) as partial:
            partial.touch(mode=0o600)  # what somebody looked at is nobody else's
            partial.write_text(json.dumps(values), encoding="utf-8")
    except OSError as error:
        log.warning("state of the window not kept: %s: %s", file, (error.strerror or str(error)).lower())


class Remembered:
    """What was left, checked: a view of this tour, and the rest as far as it makes sense."""

    def __init__(self, tour: Tour, values: dict[str, Any]) -> None:
        """Raises KeyError, TypeError or ValueError where that is no state of this tour."""
        if values["version"] != VERSION:
            raise ValueError(f"it is of version {values['version']}, and this engine keeps version {VERSION}")
        if values["tour"] != identity(tour):
            raise ValueError("the tour has changed since")
        self.view = View.from_json({"fit": True} | window_look(tour) | values["view"])
        if fault := misfit(tour, self.view):
            raise ValueError(fault)
        if self.view.mode == "images" and tour.sprites is None:
            self.view = replace(self.view, mode="dots")
        self.playing = bool(values["playing"])
        self.speed = min(max(float(values["speed"]), 0.0), FASTEST)
        self.tour_kind = KINDS[KINDS.index(values["tour_kind"])]
        width, height = (int(side) for side in values["window"])
        self.size = (width, height) if SIDES[0] <= min(width, height) and max(width, height) <= SIDES[1] else None
        self.legend_open = values["legend_open"] if isinstance(values["legend_open"], bool) else None
        self.story_shown = bool(values["story_shown"])

    def restore(self, viewer: Viewer) -> None:
        """Bring a viewer that opened at `view` back to the rest."""
        viewer.playing, viewer.speed = self.playing, self.speed
        viewer.take_tour(self.tour_kind)


def recall(tour: Tour) -> Remembered | None:
    """The window of `tour` as it was left; None for the first time, and where what was kept cannot be used."""
    file = state_file(tour)
    try:
        return Remembered(tour, read_views(file, limit=2 * bytes_at_most(tour)))
    except FileNotFoundError:
        return None
    except (OSError, KeyError, TypeError, ValueError, OverflowError) as error:
        what = f"it has no {error}" if isinstance(error, KeyError) else why(error)
        log.warning("state of the window not taken up again: %s: %s", file, what)
        return None


def identity(tour: Tour) -> dict[str, Any]:
    """What a view of a tour is bound to."""
    return {"name": tour.name, "n": tour.n, "dims": tour.dims, "layers": [layer.name for layer in tour.layers]}


def digest(story: Story) -> str:
    """What tells one story from another."""
    return hashlib.sha256(json.dumps(to_json(story), sort_keys=True).encode()).hexdigest()

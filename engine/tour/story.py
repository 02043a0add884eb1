"""A story: saved views in order. Edits make a new tuple; as JSON it is what views.json and an export hold."""

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from .movement import MOVEMENT
from .numbers import Numbers
from .tour import Tour
from .view import Handle, SavedView, View

VERSION = 1
MANY = 20_000  # point numbers

Story = tuple[SavedView, ...]


def inserted(story: Story, place: int, saved: SavedView) -> Story:
    """With `saved` standing at `place`, everything from there on one later."""
    return (*story[:place], saved, *story[place:])


def removed(story: Story, place: int) -> Story:
    """Without the view at `place`."""
    return (*story[:place], *story[place + 1 :])


def moved(story: Story, place: int, to: int) -> Story:
    """With the view at `place` standing at `to`; beyond the ends it stays at the end."""
    to = min(max(to, 0), len(story) - 1)
    return inserted(removed(story, place), to, story[place])


def renamed(story: Story, place: int, caption: str) -> Story:
    """With another caption at `place`, its spaces in order."""
    return (*story[:place], replace(story[place], caption=" ".join(caption.split())), *story[place + 1 :])


def to_json(story: Iterable[SavedView]) -> dict[str, Any]:
    """A story as plain values."""
    views = [{"caption": each.caption, "view": each.view.to_json()} for each in story]
    return {"version": VERSION, "views": views}


def from_json(values: Any) -> Story:
    """A story from plain values. Raises ValueError naming the view and its fault."""
    views = values.get("views") if isinstance(values, dict) else None
    if not isinstance(views, list):
        raise ValueError("no story: a story is a table with a list of 'views'")
    if values.get("version") != VERSION:
        raise ValueError(f"a story of version {values.get('version', 'none')}; this engine reads version {VERSION}")
    story = []
    for k, each in enumerate(views, 1):
        try:
            story.append(SavedView(str(each["caption"]), View.from_json(each["view"])))
        except (KeyError, TypeError, ValueError) as error:
            fault = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            raise ValueError(f"view {k} is none: {fault}") from None
    return tuple(story)


def export_story(story: Iterable[SavedView], file: Path) -> None:
    """Write a story as JSON, whole or not at all. Raises OSError where the disk refuses."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        partial.write_text(_text(story), encoding="utf-8")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _text(story: Iterable[SavedView]) -> str:
    """As JSON, to be read by people where it is short; with an indent a million numbers take seconds."""
    story = tuple(story)
    handles = (each for saved in story for each in saved.view.handles if isinstance(each, Handle))
    numbers = sum(len(saved.view.selected or ()) for saved in story) + sum(len(each.points) for each in handles)
    return json.dumps(to_json(story), indent=1 if numbers <= MANY else None, ensure_ascii=False) + "\n"


def import_story(file: Path, tour: Tour) -> tuple[Story, list[str]]:
    """Read a story for `tour`: the views that it can show, and a line about each that it cannot.

    Raises ValueError naming the file where it holds no story, OSError where it cannot be read.
    """
    try:
        story = from_json(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:  # JSON's own errors are ValueErrors too
        raise ValueError(f"{file.name}: {error}") from None
    faults = {saved: misfit(tour, saved.view) for saved in story}
    kept = tuple(saved for saved in story if not faults[saved])
    return kept, [f"{saved.caption}: {fault}" for saved, fault in faults.items() if fault]


def misfit(tour: Tour, view: View) -> str:
    """What `view` wants that `tour` does not have, in a line; empty where it fits.

    A tour without images shows dots in their place, so that alone is no misfit.
    """
    try:
        whole = isinstance(view.layer, str) or float(view.layer).is_integer()
        tour.index(view.layer if isinstance(view.layer, str) else int(view.layer if whole else np.ceil(view.layer)))
        if view.color_by not in (None, MOVEMENT):
            tour.attribute(view.color_by)
    except (KeyError, IndexError) as error:
        return str(error.args[0])
    if view.frame is not None:
        frame = np.asarray(view.frame)
        if len(frame) != tour.dims:
            return f"it is of {len(frame)} dimensions, and {tour.name} has {tour.dims}"
        if not np.abs(frame.T @ frame - np.eye(3)).max() < 1e-3:
            return "its frame has no orthonormal columns"
    handles = (handle for handle in view.handles if isinstance(handle, Handle))  # as all of them are by now
    for points in (view.selected or (), *(handle.points for handle in handles)):
        if not (numbers := Numbers(points)).within(tour.n):
            return f"it names point {max(numbers):,}, and {tour.name} has {tour.n:,} points"
    return ""

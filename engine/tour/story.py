"""A story: saved views in order. Edits make a new tuple; as JSON it is what views.json and an export hold."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..files import whole
from .agreement import AGREEMENT, label_of
from .json_files import as_text, read_views, seal
from .movement import MOVEMENT
from .point_numbers import PointNumbers
from .tour import Tour
from .view import Beside, Handle, SavedView, View

VERSION = 1
VIEWS = 10_000  # in a story

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
    return {"version": VERSION, "views": [_plain(each) for each in story]}


def _plain(saved: SavedView) -> dict[str, Any]:
    values: dict[str, Any] = {"caption": saved.caption, "view": saved.view.to_json()}
    if saved.beside is not None:
        values["beside"] = {"tour": saved.beside.tour, "view": saved.beside.view.to_json()}
    return values


def from_json(values: Any) -> Story:
    """A story from plain values. Raises ValueError naming the first view that is none, and its fault."""
    story = []
    for saved in views_of(values):
        if isinstance(saved, str):
            raise ValueError(saved)
        story.append(saved)
    return tuple(story)


def views_of(values: Any) -> Iterator[SavedView | str]:
    """Each view of a story from plain values, or what is wrong with it. Raises ValueError where that is no story."""
    views = values.get("views") if isinstance(values, dict) else None
    if not isinstance(views, list):
        raise ValueError("no story: a story is a table with a list of 'views'")
    if values.get("version") != VERSION:
        raise ValueError(f"a story of version {values.get('version', 'none')}; this engine reads version {VERSION}")
    if len(views) > VIEWS:
        raise ValueError(f"a story of {len(views):,} views; it has at most {VIEWS:,}")
    if "seal" in values and values["seal"] != seal(values):
        raise ValueError("changed since it was written (its seal differs); take out the line 'seal' if you changed it")
    for k, each in enumerate(views, 1):
        try:
            if not isinstance(each, dict):
                raise TypeError("it is no table of values")
            yield SavedView(each["caption"], View.from_json(each["view"]), _beside(each.get("beside")))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            fault = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            yield f"view {k} is none: {fault}"


def _beside(values: Any) -> Beside | None:
    if values is None:
        return None
    if not isinstance(values, dict):
        raise TypeError("what stands beside it is no table of values")
    return Beside(values["tour"], View.from_json(values["view"]))


def of_pair(story: Iterable[SavedView], other: str) -> Story:
    """The views of a story that were saved beside a tour of that name."""
    return tuple(each for each in story if each.beside is not None and each.beside.tour == other)


def fitting(values: Any, tour: Tour) -> tuple[Story, tuple[str, ...]]:
    """The views of a story in plain values that `tour` can show, and a line about each of the others.

    Raises ValueError where that is no story.
    """
    story: list[SavedView] = []
    faults: list[str] = []
    for k, saved in enumerate(views_of(values), 1):
        fault = saved if isinstance(saved, str) else misfit(tour, saved.view)
        if isinstance(saved, SavedView) and not fault:
            story.append(saved)
        else:
            faults.append(fault if isinstance(saved, str) else f"view {k} ('{saved.caption[:40]}'): {fault}")
    return tuple(story), tuple(faults)


def bytes_at_most(tour: Tour) -> int:
    """How large a file of views for a tour can be: a score of selections of everything."""
    return 16 * 2**20 + 200 * tour.n


def export_story(story: Iterable[SavedView], file: Path) -> None:
    """Write a story as JSON, whole or not at all. Raises OSError where the disk refuses."""
    with whole(file) as partial:
        partial.write_text(as_text(to_json(story)), encoding="utf-8")


def import_story(file: Path, tour: Tour) -> tuple[Story, list[str]]:
    """Read a story for `tour`: the views that it can show, and a line about each that it cannot.

    Raises ValueError naming the file where it holds no story, OSError where it cannot be read.
    """
    try:
        story = from_json(read_views(file, limit=bytes_at_most(tour)))
    except ValueError as error:  # JSON's own errors are ValueErrors too
        raise ValueError(f"{file.name}: {error}") from None
    faults = [misfit(tour, saved.view) for saved in story]
    kept = tuple(saved for saved, fault in zip(story, faults, strict=True) if not fault)
    return kept, [f"{saved.caption}: {fault}" for saved, fault in zip(story, faults, strict=True) if fault]


def misfit(tour: Tour, view: View) -> str:
    """What `view` wants that `tour` does not have, in a line; empty where it fits.

    A tour without images shows dots in their place, so that alone is no misfit.
    """
    derived = (MOVEMENT,) if label_of(tour) is None else (MOVEMENT, AGREEMENT)
    try:
        whole = isinstance(view.layer, str) or float(view.layer).is_integer()
        tour.index(view.layer if isinstance(view.layer, str) else int(view.layer if whole else np.ceil(view.layer)))
        attribute = None if view.color_by is None or view.color_by in derived else tour.attribute(view.color_by)
    except (KeyError, IndexError) as error:
        return str(error.args[0])
    classes = 0 if attribute is None else _classes(attribute)
    if view.groups and max(view.groups) >= classes:
        has = f"{view.color_by} has {classes:,}" if classes else "nothing is coloured by classes"
        return f"groups names class {max(view.groups)}, and {has}"
    if view.frame is not None:
        frame = np.asarray(view.frame)
        if len(frame) != tour.dims:
            return f"it is of {len(frame)} dimensions, and {tour.name} has {tour.dims}"
        with np.errstate(all="ignore"):
            apart = np.abs(frame.T @ frame - np.eye(3)).max()
        if not apart < 1e-3:
            return "its frame has no orthonormal columns"
    handles = (handle for handle in view.handles if isinstance(handle, Handle))  # as all of them are by now
    for points in (view.selected or (), *(handle.points for handle in handles)):
        if not (numbers := PointNumbers(points)).within(tour.n):
            return f"it names point {max(numbers):,}, and {tour.name} has {tour.n:,} points"
    return ""


def _classes(values: "pd.Series[Any]") -> int:
    """How many rows the legend of an attribute has, that of points without a class among them; 0 for numbers."""
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        return 0
    known = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else values.dropna().unique()
    return len(known) + bool(values.isna().any())

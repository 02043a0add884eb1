"""Saving a story into its tour: what others saved meanwhile stays, and another tour in its place stays too."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd

from .json_files import read_json, read_views
from .manifest import identity
from .named_selections import is_selection
from .replacing import held
from .schema import ATTRIBUTES, MANIFEST, VIEWS
from .story import Story, bytes_at_most, fitting
from .tables import read_attributes
from .tour import Tour
from .writing import write_views


def save_story(tour: Tour, story: Story, before: Story, *, attributes: bool = False) -> Story:
    """Write a story into the folder of its tour; returns what the folder holds now.

    before: the story that was there when this one was begun. Views that came into the folder since, and are not in
    `story`, were saved by somebody else; they are kept at the end. Views that could not be read stay in a file beside,
    views.json.unread. attributes: save those too, which takes writing the tour anew. Raises ValueError where the
    folder holds another tour than the one that is open, OSError where the disk refuses.
    """
    folder = tour.folder
    if folder is None:
        raise ValueError(f"{tour.name} is not on disk; export the story as JSON, or save the tour first")
    if not folder.is_dir():
        raise ValueError(f"{folder.name} is gone; export the story as JSON")
    with held(folder):
        if tour.identity and _identity(folder) != tour.identity:
            raise ValueError(f"{folder.name} is another tour now than the one that is open; export the story as JSON")
        whole = replace(tour, attributes=_with_those_there(tour, folder))
        there, unread = _present(whole, folder / VIEWS)
        if unread:
            shutil.copyfile(folder / VIEWS, folder / f"{VIEWS}.unread")
        kept = (*story, *(saved for saved in there if saved not in before and saved not in story))
        if attributes:
            replace(whole, views=list(kept)).save(folder)
        else:
            write_views(kept, folder)
    return kept


def _with_those_there(tour: Tour, folder: Path) -> pd.DataFrame:
    """The attributes of a tour, and the named selections that another window saved into its folder meanwhile."""
    try:
        there = replace(tour, attributes=read_attributes(folder / ATTRIBUTES, tour.n))
    except (ValueError, OSError):  # spoiled meanwhile; this one is whole
        return tour.attributes
    table = tour.attributes.copy()
    for name in there.attributes.columns:
        if name not in table.columns and is_selection(there, name):
            table[name] = there.attributes[name].array
    table.attrs = dict(tour.attributes.attrs)
    return table


def _identity(folder: Path) -> str:
    try:
        return identity(read_json(folder / MANIFEST))
    except (ValueError, OSError):
        return "gone"


def _present(tour: Tour, file: Path) -> tuple[Story, bool]:
    """The views that are in the folder now, and whether some of it could not be read."""
    try:
        story, faults = fitting(read_views(file, limit=bytes_at_most(tour)), tour)
    except FileNotFoundError:
        return (), False
    except (ValueError, OSError):
        return (), file.is_file()
    return story, bool(faults)

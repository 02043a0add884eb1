"""Stories that are not saved yet, kept in the state folder as they are edited, so that no crash or kill loses them.

A file for each window, locked while the window lives. One that nobody holds was left by a window that is closed or
dead, and the next window on that tour takes it up. (On Windows there are no locks: two windows may take up the same.)
"""

import json
import logging
import os
import uuid
from contextlib import ExitStack
from pathlib import Path

from ..files import hold, whole, why
from ..tour.json_files import read_views
from ..tour.story import Story, bytes_at_most, fitting, to_json
from ..tour.tour import Tour
from .remembered import digest, identity, state_file

VERSION = 1

log = logging.getLogger("engine")


class Unsaved:
    """Owns the file of one window's story, which is there only while the story is not saved."""

    def __init__(self, tour: Tour) -> None:
        state = state_file(tour)
        self.file = state.with_name(f"{state.stem}.{uuid.uuid4().hex[:8]}.story")
        self._tour = identity(tour)
        self._held = ExitStack()

    def keep(self, story: Story, saved: Story) -> None:
        """Keep a story, unless it is what is `saved`. Raises OSError where the disk refuses."""
        if story == saved:
            self.file.unlink(missing_ok=True)
            self._held.close()
            return
        values = {"version": VERSION, "tour": self._tour, "begun": digest(saved), "story": to_json(story)}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as new:
            with whole(self.file) as partial:
                partial.touch(mode=0o600)  # what somebody looked at is nobody else's
                partial.write_text(json.dumps(values), encoding="utf-8")
                _is_free(partial, new)  # before it has its name, by which another window finds it
            held, self._held = self._held, new.pop_all()
        held.close()

    def close(self) -> None:
        """Let go of what is kept: it stays for the next window."""
        self._held.close()


def taken_up(tour: Tour, into: Unsaved) -> Story | None:
    """The story of `tour` with what earlier windows left unsaved, which is kept in `into` from now on; None without.

    Where the tour was given another story since, the views that it has not are added to it. What cannot be taken up
    stays where it is, and the log says why.
    """
    story = saved = tuple(tour.views)
    with ExitStack() as stack:
        done = []
        for file in _left(tour):
            if file == into.file or not _is_free(file, stack):
                continue
            try:
                kept, same = _read(file, tour)
            except (OSError, KeyError, TypeError, ValueError) as error:
                log.warning("%s: a story that was not saved stays there: %s", file, why(error))
                continue
            story = kept if same and story == saved else (*story, *(each for each in kept if each not in story))
            done.append(file)
        if not done:
            return None
        try:
            into.keep(story, saved)
            for file in done:
                file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("unsaved story not kept: %s: %s", into.file, (error.strerror or str(error)).lower())
    return None if story == saved else story


def _left(tour: Tour) -> list[Path]:
    """The files of unsaved stories of a tour, the oldest first."""
    state = state_file(tour)
    try:
        return sorted(state.parent.glob(f"{state.stem}.*.story"), key=lambda file: file.stat().st_mtime)
    except OSError:
        return []


def _read(file: Path, tour: Tour) -> tuple[Story, bool]:
    """A kept story, and whether it was begun from what the tour has now. Raises as `taken_up` catches."""
    values = read_views(file, limit=2 * bytes_at_most(tour))
    if values["version"] != VERSION:
        raise ValueError(f"it is of version {values['version']}, and this engine keeps version {VERSION}")
    if values["tour"] != identity(tour):
        raise ValueError("the tour has changed since")
    story, faults = fitting(values["story"], tour)
    if faults:
        raise ValueError(faults[0])
    return story, values["begun"] == digest(tuple(tour.views))


def _is_free(file: Path, stack: ExitStack) -> bool:
    """Whether no other window holds a file, which is held from now on until `stack` is closed."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    stack.callback(os.close, descriptor)
    try:
        hold(descriptor)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        pass
    return True

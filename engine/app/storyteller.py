"""The story of a tour while it is told and edited: which view is shown, and what time does to it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..tour.story import Story, inserted, moved, removed, renamed
from ..tour.view import SavedView, View

if TYPE_CHECKING:
    from .viewer import Viewer

TOLD_FLIGHT = 2.0  # seconds from one view of a story to the next, when it is played
DWELL = 3.0  # seconds at a view at least,
READING = 0.06  # and more for each letter of its caption


@dataclass
class Storyteller:
    """The saved views, as edited so far; `told` is the one that is shown, if one is."""

    story: Story = ()
    saved: Story | None = None
    """As it stands in the tour's folder; the story as it was at first, unless said."""
    told: int | None = None
    playing: bool = False
    elapsed: float = 0.0
    """Seconds since the flight to the present view began, while the story is played."""
    _shown: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        self.saved = self.story if self.saved is None else self.saved

    @property
    def unsaved(self) -> bool:
        """Whether the tour's folder holds another story than this one."""
        return self.story != self.saved

    @property
    def caption(self) -> str:
        """Of the view that is shown; empty where none is."""
        return "" if self.told is None else self.story[self.told].caption

    @property
    def progress(self) -> float:
        """How far the present view is told, in [0, 1]."""
        return min(1.0, self.elapsed / span(self.story[self.told])) if self.told is not None else 0.0

    # ------------------------------------------------------------------------------------------ telling

    def fly(self, viewer: "Viewer", place: int, *, seconds: float | None = None) -> None:
        """Fly to the view at `place`. Raises KeyError, IndexError or ValueError where it is not one of this tour."""
        view = self.story[place].view
        if seconds is None:
            viewer.fly_to(view)
        else:
            viewer.fly_to(view, seconds=seconds)
        self.told, self.elapsed = place, 0.0
        self._shown = _what_is_shown(viewer)

    def play(self, viewer: "Viewer") -> None:
        """Tell the story from the present view on, or from the first."""
        if self.story:
            last = self.told == len(self.story) - 1
            self.playing = True
            self.fly(viewer, 0 if self.told is None or last else self.told, seconds=TOLD_FLIGHT)

    def stop(self) -> None:
        self.playing = False

    def advance(self, viewer: "Viewer", seconds: float) -> None:
        """Let time pass: a played story goes on, and one that was left for something else shows no caption."""
        if self.told is None:
            return
        if not self.playing:
            if _what_is_shown(viewer) != self._shown:
                self.told = None
            return
        self.elapsed += seconds
        if self.elapsed < span(self.story[self.told]):
            return
        if self.told + 1 < len(self.story):
            self.fly(viewer, self.told + 1, seconds=TOLD_FLIGHT)
        else:
            self.playing = False

    # ------------------------------------------------------------------------------------------ editing

    def add(self, viewer: "Viewer", caption: str) -> int:
        """Save the present view after the one that is shown, or at the end; returns its place."""
        place = len(self.story) if self.told is None else self.told + 1
        self.story = inserted(self.story, place, SavedView(caption, viewer.view))
        self.told, self.playing, self._shown = place, False, _what_is_shown(viewer)
        return place

    def update(self, viewer: "Viewer", place: int) -> None:
        """The view at `place` becomes the present one; its caption stays."""
        caption = self.story[place].caption
        self.story = inserted(removed(self.story, place), place, SavedView(caption, viewer.view))
        self.told, self._shown = place, _what_is_shown(viewer)

    def rename(self, place: int, caption: str) -> None:
        if caption.strip():
            self.story = renamed(self.story, place, caption)

    def move(self, place: int, to: int) -> None:
        told = self.story[self.told] if self.told is not None else None
        self.story = moved(self.story, place, to)
        if told is not None:
            self.told = next(k for k, each in enumerate(self.story) if each is told)

    def remove(self, place: int) -> None:
        if self.told is not None and place <= self.told:
            self.told = None if place == self.told else self.told - 1
            self.playing = self.playing and self.told is not None
        self.story = removed(self.story, place)

    def extend(self, views: Story) -> None:
        """Views from elsewhere, at the end."""
        self.story = (*self.story, *views)


def span(saved: SavedView) -> float:
    """Seconds that a view takes in a played story: the flight there, and time to look and to read."""
    return TOLD_FLIGHT + DWELL + READING * len(saved.caption)


def _what_is_shown(viewer: "Viewer") -> tuple[Any, ...]:
    """What a person changes to leave a view: the layer and what is shown of it, but not the motion."""
    base: View = viewer.base
    return (viewer.goal, base.mode, base.color_by, base.groups, base.selected, base.handles)

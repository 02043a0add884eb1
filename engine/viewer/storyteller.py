"""The story of a tour while it is told and edited: which saved view is shown, and what time does to it."""

from dataclasses import dataclass

from ..tour.story import Story, inserted, moved, removed, renamed
from ..tour.view import SavedView

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
    _shown: object = None
    """What the viewer shows of the view that is told: something else shown ends it."""

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

    def tell(self, place: int, shown: object) -> None:
        """The view at `place` is shown from now on. shown: what tells, by equality, when that has ended."""
        self.told, self.elapsed, self._shown = place, 0.0, shown

    def play(self) -> int | None:
        """Begin to play; returns the place to begin at: the present view, or the first. None without views."""
        if not self.story:
            return None
        self.playing = True
        return 0 if self.told is None or self.told == len(self.story) - 1 else self.told

    def stop(self) -> None:
        self.playing = False

    def leave(self) -> None:
        """Something else is looked at: the caption goes, unless the story is being played."""
        if not self.playing:
            self.told = None

    def advance(self, seconds: float, shown: object) -> int | None:
        """Let time pass; returns the next place to tell when it is time.

        A view that was left for something else shows no caption any more.
        """
        if self.told is None:
            return None
        if not self.playing:
            if shown != self._shown:
                self.told = None
            return None
        self.elapsed += seconds
        if self.elapsed >= span(self.story[self.told]):
            if self.told + 1 < len(self.story):
                return self.told + 1
            self.playing = False
        return None

    # ------------------------------------------------------------------------------------------ editing

    def add(self, saved: SavedView, shown: object) -> int:
        """Save a view after the one that is shown, or at the end; returns its place. shown: as of `tell`."""
        place = len(self.story) if self.told is None else self.told + 1
        self.story = inserted(self.story, place, saved)
        self.told, self.playing, self._shown = place, False, shown
        return place

    def update(self, place: int, saved: SavedView, shown: object) -> None:
        """The saved view at `place` becomes another one."""
        self.story = inserted(removed(self.story, place), place, saved)
        self.told, self._shown = place, shown

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

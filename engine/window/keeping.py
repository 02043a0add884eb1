"""What a window keeps in the state folder: stories as they are edited, and how it was left when it is closed.

A thread of its own writes the stories, so that no other work delays it.
"""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from ..tour.story import Story
from ..viewer.handles import counted
from ..viewer.remembered import Remembered, remember
from ..viewer.storyteller import Storyteller
from ..viewer.unsaved import Unsaved, taken_up
from ..viewer.viewer import Viewer
from .panels import Panels


@dataclass(eq=False)
class _Kept:
    """What is kept of one story."""

    teller: Storyteller
    unsaved: Unsaved
    seen: tuple[Story, Story | None]
    writing: Future[None] | None = None


class Keeping:
    """Owns the thread and the files of stories."""

    def __init__(self, panels: Panels) -> None:
        self._panels = panels
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stories")
        self._kept: dict[int, _Kept] = {}

    def restore(self, viewer: Viewer, left: Remembered | None) -> str:
        """Bring a viewer that opened at the view that was left back to the rest, and to the story that was not saved.

        Returns what has to be said of that.
        """
        panels = self._panels
        if left:
            viewer.home = None
            left.restore(viewer)
            panels.legend_open, panels.story.shown = left.legend_open, left.story_shown
        unsaved = Unsaved(viewer.tour)
        story = taken_up(viewer.tour, unsaved)
        if story is not None:
            viewer.story.story, panels.story.shown = story, True
        self._begin(viewer.story, unsaved)
        if story is None:
            return ""
        return (
            f"A story of {counted(len(story), 'view')} was not saved; here it is. Ctrl+S saves it, "
            "'Back to what is saved' in its menu lets it go"
        )

    def _begin(self, teller: Storyteller, unsaved: Unsaved) -> None:
        self._kept[id(teller)] = _Kept(teller, unsaved, (teller.story, teller.saved))

    def watch(self, viewers: Iterable[Viewer]) -> None:
        """Keep what has been edited since the last time; called once a frame."""
        viewers = list(viewers)
        for key in self._kept.keys() - {id(viewer.story) for viewer in viewers}:  # of a pane that is closed
            if (kept := self._kept[key]).writing is None or kept.writing.done():
                kept.unsaved.close()
                del self._kept[key]
        for viewer in viewers:
            teller = viewer.story
            if id(teller) not in self._kept:
                self._begin(teller, Unsaved(viewer.tour))
            kept, now = self._kept[id(teller)], (teller.story, teller.saved)
            if kept.writing is not None and kept.writing.done():
                writing, kept.writing = kept.writing, None
                self._tell(writing.exception())
            same = now[0] is kept.seen[0] and now[1] is kept.seen[1]
            if not same and kept.writing is None:
                kept.seen = now
                kept.writing = self._pool.submit(kept.unsaved.keep, now[0], now[1] or ())

    def _tell(self, error: BaseException | None) -> None:
        if isinstance(error, OSError):
            why = (error.strerror or str(error)).lower()
            self._panels.say(f"The unsaved story is not kept: {why}. Ctrl+S saves it into the tour")
        elif error is not None:
            raise error

    def close(self, viewers: Iterable[Viewer]) -> None:
        """Keep the last edits too, and leave what is not saved to the next window."""
        viewers = list(viewers)
        for _ in range(2):  # a write that is under way may be of the edit before the last
            self.watch(viewers)
            for kept in self._kept.values():
                if kept.writing is not None:
                    kept.writing.exception()
        self._pool.shutdown()
        for kept in self._kept.values():
            kept.unsaved.close()

    def leave(self, viewer: Viewer, size: tuple[int, int]) -> None:
        """Keep how the window is left. size: of the window."""
        panels = self._panels
        remember(viewer, size=size, legend_open=panels.legend_open, story_shown=panels.story.shown)

"""Undo and redo of what a person changes in a view: everything but motion."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..tour.numbers import Numbers
from ..tour.view import View

if TYPE_CHECKING:
    from .viewer import Viewer

DEEPEST = 200  # steps that can be taken back
LARGEST = 256 * 2**20  # bytes of selections among them
STILL = ("layer", "frame", "center", "zoom")  # of a view, what moves and is not undone


@dataclass
class History:
    """Watches the viewer's view, which is replaced whole at each change, and keeps what it was before."""

    now: View | None = None
    before: list[View] = field(default_factory=list)
    after: list[View] = field(default_factory=list)

    def watch(self, viewer: "Viewer", *, held: bool = False) -> None:
        """Note a change since the last time. held: the mouse is still changing it, so that it makes one step."""
        if viewer.base is self.now or held:
            return
        if self.now is None or viewer.base == self.now:
            self.now = viewer.base
            return
        self.before.append(self.now)
        del self.before[:-DEEPEST]
        while len(self.before) > 1 and sum(map(_nbytes, self.before)) > LARGEST:
            del self.before[0]
        self.after.clear()
        self.now = viewer.base

    def undo(self, viewer: "Viewer") -> bool:
        """Take the last change back; whether there was one."""
        self.watch(viewer)
        return self._step(viewer, self.before, self.after)

    def redo(self, viewer: "Viewer") -> bool:
        """Do again what was taken back last; whether there was anything."""
        self.watch(viewer)
        return self._step(viewer, self.after, self.before)

    def _step(self, viewer: "Viewer", source: list[View], target: list[View]) -> bool:
        if not source:
            return False
        target.append(viewer.base)
        there = source.pop()
        viewer.change(**{name: value for name, value in vars(there).items() if name not in STILL})
        self.now = viewer.base
        return True


def _nbytes(view: View) -> int:
    return view.selected.nbytes if isinstance(view.selected, Numbers) else 0

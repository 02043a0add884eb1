"""Undo and redo of what a person changes in a view: everything but motion."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..tour.point_numbers import PointNumbers
from ..tour.view import View

DEEPEST = 200  # steps that can be taken back
LARGEST = 256 * 2**20  # bytes of selections among them

Restore = Callable[[View], View]
"""Shows a view again, all but what moves; returns it as it is kept from then on."""


@dataclass
class History:
    """Watches a view that is replaced whole at each change, and keeps what it was before."""

    now: View | None = None
    before: list[View] = field(default_factory=list)
    after: list[View] = field(default_factory=list)

    def watch(self, view: View, *, held: bool = False) -> None:
        """Note a change since the last time. held: the mouse is still changing it, so that it makes one step."""
        if view is self.now or held:
            return
        if self.now is None or view == self.now:
            self.now = view
            return
        self.before.append(self.now)
        del self.before[:-DEEPEST]
        while len(self.before) > 1 and sum(map(_nbytes, self.before)) > LARGEST:
            del self.before[0]
        self.after.clear()
        self.now = view

    def forget(self) -> None:
        """Begin anew."""
        self.now = None
        self.before.clear()
        self.after.clear()

    def undo(self, view: View, restore: Restore) -> bool:
        """Take the last change of `view` back; whether there was one."""
        return self._step(view, restore, self.before, self.after)

    def redo(self, view: View, restore: Restore) -> bool:
        """Do again what was taken back last; whether there was anything."""
        return self._step(view, restore, self.after, self.before)

    def _step(self, view: View, restore: Restore, source: list[View], target: list[View]) -> bool:
        self.watch(view)
        if not source:
            return False
        target.append(view)
        self.now = restore(source.pop())
        return True


def _nbytes(view: View) -> int:
    return view.selected.nbytes if isinstance(view.selected, PointNumbers) else 0

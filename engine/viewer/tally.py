"""How many points each row of the colour table has, and how many of them are selected."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .viewer import Viewer

Counts = NDArray[np.intp]


@dataclass
class Tally:
    """Counts of one viewer, counted again only where the colouring or the selection is another."""

    _counted: tuple[Any, Any] = (None, None)
    _codes: Counts | None = None
    rows: Counts | None = None
    """Of all points; after `count`."""
    selected: Counts | None = None
    """Of the selected ones; None where there is no selection."""

    def count(self, viewer: Viewer) -> None:
        coloring, selection = viewer.coloring, viewer.selection
        if self.rows is not None and self._counted[0] is coloring and self._counted[1] is selection:
            return
        rows = len(coloring.table)
        if self._codes is None or self._counted[0] is not coloring:
            self._codes = coloring.codes.astype(np.intp)
            self.rows = np.bincount(self._codes, minlength=rows)
        self._counted = coloring, selection
        self.selected = None if selection is None else np.bincount(self._codes[selection], minlength=rows)

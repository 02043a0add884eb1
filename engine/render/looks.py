"""What every point looks like, on the GPU: its row of the colour table, and whether it is selected."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from ..motion.shot import LISTED
from ..tour.colors import THEMES, Coloring
from .parts import Listing

TABLE_ROW = 256  # entries to a row of the colour table (style.glsl)


class Looks:
    """Owns the buffers of n points' looks and the table of colours."""

    def __init__(self, n: int, order: NDArray[np.integer] | None) -> None:
        """order: in which the points stand on the GPU, theirs where it is None."""
        self._order = order
        self.codes = gloo.VertexBuffer(np.zeros(n, dtype=np.float32))
        self.selected = gloo.VertexBuffer(np.ones(n, dtype=np.float32))
        self.table = gloo.Texture2D(np.zeros((1, TABLE_ROW, 4), dtype=np.uint8), interpolation="nearest")
        self.single = True
        """Whether all have one colour."""
        self.changes = 0
        """Counts them."""
        self.colors = np.zeros((1, 3), dtype=np.uint8)
        self._shown = np.ones(1, dtype=bool)
        self._code: NDArray[Any] = np.zeros(n, dtype=np.float32)
        self._mask: NDArray[np.bool_] | None = None
        self._theme = ""
        self._lit: tuple[int, Listing] | None = None

    def color(self, coloring: Coloring) -> None:
        """Colour the points by rows of a table; all rows are shown."""
        self._code = coloring.codes if self._order is None else coloring.codes[self._order]
        self.codes.set_data(self._code, copy=True)
        self.colors = coloring.table
        self.single = coloring.kind == "none"
        self.show_rows(np.ones(len(coloring.table), dtype=bool))

    def show_rows(self, shown: NDArray[np.bool_]) -> None:
        """Grey the points of all other rows of the table. Sends the table alone."""
        self._shown = shown
        self._theme = ""  # the table is sent with the next frame
        self._changed()

    def select(self, selected: NDArray[np.bool_] | None) -> None:
        """Grey all other points; None greys none."""
        self._mask = selected if selected is None or self._order is None else selected[self._order]
        mask = np.ones(len(self._code)) if self._mask is None else self._mask
        self.selected.set_data(mask.astype(np.float32), copy=False)
        self._changed()

    def _changed(self) -> None:
        self.changes += 1
        if self._lit is not None:
            self._lit[1].delete()
        self._lit = None

    @property
    def greyed(self) -> bool:
        """Whether any point may be."""
        return self._mask is not None or not bool(self._shown.all())

    @property
    def lit(self) -> tuple[int, Listing]:
        """How many points are not greyed, and where the first `LISTED` stand on the GPU (as `Viewer.lit`)."""
        if self._lit is None:
            lit = True if self._shown.all() else self._shown[self._code.astype(np.intp)]
            places = np.flatnonzero(lit if self._mask is None else lit & self._mask)
            self._lit = len(places), Listing(places[:LISTED].astype(np.uint32))
        return self._lit

    def send_table(self, theme: str) -> None:
        """Have the table that belongs to a theme."""
        if theme == self._theme:
            return
        self._theme = theme
        rows = -(-len(self.colors) // TABLE_ROW)
        table = np.zeros((rows * TABLE_ROW, 4), dtype=np.uint8)
        table[: len(self.colors), :3] = self.colors
        table[: len(self.colors), 3] = np.where(self._shown, 255, 0)
        if self.single:
            table[0, :3] = np.round(np.multiply(THEMES[theme].single, 255))
        self.table.set_data(table.reshape(rows, TABLE_ROW, 4))

    def close(self) -> None:
        """Let go of everything on the GPU."""
        for held in (self.codes, self.selected, self.table):
            held.delete()
        if self._lit is not None:
            self._lit[1].delete()

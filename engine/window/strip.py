"""A few images on the GPU for the panels to show: tiles in rows on one texture, which changes with what is shown."""

from collections.abc import Sequence

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray
from vispy import gloo

from .ui import Ui


class Strip:
    """Owns one texture with room for some tiles."""

    def __init__(self, tile: int, count: int, *, columns: int | None = None) -> None:
        """columns: tiles to a row, all of them in one unless given."""
        self._tile, self._count, self._columns = tile, count, columns or count
        self._rows = -(-count // self._columns)
        self._texture = gloo.Texture2D(self._empty(), interpolation="linear")
        self._shown: list[NDArray[np.uint8] | None] = []
        self._ref: imgui.ImTextureRef | None = None

    def _empty(self) -> NDArray[np.uint8]:
        return np.zeros((self._tile * self._rows, self._tile * self._columns, 4), dtype=np.uint8)

    def show(self, tiles: Sequence[NDArray[np.uint8] | None]) -> None:
        """Put these tiles (t, t, 4) on it; None is a place left empty."""
        same = len(tiles) == len(self._shown) and all(a is b for a, b in zip(tiles, self._shown, strict=True))
        if self._ref is not None and same:
            return
        strip = self._empty()
        for k, tile in enumerate(tiles[: self._count]):
            if tile is not None:
                y, x = (self._tile * place for place in divmod(k, self._columns))
                strip[y : y + self._tile, x : x + self._tile] = tile
        self._texture.set_data(strip)
        self._shown = list(tiles)
        context = gloo.context.get_current_canvas().context
        context.glir.associate(self._texture.glir)
        context.flush_commands()
        if self._ref is None:
            self._ref = imgui.ImTextureRef(int(context.shared.parser.get_object(self._texture.id).handle))

    def draw(self, ui: Ui, k: int, x: float, y: float, side: float, *, rounded: bool = False) -> None:
        """The k-th tile in a square, or in the circle in it, in pixels of the design."""
        if self._ref is not None:
            half = 0.5 / self._tile  # of a texel at either side, so that nothing of the next tile gets in
            row, column = divmod(k, self._columns)
            left, right = (column + half) / self._columns, (column + 1 - half) / self._columns
            top, bottom = (row + half) / self._rows, (row + 1 - half) / self._rows
            rounding = ui.px(side) / 2 if rounded else 0.0
            white = ui.u32((1.0, 1.0, 1.0, 1.0))
            ui.draw.add_image_rounded(
                self._ref, ui.at(x, y), ui.at(x + side, y + side), (left, top), (right, bottom), white, rounding
            )

    def close(self) -> None:
        self._texture.delete()

"""A few images on the GPU for the panels to show: a strip of tiles that changes with what is shown."""

from collections.abc import Sequence

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray
from vispy import gloo

from .ui import Ui


class Strip:
    """Owns one texture with room for a row of tiles."""

    def __init__(self, tile: int, count: int) -> None:
        self._tile, self._count = tile, count
        self._texture = gloo.Texture2D(np.zeros((tile, tile * count, 4), dtype=np.uint8), interpolation="linear")
        self._shown: list[NDArray[np.uint8] | None] = []
        self._ref: imgui.ImTextureRef | None = None

    def show(self, tiles: Sequence[NDArray[np.uint8] | None]) -> None:
        """Put these tiles (t, t, 4) on it; None is a place left empty."""
        same = len(tiles) == len(self._shown) and all(a is b for a, b in zip(tiles, self._shown, strict=True))
        if self._ref is not None and same:
            return
        strip = np.zeros((self._tile, self._tile * self._count, 4), dtype=np.uint8)
        for k, tile in enumerate(tiles[: self._count]):
            if tile is not None:
                strip[:, k * self._tile : (k + 1) * self._tile] = tile
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
            left, right = (k + half) / self._count, (k + 1 - half) / self._count
            rounding = ui.px(side) / 2 if rounded else 0.0
            white = ui.u32((1.0, 1.0, 1.0, 1.0))
            ui.draw.add_image_rounded(
                self._ref, ui.at(x, y), ui.at(x + side, y + side), (left, 0.0), (right, 1.0), white, rounding
            )

    def close(self) -> None:
        self._texture.delete()

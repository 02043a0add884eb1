"""The images of a tour: from which level of the atlas a frame draws them, or why it has none."""

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from ..motion.shot import Shot
from ..tour.schema import TourFormatError
from ..tour.tour import Tour
from .atlas import Atlas, Level
from .buffers import groups
from .offscreen import Driver
from .sprites import Sprites

MOST = 2**24  # points, up to which a float, which brings a point's number along, holds it as it is


class Images:
    """Owns a tour's atlas and the pass that draws from it; none of them where the tour has no images."""

    def __init__(
        self, tour: Tour, order: NDArray[np.integer] | None, *, driver: Driver, max_texture: int | None = None
    ) -> None:
        """order: of the points on the GPU, if not the tour's. max_texture: a smaller page than the driver's largest."""
        self.fault = ""
        """Why the latest frame has none, where they were asked for and cannot be read or are too many."""
        self.level: Level | None = None
        """That of the latest frame; None for dots."""
        self.sprites: Sprites | None = None
        self.rows: gloo.VertexBuffer | None = None
        """Each point's number, where the points are in an order of their own."""
        self._atlas: Atlas | None = None
        self._lasting_fault = ""
        if tour.sprites and tour.n > MOST:
            self._lasting_fault = f"images are drawn of at most {MOST:,} points, and here are {tour.n:,}; take dots"
        elif tour.sprites:
            self.sprites = Sprites(groups(tour.dims), max_point=driver.max_point, order=order)
            self._atlas = Atlas(tour.sprites, max_texture=max_texture or driver.max_texture)
            self.rows = None if order is None else gloo.VertexBuffer(order.astype(np.float32))

    @property
    def arriving(self) -> tuple[int, int]:
        """Pages there and needed, while some are being read."""
        return self._atlas.progress if self._atlas else (0, 0)

    def update(self, shot: Shot, *, matte: bool, wait: bool) -> None:
        """Send some more of what is on its way, and find the level for the images of a frame.

        matte, wait: as `Atlas.level` has them.
        """
        self.fault, self.level = "", None
        if shot.mode != "images":
            return
        if self._atlas is None:
            self.fault = self._lasting_fault
            return
        try:
            self._atlas.update()
            self.level = self._atlas.level(shot.image_size, matte=matte, wait=wait)
        except TourFormatError as fault:  # of a page that was read only now
            self._atlas.close()
            self._atlas = None
            self.fault = self._lasting_fault = str(fault)

    def close(self) -> None:
        """Let go of everything on the GPU."""
        if self.rows is not None:
            self.rows.delete()
        if self.sprites is not None:
            self.sprites.close()
        if self._atlas is not None:
            self._atlas.close()

"""A journey into the layers, or through the epochs: one after the other, with a rest at each, until somebody goes
elsewhere."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..tour.epochs import Axis

if TYPE_CHECKING:
    from .viewer import Viewer

REST = 1.2  # seconds at a layer, once the transition to it is over


@dataclass
class Journey:
    """Whether it is under way, and since when it rests."""

    playing: bool = False
    axis: Axis = "layers"
    _rested: float = 0.0
    _layer: int = 0

    def toggle(self, viewer: "Viewer", axis: Axis = "layers") -> None:
        """Set out from the present layer or epoch, from the first one if it is the last; or stay where it is."""
        along = viewer.line(axis)
        self.playing = not self.along(axis) and len(along) > 1
        if self.playing:
            self.axis = axis
            viewer.story.stop()
            self._go(viewer, along[0] if viewer.layer == along[-1] else along[along.index(viewer.layer) + 1])

    def along(self, axis: Axis) -> bool:
        """Whether a journey along this axis is under way."""
        return self.playing and self.axis == axis

    def advance(self, viewer: "Viewer", seconds: float) -> None:
        """Let time pass. A layer that somebody else has chosen, or a scrub, ends the journey."""
        if not self.playing:
            return
        if viewer.layer != self._layer or viewer.scrubbing or viewer.story.playing:
            self.playing = False
        elif viewer.goal == viewer.transition.target and viewer.transition.settled:
            self._rested += seconds
            if self._rested >= REST:
                along = viewer.line(self.axis)
                if self._layer != along[-1]:
                    self._go(viewer, along[along.index(self._layer) + 1])
                else:
                    self.playing = False

    def _go(self, viewer: "Viewer", layer: int) -> None:
        self._layer, self._rested = layer, 0.0
        viewer.go_to(layer)

"""A journey into the layers: one after the other, with a rest at each, until somebody goes elsewhere."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .viewer import Viewer

REST = 1.2  # seconds at a layer, once the transition to it is over


@dataclass
class Journey:
    """Whether it is under way, and since when it rests."""

    playing: bool = False
    _rested: float = 0.0
    _layer: int = 0

    def toggle(self, viewer: "Viewer") -> None:
        """Set out from the present layer, from the first one if it is the last; or stay where it is."""
        self.playing = not self.playing and len(viewer.tour.layers) > 1
        if self.playing:
            viewer.story.stop()
            last = viewer.layer == len(viewer.tour.layers) - 1
            self._go(viewer, 0 if last else viewer.layer + 1)

    def advance(self, viewer: "Viewer", seconds: float) -> None:
        """Let time pass. A layer that somebody else has chosen, or a scrub, ends the journey."""
        if not self.playing:
            return
        if viewer.layer != self._layer or viewer.scrubbing or viewer.story.playing:
            self.playing = False
        elif viewer.goal == viewer.transition.target and viewer.transition.settled:
            self._rested += seconds
            if self._rested >= REST:
                if self._layer + 1 < len(viewer.tour.layers):
                    self._go(viewer, self._layer + 1)
                else:
                    self.playing = False

    def _go(self, viewer: "Viewer", layer: int) -> None:
        self._layer, self._rested = layer, 0.0
        viewer.go_to(layer)

"""A journey into the layers, or through the epochs: one after the other with a rest at each, until somebody goes
elsewhere."""

from dataclasses import dataclass

from ..tour.epochs import Axis

REST = 1.2  # seconds at a layer, once the transition to it is over


@dataclass
class Journey:
    """Whether it is under way, where it is, and since when it rests there."""

    playing: bool = False
    axis: Axis = "layers"
    _rested: float = 0.0
    _layer: int = 0

    def set_out(self, layer: int, along: range, axis: Axis) -> int | None:
        """Begin at the present layer, at the first one if it is the last; returns the layer to go to first.

        along: the layers of the way. None where there is no other layer, or where this journey was under way: then
        it is over.
        """
        self.playing = not self.on(axis) and len(along) > 1
        if not self.playing:
            return None
        self.axis = axis
        return self._go(along[0] if layer == along[-1] else along[along.index(layer) + 1])

    def on(self, axis: Axis) -> bool:
        """Whether a journey along this axis is under way."""
        return self.playing and self.axis == axis

    def advance(self, seconds: float, *, layer: int, along: range, arrived: bool, held: bool) -> int | None:
        """Let time pass; returns the next layer to go to, if it is time.

        layer, arrived: what is shown, and whether the points are there yet. held: whether something else moves the
        points. A layer that somebody else has chosen ends the journey.
        """
        if not self.playing:
            return None
        if layer != self._layer or held:
            self.playing = False
        elif arrived:
            self._rested += seconds
            if self._rested >= REST:
                if layer != along[-1]:
                    return self._go(along[along.index(layer) + 1])
                self.playing = False
        return None

    def _go(self, layer: int) -> int:
        self._layer, self._rested = layer, 0.0
        return layer

"""Two viewers of the same points side by side: one motion, one selection, one legend; two layers and two cameras.

The pane last touched leads: what a person does there is done in both. With `aligned`, the follower's points are
turned onto the leader's by the orthogonal matrix nearest to taking each point to itself (Procrustes, all points),
again after every change of layer. Nothing moves on the screen when the lead changes: the new leader keeps its turn.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..motion.camera import Camera
from ..motion.framing import carried
from ..motion.rotation import Array, turning
from ..motion.transition import SECONDS
from ..tour.alignment import Fit, procrustes
from ..tour.epochs import at_epoch, line
from ..tour.matching import Match
from ..tour.similarity import MEASURES, matrices
from ..tour.sketches import ACTIVATIONS, activation_matrices, has_activations
from ..tour.story import misfit
from ..tour.view import View
from .flying import Turning
from .foresight import foresee
from .resolve import first_view
from .viewer import Viewer

ALIGN_SECONDS = 0.4
SHARED = (
    "selection", "spotlight", "hovered", "playing", "speed", "held", "motion", "tour_kind", "guide",
)  # fmt: skip


class Pair:
    """Keeps two viewers together. Pane 0 is the left one."""

    def __init__(self, match: Match, viewers: tuple[Viewer, Viewer]) -> None:
        self.match = match
        self.viewers = viewers
        self.lead = 0
        """The pane last touched."""
        self.aligned = True
        self.linked = True
        """Whether a wheel or a pull moves both cameras."""
        self.in_background: Callable[[Callable[[], Any], Callable[[Any], None]], None] = lambda work, then: then(work())
        """Does what may take longer than a frame; a window does it in a thread."""
        self._linked_at: Camera | None = None
        """Where the leader's camera was when the follower's last did what it did; None while not linked."""
        self._tables: dict[tuple[int, int], dict[str, NDArray[np.float64]]] = {}
        self._fits: dict[tuple[int, int], Fit | None] = {}
        self._wanted: tuple[object, ...] = ()
        self._colored: tuple[object, ...] = ()
        left, right = viewers
        left.partner, right.partner = right, left
        right.story, right.tells = left.story, False
        left.take_lead = lambda: self.touch(0)
        self._follow()

    @classmethod
    def of(cls, match: Match, view: View | None = None, *, beside: View | None = None) -> "Pair":
        """Both at `view`, the right one at the same layer or as deep in its network, or where `beside` was."""
        left, there = Viewer.of(match.left, view), first_view(match.right)
        if beside is None or misfit(match.right, beside):
            there = replace(there, layer=layer_like(match, left.layer))
        else:
            there = replace(there, layer=beside.layer, center=beside.center, zoom=beside.zoom, fit=beside.fit)
        right = Viewer.of(match.right, there)
        return cls(match, (left, right))

    # ------------------------------------------------------------------------------------------ the present

    @property
    def leader(self) -> Viewer:
        return self.viewers[self.lead]

    @property
    def follower(self) -> Viewer:
        return self.viewers[1 - self.lead]

    @property
    def layers(self) -> tuple[int, int]:
        """The layers shown, left and right."""
        return self.viewers[0].layer, self.viewers[1].layer

    @property
    def places(self) -> tuple[int, int]:
        """The layers shown, left and right, by their numbers in their networks."""
        left, right = (viewer.layer % viewer.tour.depth for viewer in self.viewers)
        return left, right

    @property
    def tables(self) -> dict[str, NDArray[np.float64]]:
        """Similarity of every left layer to every right one, by the name of the measure; empty until worked out.

        Of tours with epochs, at those that are shown.
        """
        left, right = self.viewers
        key = left.layer // left.tour.depth, right.layer // right.tour.depth
        if key not in self._tables and not (left.layers.scrubbing or right.layers.scrubbing):
            self._tables[key] = {}
            match = replace(self.match, left=at_epoch(left.tour, left.layer), right=at_epoch(right.tour, right.layer))
            self.in_background(lambda: tables(match), self._tables[key].update)
            if has_activations(match.left) and has_activations(match.right):
                self.in_background(lambda: activation_tables(match), self._tables[key].update)
        return self._tables.get(key, {})

    @property
    def moving(self) -> bool:
        """Whether the next frame will differ from this one without anybody doing anything."""
        return any(each.moving or each.turning for each in self.viewers) or self._wanted != self._wish()

    @property
    def fit(self) -> Fit | None:
        """How the left layer lies on the right one; None while that is worked out."""
        return self._fit(*self.layers)

    # ------------------------------------------------------------------------------------------ actions

    def touch(self, pane: int) -> None:
        """A hand is on that pane: it leads from now on."""
        if pane == self.lead:
            return
        self._follow()
        self.leader.stop()
        self.lead = pane
        self.leader.follows, self.follower.follows = False, True
        self._linked_at = self.leader.camera if self.linked else None

    def go_to(self, left: int, right: int) -> None:
        """Both to other layers, by their numbers in their networks."""
        for viewer, layer in zip(self.viewers, (left, right), strict=True):
            viewer.go_to(viewer.line()[layer])

    # ------------------------------------------------------------------------------------------ time

    def advance(self, seconds: float) -> None:
        """Let time pass in both."""
        self._follow()
        for viewer in self.viewers:
            viewer.begin()
        foresee(self.viewers, seconds)
        self.leader.go_on(seconds)
        self.follower.go_on(seconds)
        self._turn()
        self._follow()

    def _follow(self) -> None:
        """What is one for both goes from the leader to the follower."""
        leader, follower = self.leader, self.follower
        leader.follows, follower.follows = False, True
        for name in SHARED:
            setattr(follower, name, getattr(leader, name))
        self._link_cameras()
        if leader.base is not follower.base:
            before, follower.base = follower.base, leader.base
            if (before.color_by, before.palette) != (leader.base.color_by, leader.base.palette):
                follower.recolor()
            else:
                follower.paint(follower.coloring)  # the theme may be another
        displaced = tuple(viewer.derived for viewer in self.viewers)
        if displaced != self._colored and self._colored:
            for viewer, now, was in zip(self.viewers, displaced, self._colored, strict=True):
                if now is not None and now != was:
                    viewer.recolor()
        self._colored = displaced

    def _link_cameras(self) -> None:
        """Framed, each keeps its own figure in view; else what the leader's camera does is done by the follower's."""
        leader, follower = self.leader, self.follower
        before, self._linked_at = self._linked_at, leader.camera if self.linked else None
        if not self.linked:
            return
        follower.home = leader.home
        if leader.fit and not follower.fit:
            follower.reset_camera()
        follower.fit = leader.fit
        if leader.fit:
            return
        follower.camera = leader.camera if before is None else carried(follower.camera, before, leader.camera)

    def _wish(self) -> tuple[object, ...]:
        return self.aligned, self.lead, self.layers

    def _turn(self) -> None:
        """Begin to turn the tours onto each other where they are to lie otherwise."""
        wish = self._wish()
        if wish == self._wanted or (self.aligned and self.fit is None):
            return
        took = SECONDS if self._wanted and wish[0] == self._wanted[0] else ALIGN_SECONDS
        began, self._wanted = not self._wanted, wish
        for viewer, goal in zip(self.viewers, self._goals(), strict=True):
            there, now = viewer.turning, viewer.turn
            if began:  # a window opens as things are
                viewer.turn = goal
                viewer.camera = viewer.framed() if viewer.fit else viewer.camera
            elif np.abs((there.goal if there else now) - goal).max() > 1e-9:
                viewer.turning = Turning(turning(now, goal), goal, took)

    def _goals(self) -> tuple[Array, Array]:
        """The turns of both panes, as they are to be."""
        dims = self.leader.tour.dims
        if not self.aligned or self.fit is None:
            return np.eye(dims), np.eye(dims)
        there = self.leader.turning
        leading = there.goal if there else self.leader.turn
        onto = [viewer.tour.layers[viewer.layer].placement.rotation for viewer in self.viewers]
        across = onto[0].T @ self.fit.rotation @ onto[1]  # of aligned points, from left to right
        if self.lead == 0:
            return leading, across.T @ leading
        return across @ leading, leading

    def _fit(self, left: int, right: int) -> Fit | None:
        key = (left, right)
        if key not in self._fits:
            self._fits[key] = None
            a, b = (viewer.tour.layers[k].points for viewer, k in zip(self.viewers, key, strict=True))
            self.in_background(lambda: procrustes(a, b), lambda fit: self._fits.update({key: fit}))
        return self._fits[key]


def tables(match: Match) -> dict[str, NDArray[np.float64]]:
    """Similarity of every left layer to every right one, by measure."""
    return {MEASURES[name]: table for name, table in matrices(match.left, match.right).items()}


def activation_tables(match: Match) -> dict[str, NDArray[np.float64]]:
    """The same of the full activations, from what the builds kept of them; may take seconds."""
    kept = activation_matrices(match.left, match.right)
    return {ACTIVATIONS[name]: bounded.values for name, bounded in kept.items()}


def layer_like(match: Match, layer: int) -> int:
    """The layer of the right tour to begin with: of the same name, or as deep in the network."""
    left, right = match.left, match.right
    epoch, number = divmod(layer, left.depth)
    shared = bool(left.epochs) and left.epochs[epoch] in right.epochs
    last = max(0, len(right.epochs) - 1)
    column = line(right, right.depth * (right.epochs.index(left.epochs[epoch]) if shared else last))
    names = [right.layers[k].name.partition("@")[0] for k in column]
    name = left.layers[layer].name.partition("@")[0]
    if name in names:
        return column[names.index(name)]
    return column[round(number * (right.depth - 1) / max(1, left.depth - 1))]

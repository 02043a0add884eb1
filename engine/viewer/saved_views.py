"""Saved views: flights to them, and the story that they make, alone or side by side with another tour."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..motion.camera import Camera
from ..motion.flight import Pose
from ..motion.rotation import plane_distance
from ..motion.transition import blend_at
from ..tour.story import misfit
from ..tour.view import Beside, SavedView, View
from .resolve import frame_of, position_of
from .steering import FLIGHT_SECONDS, Steering
from .storyteller import TOLD_FLIGHT, Storyteller

STRAYED = 0.6  # from where on a saved view is left: radians, half panes, or the logarithm of the zoom
SHOWN = ("mode", "color_by", "palette", "groups", "selected", "handles")  # of a saved view, by a flight to it


@dataclass(kw_only=True)
class SavedViews(Steering):
    """What a viewer does with saved views."""

    partner: "SavedViews | None" = None
    """The same points in another tour, beside this one."""
    story: Storyteller = field(default_factory=Storyteller)
    """Of two tours side by side, the left one's; both know it."""
    tells: bool = True
    """Whether the story is this tour's."""
    take_lead: Callable[[], None] = lambda: None
    """Before a view of the story is shown: side by side, the pane whose story it is leads from then on."""

    @property
    def view(self) -> View:
        """Everything as it is now, as a View."""
        raise NotImplementedError

    @property
    def _teller(self) -> "SavedViews":
        """Whose views the story is made of: this tour, or the one beside it."""
        return self if self.tells or self.partner is None else self.partner

    def fly_to(self, view: View, *, seconds: float = FLIGHT_SECONDS) -> None:
        """Fly to where a view looks from, and show what it shows; theme and sizes stay as they are.

        Raises KeyError, IndexError or ValueError where the tour does not have what the view wants.
        """
        if fault := misfit(self.tour, view):
            raise ValueError(fault)
        frame, goal = frame_of(self.tour, view), blend_at(position_of(self.tour, view))
        shown = {name: getattr(view, name) for name in SHOWN}
        if self.tour.sprites is None:
            shown["mode"] = "dots"
        self.change(**shown)
        follows = view.fit and self.fit and (self._flight is None or not self._flight.looks)
        self.fit = view.fit
        camera = self.framed(frame, goal) if view.fit else Camera(view.center, view.zoom)
        self._fly_to(Pose(self._of_motion(frame), camera), seconds, looks=not follows)
        self.layers.want(goal, seconds=seconds)

    @property
    def _told(self) -> tuple[object, ...]:
        """What a person changes to leave a saved view: the layer and what is shown of it, but not the motion."""
        base = self.base
        return (self.layers.goal, base.mode, base.color_by, base.groups, base.selected, base.handles)

    def _strayed(self, place: int) -> bool:
        """Whether frame or camera are so far from a saved view that its caption no longer speaks of what is seen."""
        view, camera = self.story.story[place].view, self.camera
        whole = camera if self.fit else self.framed() if view.fit else Camera(view.center, view.zoom)
        moved = math.dist(whole.center, camera.center) * whole.zoom
        zoomed = abs(math.log(camera.zoom / whole.zoom))
        turned = plane_distance(frame_of(self.tour, view)[:, :2], self.frame[:, :2])
        return turned > STRAYED or moved > STRAYED or zoomed > STRAYED

    def tell(self, place: int, *, seconds: float = FLIGHT_SECONDS) -> None:
        """Fly to the saved view at `place` of the story, with what stood beside it. Raises as `fly_to`."""
        if (teller := self._teller) is not self:
            return teller.tell(place, seconds=seconds)
        saved = self.story.story[place]
        self.take_lead()
        self.fly_to(saved.view, seconds=seconds)
        if self.partner is not None and saved.beside is not None and saved.beside.tour == self.partner.tour.name:
            self.partner.stand_beside(saved.beside.view, seconds=seconds)
        self.story.tell(place, self._told)

    def play_story(self) -> None:
        """Tell the story from the present view on, or from the first."""
        if (teller := self._teller) is not self:
            return teller.play_story()
        self.take_lead()  # which ends what was told before
        place = self.story.play()
        if place is not None:
            self.tell(place, seconds=TOLD_FLIGHT)

    def save_view(self, caption: str) -> int:
        """Save the present view into the story; returns its place."""
        if (teller := self._teller) is not self:
            return teller.save_view(caption)
        return self.story.add(SavedView(caption, self.view, self._beside), self._told)

    def replace_view(self, place: int) -> None:
        """The saved view at `place` becomes the present one; its caption stays."""
        if (teller := self._teller) is not self:
            return teller.replace_view(place)
        self.story.update(place, replace(self.story.story[place], view=self.view, beside=self._beside), self._told)

    def stand_beside(self, view: View, *, seconds: float = FLIGHT_SECONDS) -> None:
        """Go to the layer and the camera of a view, as far as this tour has them; all else is the leader's."""
        if misfit(self.tour, view):
            return
        self.layers.want(blend_at(position_of(self.tour, view)), seconds=seconds)
        self.fit = view.fit
        if not view.fit:
            self._fly_to(Pose(self.motion.frame, Camera(view.center, view.zoom)), seconds, turns=False)

    @property
    def _beside(self) -> Beside | None:
        """What the partner shows that is its own, to be saved with a view."""
        if self.partner is None:
            return None
        there = self.partner.view
        view = View(layer=there.layer, center=there.center, zoom=there.zoom, fit=there.fit)
        return Beside(self.partner.tour.name, view)

    def _go_on_telling(self, seconds: float) -> None:
        """Let time pass for the story, unless it is told beside."""
        if not self.tells:
            return
        if self._flight is None and self.story.told is not None and self._strayed(self.story.told):
            self.story.leave()
        told = self.story.advance(seconds, self._told)
        if told is not None:
            self.tell(told, seconds=TOLD_FLIGHT)

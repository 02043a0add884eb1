"""A View: everything a person can change, as plain values; saved ones with a caption make a story."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from .checks import as_frame_rows, as_number, as_pair, as_whole, check_text
from .point_numbers import PointNumbers

CHOICES = {"mode": ("dots", "images"), "palette": ("auto", "ten", "large"), "theme": ("dark", "light")}
RANGES = {
    "zoom": (0.0, 1e9),
    "dot_size": (0.0, 1e6),
    "image_size": (0.0, 1e6),
    "opacity": (0.02, 1.0),
    "depth_cue": (0.0, 1.0),
    "background": (-1.0, 1.0),
}


@dataclass(frozen=True)
class Handle:
    """A named set of points; it sits at the projection of their centroid, on every layer."""

    name: str
    points: Sequence[int]
    """Kept as PointNumbers, of which there may be many; given as any list of them, or a boolean for each point."""
    row: int | None = None
    """The class that it stands for, where it stands for one, by its place in the legend."""
    attribute: str | None = None
    """Whose class that is."""

    def __post_init__(self) -> None:
        check_text("name of a handle", self.name)
        if self.attribute is not None:
            check_text("attribute of a handle", self.attribute)
        if self.row is not None:
            object.__setattr__(self, "row", as_whole("row of a handle", self.row, low=0))
        object.__setattr__(self, "points", _numbers(self.points))
        if not self.points:
            raise ValueError(f"handle {self.name!r} has no points")


@dataclass(frozen=True)
class View:
    """What is shown and how. `dataclasses.replace` makes the next one."""

    layer: float | str = 0
    """Index or name; a number between two layers shows their mix, 3.25 a quarter of the way from 3 to 4."""
    frame: ArrayLike | None = None
    """(d, 3), kept as rows of plain numbers; None is the first three axes of the aligned space."""
    center: tuple[float, float] = (0.0, 0.0)
    """What stands in the middle of the pane, in units of the layer's radius."""
    zoom: float = 1.0
    mode: Literal["dots", "images"] = "dots"
    color_by: str | None = None
    """An attribute; None for one colour."""
    palette: Literal["auto", "ten", "large"] = "auto"
    """Of classes: the published ten, cycled, or as many as there are; auto takes ten where ten are enough."""
    groups: tuple[int, ...] = ()
    """Classes of the coloured attribute that are switched on in the legend; empty is all."""
    selected: Sequence[int] | None = None
    """Points that are not greyed, kept and given like a handle's; None is all."""
    handles: "tuple[Handle | dict[str, Any], ...]" = ()
    """Kept as Handles; a table {"name": ..., "points": ...} makes one."""
    dot_size: float = 1.0
    """Times the size that suits the number of points; likewise for images."""
    image_size: float = 1.0
    opacity: float = 1.0
    """Of every point that is not greyed, in [0.02, 1]."""
    depth_cue: float = 1.0
    """How much smaller and fainter points at the back are than points in front, in [0, 1]."""
    background: float = 0.0
    """From -1 to 1: the canvas darker or lighter than the theme's own, which is 0."""
    isolate: bool = False
    """Whether greyed points are left out altogether."""
    class_frames: bool = False
    """Whether images have the colour of their class round them; none has one where nothing is coloured."""
    density: bool = False
    """Whether it is shaded under the points where many lie, and dots thin out there."""
    theme: Literal["dark", "light"] = "dark"
    fit: bool = False
    """Whether framing moves centre and zoom so that the figure fills the pane; then these two stand for nothing."""

    def __post_init__(self) -> None:
        for name, value in self._checked().items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "handles", tuple(_handle(each) for each in self.handles))
        if self.selected is not None:
            object.__setattr__(self, "selected", _numbers(self.selected))

    def _checked(self) -> dict[str, Any]:
        """The plain values as they are kept. Raises ValueError naming the one that no view can have."""
        checked: dict[str, Any] = {}
        if self.frame is not None:
            checked["frame"] = as_frame_rows(self.frame)
        if not isinstance(self.layer, str):
            as_number("layer", self.layer)
        if self.color_by is not None:
            check_text("color_by", self.color_by)
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is one of {', '.join(choices)}, not {getattr(self, name)!r}")
        for name in ("class_frames", "density", "fit", "isolate"):
            if not isinstance(getattr(self, name), bool | np.bool_):
                raise ValueError(f"{name} is true or false, not {getattr(self, name)!r}")
            checked[name] = bool(getattr(self, name))
        for name, (low, high) in RANGES.items():
            checked[name] = as_number(name, getattr(self, name), low=low, high=high)
        if self.zoom <= 0:
            raise ValueError(f"zoom is above 0, not {self.zoom}")
        checked["center"] = as_pair("center", self.center)
        if isinstance(self.groups, str | dict) or not isinstance(self.groups, Iterable):
            raise ValueError(f"groups is a list of class numbers, not {self.groups!r}")
        checked["groups"] = tuple(as_whole("a group", group, low=0) for group in self.groups)
        if isinstance(self.handles, str | dict) or not isinstance(self.handles, Iterable):
            raise ValueError(f"handles is a list of handles, not {self.handles!r}")
        return checked

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        selected = None if self.selected is None else list(self.selected)
        handles = [vars(each) | {"points": list(each.points)} for each in self.handles if isinstance(each, Handle)]
        return vars(self) | {"selected": selected, "handles": handles}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "View":
        """Raises ValueError naming a key that no View has, or a value that none may have."""
        if not isinstance(values, dict):
            raise ValueError(f"a view is a table of values, not {type(values).__name__}")
        unknown = set(values) - {each.name for each in fields(cls)}
        if unknown:
            raise ValueError(f"a view has no {sorted(unknown)[0]!r}")
        return cls(**values)


@dataclass(frozen=True)
class Beside:
    """What another tour beside this one showed: its name, and its own layer and camera. The rest is one for both."""

    tour: str
    view: View

    def __post_init__(self) -> None:
        check_text("the name of a tour beside", self.tour)


@dataclass(frozen=True)
class SavedView:
    """A view with a caption; of two tours side by side it is the left one's."""

    caption: str
    view: View = field(default_factory=View)
    beside: Beside | None = None

    def __post_init__(self) -> None:
        check_text("caption", self.caption)


def _handle(values: "Handle | dict[str, Any]") -> Handle:
    if isinstance(values, Handle):
        return values
    names = {each.name for each in fields(Handle)}
    if not isinstance(values, dict) or not {"name", "points"} <= set(values) <= names:
        raise ValueError("a handle is a table with a name and points, and perhaps a row of an attribute")
    return Handle(**values)


def _numbers(points: Sequence[int]) -> PointNumbers:
    """As they are where they were looked at before: a view is replaced at every change."""
    return points if isinstance(points, PointNumbers) else PointNumbers(points)

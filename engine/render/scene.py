"""One tour on the GPU, and the order in which its passes draw it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from vispy import gloo
from vispy.gloo import gl

from ..motion.shot import LISTED, Shot, covered, enlargement
from ..tour.colors import THEMES, Theme, background
from ..tour.order import WHOLE, shuffled
from ..tour.schema import TourFormatError
from ..tour.tour import Tour
from .atlas import Level
from .buffers import Blend, LayerBuffers, groups
from .density import Density
from .images import Images
from .looks import Looks
from .occlusion import DENSE, Hidden
from .offscreen import describe
from .parts import Listing, Part
from .points import Points
from .sprites import FARTHEST_CUE, NEAREST_CUE, Frame
from .state import set_state
from .viewport import Rect, Viewport

SHARE = 0.4  # of the GPU's memory, that the layers of a tour may take: two stand side by side
LEAST_HIDING = 4.0  # pixels: smaller images would need cells smaller than a pixel


@dataclass(frozen=True, eq=False)
class Prepared:
    """A frame of which everything is worked out but the points."""

    shot: Shot
    theme: Theme
    viewport: Viewport
    level: Level | None
    """What its images are drawn from; None for dots."""
    frame: Frame | None
    """What goes round its images."""
    shared: dict[str, Any]
    """The uniforms and attributes of every pass."""
    crowding: dict[str, Any]
    """What dots are told of how crowded it is."""

    @property
    def rim(self) -> float:
        """Pixels that its images reach beyond their size."""
        return self.frame.rim if self.frame and self.level and self.level.opaque else 0.0


class Scene:
    """Owns the GL objects of one tour in the current context."""

    def __init__(self, tour: Tour, *, max_texture: int | None = None, whole: int = WHOLE) -> None:
        """max_texture: use smaller pages than the driver would take. whole: points, up to which all are always drawn;
        more of them stand on the GPU in the fair order.
        """
        self.tour = tour
        gloo.context.get_current_canvas().context.flush_commands()  # which also initialises a new context
        driver = describe()
        order = self._order = shuffled(tour.n) if tour.n > whole else None
        room = math.inf if driver.memory is None else SHARE * driver.memory
        self._layers = LayerBuffers(tour, ordered=order is not None, room=room)
        self._points = Points(groups(tour.dims))
        self._shuffled: Listing | None = None
        self._hidden: Hidden | None = None
        self._density: Density | None = None
        self.images = Images(tour, order, driver=driver, max_texture=max_texture)
        self.looks = Looks(tour.n, order)
        self.prepared: Prepared | None = None
        """The latest frame: the maps of hidden images and of crowding are those of this one."""
        self._drawn_before = False
        self._told: TourFormatError | None = None
        """The fault of the layers that was said."""

    # ------------------------------------------------------------------------------------------ what is ready

    def compile(self) -> None:
        """Compile what draws dots, for whoever draws many frames: one picture takes one program of eight."""
        self._points.compile()

    def ready(self, blend: Blend) -> bool:
        """Whether a layer or a mean of layers can be drawn without waiting; it is fetched if not.

        Raises TourFormatError where a layer is not as it was written.
        """
        return self._layers.ready(blend)

    @property
    def held(self) -> int:
        """Bytes of points on the GPU."""
        return self._layers.held

    def arrived(self, shot: Shot) -> int:
        """How many points of the layers of a frame are on the GPU, the first ones."""
        return min(self._layers.arrived(blend) for blend, _ in self._sides(shot).values())

    @property
    def most(self) -> int | None:
        """How many points can be drawn, the first ones; None is all."""
        return self._layers.rows if self._layers.rows < self.tour.n else None

    def layers_fault(self) -> str:
        """Why some points cannot be read and drawn: said once, then empty; empty too where all can."""
        fault = self._layers.fault
        told, self._told = self._told, fault
        return "" if fault is told else str(fault)

    @property
    def ordered(self) -> bool:
        """Whether the points stand on the GPU in the fair order, so that a frame may draw the first ones alone."""
        return self._order is not None

    @property
    def rim(self) -> float:
        """Pixels that images of the latest frame reach beyond their size."""
        return self.prepared.rim if self.prepared else 0.0

    # ------------------------------------------------------------------------------------------ drawing

    def draw(self, shot: Shot, rect: Rect, *, wait: bool = False) -> None:
        """Draw one frame into `rect` of the bound framebuffer. wait: for images that are still being read."""
        self.update(shot, wait=wait)
        self.compose(shot, rect)

    def compose(self, shot: Shot, rect: Rect) -> None:
        """Draw the frame, after `update`."""
        prepared = self.prepare(shot, rect)
        for part in self.parts(prepared):
            self.add(prepared, part)
        self.end()

    def update(self, shot: Shot, *, wait: bool = False) -> None:
        """Send some more of what is on its way; once a frame."""
        self._layers.update()
        self.images.update(shot, matte=shot.class_frames and not self.looks.single, wait=wait)

    def prepare(self, shot: Shot, rect: Rect, *, needed: int | None = None) -> Prepared:
        """Clear `rect` of the bound framebuffer and draw there what lies under the points.

        needed: how many of them have to be on the GPU, those that the frame draws unless given.
        """
        theme = replace(THEMES[shot.theme], canvas=background(shot.theme, shot.background))
        drawn, level = self._drawn(shot), self.images.level
        self._layers.needed = drawn if needed is None else needed
        self.looks.send_table(shot.theme)
        size, frame = shot.dot_size * enlargement(drawn, self.tour.n), None
        if level is not None:
            size = shot.image_size
            if shot.class_frames and not self.looks.single:
                often = covered(shot, drawn=drawn, side=min(rect[2:]))
                frame = Frame.of(size, scale=shot.scale, hovered=shot.hovered, covered=often)
        margin = frame.margin(opaque=level.opaque) if level and frame else 0.0
        viewport = Viewport(rect, math.ceil(0.5 * shot.growth * size * NEAREST_CUE + margin) + 1)
        shared = self._shared(shot, theme, viewport)
        if level is not None:
            shared["u_pixel"] = viewport.pixel
            if self.images.rows is not None:
                shared["a_row"] = self.images.rows
        if self.looks.greyed:
            shared["a_selected"] = self.looks.selected
        elif level is not None and self._crowded(shot, level, rect):
            shared |= self._hidden_map(shared, shot, margin, viewport)
        crowding = self._crowding(shared, shot, viewport) if shot.density else {}
        self.prepared = Prepared(shot, theme, viewport, level, frame, shared, crowding)
        viewport.clear(theme.canvas)
        if self._density and shot.density:
            self._density.ground(crowding)
        return self.prepared

    def parts(self, prepared: Prepared) -> Iterator[Part]:
        """What there is to draw of a frame, one after the other. What is greyed lies behind everything else."""
        shot, drawn, listing = prepared.shot, self._drawn(prepared.shot), None
        see_through = shot.opacity < 1.0
        if see_through and prepared.level is None and self._order is None:
            # Points often come sorted by class, and where depth does not decide the last class would cover the others.
            listing = self._shuffled = self._shuffled or Listing(shuffled(self.tour.n))
        if not self.looks.greyed:
            yield Part(None, 0, drawn, listing)
            return
        if not shot.isolate:
            yield Part(True, 0, drawn, listing)
        if drawn < self.tour.n:
            count, lit = self.looks.lit
            if min(count, drawn) <= LISTED:  # then they are not a share of the first points, but the first of them
                there = int(np.searchsorted(lit.places, self.arrived(shot)))
                yield from [Part(False, 0, min(there, drawn), lit)] if there else []
                return
        yield Part(False, 0, drawn, listing)

    def add(self, prepared: Prepared, part: Part) -> None:
        """Draw some points of a frame that was prepared."""
        shot, level, greyed = prepared.shot, prepared.level, part.greyed
        # What is greyed is see-through and in no order among itself.
        see_through = bool(greyed) or shot.opacity < 1.0
        opaque = level is not None and level.opaque and not see_through  # a rasteriser saves what blending takes
        set_state(depth=None if see_through else "lequal", blend=not opaque)
        growth = 1.0 if greyed else shot.growth
        if level is not None and self.images.sprites is not None:
            self.images.sprites.draw(
                prepared.shared, part, level=level, size=growth * shot.image_size, opacity=shot.opacity,
                frame=prepared.frame, receding=shot.receding,
            )  # fmt: skip
            return
        drawn, among = self._drawn(shot), self.tour.n
        if drawn < among and greyed is False and part.listing is not None:
            among, _ = self.looks.lit
            drawn = min(drawn, among)
        size = growth * shot.dot_size * enlargement(drawn, among)
        shared = prepared.shared if greyed else prepared.shared | prepared.crowding
        self._points.draw(shared, part, size=(size, shot.min_dot), theme=prepared.theme, opacity=shot.opacity)

    def end(self) -> None:
        """Leave GL as others expect it."""
        gl.glDisable(gl.GL_SCISSOR_TEST)
        gl.glDisable(gl.GL_DEPTH_TEST)

    def _drawn(self, shot: Shot) -> int:
        """How many points a frame draws."""
        if self._order is None:
            return self.tour.n
        return self._layers.most if shot.drawn is None else min(shot.drawn, self._layers.most)

    def _crowded(self, shot: Shot, level: Level, rect: Rect) -> bool:
        """Whether many images lie behind others that hide them."""
        if not level.opaque or shot.opacity < 1.0 or shot.image_size < LEAST_HIDING:
            return False
        return covered(shot, drawn=self._drawn(shot), side=min(rect[2:])) > DENSE

    def _crowding(self, shared: dict[str, Any], shot: Shot, viewport: Viewport) -> dict[str, Any]:
        if self._density is None:
            self._density = Density(groups(self.tour.dims), self.tour.n, ordered=self.ordered)
        return self._density.draw(shared, viewport, dot=shot.dot_size)

    def _hidden_map(self, shared: dict[str, Any], shot: Shot, margin: float, viewport: Viewport) -> dict[str, Any]:
        if self._hidden is None:
            self._hidden = Hidden(groups(self.tour.dims), self.tour.n, ordered=self.ordered)
        near, far = (1.0 + (factor - 1.0) * shot.depth_cue for factor in (NEAREST_CUE, FARTHEST_CUE))
        size = shot.growth * shot.image_size
        sizes = (far * size + 2.0 * margin, near * size + 2.0 * margin)
        there = min(self._drawn(shot), self._layers.needed)
        return self._hidden.draw(shared, sizes=sizes, viewport=viewport.size, drawn=there)

    def _shared(self, shot: Shot, theme: Theme, viewport: Viewport) -> dict[str, Any]:
        """The uniforms and attributes of every pass."""
        radius, scale, center = self.radius(shot), viewport.scale(shot.camera), shot.camera.center
        shared: dict[str, Any] = {
            "a_code": self.looks.codes,
            "u_palette": self.looks.table,
            "u_scale": (scale[0] / radius, scale[1] / radius),
            "u_shift": (-center[0] * scale[0], -center[1] * scale[1]),
            "u_depth": 1.0 / radius,
            "u_cue": shot.depth_cue,
            "u_canvas": theme.canvas,
            "u_fade": theme.fade,
        }
        blocks = np.zeros((4 * groups(self.tour.dims), 4), dtype=np.float32)
        blocks[: self.tour.dims, :3] = shot.frame
        for side, (blend, share) in self._sides(shot).items():
            for g, points in enumerate(self._layers.side(blend)):
                shared[f"a_{side}{g}"] = points
            shared[f"u_{side}"] = np.float32(share) * blocks.reshape(-1, 4, 4)
        self._drawn_before = True
        return shared

    def _sides(self, shot: Shot) -> dict[str, tuple[Blend, float]]:
        """The sides that a frame is drawn from, with their shares: one where the points rest."""
        resting = shot.source == shot.target or shot.mix <= 0.0 or shot.mix >= 1.0
        if not self._drawn_before or not resting:  # or the first transition would drop a frame: its program is linked
            return {"source": (shot.source, 1.0 - shot.mix), "target": (shot.target, shot.mix)}
        return {"source": (shot.target if shot.mix >= 1.0 else shot.source, 1.0)}

    def radius(self, shot: Shot) -> float:
        """r: the largest norm among a layer's points, mixed as the points are."""
        return (1.0 - shot.mix) * self.tour.radius(shot.source) + shot.mix * self.tour.radius(shot.target)

    def close(self) -> None:
        """Let go of everything on the GPU."""
        if self._shuffled:
            self._shuffled.delete()
        for each in (self._layers, self.looks, self._points, self.images, self._hidden, self._density):
            if each:
                each.close()

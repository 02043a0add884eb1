"""One tour on the GPU, and the order in which its passes draw it."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy import gloo
from vispy.gloo import gl

from ..motion.shot import Shot
from ..tour.colors import THEMES, Coloring, Theme, background
from ..tour.schema import TourFormatError
from ..tour.tour import Tour
from .atlas import Atlas, Level
from .buffers import Blend, LayerBuffers, groups
from .density import Density
from .occlusion import DENSE, Hidden
from .offscreen import describe
from .points import Points
from .sprites import FARTHEST_CUE, NEAREST_CUE, Frame, Sprites
from .state import clear, set_state, settle

LEAST_HIDING = 4.0  # pixels: smaller images would need cells smaller than a pixel
TABLE_ROW = 256  # entries to a row of the colour table (style.glsl)

Rect = tuple[int, int, int, int]  # x, y, width, height in pixels of the framebuffer, y from the bottom


class Scene:
    """Owns the GL objects of one tour in the current context."""

    def __init__(self, tour: Tour, *, max_texture: int | None = None) -> None:
        """max_texture: use smaller pages than the driver would take."""
        self.tour = tour
        gloo.context.get_current_canvas().context.flush_commands()  # which also initialises a new context
        driver = describe()
        self._layers = LayerBuffers(tour)
        self._radii = [layer.placement.radius or 1.0 for layer in tour.layers]
        self._points = Points(groups(tour.dims))
        self._sprites = Sprites(groups(tour.dims), max_point=driver.max_point) if tour.sprites else None
        self._atlas = Atlas(tour.sprites, max_texture=max_texture or driver.max_texture) if tour.sprites else None
        self._codes = gloo.VertexBuffer(np.zeros(tour.n, dtype=np.float32))
        self._selected = gloo.VertexBuffer(np.ones(tour.n, dtype=np.float32))
        self._table = gloo.Texture2D(np.zeros((1, TABLE_ROW, 4), dtype=np.uint8), interpolation="nearest")
        self._colors = np.zeros((1, 3), dtype=np.uint8)
        self._single = True
        self._hidden: Hidden | None = None
        self._density: Density | None = None
        self._shown = np.ones(1, dtype=bool)
        self._all_selected = True
        self._theme = ""
        self.level: Level | None = None
        """The level of the atlas that the latest frame was drawn from; None for dots."""
        self.rim = 0.0
        """Pixels that images of the latest frame reach beyond their size."""
        self._fresh = True
        self.fault = ""
        """Why there are no images, where they cannot be read."""

    # ------------------------------------------------------------------------------------------ what points look like

    def color(self, coloring: Coloring) -> None:
        """Colour the points by rows of a table; all rows are shown."""
        self._codes.set_data(coloring.codes, copy=True)
        self._colors = coloring.table
        self._single = coloring.kind == "none"
        self.show_rows(np.ones(len(coloring.table), dtype=bool))

    def show_rows(self, shown: NDArray[np.bool_]) -> None:
        """Grey the points of all other rows of the table. Sends the table alone."""
        self._shown = shown
        self._theme = ""  # the table is sent with the next frame

    def select(self, selected: NDArray[np.bool_] | None) -> None:
        """Grey all other points; None greys none."""
        self._all_selected = selected is None
        mask = np.ones(self.tour.n) if selected is None else selected
        self._selected.set_data(mask.astype(np.float32), copy=True)

    def _send_table(self, name: str) -> None:
        if name == self._theme:
            return
        self._theme = name
        rows = -(-len(self._colors) // TABLE_ROW)
        table = np.zeros((rows * TABLE_ROW, 4), dtype=np.uint8)
        table[: len(self._colors), :3] = self._colors
        table[: len(self._colors), 3] = np.where(self._shown, 255, 0)
        if self._single:
            table[0, :3] = np.round(np.multiply(THEMES[name].single, 255))
        self._table.set_data(table.reshape(rows, TABLE_ROW, 4))

    # ------------------------------------------------------------------------------------------ what is ready

    def ready(self, blend: Blend) -> bool:
        """Whether a layer or a mean of layers can be drawn without waiting; it is fetched if not.

        Raises TourFormatError where a layer is not as it was written.
        """
        return self._layers.ready(blend)

    @property
    def held(self) -> int:
        """Bytes of points on the GPU."""
        return self._layers.held

    @property
    def images_arriving(self) -> tuple[int, int]:
        """Pages of images there and needed, while some are being read."""
        return self._atlas.progress if self._atlas else (0, 0)

    # ------------------------------------------------------------------------------------------ drawing

    def draw(self, shot: Shot, rect: Rect, *, wait: bool = False) -> None:
        """Draw one frame into `rect` of the bound framebuffer. wait: for images that are still being read."""
        theme = replace(THEMES[shot.theme], canvas=background(shot.theme, shot.background))
        self._layers.update()
        self._send_table(shot.theme)
        level = self.level = self._level(shot, wait=wait) if shot.mode == "images" else None
        size = shot.growth * (shot.image_size if level else shot.dot_size)
        frame = None
        if level and shot.class_frames and not self._single:
            frame = Frame.of(shot.image_size, scale=shot.scale, hovered=shot.hovered)
        margin = frame.margin(opaque=level.opaque) if level and frame else 0.0
        self.rim = frame.rim if level and level.opaque and frame else 0.0
        padding = math.ceil(0.5 * size * NEAREST_CUE + margin) + 1
        viewport = (rect[2] + 2 * padding, rect[3] + 2 * padding)
        shared = self._shared(shot, theme, rect, padding)
        passes: tuple[bool | None, ...] = (None,)
        if not self._all_selected or not self._shown.all():
            passes = (False,) if shot.isolate else (True, False)
            shared["a_selected"] = self._selected
        elif level is not None and self._crowded(shot, level, rect):
            shared |= self._hidden_map(shared, shot, margin, viewport)
        field = self._field(shared, shot, rect[2:], padding) if shot.density else {}
        self._clear(theme, rect, padding)
        if self._density and shot.density:
            self._density.ground(field)
        for greyed in passes:
            # What is greyed lies behind everything else, see-through and in no order among itself.
            see_through = shot.opacity < 1.0
            set_state(depth=None if greyed or see_through else "lequal", blend=True)
            grown = size / shot.growth if greyed else size
            if level is not None and self._sprites is not None:
                told = shared | {"u_pixel": (2.0 / viewport[0], 2.0 / viewport[1])}
                self._sprites.draw(told, level=level, size=grown, opacity=shot.opacity, greyed=greyed, frame=frame,
                                   receding=shot.receding)  # fmt: skip
            else:
                self._points.draw(
                    shared if greyed else shared | field, n=self.tour.n, size=(grown, shot.min_dot), theme=theme,
                    opacity=shot.opacity, greyed=greyed, shuffle=see_through,
                )  # fmt: skip
        gl.glDisable(gl.GL_SCISSOR_TEST)
        gl.glDisable(gl.GL_DEPTH_TEST)

    def _crowded(self, shot: Shot, level: Level, rect: Rect) -> bool:
        """Whether many images lie behind others that hide them."""
        if not level.opaque or shot.opacity < 1.0 or self._sprites is None or shot.image_size < LEAST_HIDING:
            return False
        square = (min(rect[2:]) * shot.camera.zoom) ** 2  # pixels that the data takes
        return self.tour.n * shot.image_size**2 > DENSE * square

    def _field(self, shared: dict[str, Any], shot: Shot, pane: tuple[int, int], padding: int) -> dict[str, Any]:
        if self._density is None:
            self._density = Density(groups(self.tour.dims), self.tour.n)
        return self._density.draw(shared, pane=pane, padding=padding, dot=shot.dot_size)

    def _hidden_map(
        self, shared: dict[str, Any], shot: Shot, margin: float, viewport: tuple[int, int]
    ) -> dict[str, Any]:
        if self._hidden is None:
            self._hidden = Hidden(groups(self.tour.dims), self.tour.n)
        near, far = (1.0 + (factor - 1.0) * shot.depth_cue for factor in (NEAREST_CUE, FARTHEST_CUE))
        size = shot.growth * shot.image_size
        sizes = (far * size + 2.0 * margin, near * size + 2.0 * margin)
        return self._hidden.draw(shared, sizes=sizes, viewport=viewport)

    def _level(self, shot: Shot, *, wait: bool) -> Level | None:
        if self._atlas is None:
            return None
        try:
            self._atlas.update()
            return self._atlas.level(shot.image_size, wait=wait, matte=shot.class_frames and not self._single)
        except TourFormatError as fault:  # of a page that was read only now
            self._atlas.close()
            self.fault, self._atlas = str(fault), None
            return None

    def _clear(self, theme: Theme, rect: Rect, padding: int) -> None:
        """Clear the pane and set a viewport that reaches beyond it.

        GL drops a point whose centre leaves the viewport; padded by the largest radius, one whose edge is
        still visible is inside. The scissor keeps what is drawn within the pane.
        """
        x, y, width, height = rect
        settle()
        clear(theme.canvas, scissor=rect)
        gl.glViewport(x - padding, y - padding, width + 2 * padding, height + 2 * padding)

    def _shared(self, shot: Shot, theme: Theme, rect: Rect, padding: int) -> dict[str, Any]:
        """The uniforms and attributes of every pass."""
        width, height = rect[2], rect[3]
        radius = self.radius(shot)
        pixels = shot.camera.pixels_per_radius((width, height))  # per r
        scale = (2.0 * pixels / (width + 2 * padding), 2.0 * pixels / (height + 2 * padding))  # device units per r
        center = shot.camera.center
        shared: dict[str, Any] = {
            "a_code": self._codes,
            "u_palette": self._table,
            "u_scale": (scale[0] / radius, scale[1] / radius),
            "u_shift": (-center[0] * scale[0], -center[1] * scale[1]),
            "u_depth": 1.0 / radius,
            "u_cue": shot.depth_cue,
            "u_canvas": theme.canvas,
            "u_fade": theme.fade,
        }
        blocks = np.zeros((4 * groups(self.tour.dims), 4), dtype=np.float32)
        blocks[: self.tour.dims, :3] = shot.frame
        resting = shot.source == shot.target or shot.mix <= 0.0 or shot.mix >= 1.0
        sides = {"source": (shot.target if shot.mix >= 1.0 else shot.source, 1.0)}
        if self._fresh or not resting:  # fresh, or the first transition would drop a frame while its program is linked
            self._fresh = False
            sides = {"source": (shot.source, 1.0 - shot.mix), "target": (shot.target, shot.mix)}
        for side, (blend, share) in sides.items():
            for g, points in enumerate(self._layers.side(blend)):
                shared[f"a_{side}{g}"] = points
            shared[f"u_{side}"] = np.float32(share) * blocks.reshape(-1, 4, 4)
        return shared

    def radius(self, shot: Shot) -> float:
        """r: the largest norm among a layer's points, mixed as the points are."""
        source, target = (
            sum(weight * self._radii[layer] for layer, weight in blend) for blend in (shot.source, shot.target)
        )
        return (1.0 - shot.mix) * source + shot.mix * target

    def close(self) -> None:
        """Let go of everything on the GPU."""
        self._layers.close()
        for held in (self._codes, self._selected, self._table):
            held.delete()
        for passed in (self._points, self._sprites):
            if passed:
                passed.close()
        if self._atlas:
            self._atlas.close()
        for each in (self._hidden, self._density):
            if each:
                each.close()

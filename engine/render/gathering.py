"""Progressive drawing of very large tours: some of the points at once, then all of them, a part a frame.

While anything changes a frame shows the first points of the fair order, larger as there are fewer. As soon as it is
the same again, all are drawn into a second picture, as many a frame, which takes the place of the first one when it is
whole. So no frame takes longer, and at rest the picture is that of all points, to the pixel.
"""

from dataclasses import replace

from vispy import gloo
from vispy.gloo import gl

from ..motion.shot import Shot
from .offscreen import DEPTH_COMPONENT24, delete_framebuffers
from .parts import Part
from .scene import Prepared, Scene
from .shader import Program
from .state import set_state, settle
from .viewport import Rect


class Gathering:
    """Owns the two pictures of a pane."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._copy = Program("gathering")
        self._size = (0, 0)
        self._pictures: list[gloo.FrameBuffer] = []
        self._key: tuple[object, ...] = ()
        self._prepared: Prepared | None = None
        self._left: list[Part] = []
        self.shot: Shot | None = None
        """What the pane shows now: all points, or some of them."""

    @property
    def whole(self) -> bool:
        """Whether all points are shown that can be."""
        return self.shot is not None and self.shot.drawn == self._scene.most

    def draw(self, shot: Shot, rect: Rect) -> bool:
        """Show a frame in `rect` of the bound framebuffer; whether it differs from the one before.

        shot: with as many points as there is time for; all of them where that is None.
        """
        scene = self._scene
        if shot.mode != "images" or not shot.class_frames:
            shot = replace(shot, hovered=None)  # which changes nothing then
        scene.update(shot)
        if scene.most is not None:
            shot = replace(shot, drawn=min(shot.drawn or scene.most, scene.most))
        size = rect[2:]
        key = (size, scene.images.level, scene.looks.changes, scene.most)
        other = self.shot is None or key != self._key or shot.differs(self.shot)
        if size != self._size:
            self._fit(size)
        if other:
            self._key, self._prepared, self.shot = key, None, shot
            with self._pictures[0]:
                scene.compose(shot, (0, 0, *size))
        elif not self.whole:
            self._go_on(replace(shot, drawn=scene.most), most=shot.drawn or scene.tour.n)
        self._show(rect)
        return other

    def _go_on(self, shot: Shot, *, most: int) -> None:
        """Draw up to so many more points of the whole picture, of those that are on the GPU."""
        scene, prepared = self._scene, self._prepared
        with self._pictures[1]:
            if prepared is None or scene.prepared is not prepared:  # or its maps are those of another
                prepared = self._prepared = scene.prepare(shot, (0, 0, *self._size), needed=most)
                self._left = list(scene.parts(prepared))
            else:
                prepared.viewport.use()
            arrived = scene.arrived(shot)
            while most > 0 and self._left:
                part = self._left[0]
                count = min(most, part.count, arrived - part.first if part.listing is None else part.count)
                if count <= 0:
                    break
                scene.add(prepared, replace(part, count=count))
                most -= count
                rest = replace(part, first=part.first + count, count=part.count - count)
                self._left[:1] = [rest] if rest.count else []
            scene.end()
        if not self._left:
            self._pictures.reverse()
            self._prepared, self.shot = None, shot

    def _show(self, rect: Rect) -> None:
        settle()
        gl.glDisable(gl.GL_SCISSOR_TEST)
        gl.glViewport(*rect)
        set_state(depth=None, blend=False)
        self._copy["u_picture"] = self._pictures[0].color_buffer
        self._copy["u_corner"] = (float(rect[0]), float(rect[1]))
        self._copy.draw_triangle()

    def _fit(self, size: tuple[int, int]) -> None:
        delete_framebuffers(self._pictures)
        shape = (size[1], size[0])
        self._size = size
        self._pictures = [
            gloo.FrameBuffer(
                gloo.Texture2D(shape=(*shape, 4), format="rgba", interpolation="nearest"),
                gloo.RenderBuffer(shape, DEPTH_COMPONENT24),
            )
            for _ in range(2)
        ]

    def close(self) -> None:
        """Let go of everything on the GPU."""
        delete_framebuffers(self._pictures)
        self._copy.delete()

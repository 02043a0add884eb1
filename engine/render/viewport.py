"""Where a frame lies in the framebuffer: its pane, and the viewport of GL, which reaches beyond it."""

from dataclasses import dataclass

from vispy.gloo import gl

from ..motion.camera import Camera
from .state import clear, settle

Rect = tuple[int, int, int, int]  # x, y, width, height in pixels of the framebuffer, y from the bottom


@dataclass(frozen=True)
class Viewport:
    """A pane and a margin around it.

    GL drops a point whose centre leaves the viewport; with a margin of the largest radius, one whose edge is still
    visible lies inside. The scissor keeps what is drawn within the pane.
    """

    pane: Rect
    margin: int
    """Pixels on each side."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        _, _, width, height = self.pane
        return width + 2 * self.margin, height + 2 * self.margin

    @property
    def pixel(self) -> tuple[float, float]:
        """Width and height of a pixel in device units, of which the viewport is 2 wide and 2 high."""
        width, height = self.size
        return 2.0 / width, 2.0 / height

    def scale(self, camera: Camera) -> tuple[float, float]:
        """How long the radius r of a layer is across and down, in device units."""
        pixels = camera.pixels_per_radius(self.pane[2:])
        return pixels * self.pixel[0], pixels * self.pixel[1]

    def use(self) -> None:
        """Draw here from now on."""
        settle()
        x, y, width, height = self.pane
        gl.glEnable(gl.GL_SCISSOR_TEST)
        gl.glScissor(x, y, width, height)
        gl.glViewport(x - self.margin, y - self.margin, *self.size)

    def clear(self, color: tuple[float, float, float]) -> None:
        """Clear the pane and draw here from now on."""
        self.use()
        clear(color, scissor=self.pane)

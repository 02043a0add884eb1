"""A picture of the canvas into a file of the present folder, written in the background: whole, or not there."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image

from ..files import free_file, whole
from ..render.painter import picture
from ..viewer.titles import numbered_title
from .panes import Panes
from .worker import Worker


def save_picture(
    panes: Panes, size: tuple[int, int], *, scale: float, worker: Worker, say: Callable[[str], None]
) -> Path:
    """Save what the panes show, without panels, beside nothing of the same name; returns the file.

    size: of the framebuffer; scale: its pixels to a pixel of the design. What the disk refuses is said.
    """
    pixels = picture([pane.painter for pane in panes], size, scale=scale)
    shown = [f"{pane.viewer.tour.name}-{numbered_title(pane.viewer.tour, pane.viewer.layer)}" for pane in panes]
    file = free_file("-".join(shown).replace(",", "").replace(" ", "-"), ".png")

    def write() -> None:
        with whole(file) as partial:
            Image.fromarray(pixels).save(partial, format="PNG")

    def failed(text: str) -> None:
        file.unlink(missing_ok=True)
        say(f"No picture saved: {text}")

    try:
        file.touch()  # so that the next one takes another name
    except OSError as error:
        say(f"No picture saved: {error}")
    else:
        worker.do(write, lambda _: say(f"Saved {file} in {Path.cwd()}"), failed=failed)
    return file

"""A film of a tour, without a window or a display."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from ..files import whole
from ..motion.framing import Area
from ..progress import steps
from ..tour.tour import Tour
from ..tour.view import View
from ..viewer.resolve import window_look
from ..viewer.standpoint import SPEED
from ..viewer.viewer import Viewer
from .lettering import caption_room, lettered
from .snapshot import draw

FPS = 30
LONGEST = 86_400  # seconds of a film, a day

Picture = NDArray[np.uint8]


def film(
    tour: Tour,
    file: str | Path,
    *,
    seconds: float,
    view: View | None = None,
    layers: Iterable[int] = (),
    size: tuple[int, int] = (1280, 800),
    speed: float = SPEED,
    seed: int | None = 0,
) -> None:
    """Write an MP4 (H.264, 30 frames per second) of the Grand Tour from `view`, dwelling on `layers` in turn.

    layers: shares the time equally among them; without any the view's own is kept. size: (width, height), even.
    speed: degrees of path per second. The file appears when it is whole. Raises ValueError on what makes no film.
    """
    frames = frames_in(seconds)
    viewer = Viewer.of(tour, view, seed=seed)
    viewer.speed = speed
    stops = list(layers)

    def pictures() -> Iterator[Picture]:
        for k in range(frames):
            if stops:
                viewer.go_to(stops[k * len(stops) // frames])
            if k:
                viewer.advance(1.0 / FPS)
            yield draw(viewer, size)

    write_film(Path(file), pictures(), frames=frames, size=size)


def story_film(
    tour: Tour,
    file: str | Path,
    *,
    size: tuple[int, int] = (1280, 800),
    theme: Literal["dark", "light"] = "dark",
    speed: float = SPEED,
) -> None:
    """Write an MP4 of the saved views in order, with their captions and handles, as the window plays them.

    Raises ValueError where the tour has no saved views, or one that wants what the tour does not have.
    """
    if not tour.views:
        raise ValueError(
            f"{tour.name} has no saved views to film; save some in the window, or import the article's with --states"
        )
    first = tour.views[0].view
    mode = first.mode if tour.sprites else "dots"
    start, scale = replace(first, mode=mode, theme=theme, **window_look(tour)), min(size) / 800.0

    def told() -> Iterator[Viewer]:
        """A viewer that tells the story, frame by frame."""
        viewer = Viewer.of(tour, start)
        viewer.speed = speed
        viewer.show_on(Area((float(size[0]), float(size[1]))))
        viewer.play_story()
        while viewer.story.playing:
            caption = caption_room(viewer.story.caption, size[0], scale=scale)
            viewer.show_on(Area((float(size[0]), float(size[1])), bottom=caption))
            yield viewer
            viewer.advance(1.0 / FPS)

    slots: dict[int, int] = {}  # of labels, which stay where they are while there is room
    pictures = (
        lettered(draw(each, size), each, scale=scale, caption=each.story.caption, slots=slots) for each in told()
    )
    frames = sum(1 for _ in told())  # flights take the time that the framing needs
    write_film(Path(file), pictures, frames=frames, size=size)


def frames_in(seconds: float) -> int:
    """Of a film of that length. Raises ValueError where none is as long."""
    if not seconds > 0:
        raise ValueError(f"a film lasts more than 0 seconds, not {seconds:g}")
    if seconds > LONGEST:
        raise ValueError(f"a film lasts a day at most, {LONGEST:,} seconds, not {seconds:g}")
    return max(1, round(seconds * FPS))


def write_film(file: Path, pictures: Iterable[Picture], *, frames: int, size: tuple[int, int]) -> None:
    """Write pictures (height, width, 4) as an MP4 that is there when it is whole. Raises ValueError on odd sides."""
    if size[0] % 2 or size[1] % 2:
        raise ValueError(f"the sides of a film are even numbers of pixels, not {size[0]} x {size[1]}")
    with (
        whole(file) as partial,
        av.open(str(partial), "w", format="mp4") as container,
        steps(f"film {file.name}", frames) as advance,
    ):
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgba")
            container.mux(stream.encode(frame))
            advance(1)
        container.mux(stream.encode())

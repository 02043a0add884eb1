"""A film of a tour, without a window or a display."""

from collections.abc import Iterable
from pathlib import Path

import av
from av.video.frame import VideoFrame

from ..progress import steps
from ..tour.tour import Tour
from ..tour.view import View
from .snapshot import draw
from .viewer import SPEED, Viewer

FPS = 30


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
    if not seconds > 0:
        raise ValueError(f"a film lasts more than 0 seconds, not {seconds:g}")
    if size[0] % 2 or size[1] % 2:
        raise ValueError(f"the sides of a film are even numbers of pixels, not {size[0]} x {size[1]}")
    file = Path(file)
    viewer = Viewer.of(tour, view, seed=seed)
    viewer.speed = speed
    stops = list(layers)
    frames = max(1, round(seconds * FPS))
    partial = file.with_name(f".{file.name}.part")
    try:
        with av.open(str(partial), "w", format="mp4") as container, steps(f"film {file.name}", frames) as advance:
            stream = container.add_stream("libx264", rate=FPS, options={"crf": "18", "preset": "veryfast"})
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            for k in range(frames):
                if stops:
                    viewer.go_to(stops[k * len(stops) // frames])
                if k:
                    viewer.advance(1.0 / FPS)
                picture = VideoFrame.from_ndarray(draw(viewer, size)[..., :3].copy(), format="rgb24")
                container.mux(stream.encode(picture))
                advance(1)
            container.mux(stream.encode())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)

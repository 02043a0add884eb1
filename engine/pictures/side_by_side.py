"""Pictures and films of two tours side by side, without a window or a display."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..motion.framing import Area
from ..motion.transition import at_rest
from ..render.offscreen import current
from ..render.painter import Painter, picture, rects
from ..tour.matching import Match, matched
from ..tour.similarity import similarity
from ..tour.tour import Tour
from ..tour.view import View
from ..viewer.pair import Pair
from ..viewer.resolve import check_view, first_view
from ..viewer.standpoint import SPEED
from ..viewer.titles import numbered_title
from .film import FPS, Picture, frames_in, write_film
from .gallery import save
from .lettering import named
from .snapshot import MIN_DOT

SIZE = (1280, 800)


def pair_picture(
    tours: tuple[Tour, Tour],
    file: Path,
    *,
    view: View,
    right: int | str | None = None,
    aligned: bool = True,
    size: tuple[int, int] = SIZE,
) -> None:
    """Write both as a PNG, with their names and layers, the right one turned onto the left one unless told not to.

    view: of the left tour; right: the layer of the right one, as deep in its network unless given. Raises KeyError,
    IndexError or ValueError where a tour does not have what is asked for, or where no point is in both.
    """
    match = matched(*tours)
    with current():
        stage = _Stage(match, view, right, aligned=aligned, size=size)
        image = stage.draw(size)
        stage.close()
    save(image, file)


def pair_film(
    tours: tuple[Tour, Tour],
    file: Path,
    *,
    seconds: float,
    view: View,
    right: int | str | None = None,
    layers: Sequence[int] = (),
    aligned: bool = True,
    size: tuple[int, int] = SIZE,
    speed: float = SPEED,
) -> None:
    """Write an MP4 of one Grand Tour through both, dwelling on `layers` of the left one in turn.

    Beside each of them stands the layer of the right tour that is most similar to it. The rest as `pair_picture`.
    """
    frames = frames_in(seconds)
    match = matched(*tours)
    partner = similarity(match.left, match.right).argmax(axis=1).tolist() if layers else []

    def pictures() -> Iterator[Picture]:
        with current():
            start = replace(view, layer=layers[0]) if layers else view
            stage = _Stage(match, start, partner[layers[0]] if layers else right, aligned=aligned, size=size)
            stage.pair.leader.speed = speed
        for k in range(frames):
            if layers:
                there = layers[min(k * len(layers) // frames, len(layers) - 1)]
                for viewer, layer in zip(stage.pair.viewers, (there, partner[there]), strict=True):
                    viewer.go_to(layer)
            if k:
                stage.pair.advance(1.0 / FPS)
            with current():
                image = stage.draw(size)
            yield image
        with current():
            stage.close()

    write_film(file, pictures(), frames=frames, size=size)


class _Stage:
    """Owns the scenes of both in the present context."""

    def __init__(
        self, match: Match, view: View, right: int | str | None, *, aligned: bool, size: tuple[int, int]
    ) -> None:
        color_by = view.color_by or first_view(match.left).color_by
        self.pair = Pair.of(match, replace(view, color_by=color_by))
        self.pair.aligned = aligned
        check_view(self.pair.leader.tour, self.pair.leader.base)
        for viewer, (_, _, width, height) in zip(self.pair.viewers, rects(size, 2), strict=True):
            viewer.show_on(Area((float(width), float(height))))
        if right is not None:
            self.pair.follower.transition = at_rest(match.right.index(right))
        self.pair.leader.playing = False
        self.pair.advance(0.0)
        self.pair.leader.playing = True
        self._painters = [Painter(viewer) for viewer in self.pair.viewers]

    def draw(self, size: tuple[int, int]) -> NDArray[np.uint8]:
        image = picture(self._painters, size, scale=1.0, min_dot=MIN_DOT)
        titles = [(viewer.tour.name, numbered_title(viewer.tour, viewer.layer)) for viewer in self.pair.viewers]
        return named(
            image, titles, theme=self.pair.leader.base.theme, scale=max(0.75, min(size[0] / 2, size[1]) / 640.0)
        )

    def close(self) -> None:
        for painter in self._painters:
            painter.scene.close()

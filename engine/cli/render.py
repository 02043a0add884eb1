"""The verbs that write pictures, films and tables: render, similarity. Each imports what it needs when it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Measure, Mode, OwnMode, Theme, TourPath, a_layer, a_size, given, two_layers

if TYPE_CHECKING:
    from ..tour.tour import Tour
    from ..tour.view import View


def render(
    tour: TourPath,
    other: Annotated[
        Path | None,
        typer.Argument(metavar="OTHER", help="Another tour of the same images, side by side.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file; NAME.png or NAME.mp4 unless given.", show_default=False)
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(
            help="Index or name, 3.5 for half way from 3 to 4, LEFT,RIGHT of two, or all in a film; unless given, the "
            "one that says most.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="A random frame; unless given, that in which most is to be seen.", min=0, show_default=False),
    ] = None,
    mode: OwnMode = None,
    color_by: Annotated[
        str | None, typer.Option(help="Attribute; the first classes unless given.", show_default=False)
    ] = None,
    size: Annotated[str, typer.Option(help="WIDTHxHEIGHT in pixels.")] = "1280x800",
    zoom: Annotated[
        float | None,
        typer.Option(help="1 shows every side; framed unless given.", min=0.1, max=150, show_default=False),
    ] = None,
    theme: Annotated[Theme, typer.Option(help="Canvas.")] = "dark",
    seconds: Annotated[float | None, typer.Option(help="Make a film of this length.", show_default=False)] = None,
    speed: Annotated[float, typer.Option(help="Of the tour in a film, degrees per second.", min=0)] = 6.0,
    story: Annotated[bool, typer.Option("--story", help="Film the saved views, with their captions.")] = False,
    gpu: Annotated[
        int | None, typer.Option(metavar="N", help="Draw with that one of doctor's list.", min=0, show_default=False)
    ] = None,
) -> None:
    """Make a picture (PNG), or with --seconds a film (MP4), of a tour. Needs no display."""
    from .. import progress
    from ..tour.reading import load

    if gpu is not None:
        from ..render.offscreen import use_device

        use_device(gpu)
    tours = [load(file) for file in (tour, other) if file is not None]
    how: dict[str, Any] = {"size": a_size(size)}
    if story:
        if seconds is not None or other is not None:
            extra = "OTHER" if seconds is None else "--seconds"
            raise ValueError(f"--story films one tour, for as long as its captions need; leave {extra} out")
        with progress.shown(True):
            print(_story(tours[0], out, theme=theme, speed=speed, **how))
        return
    if layer == "all" and seconds is None:
        raise ValueError("--layer all is for a film; add --seconds, or name one layer")
    if seconds is not None:
        how |= {"seconds": seconds, "speed": speed, "layers": range(len(tours[0].layers)) if layer == "all" else ()}
    wanted = {"seed": seed, "mode": mode, "color_by": color_by, "zoom": zoom, "theme": theme}
    with progress.shown(True):
        print(_render(tours, out, layer, wanted, how))


def _story(tour: "Tour", out: Path | None, **how: Any) -> Path:
    """Film a tour's saved views; returns the file."""
    from ..files import safe_stem
    from ..pictures.film import story_film

    file = out or Path(safe_stem(f"{tour.name}-story") + ".mp4")
    story_film(tour, file, **how)
    return file


def _render(
    tours: "list[Tour]", out: Path | None, layer: str | None, wanted: dict[str, Any], how: dict[str, Any]
) -> Path:
    """Write what is wanted, a film where `how` says how long; returns the file."""
    from ..files import safe_stem
    from ..pictures.film import film
    from ..pictures.gallery import picture
    from ..pictures.side_by_side import pair_film, pair_picture

    first = tours[0]
    left: float | str | None = 0
    right: int | str | None = None
    if layer != "all":
        left, right = (None if layer is None else a_layer(layer), None) if len(tours) == 1 else two_layers(layer)
    moving = "seconds" in how
    view = _view(first, left, **wanted)
    stem = safe_stem(f"{'-'.join(each.name for each in tours)}-{(layer or str(view.layer)).replace(',', '-')}")
    file = out or Path(f"{stem}.{'mp4' if moving else 'png'}")
    if len(tours) == 2:
        write = pair_film if moving else pair_picture
        write((first, tours[1]), file, view=view, right=right, **how)
    elif moving:
        film(first, file, view=view, seed=wanted["seed"] or 0, **how)
    else:
        picture(first, file, view=view, **how)
    return file


def _view(
    tour: "Tour", layer: float | str | None, *, seed: int | None, mode: Mode | None, color_by: str | None,
    zoom: float | None, theme: Theme,
) -> "View":  # fmt: skip
    """What is asked for of a tour, and where nothing is asked, the layer and the side that say most."""
    from dataclasses import replace

    import numpy as np

    from ..motion.rotation import random_frame
    from ..viewer.opening import front_view, opening_view

    view = front_view(tour, layer) if layer is not None else opening_view(replace(tour, views=[]))
    changes: dict[str, Any] = given(mode=mode, color_by=color_by)
    if color_by is not None:
        changes["handles"] = ()
    if seed is not None:
        changes["frame"] = random_frame(np.random.default_rng(seed), tour.dims)
    if zoom is not None:
        changes |= {"zoom": zoom, "fit": False, "center": (0.0, 0.0)}
    return replace(view, theme=theme, **changes)


def similarity(
    tour: TourPath,
    other: Annotated[
        Path | None,
        typer.Argument(metavar="OTHER", help="Another tour; TOUR itself unless given.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="NAME", help="Writes NAME.png, NAME.csv, NAME.npy.", show_default=False),
    ] = None,
    measure: Annotated[Measure, typer.Option(help="The last two: after build --similarity.")] = "procrustes",
) -> None:
    """Say how similar layers are, each of one tour to each of another: picture, CSV and NPY."""
    from ..pictures.similarity_files import similarity_files
    from ..tour.reading import load

    for file in similarity_files(
        load(tour), None if other is None else load(other), measure=measure.replace("-", " "), stem=out
    ):
        print(file)

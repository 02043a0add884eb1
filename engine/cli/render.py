"""The verbs that write pictures, films and tables: render, similarity. Each imports what it needs when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Measure, Mode, Theme, TourPath, a_layer, a_size, two_layers


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
        str, typer.Option(help="Index or name, 3.5 for half way from 3 to 4, LEFT,RIGHT of two, or all in a film.")
    ] = "0",
    seed: Annotated[
        int | None, typer.Option(help="A random frame; the first three axes unless given.", show_default=False)
    ] = None,
    mode: Annotated[Mode, typer.Option(help="Dots, or the images.")] = "dots",
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
    import numpy as np

    from .. import progress
    from ..files import safe_stem
    from ..motion.rotation import random_frame
    from ..pictures.film import film, story_film
    from ..pictures.gallery import picture
    from ..pictures.side_by_side import pair_film, pair_picture
    from ..tour.format import load
    from ..tour.view import View
    from ..viewer.resolve import first_view, window_look

    if gpu is not None:
        from ..render.offscreen import use_device

        use_device(gpu)
    opened = load(tour)
    beside = None if other is None else load(other)
    if story:
        if seconds is not None or beside is not None:
            extra = "OTHER" if seconds is None else "--seconds"
            raise ValueError(f"--story films one tour, for as long as its captions need; leave {extra} out")
        file = out or Path(safe_stem(f"{opened.name}-story") + ".mp4")
        with progress.shown(True):
            story_film(opened, file, size=a_size(size), theme=theme, speed=speed)
        print(file)
        return
    everything = layer == "all"
    if everything and seconds is None:
        raise ValueError("--layer all is for a film; add --seconds, or name one layer")
    left, right = (0, None) if everything else (a_layer(layer), None) if beside is None else two_layers(layer)
    wanted = View(
        layer=left or 0,
        frame=None if seed is None else random_frame(np.random.default_rng(seed), opened.dims),
        zoom=zoom or 1.0,
        fit=zoom is None,
        mode=mode,
        color_by=color_by or first_view(opened).color_by,
        theme=theme,
        **window_look(opened),
    )
    name = opened.name if beside is None else f"{opened.name}-{beside.name}"
    stem = safe_stem(f"{name}-{layer.replace(',', '-')}")
    file = out or Path(f"{stem}.{'png' if seconds is None else 'mp4'}")
    stops = range(len(opened.layers)) if everything else ()
    with progress.shown(True):
        if seconds is None and beside is None:
            picture(opened, file, view=wanted, size=a_size(size))
        elif seconds is None and beside is not None:
            pair_picture((opened, beside), file, view=wanted, right=right, size=a_size(size))
        elif seconds is not None and beside is None:
            film(
                opened, file, seconds=seconds, view=wanted, layers=stops, size=a_size(size), speed=speed, seed=seed or 0
            )
        elif seconds is not None and beside is not None:
            pair_film(
                (opened, beside), file, seconds=seconds, view=wanted, right=right, layers=stops, size=a_size(size),
                speed=speed,
            )  # fmt: skip
    print(file)


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
    from ..tour.format import load

    for file in similarity_files(
        load(tour), None if other is None else load(other), measure=measure.replace("-", " "), stem=out
    ):
        print(file)

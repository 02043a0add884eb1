"""The verbs that open a window on tours: view, compare. Each imports what it needs when it runs."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from .options import ColorBy, OwnMode, OwnTheme, Scale, TourPath, a_layer, given, two_layers


def view(
    tours: Annotated[
        list[Path],
        typer.Argument(
            metavar="TOUR...", help="A folder NAME.tour; several are epochs of one network.", show_default=False
        ),
    ],
    layer: Annotated[str | None, typer.Option(help="Layer to begin with: index or name.", show_default=False)] = None,
    color_by: ColorBy = None,
    mode: OwnMode = None,
    theme: OwnTheme = None,
    scale: Scale = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="At the first layer and its first axes, not as it was left.")
    ] = False,
) -> None:
    """Open a window on a tour, as it was left the last time; options change that.

    Several tours of one network at different epochs, such as run/*.tour, open as one with a slider of epochs.
    """
    from .. import progress
    from ..render.display import check_display
    from ..tour.reading import load

    check_display()

    with progress.shown(True):
        opened = load(*tours)
    from ..viewer.resolve import first_view
    from ..window.window import Window

    first = None if layer is None else a_layer(layer)
    changes = given(layer=first, color_by=color_by, mode=mode, theme=theme)
    Window(opened, view=first_view(opened) if fresh else None, changes=changes, scale=scale, reopen=True).run()


def compare(
    tour: TourPath,
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="One of the same images.", show_default=False)],
    layers: Annotated[
        str | None, typer.Option(help="Of the left, or LEFT,RIGHT: indices or names.", show_default=False)
    ] = None,
    color_by: ColorBy = None,
    mode: OwnMode = None,
    theme: OwnTheme = None,
    scale: Scale = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Not at what was saved of both, but at what says most.")
    ] = False,
) -> None:
    """Open two tours of the same images side by side, at the first view saved of both if there is one.

    One motion, one selection, one story; two layers.
    """
    from ..render.display import check_display
    from ..tour.reading import load

    check_display()
    opened = load(tour), load(other)
    from ..viewer.opening import opening_view
    from ..window.window import Window

    left, right = two_layers(layers)
    changes = given(layer=left, color_by=color_by, mode=mode, theme=theme)
    start = opening_view(replace(opened[0], views=[])) if fresh else None
    window = Window(*opened, view=start, changes=changes, scale=scale, reopen=True)
    if right is not None and window.pair is not None:
        window.pair.viewers[1].go_to(opened[1].index(right))
    window.run()

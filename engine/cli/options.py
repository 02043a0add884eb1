"""What several verbs of the command line share: types of their options, and texts read as layers and sizes."""

from pathlib import Path
from typing import Annotated, Literal

import typer

TourPath = Annotated[Path, typer.Argument(metavar="TOUR", help="A folder NAME.tour.", show_default=False)]
Mode = Literal["dots", "images"]
Theme = Literal["dark", "light"]
# of a build, and of what is added to it
Label = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Take the labels from this column.", show_default=False)
]
Device = Annotated[
    str | None, typer.Option(help="cpu, cuda or cuda:N; the GPU unless given, if there is one.", show_default=False)
]
Memory = Annotated[
    str | None,
    typer.Option(help="For activations, such as 8GB; a share of what is free unless given.", show_default=False),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        help="local:N workers here, tcp://HOST:8786, or a scheduler's FILE.json; see docs/scale.md.", show_default=False
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Stop at a broken image, do not leave it out.")]
# of a window, where what is not given stays as it is
ColorBy = Annotated[str | None, typer.Option(help="Attribute to colour by.", show_default=False)]
OwnMode = Annotated[Mode | None, typer.Option(help="Dots, or the images if there are any.", show_default=False)]
OwnTheme = Annotated[Theme | None, typer.Option(help="Canvas.", show_default=False)]
Scale = Annotated[float | None, typer.Option(help="Size of everything, if the display says it wrong.", min=0.5, max=4)]
Measure = Literal["procrustes", "cka", "debiased-cka", "activations-cka", "activations-debiased-cka"]


def given(**options: object) -> dict[str, object]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def a_layer(text: str) -> float | str:
    """An index, a place between two layers, or a name."""
    try:
        return float(text)
    except ValueError:
        return text


def two_layers(text: str | None) -> tuple[float | str | None, int | str | None]:
    """Of the left tour, and of the right one after a comma."""
    left, _, right = (text or "").partition(",")
    number = right.strip().removeprefix("-").isdigit()
    return a_layer(left.strip()) if left else None, int(right) if number else right.strip() or None


def a_size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) and int(height)):
        raise typer.BadParameter(f"WIDTHxHEIGHT, such as 1280x800, not {text!r}", param_hint="--size")
    return int(width), int(height)

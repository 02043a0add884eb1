"""`umap-tour`: one verb, one thing to do. Each imports what it needs when it runs."""

import logging
import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from . import making

app = typer.Typer(
    name="umap-tour",
    help="See how a neural network sorts images, layer by layer, in a Grand Tour.",
    epilog="Any verb takes --debug: the whole traceback instead of one line.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

log = logging.getLogger("engine")

TourPath = Annotated[Path, typer.Argument(metavar="TOUR", help="A folder NAME.tour.", show_default=False)]
Mode = Literal["dots", "images"]
Theme = Literal["dark", "light"]
# of a window, where what is not given stays as it is
ColorBy = Annotated[str | None, typer.Option(help="Attribute to colour by.", show_default=False)]
OwnMode = Annotated[Mode | None, typer.Option(help="Dots, or the images if there are any.", show_default=False)]
OwnTheme = Annotated[Theme | None, typer.Option(help="Canvas.", show_default=False)]
Scale = Annotated[float | None, typer.Option(help="Size of everything, if the display says it wrong.", min=0.5, max=4)]
Measure = Literal["procrustes", "cka", "debiased-cka", "activations-cka", "activations-debiased-cka"]


def main() -> NoReturn:
    """Run the command line: exit status 0 done, 1 an error in one line on stderr, 2 wrong usage."""
    debug = "--debug" in sys.argv
    sys.argv = [word for word in sys.argv if word != "--debug"]
    _log_to_stderr(debug)
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        _fail("stopped")
    except Exception as error:
        if debug:
            raise
        _fail(_in_one_line(error))
    sys.exit(0)


def _log_to_stderr(debug: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.DEBUG if debug else logging.INFO)


def _in_one_line(error: Exception) -> str:
    """What went wrong, as its author wrote it; what nobody foresaw says its type and how to see more."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror.lower()}"
    text = str(error.args[0] if isinstance(error, KeyError) and error.args else error)
    text = " ".join(text.split())
    foreseen = isinstance(error, ValueError | KeyError | IndexError | OSError | RuntimeError | NotImplementedError)
    return text if foreseen and text else f"{type(error).__name__}: {text} (--debug shows where)"


def _fail(text: str) -> NoReturn:
    print(f"umap-tour: {text}", file=sys.stderr)
    sys.exit(1)


@app.command(epilog="Example: umap-tour demo")
def demo(
    out: Annotated[Path, typer.Option(help="Where the tour is kept; a finished one is shown again.")] = Path(
        "demo.tour"
    ),
    pictures: Annotated[Path, typer.Option(help="Where pictures and film go if there is no display.")] = Path(
        "demo-pictures"
    ),
    points: Annotated[
        int | None,
        typer.Option(
            help="So many made-up points in place of the digits, with the time of a frame; not kept.",
            min=1,
            show_default=False,
        ),
    ] = None,
    benchmark: Annotated[
        bool, typer.Option("--benchmark", help="Only time frames, for --points or for many numbers of them.")
    ] = False,
) -> None:
    """Train a small network on handwritten digits, make its tour, and fly through it.

    With --points, fly through clusters of as many made-up points, each with an image, to see what this machine can do.
    """
    from . import progress
    from .tour.format import load

    if benchmark:
        from .app.flythrough import benchmark_of

        return benchmark_of(points)
    with progress.shown(True):
        if points is not None:
            from .app.flythrough import fly_through

            return fly_through(points, pictures)
        if (out / "tour.json").is_file():
            print(f"{out} is there already; showing it. Remove it to make it anew.", file=sys.stderr)
        else:
            from .pipeline.digits import make_demo

            make_demo(out)
        tour = load(out)
        if _has_display():
            from .app.window import show

            print("Opening the window; ? shows the keys.", file=sys.stderr)
            show(tour)
        else:
            from .app.gallery import gallery

            print("No display: making pictures and a film instead.", file=sys.stderr)
            for file in gallery(tour, pictures):
                print(file)


app.command(epilog="Example: umap-tour build --network resnet18 --images photos/ --out photos.tour")(making.build)
app.command(epilog="Example: umap-tour layers resnet50")(making.layers)


@app.command(epilog="Example: umap-tour view googlenet.tour")
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
    fresh: Annotated[bool, typer.Option("--fresh", help="Not as the window was left, but as the first time.")] = False,
) -> None:
    """Open a window on a tour, as it was left the last time; options change that.

    Several tours of one network at different epochs, such as run/*.tour, open as one with a slider of epochs.
    """
    from . import progress
    from .app.display import check_display
    from .tour.format import load

    check_display()

    with progress.shown(True):
        opened = load(*tours)
    from .app.reading import first_view
    from .app.window import Window

    first = None if layer is None else _layer(layer)
    changes = _given(layer=first, color_by=color_by, mode=mode, theme=theme)
    Window(opened, view=first_view(opened) if fresh else None, changes=changes, scale=scale, reopen=True).run()


@app.command(epilog="Example: umap-tour compare resnet50.tour googlenet.tour --layers 18,12")
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
) -> None:
    """Open two tours of the same images side by side: one motion, one selection, two layers."""
    from .app.display import check_display
    from .tour.format import load

    check_display()
    opened = load(tour), load(other)
    from .app.window import Window

    left, right = _two_layers(layers)
    changes = _given(layer=left, color_by=color_by, mode=mode, theme=theme)
    window = Window(*opened, changes=changes, scale=scale)
    if right is not None and window.pair is not None:
        window.pair.viewers[1].go_to(opened[1].index(right))
    window.run()


@app.command(epilog="Example: umap-tour render googlenet.tour --layer 12 --color-by label_coarse --out 12.png")
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
    zoom: Annotated[float, typer.Option(help="1 shows everything from any side.", min=0.1, max=150)] = 1.0,
    theme: Annotated[Theme, typer.Option(help="Canvas.")] = "dark",
    seconds: Annotated[float | None, typer.Option(help="Make a film of this length.", show_default=False)] = None,
    speed: Annotated[float, typer.Option(help="Of the tour in a film, degrees per second.", min=0)] = 6.0,
    story: Annotated[bool, typer.Option("--story", help="Film the saved views, with their captions.")] = False,
) -> None:
    """Make a picture (PNG), or with --seconds a film (MP4), of a tour. Needs no display."""
    import numpy as np

    from . import progress
    from .app.duo import pair_film, pair_picture
    from .app.film import film, story_film
    from .app.gallery import picture
    from .app.reading import first_view
    from .motion.rotation import random_frame
    from .tour.format import load
    from .tour.view import View

    opened = load(tour)
    beside = None if other is None else load(other)
    if story:
        if seconds is not None or beside is not None:
            extra = "OTHER" if seconds is None else "--seconds"
            raise ValueError(f"--story films one tour, for as long as its captions need; leave {extra} out")
        file = out or Path(f"{opened.name}-story.mp4")
        with progress.shown(True):
            story_film(opened, file, size=_size(size), theme=theme, speed=speed)
        print(file)
        return
    everything = layer == "all"
    if everything and seconds is None:
        raise ValueError("--layer all is for a film; add --seconds, or name one layer")
    left, right = (0, None) if everything else (_layer(layer), None) if beside is None else _two_layers(layer)
    wanted = View(
        layer=left or 0,
        frame=None if seed is None else random_frame(np.random.default_rng(seed), opened.dims),
        zoom=zoom,
        mode=mode,
        color_by=color_by or first_view(opened).color_by,
        theme=theme,
    )
    name = opened.name if beside is None else f"{opened.name}-{beside.name}"
    file = out or Path(f"{name}-{layer.replace(',', '-')}.{'png' if seconds is None else 'mp4'}")
    stops = range(len(opened.layers)) if everything else ()
    with progress.shown(True):
        if seconds is None and beside is None:
            picture(opened, file, view=wanted, size=_size(size))
        elif seconds is None and beside is not None:
            pair_picture((opened, beside), file, view=wanted, right=right, size=_size(size))
        elif seconds is not None and beside is None:
            film(
                opened, file, seconds=seconds, view=wanted, layers=stops, size=_size(size), speed=speed, seed=seed or 0
            )
        elif seconds is not None and beside is not None:
            pair_film(
                (opened, beside), file, seconds=seconds, view=wanted, right=right, layers=stops, size=_size(size),
                speed=speed,
            )  # fmt: skip
    print(file)


@app.command(epilog="Example: umap-tour similarity resnet50.tour googlenet.tour --measure debiased-cka")
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
    from .app.similarity_files import similarity_files
    from .tour.format import load

    for file in similarity_files(
        load(tour), None if other is None else load(other), measure=measure.replace("-", " "), stem=out
    ):
        print(file)


@app.command(epilog="Example: umap-tour info googlenet.tour")
def info(tour: TourPath) -> None:
    """Say what a tour holds, once every file in it is checked."""
    import math

    from .app.reading import layer_title
    from .tour.format import load

    opened = load(tour, at_once=math.inf)
    print(f"{opened.name}: {opened.n:,} points in {opened.dims} dimensions, {opened.depth} layers")
    if opened.epochs:
        print(f"epochs: {', '.join(opened.epochs)}")
    images = f"{opened.sprites.tile} px, {opened.sprites.pages} page(s)" if opened.sprites else "none (dots only)"
    print(f"images: {images}")
    print(f"saved views: {len(opened.views)}")
    for key, value in opened.how.get("inputs", opened.how).items():
        if key != "layers":
            print(f"{key.replace('_', ' ')}: {value}")
    print("\nlayers, and how similar each is to the one before")
    for k, layer in enumerate(opened.layers):
        epoch, number = divmod(k, opened.depth)
        if opened.epochs and not number:
            print(f"epoch {opened.epochs[epoch]}")
        value = f"{layer.placement.similarity:.3f}" if number else ""
        print(f"  {number:3}  {layer_title(opened, k):28} {layer.kind:24} {value}")
    print("\nattributes")
    for name in opened.attributes.columns:
        values = opened.attributes[name]
        kind = f"{len(values.cat.categories):,} classes" if str(values.dtype) == "category" else str(values.dtype)
        print(f"  {name:28} {kind}")


app.command("import", epilog="Example: umap-tour import data/meta-googlenet-15D.json --out googlenet.tour")(
    making.import_
)


@app.command(epilog="Example: umap-tour doctor")
def doctor() -> None:
    """Say what this machine has, and what to do about what is missing."""
    from .doctor import examine

    findings = examine()
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        print(f"{finding.mark} {finding.what:{width}}  {finding.found}")
        if finding.remedy:
            print(f"  {'':{width}}  -> {finding.remedy}")
    if any(finding.mark == "x" for finding in findings):
        sys.exit(1)


def _has_display() -> bool:
    from .app.display import has_display

    return has_display()


def _given(**options: object) -> dict[str, object]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _layer(text: str) -> float | str:
    """An index, a place between two layers, or a name."""
    try:
        return float(text)
    except ValueError:
        return text


def _two_layers(text: str | None) -> tuple[float | str | None, int | str | None]:
    """Of the left tour, and of the right one after a comma."""
    left, _, right = (text or "").partition(",")
    number = right.strip().removeprefix("-").isdigit()
    return _layer(left.strip()) if left else None, int(right) if number else right.strip() or None


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise typer.BadParameter(f"WIDTHxHEIGHT, such as 1280x800, not {text!r}", param_hint="--size")
    return int(width), int(height)

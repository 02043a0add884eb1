"""Verbs that bring a tour to other screens: a page for any browser, as files or from a server."""

from pathlib import Path
from typing import Annotated

import typer

from .options import TourPath


def export(
    tour: TourPath,
    other: Annotated[
        Path | None, typer.Argument(metavar="[OTHER]", help="A second tour of the same points.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The page's folder, or its file with --single-file.  [default: TOUR's name]", show_default=False
        ),
    ] = None,
    single_file: Annotated[bool, typer.Option("--single-file", help="One HTML file, of 100 MB at most.")] = False,
    article: Annotated[
        bool, typer.Option("--article", help="A text with the tour beside it: the captions, or the tour's article.md.")
    ] = False,
    layers: Annotated[
        str | None, typer.Option(help="Only these, by number or name, with commas.", show_default=False)
    ] = None,
    max_points: Annotated[
        int | None, typer.Option(help="A fair sample of so many, always the same.", min=1, show_default=False)
    ] = None,
    title: Annotated[str | None, typer.Option(help="In place of the tour's name.", show_default=False)] = None,
    images: Annotated[bool, typer.Option("--images/--no-images", help="With the points' images.")] = True,
    private: Annotated[
        list[str] | None,
        typer.Option(metavar="ATTRIBUTE", help="Leave this attribute out; may be repeated.", show_default=False),
    ] = None,
) -> None:
    """Write a tour as a page for any browser: from disk by a double click, or from any static host.

    Two tours of the same points stand side by side. Local paths are never written.
    """
    from ..tour.reading import load
    from ..web.export import export as write

    target = out or Path(tour.stem + (".html" if single_file else "-page"))
    wanted = None if layers is None else [_layer(each.strip()) for each in layers.split(",") if each.strip()]
    page = write(
        load(tour), None if other is None else load(other), out=target, single_file=single_file, article=article,
        layers=wanted, max_points=max_points, title=title, images=images, private=private or [],
    )  # fmt: skip
    files = [page] if single_file else [each for each in page.parent.rglob("*") if each.is_file()]
    size = sum(each.stat().st_size for each in files)
    print(
        f"{page}: {size / 1e6:.1f} MB; open it in a browser"
        + ("" if single_file else ", or put its folder on any host")
    )


def serve(
    tour: TourPath,
    other: Annotated[
        Path | None,
        typer.Argument(metavar="[OTHER]", help="A second tour of the same points.", show_default=False),
    ] = None,
    port: Annotated[int, typer.Option(help="Of this machine; 0 for any that is free.", min=0, max=65535)] = 0,
    host: Annotated[str, typer.Option(help="The address to listen on; other machines reach 0.0.0.0.")] = "127.0.0.1",
    open_: Annotated[bool, typer.Option("--open", help="Open the page in this machine's browser.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Let the page save views into the tour.")] = False,
) -> None:
    """Show a tour in a browser, here or, over ssh, on another machine.

    Only who has the address, which holds a random token, can read it.
    """
    import webbrowser

    from ..tour.reading import load
    from ..web.serve import Server, advice

    tours = [load(each) for each in (tour, other) if each is not None]
    try:
        server = Server(*tours, port=port, host=host, write=write)
    except OSError as error:
        raise OSError(f"port {port} of {host} cannot be used ({error.strerror}); choose another --port") from None
    print(*advice(server), sep="\n", flush=True)
    if open_:
        webbrowser.open(server.address)
    with server:
        server.serve_forever()


def _layer(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdigit() else text

"""The verbs of `umap-tour` that make tours out of networks, images and published data. Each imports what it needs."""

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from .options import Cluster, Device, Label, Memory, Strict, TourPath

NAMES = "A name in torchvision, timm:NAME, hf:NAME or FOLDER, open_clip:ARCH/TAG, FILE.py:factory or package:factory"


def build(
    network: Annotated[str, typer.Option(help=f"{NAMES}; see docs/networks.md.", show_default=False)],
    images: Annotated[
        str,
        typer.Option(
            help="A folder (class folders are labels), a table of paths (.csv .tsv .jsonl .parquet), hf:NAME[:SPLIT], "
            "shards 'photos-{000..009}.tar', or an array .npy; see docs/images.md.",
            show_default=False,
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="The tour; NETWORK.tour unless given.", show_default=False)] = None,
    weights: Annotated[str, typer.Option(help="default, none (random), or a FILE.")] = "default",
    weights_loose: Annotated[
        bool, typer.Option("--weights-loose", help="Take a FILE with another class head, or with some weights missing.")
    ] = False,
    layers: Annotated[
        list[str] | None,
        typer.Option(
            help="Names or globs of layers, with commas or repeated; see `umap-tour layers`.", show_default=False
        ),
    ] = None,
    dims: Annotated[int, typer.Option(help="Dimensions of the embedding, 2 to 24; 2 only turn in their plane.")] = 15,
    n_neighbors: Annotated[int, typer.Option(help="Neighbours of each image, itself included.")] = 15,
    min_dist: Annotated[float, typer.Option(help="How close UMAP packs points.")] = 0.1,
    max_width: Annotated[int, typer.Option(help="Activations wider than this are pooled.")] = 51_200,
    pooling: Annotated[Literal["average", "max"], typer.Option(help="How they are pooled.")] = "average",
    tokens: Annotated[Literal["all", "mean", "class"], typer.Option(help="What is kept of tokens.")] = "all",
    tile: Annotated[int, typer.Option(help="Side of the images on screen at most, a power of two.")] = 64,
    label: Label = None,
    attributes: Annotated[
        Path | None,
        typer.Option(help="A table of further attributes, joined by file name or id.", show_default=False),
    ] = None,
    ground: Annotated[
        str | None,
        typer.Option(
            metavar="COLOUR",
            help="What transparent images stand on; white for the network alone unless given.",
            show_default=False,
        ),
    ] = None,
    value_range: Annotated[
        tuple[float, float] | None,
        typer.Option(
            "--range", metavar="LO HI", help="Black and white of 16-bit and float images.", show_default=False
        ),
    ] = None,
    max_pixels: Annotated[
        int | None, typer.Option(help="How many pixels an image may have; 179 million.", show_default=False)
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first N images.", show_default=False)] = None,
    sample: Annotated[int | None, typer.Option(help="Only N images at random (seeded).", show_default=False)] = None,
    strict: Strict = False,
    seed: Annotated[str, typer.Option(help="A number; or none, which is faster and does not repeat.")] = "0",
    device: Device = None,
    memory: Memory = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over, whatever an earlier build left.")] = False,
    similarity: Annotated[
        bool, typer.Option("--similarity", help="Keep what it takes to compare layers by their activations.")
    ] = False,
    decode: Annotated[Literal["cpu", "gpu"], typer.Option(help="Who decodes plain JPEGs; gpu needs CUDA.")] = "cpu",
    neighbours: Annotated[
        str, typer.Option(help="exact, or reduced:512: layers wider than that on so many principal axes of a sample.")
    ] = "exact",
    embed_sample: Annotated[
        int | None,
        typer.Option(
            help="Embed N images at random and place the others among them; what memory takes unless given.",
            show_default=False,
        ),
    ] = None,
    cluster: Cluster = None,
) -> None:
    """Run images through a network and make the tour of its layers. Killed, it goes on when called again."""
    from ..pipeline.build import build as make

    target = out or Path(f"{_plain(network)}.tour")
    make(
        network,
        images,
        layers=[name.strip() for words in layers for name in words.split(",")] if layers else None,
        dims=dims,
        n_neighbors=n_neighbors,
        min_dist=min_dist,
        max_width=max_width,
        tile=tile,
        seed=_seed(seed),
        device=device,
        out=target,
        progress=True,
        weights=weights,
        weights_loose=weights_loose,
        pooling=pooling,
        tokens=tokens,
        label=label,
        attributes=attributes,
        ground=ground,
        value_range=value_range,
        max_pixels=max_pixels,
        memory=memory,
        limit=limit,
        sample=sample,
        strict=strict,
        fresh=fresh,
        similarity=similarity,
        neighbours=neighbours,
        embed_sample=embed_sample,
        cluster=cluster,
        decode=decode,
    )
    print(target)


def add(
    tour: TourPath,
    images: Annotated[
        str, typer.Option(help="The new images: whatever `build` takes; see docs/images.md.", show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option(help="The longer tour; in the place of TOUR unless given.", show_default=False)
    ] = None,
    network: Annotated[
        str | None,
        typer.Option(help="The network of TOUR, where it does not say or that has moved.", show_default=False),
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="Its weights, where they have moved: a FILE.", show_default=False)
    ] = None,
    old_images: Annotated[
        str | None,
        typer.Option(help="The images of TOUR, where it does not say or they have moved.", show_default=False),
    ] = None,
    label: Label = None,
    attributes: Annotated[
        Path | None,
        typer.Option(help="A table of attributes of the new images, joined by file name or id.", show_default=False),
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first N new images.", show_default=False)] = None,
    device: Device = None,
    memory: Memory = None,
    strict: Strict = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over, whatever an earlier call left.")] = False,
    cluster: Cluster = None,
) -> None:
    """Place new images in every layer of a tour; what is there stays. Killed, it goes on when called again."""
    from ..pipeline.add import add as place

    place(
        tour,
        images,
        out=out,
        network=network,
        weights=weights,
        old_images=old_images,
        attributes=attributes,
        label=label,
        limit=limit,
        device=device,
        memory=memory,
        strict=strict,
        fresh=fresh,
        cluster=cluster,
        progress=True,
    )
    print(out or tour)


def layers(
    network: Annotated[str, typer.Argument(help=f"{NAMES}.", show_default=False)],
    max_width: Annotated[int, typer.Option(help="Activations wider than this are pooled.")] = 51_200,
) -> None:
    """List every module of a network that runs, with the shape of its output; * marks what a build probes."""
    from ..files import printable
    from ..pipeline.layer_table import listing

    for line in listing(network, max_width=max_width):
        print(printable(line))


def import_(
    meta: Annotated[
        Path, typer.Argument(metavar="META", help="meta-NAME.json of a published UMAP Tour.", show_default=False)
    ],
    out: Annotated[Path | None, typer.Option(help="The tour; NAME.tour unless given.", show_default=False)] = None,
    images: Annotated[
        Path | None, typer.Option(help="An ImageFolder of the same images in the same order.", show_default=False)
    ] = None,
    tile: Annotated[int, typer.Option(help="Side of the images on screen at most, a power of two.")] = 64,
    epoch: Annotated[
        str | None, typer.Option(help="Which of several embeddings, as in the file, or all.", show_default=False)
    ] = None,
    states: Annotated[
        Path | None,
        typer.Option(help="The article's scenes, for saved views; states/ beside data/.", show_default=False),
    ] = None,
) -> None:
    """Read a published UMAP Tour, with the article's scenes, and your copy of its images if you have them."""
    from .. import progress
    from ..tour.published import import_published
    from ..tour.writing import check_replaceable

    target = out or Path(meta.stem.removeprefix("meta-") + ".tour")
    check_replaceable(target.absolute())
    with progress.shown(True):
        import_published(meta, epoch=epoch, images=images, tile=tile, states=states).save(target)
    print(target)


def _plain(network: str) -> str:
    """The last part of a network's name, as a file may be called."""
    return re.sub(r"[^\w.-]+", "-", network.rstrip("/").rpartition(":")[2].rpartition("/")[2])


def _seed(text: str) -> int | None:
    if text.lower() == "none":
        return None
    if not text.isdigit():
        raise typer.BadParameter(f"a whole number from 0 on, or none, not {text!r}", param_hint="--seed")
    return int(text)

"""The verbs that tell what is there: info of a tour, doctor of this machine."""

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import TourPath

if TYPE_CHECKING:
    from ..tour.tour import Tour


def info(tour: TourPath) -> None:
    """Say what a tour holds, once every file and every saved view in it is checked."""
    import math

    from ..files import printable
    from ..tour.reading import load

    opened = load(tour, at_once=math.inf)
    for line in _lines(opened):
        print(printable(line) if line else "")
    if opened.faults:
        raise ValueError(f"{opened.faults[0]}" + (f" (and {more} more)" if (more := len(opened.faults) - 1) else ""))


def _lines(tour: "Tour") -> Iterator[str]:
    """What a tour holds."""
    from ..tour.order import WHOLE
    from ..viewer.budget import LEAST
    from ..viewer.titles import layer_title

    yield f"{tour.name}: {tour.n:,} points in {tour.dims} dimensions, {tour.depth} layers"
    if tour.epochs:
        yield f"epochs: {', '.join(tour.epochs)}"
    if tour.n > WHOLE:
        yield (
            f"in a window: as many points as a frame has time for, from {LEAST:,} on, and all of them at rest; "
            f"a layer takes {16 * -(-tour.dims // 4) * tour.n / 2**20:,.0f} MB on the GPU"
        )
    images = f"{tour.sprites.tile} px, {tour.sprites.pages} page(s)" if tour.sprites else "none (dots only)"
    yield f"images: {images}"
    yield f"saved views: {len(tour.views)}" + (f", {len(tour.faults)} left out" if tour.faults else "")
    inputs = tour.how.get("inputs", tour.how)
    for key, value in inputs.items() if isinstance(inputs, dict) else ():
        if not isinstance(value, list):  # layers, and figures that tell builds apart
            yield f"{key.replace('_', ' ')}: {value}"
    added = tour.how.get("added", [])
    for each in added if isinstance(added, list) else ():
        yield f"added: {each['rows']:,} images of {each['images']}"
    yield ""
    yield "layers, and how similar each is to the one before"
    for k, layer in enumerate(tour.layers):
        epoch, number = divmod(k, tour.depth)
        if tour.epochs and not number:
            yield f"epoch {tour.epochs[epoch]}"
        value = f"{layer.placement.similarity:.3f}" if number else ""
        yield f"  {number:3}  {layer_title(tour, k):28} {layer.kind:24} {value}"
    yield from _measured(tour.how.get("measured"))
    yield ""
    yield "attributes"
    for name in tour.attributes.columns:
        values = tour.attributes[name]
        kind = f"{len(values.cat.categories):,} classes" if str(values.dtype) == "category" else str(values.dtype)
        yield f"  {name:28} {kind}"


def _measured(measured: object) -> Iterator[str]:
    """What the build has measured of layers that it took short cuts with."""
    if not isinstance(measured, dict):
        return
    yield ""
    yield "measured by the build"
    for name, values in measured.items():
        if isinstance(values, dict):
            said = (
                f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}" for key, value in values.items()
            )
            yield f"  {name:28} {', '.join(said)}"


def doctor(
    gpu: Annotated[
        bool, typer.Option("--gpu", help="Try the GPU out: a small build beside the CPU's, a picture. A minute.")
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(help="Say what its workers have: local:N, tcp://HOST:8786, FILE.json.", show_default=False),
    ] = None,
    images: Annotated[
        Path | None, typer.Option(help="With --cluster: whether all workers see them.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="With --cluster: whether all workers can write there.", show_default=False)
    ] = None,
) -> None:
    """Say what this machine has, and what to do about what is missing."""
    from ..doctor.machine import examine

    wrong = False
    if cluster is None:
        findings = examine()
    else:
        from ..doctor.cluster import survey

        findings = survey(cluster, images=images, out=out)
    width = max(24, *(len(finding.what) for finding in findings))
    if gpu:
        from ..doctor.gpu import trial
    for finding in itertools.chain(findings, trial() if gpu else ()):
        print(f"{finding.mark} {finding.what:{width}}  {finding.found}", flush=True)
        if finding.remedy:
            print(f"  {'':{width}}  -> {finding.remedy}", flush=True)
        wrong |= finding.mark == "x"
    if wrong:
        sys.exit(1)

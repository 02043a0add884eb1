"""The verbs that tell what is there: info of a tour, doctor of this machine."""

import itertools
import sys
from typing import Annotated

import typer

from .options import TourPath


def info(tour: TourPath) -> None:
    """Say what a tour holds, once every file in it is checked."""
    import math

    from ..tour.format import load
    from ..viewer.titles import layer_title

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


def doctor(
    gpu: Annotated[
        bool, typer.Option("--gpu", help="Try the GPU out: a small build beside the CPU's, a picture. A minute.")
    ] = False,
) -> None:
    """Say what this machine has, and what to do about what is missing."""
    from ..doctor import examine

    wrong = False
    findings = examine()
    width = max(24, *(len(finding.what) for finding in findings))
    if gpu:
        from ..trial import trial
    for finding in itertools.chain(findings, trial() if gpu else ()):
        print(f"{finding.mark} {finding.what:{width}}  {finding.found}", flush=True)
        if finding.remedy:
            print(f"  {'':{width}}  -> {finding.remedy}", flush=True)
        wrong |= finding.mark == "x"
    if wrong:
        sys.exit(1)

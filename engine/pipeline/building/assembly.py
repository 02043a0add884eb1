"""The finished job as a tour: the layers that were kept, and the pictures that were left in."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...tour.alignment import place
from ...tour.tour import Layer, Sketch, Tour
from .request import Request
from .sprites import SpritePages, rows_left_in
from .work import Work


def assemble(work: Work, inputs: dict[str, Any], pages: SpritePages, request: Request) -> Tour:
    """The tour of the job. inputs: what it depends on. request: what was asked for, which is kept for asking again.

    Raises ValueError where no layer was kept.
    """
    job = work.job
    kept = job.kept_layers(len(work.probes))
    if not kept:
        raise ValueError("no layer tells the images apart: each is the same for all of them, or not finite")
    rows, table = rows_left_in(work), job.attributes
    content = {} if job.content is None else {"content": job.content}
    return Tour(
        name=job.out.name.removesuffix(".tour"),
        layers=_layers(work, kept, rows if job.left_out else None),
        attributes=table.iloc[rows].reset_index(drop=True) if len(table) else pd.DataFrame(index=range(len(rows))),
        sprites=pages.of(rows),
        how={"inputs": inputs | content, "request": request.to_json()} | _left_out(work, rows) | _measured(work, kept),
    )


def _left_out(work: Work, rows: NDArray[np.int64]) -> dict[str, Any]:
    """Which of the pictures are not in the tour, if any: those not readable, and those not finite in some layer."""
    broken = work.job.broken or {}
    readable = [i for i in range(work.images.n) if i not in broken]
    gone = [*broken, *np.delete(readable, rows).tolist()]
    return {"left out": sorted(gone)} if gone else {}


def _measured(work: Work, kept: list[int]) -> dict[str, Any]:
    """What was measured of the layers, by their names, if anything was."""
    found = {work.probes[k].name: work.job.measured(k) for k in kept}
    found = {name: values for name, values in found.items() if values}
    return {"measured": found} if found else {}


def _layers(work: Work, kept: list[int], rows: NDArray[np.int64] | None) -> tuple[Layer, ...]:
    """The kept layers; of these rows alone, and placed anew, where some were left out after a layer was done."""
    layers: list[Layer] = []
    for k in kept:
        (points, placement), sketch = work.job.layer(k), work.job.sketch(k)
        if rows is not None:
            points = points[rows]
            before = layers[-1] if layers else None
            placement = place(points, before.points, before.placement) if before else place(points, None, None)
            sketch = sketch and Sketch(sketch.values[rows], sketch.error)
        layers.append(Layer(work.probes[k].name, work.probes[k].kind, points, placement, sketch))
    return tuple(layers)

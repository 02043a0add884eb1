"""The tour with its new pictures, once all of them are placed: their rows, attributes, sprites, and how it grew."""

import logging
import shutil
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...tour.appended import appended
from ...tour.tour import Tour
from ..activations import Captured
from ..algebra.trustworthiness import trustworthiness
from ..building.attributes import attributes
from ..inputs.images import none_readable
from ..sharded.capturing import together
from ..sharded.shards import read_array, read_json
from .growing import Growth
from .newcomers import trusted_neighbors

log = logging.getLogger("engine")

MARK = "added"  # the attribute that says which rows were
LOSS = 0.02  # of trustworthiness, below that of the images embedded together, from which it is a warning


def grown(growth: Growth, entry: dict[str, Any]) -> Tour:
    """The tour with the new pictures that can be read and are finite in every layer; `entry` says what they are.

    Raises ValueError where there is none.
    """
    origin, shards = growth.origin, growth.shards
    seen, _ = together(shards, growth.cut)
    if not seen.rows:
        raise none_readable(growth.new, next(iter(seen.broken.values()), ""))
    if seen.broken:
        log.warning("%d of %d images could not be read and are left out", len(seen.broken), growth.new.n)
    layers = range(len(origin.probes))
    keep = np.all([np.isfinite(_placed(growth, k)).all(axis=1) for k in layers], axis=0)
    for row in np.flatnonzero(~keep):
        log.warning("left out: %s: not finite in some layer", growth.new.name_of(seen.rows[row]))
    if not keep.any():
        raise ValueError("none of the new images is finite in all layers, so there is nothing to add")
    _say_trust(growth)
    if any(layer.sketch is not None for layer in origin.tour.layers):
        log.warning("what --similarity kept of activations is of the images before alone, and goes")
    scratch = growth.job.folder / "longer"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    tour, table = _marked(origin.tour, _table(growth, seen, keep))
    longer = appended(tour, (_placed(growth, k)[keep] for k in layers), table, _tiles(growth, keep), scratch)
    added = [*origin.tour.how.get("added", []), entry | {"rows": len(table)}]
    return replace(longer, how=origin.tour.how | {"added": added})


def _placed(growth: Growth, k: int) -> NDArray[np.float32]:
    """Where the new pictures that could be read are in layer k, (m, d); NaN where their activation is not finite."""
    return np.concatenate([read_array(growth.shards.layer(k, each).with_suffix(".npy")) for each in growth.cut])


def _tiles(growth: Growth, keep: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The sprites of the new pictures that are left in, on the disk."""
    tiles = growth.job.new_tiles(int(keep.sum()), growth.origin.work.options.tile)
    read = at = 0
    for shard in growth.cut:
        here = read_array(growth.shards.tiles(shard))
        part = here[keep[read : read + len(here)]]
        tiles[at : at + len(part)] = part
        read, at = read + len(here), at + len(part)
    return tiles


def _table(growth: Growth, seen: Captured, keep: NDArray[np.bool_]) -> pd.DataFrame:
    """What is known of the new pictures, said as it is of those before."""
    work, before = growth.origin.work, growth.origin.tour.attributes
    answers = seen.answers if work.scored else None
    if answers is not None and "error" not in before:  # then confidence is that in the prediction
        answers = replace(answers, truth=np.full_like(answers.truth, np.nan))
    table = attributes(work.net, growth.new, replace(seen, answers=answers), named=work.images)
    if "error" in before and "error" not in table and "confidence" in table:  # it is that in a class that none has
        table["confidence"] = np.float32(np.nan)
    return table[keep].reset_index(drop=True)


def _marked(tour: Tour, table: pd.DataFrame) -> tuple[Tour, pd.DataFrame]:
    """Tour and new rows with an attribute that says what a row came with: the build, or which addition."""
    times = len(tour.how.get("added", []))
    other = f"{MARK} to the tour"  # where there is an attribute of that name already
    name = other if other in tour.attributes or (not times and MARK in tour.attributes) else MARK
    mark = "added" if not times else f"added {times + 1}"
    if name not in tour.attributes:
        tour = replace(tour, attributes=tour.attributes.assign(**{name: _all("built", tour.n)}))
    return tour, table.assign(**{name: _all(mark, len(table))})


def _all(name: str, n: int) -> Any:
    """n values of one class."""
    return pd.Categorical.from_codes(np.zeros(n, dtype=np.int8), categories=pd.Index([name]))


def _say_trust(growth: Growth) -> None:
    """How trustworthy the placed rows are beside those embedded together, of a sample of each."""
    origin, shards = growth.origin, growth.shards
    k, here, there, names = trusted_neighbors(origin.embedded, origin.work.options.n_neighbors), [], [], []
    for number, layer in enumerate(origin.tour.layers):
        parts = [read_json(shards.layer(number, shard)) or {} for shard in growth.cut]
        placed = trustworthiness([each for part in parts for each in part["penalties"]], origin.embedded + 1, k)
        own = trustworthiness((read_json(shards.rows(number)) or {})["penalties"], origin.embedded, k)
        if not np.isnan([placed, own]).any():
            here.append(placed)
            there.append(own)
            names.append(layer.name)
    if not names:
        return
    lower = np.subtract(there, here)
    worst = int(lower.argmax())
    log.info(
        "trustworthiness of the placed: %.3f, of the tour's own %.3f; most below it in layer %s: %.3f to %.3f",
        np.mean(here), np.mean(there), names[worst], here[worst], there[worst],
    )  # fmt: skip
    if lower[worst] > LOSS:
        log.warning("the new images are unlike the tour's own there: a build of all of them shows them better")

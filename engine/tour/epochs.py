"""Training as a sequence: the tours of one network at several epochs as one tour, epoch after epoch."""

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..progress import steps
from .alignment import centred
from .matching import matched
from .tour import Layer, Tour

Axis = Literal["layers", "epochs"]
Points = NDArray[np.float64]

NUMBER = re.compile(r"(\d+(?:\.\d+)?)")
WORD = re.compile(r"((^|[-_ ./])(epochs?|ep|e|steps?|checkpoint|ckpt))?[-_ ./]*$", re.IGNORECASE)

log = logging.getLogger("engine")


def line(tour: Tour, index: int, axis: Axis = "layers") -> range:
    """The layers through layer `index` along an axis: all those of its epoch, or the same one at every epoch."""
    epoch, layer = divmod(index, tour.depth)
    first = epoch * tour.depth
    return range(layer, len(tour.layers), tour.depth) if axis == "epochs" else range(first, first + tour.depth)


def at_epoch(tour: Tour, index: int) -> Tour:
    """The network at the epoch of layer `index` alone."""
    return replace(tour, layers=tuple(tour.layers[k] for k in line(tour, index)), epochs=()) if tour.epochs else tour


def joined(tours: Sequence[Tour]) -> Tour:
    """The tours of one network at several epochs as one tour with an axis of epochs; a single one is handed back.

    They come in the order of the numbers in which their names differ ("run-epoch2" before "run-epoch10"), as given
    where they differ in more than numbers; what differs names the epochs. Only points that all of them have stay.
    The first epoch keeps its place; later on every layer is turned, about its mean, as near as can be to where the
    layer before and the same layer at the epoch before are, so that points move little along either axis. Attributes
    are those of the last epoch, predictions too, which is logged where others differ. Images are one tour's. Saved
    views stay behind: they are of one epoch alone.

    Raises ValueError naming the tour and what about it does not fit: other layers, other points, other dimensions.
    """
    if not tours:
        raise ValueError("no tour to open; name one or several")
    if len(tours) == 1:
        return tours[0]
    name, epochs, order = named([_title(tour) for tour in tours])
    tours = [tours[k] for k in order]
    for tour in tours:
        _check(tours[0], tour)
    points = tours[-1]  # whose attributes these are, and whose classes come first in the legend
    for tour in tours[-2::-1]:
        points = matched(points, tour).left
    same = [*(matched(points, tour).right for tour in tours[:-1]), points]
    _say_what_differs(same, epochs)
    return Tour(
        name=name or tours[-1].name,
        layers=_layers(same, epochs),
        attributes=points.attributes,
        sprites=points.sprites,
        how={"epochs": list(epochs)} | tours[-1].how,
        epochs=epochs,
    )


def _check(first: Tour, tour: Tour) -> None:
    """Raises ValueError where a tour cannot be another epoch of the first one's network."""
    if tour.epochs:
        raise ValueError(f"{_title(tour)} has several epochs already; open it alone")
    names, others = ([layer.name for layer in each.layers] for each in (first, tour))
    if names == others:
        return
    k = next((k for k, (a, b) in enumerate(zip(names, others, strict=False)) if a != b), min(len(names), len(others)))
    a, b = (f"'{each[k]}'" if k < len(each) else "none" for each in (names, others))
    raise ValueError(
        f"{_title(tour)} is no other epoch of {_title(first)}: its layer {k} is {b}, and there it is {a}; "
        "epochs of one network have the same layers"
    )


def _layers(tours: Sequence[Tour], epochs: Sequence[str]) -> tuple[Layer, ...]:
    """All layers, epoch after epoch, in the frame of the first one. Their similarity is to the layer before."""
    layers = [replace(layer, name=f"{layer.name}@{epochs[0]}") for layer in tours[0].layers]
    depth = len(layers)
    with steps("aligning layers", (len(tours) - 1) * depth) as advance:
        for tour, epoch in zip(tours[1:], epochs[1:], strict=True):
            before = None
            for layer in tour.layers:
                here, earlier = centred(layer.points), layers[-depth]  # the same layer at the epoch before
                targets = [(centred(earlier.points), earlier.placement.rotation)]
                if before is not None:
                    targets.append((before, layers[-1].placement.rotation))
                placement = replace(layer.placement, rotation=_onto(here, targets))
                layers.append(replace(layer, name=f"{layer.name}@{epoch}", placement=placement))
                before = here
                advance(1)
    return tuple(layers)


def _onto(source: Points, targets: Sequence[tuple[Points, Points]]) -> Points:
    """The orthogonal matrix (d, d) that takes centred points nearest to all targets, each centred and then rotated.

    argmin over O(d) of the sum of ||S Q - T_i R_i||^2 = U V^T, from the svd of the sum of (S^T T_i) R_i.
    """
    u, _, vt = np.linalg.svd(sum(source.T @ points @ rotation for points, rotation in targets))
    rotation: Points = u @ vt
    return rotation


def _say_what_differs(tours: Sequence[Tour], epochs: Sequence[str]) -> None:
    last = tours[-1].attributes
    differ = [name for name in last if not all(tour.attributes[name].equals(last[name]) for tour in tours)]
    if differ:
        log.info("%s: as of epoch %s; other epochs differ", ", ".join(map(str, differ)), epochs[-1])


# ---------------------------------------------------------------------------------------------- names


def _title(tour: Tour) -> str:
    """What a tour is told by: its folder, which may have been renamed, or its name."""
    return tour.name if tour.folder is None else str(tour.folder)


def named(titles: Sequence[str]) -> tuple[str, tuple[str, ...], list[int]]:
    """A name for several tours, one for each epoch, and their order, from what their names share and do not.

    ("run/net-epoch10", "run/net-epoch02") are "net" at "2" and "10". Where not only numbers differ, epochs have their
    tours' names, and an order that is not the alphabet's is kept. Raises ValueError where two have the same name.
    """
    for title in titles:
        if titles.count(title) > 1:
            raise ValueError(f"{title} is there twice; name every epoch once")
    titles = [title.removesuffix(".tour") for title in titles]
    parts = [NUMBER.split(title) for title in titles]  # text and numbers in turn
    order = sorted(range(len(titles)), key=lambda k: [float(x) if j % 2 else x for j, x in enumerate(parts[k])])
    if len({tuple(each[::2]) for each in parts}) == 1:
        differing = [j for j in range(len(parts[0])) if len({each[j] for each in parts}) > 1]
        first, last = differing[0], differing[-1] + 1
        name = PurePath(WORD.sub("", "".join(parts[0][:first]))).name
        epochs = ["".join(_plain(x) for x in each[first:last]) for each in parts]
    else:
        parents = {PurePath(title).parent.name for title in titles}
        name = parents.pop() if len(parents) == 1 else ""
        epochs = [PurePath(title).name for title in titles]
        order = order if list(titles) == sorted(titles) else list(range(len(titles)))
    epochs = epochs if len(set(epochs)) == len(epochs) else list(titles)
    return name, tuple(epochs[k] for k in order), order


def _plain(part: str) -> str:
    """A number without the zeros that it may begin with."""
    return str(int(part)) if part.isdigit() else part

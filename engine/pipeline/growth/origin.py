"""What a finished tour was built from, opened again: network, pictures, probes; and whether it is what it was then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...tour.tour import Sprites, Tour
from ..building.fingerprint import same
from ..building.job import Job
from ..building.options import Options
from ..building.request import OWN, Request
from ..building.work import Work, looked_at
from ..device import Machine
from ..inputs.images import no_longer_readable
from ..inputs.jpegs import check_device
from ..probing.probes import Probe

ALIKE = 2.0  # levels of 255 that two sprites of one picture differ by on the mean, at most: decoders round
TOLD = {  # what is not as it was, and what to do about it
    "structure and weights": "its network has other parts or weights now; give the one of then by --network, --weights",
    "layers": "its network has other layers now; give the one of then by --network",
    "first inputs": "its first images are not what they were for the network; give the original ones by --old-images",
    "activations": "its network answers differently now; give the one of then by --network",
}


@dataclass(frozen=True, eq=False)
class Origin:
    """A tour and what it was built from."""

    tour: Tour
    work: Work
    """The build of then, of the pictures that were embedded together."""
    probes: Sequence[Probe]
    """One for each layer of the tour."""
    embedded: int
    """How many of the tour's rows, the first ones, were embedded together; the others were added."""
    pictures: NDArray[np.int64]
    """Which of the pictures of then those are."""

    @property
    def name(self) -> Path:
        """What messages call the tour."""
        assert self.tour.folder is not None
        return self.tour.folder


def check_built(tour: Tour) -> None:
    """Raises ValueError where no build of this engine made the tour, so that there is no network to be had."""
    if tour.epochs:
        raise ValueError(
            f"{tour.folder}: is {len(tour.epochs)} epochs joined; add to the tour of each epoch, and join those"
        )
    if not isinstance(tour.how.get("inputs"), dict) or "structure and weights" not in tour.how["inputs"]:
        raise ValueError(
            f"{tour.folder}: no build made this tour, so it has no network for new images; "
            "umap-tour add takes the tours of umap-tour build"
        )
    if tour.sprites is None:
        raise ValueError(f"{tour.folder}: keeps no images to know its pictures by; build it again")


def options_of(tour: Tour) -> Options:
    """What the tour was built with. Raises ValueError where it does not say."""
    inputs = tour.how["inputs"]
    known = {"value_range" if name == "range" else name: value for name, value in inputs.items()}
    try:
        found = {each.name: known[each.name] for each in fields(Options) if each.name in known}
        limits = found.pop("value_range", None)
        return Options(**found, value_range=None if limits is None else (float(limits[0]), float(limits[1])))
    except (TypeError, ValueError, IndexError) as error:
        raise ValueError(f"{tour.folder}: does not say how it was built ({error}); build it again") from None


def request_of(tour: Tour, **given: Any) -> Request:
    """What was asked for when the tour was built, with what is `given` now in place of it.

    Raises ValueError where the network or the pictures have no name and are not given.
    """
    kept = tour.how.get("request")
    kept = kept if isinstance(kept, dict) else {}
    options = options_of(tour)
    names = {each.name for each in fields(Request)}
    asked: dict[str, Any] = dict.fromkeys(names) | {"weights": "default", "loose": False}
    asked |= {name: value for name, value in kept.items() if name in names}
    asked |= {name: value for name, value in given.items() if value is not None}
    for name, option, what in (("network", "--network", "network"), ("images", "--old-images", "images")):
        if asked[name] is None:
            raise ValueError(f"{tour.folder}: does not say which {what} it was built from; give that by {option}")
    return Request(**asked | {name: getattr(options, name) for name in OWN})


def opened_again(tour: Tour, request: Request, machine: Machine, *, strict: bool) -> Origin:
    """Open network and pictures, and see that they are those that the tour was built from.

    Raises ValueError saying in one line what is not. Pictures are compared once they have been read (`check_sprites`).
    """
    try:
        if request.decode == "gpu":
            check_device(machine.device)
        net, images = request.open()
    except (ValueError, OSError) as error:
        raise ValueError(f"{tour.folder}: what it was built from cannot be opened: {error}") from error
    then = tour.how["inputs"]
    if net.fingerprint() != then["structure and weights"]:
        random = "; random ones come out otherwise with another number of threads" if request.weights == "none" else ""
        raise ValueError(f"{tour.folder}: {TOLD['structure and weights']}{random}")
    assert tour.folder is not None
    job = Job.of(tour.folder)
    work, now = looked_at(job, net, images, None, options_of(tour), machine, strict)
    if now["layers"] != then["layers"]:
        names = [name.partition("-")[2] for name in then["layers"]]
        work, now = looked_at(job, net, images, names, work.options, machine, strict)
    embedded = tour.n - sum(each["rows"] for each in tour.how.get("added", []))
    left_out = tour.how.get("left out", [])
    pictures = np.setdiff1d(np.arange(images.n), np.array(left_out, dtype=np.int64))
    if len(pictures) != embedded:
        raise ValueError(
            f"{tour.folder}: {embedded:,} images were embedded, and there are {len(pictures):,} of them now; "
            "give the original ones by --old-images"
        )
    for key, fault in TOLD.items():
        if not same(then.get(key), now[key]):
            raise ValueError(f"{tour.folder}: {fault}")
    probes = {probe.name: probe for probe in work.probes}
    return Origin(tour, work, [probes[layer.name] for layer in tour.layers], embedded, pictures)


def rows_of(origin: Origin, read: Sequence[int], broken: dict[int, str]) -> torch.Tensor:
    """Which of the pictures that could be `read` are in the tour. Raises ValueError where one could not."""
    missing = np.setdiff1d(origin.pictures, read)
    if len(missing):
        raise no_longer_readable(broken[int(missing[0])])
    return torch.from_numpy(np.flatnonzero(np.isin(read, origin.pictures)))


def check_sprites(origin: Origin, tiles: NDArray[np.uint8]) -> None:
    """Raises ValueError naming a picture that is another one than then, by its sprite (n, tile, tile, 4)."""
    before = origin.tour.sprites
    assert before is not None
    for first, then in _pages(before, origin.embedded):
        now = tiles[first : first + len(then)]
        apart = np.abs(now.astype(np.int16) - then).mean(axis=(1, 2, 3))
        if (apart > ALIKE).any():
            row = first + int(np.argmax(apart > ALIKE))
            name = origin.work.images.name_of(int(origin.pictures[row]))
            raise ValueError(
                f"{origin.name}: {name} is another picture now than when the tour was built; "
                "give the original ones by --old-images"
            )


def _pages(sprites: Sprites, n: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """The first n sprites page by page: the number of the first, and the tiles."""
    for page in range(-(-n // sprites.per_page)):
        first = page * sprites.per_page
        yield first, sprites.load(page)[: n - first]

"""n pictures in a fixed order, whatever they come from: how each is read, what is known of them, parts of them."""

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ...tour.folders import Remarks
from .jpegs import Jpeg
from .normalisation import Normalisation, shown

Decoded = Image.Image | Tensor
"""An image, or a tensor (channels, height, width) that is given to the network as it is."""
Picture = Decoded | Jpeg
"""The same, or what a GPU is to decode."""


class BrokenImageError(ValueError):
    """A picture that cannot be decoded; says which and why."""


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, eq=False)
class Images:
    """n pictures in a fixed order."""

    n: int
    read: Callable[[int], tuple[Picture, Any]]
    """Decode picture i, with its label where that is only known then (else None). Raises BrokenImageError."""
    origin: str
    """What they are, in words that change when they do: kind, number, digest."""
    known: bool = True
    """Whether `origin` changes with every picture; if not, only reading all of them shows that they are the same."""
    labels: "pd.Categorical | None" = None
    columns: dict[str, Any] = field(default_factory=dict)
    """Further attributes, n values each."""
    groups: "NDArray[np.int64] | None" = None
    """The class of every picture as a number, where it is known before reading; -1 for none."""
    truth: "NDArray[np.int64] | None" = None
    """The class of every picture as ImageNet counts them, for pictures of ImageNet."""
    classes: tuple[str, ...] = ()
    """Names of the classes that labels from `read` count."""
    counted: bool = False
    """Whether the network's outputs are counted as those labels are."""
    draw: Callable[[Image.Image], Image.Image] = lambda picture: picture
    """What stands for a decoded picture on the screen."""
    transform: Any = None
    """What a dataset says that its pictures go through."""
    normalisation: Normalisation | None = None
    """What tensors went through before they came here, undone for the screen."""
    workers: int = cores()
    """How many threads may read at once."""
    elsewhere: bool = False
    """Whether a forked process may read them too: each lies in a file of its own, and reading leaves notes alone."""
    passed_over: Remarks = field(default_factory=Remarks)
    """What lay beside them and is not among them."""
    notes: Remarks = field(default_factory=Remarks)
    """What was decided for some of them while they were read."""

    def sprite(self, picture: Picture) -> Image.Image:
        """What stands for a picture on the screen."""
        return self.draw(shown(picture, self.normalisation))

    def name_of(self, i: int) -> str:
        """How a person finds picture i: by its file, or by its number."""
        return str(self.columns["file"][i]) if "file" in self.columns else f"image {i}"


def part_of(images: Images, *, limit: int | None = None, sample: int | None = None, seed: int | None = 0) -> Images:
    """`limit` pictures, as many of every class as there are, or a random `sample` (seeded); in their order.

    Where no classes are known, the first `limit`. Raises ValueError below 1.
    """
    for name, value in (("limit", limit), ("sample", sample)):
        if value is not None and value < 1:
            raise ValueError(f"{name} is a number of images, 1 or more, not {value}")
    rows = np.arange(images.n)
    if limit is not None:
        rows = _of_all_classes(images, limit)
    if sample is not None and sample < len(rows):
        rows = np.sort(np.random.default_rng(seed).choice(rows, sample, replace=False))
    if len(rows) == images.n:
        return images
    return replace(
        images,
        n=len(rows),
        read=lambda i: images.read(int(rows[i])),
        origin=f"{len(rows):,} of {images.origin}, {digest_of([rows.tobytes()])}",
        labels=None if images.labels is None else images.labels[rows],
        columns={name: _rows(values, rows) for name, values in images.columns.items()},
        groups=None if images.groups is None else images.groups[rows],
        truth=None if images.truth is None else images.truth[rows],
    )


def _of_all_classes(images: Images, limit: int) -> NDArray[np.int64]:
    """The first picture of every class, then the second of every class, and so on, until there are `limit`."""
    groups = images.groups if images.labels is None else images.labels.codes
    if groups is None:
        return np.arange(min(limit, images.n))
    turn = pd.Series(groups).groupby(groups).cumcount().to_numpy()
    return np.sort(np.argsort(turn, kind="stable")[:limit])


def _rows(values: Any, rows: NDArray[np.int64]) -> Any:
    return values[rows] if isinstance(values, pd.Categorical) else np.asarray(values)[rows]


def none_readable(images: Images, why: str) -> ValueError:
    """The complaint where not one of the pictures can be decoded. why: the first one's."""
    return ValueError(f"none of the {images.n:,} images could be read; the first: {why}")


def no_longer_readable(why: str) -> BrokenImageError:
    """The complaint about a picture that an earlier pass of the same build could read."""
    return BrokenImageError(f"{why}; it could be read before in this build, so something changed it meanwhile")


def bytes_of(tensor: Tensor) -> bytes:
    """The bytes of a tensor of any type."""
    return tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def digest_of(parts: Iterable[Any]) -> str:
    """16 hexadecimal digits of the bytes of all parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:16]

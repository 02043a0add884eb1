"""What a tour depends on, in plain values, so that a later build knows whether it would make the same."""

import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import Tensor, nn

from ...progress import steps
from ..inputs.images import BrokenImageError, Images, Picture, bytes_of, digest_of, none_readable
from ..inputs.jpegs import Jpeg
from ..models.output_rows import Rows
from ..probing.first_rows import watch
from ..probing.probes import Probe

FEW = 4
DIGITS = 4  # of a figure for each layer
CLOSE = 2e-3  # relative: threads and GPUs add up in other orders


def few_pictures(images: Images) -> list[Picture]:
    """Up to FEW pictures that can be read, the first such one and others spread over all.

    Raises ValueError where there is none.
    """
    found: list[Picture] = []
    why = ""
    first = 0
    for first in range(images.n):
        try:
            found.append(_decoded(images, first))
            break
        except BrokenImageError as error:
            why = why or str(error)
    if not found:
        raise none_readable(images, why)
    for i in np.unique(np.linspace(first, images.n - 1, FEW).astype(int))[1:]:
        try:
            found.append(_decoded(images, int(i)))
        except BrokenImageError:
            continue
    return found


def _decoded(images: Images, i: int) -> Picture:
    picture = images.read(i)[0]
    return picture.by_pillow() if isinstance(picture, Jpeg) else picture


def facts(images: Images) -> str:
    """A digest of labels and columns."""
    parts: list[bytes] = []
    named = {"label": images.labels, "group": images.groups, "truth": images.truth} | images.columns
    for name, values in named.items():
        if values is not None:
            frame: Any = pd.Series(values)
            if isinstance(frame.dtype, pd.CategoricalDtype):
                parts.append(repr(list(frame.cat.categories)).encode("utf-8", "surrogateescape"))
                frame = frame.cat.codes
            parts.append(name.encode())
            parts.append("\0".join(map(str, frame.tolist())).encode("utf-8", "surrogateescape"))
    return digest_of(parts)


def inputs_digest(inputs: Iterable[Tensor]) -> str:
    """A digest of what the network is given for a few pictures."""
    return digest_of(part for each in inputs for part in (repr(tuple(each.shape)).encode(), each.numpy().tobytes()))


def figures(network: nn.Module, inputs: Sequence[Tensor], probes: Sequence[Probe], answer: Rows | None) -> list[float]:
    """A figure for each probed module, and for the output, of what the network makes of a few pictures.

    It changes with what `forward` does, which the modules and their weights do not show.
    """
    sums = dict.fromkeys([probe.name for probe in probes if probe.module], 0.0) | {"output": 0.0}

    def see(name: str, row: Tensor) -> None:
        sums[name] += _figure(row)

    for each in inputs:  # twice: a picture alone would lose its axis where a network squeezes
        output = watch(network, [each, each], probes, see)
        rows = None if answer is None else answer.taken(output, 2)
        if rows is not None:
            see("output", rows[0])
    return [float(f"{value:.{DIGITS}g}") for value in sums.values()]


def _figure(row: Tensor) -> float:
    """A weighted mean of sizes: no two terms cancel, so that rounding stays small beside it."""
    values = row.double().flatten()
    weights = 1.0 + torch.arange(len(values), device=values.device) % 7
    value = float((values.abs() * torch.where(values < 0, 2.0, 1.0) * weights).mean())
    return value if np.isfinite(value) else -1.0


def same(before: Any, now: Any) -> bool:
    """Whether two of these values mean the same: lists of figures up to rounding, anything else exactly."""
    if isinstance(before, list) and isinstance(now, list) and before and isinstance(before[0], float):
        return len(before) == len(now) and bool(np.allclose(before, now, rtol=CLOSE, atol=0.0))
    return bool(before == now)


class Witness:
    """Takes a digest of every picture as it is read. Owns the digests."""

    def __init__(self, images: Images) -> None:
        self._digests = [b""] * images.n
        self._read = images.read
        self.images = replace(images, read=self._watch, elsewhere=False)

    def _watch(self, i: int) -> tuple[Picture, Any]:
        try:
            picture, label = self._read(i)
        except BrokenImageError:
            self._digests[i] = b"broken"
            raise
        self._digests[i] = _content(picture, label)
        return picture, label

    @property
    def digests(self) -> list[bytes]:
        """One of each picture that has been read."""
        return self._digests

    def digest(self) -> str:
        """Of all pictures, once all have been read."""
        return digest_of(self._digests)


def content(images: Images) -> str:
    """The digest of all pictures, every one of them read for it."""
    witness = Witness(images)

    def read(i: int) -> None:
        with contextlib.suppress(BrokenImageError):
            witness.images.read(i)

    with ThreadPoolExecutor(images.workers) as pool, steps("the same pictures?", images.n) as advance:
        for _ in pool.map(read, range(images.n)):
            advance(1)
    return witness.digest()


def _content(picture: Picture, label: Any) -> bytes:
    digest = hashlib.sha256(repr(label).encode("utf-8", "surrogateescape"))
    if isinstance(picture, Image.Image):
        digest.update(f"{picture.mode} {picture.size}".encode())
        digest.update(picture.tobytes())
    elif isinstance(picture, Jpeg):
        digest.update(picture.data)
    else:
        digest.update(f"{picture.dtype} {tuple(picture.shape)}".encode())
        digest.update(bytes_of(picture))
    return digest.digest()

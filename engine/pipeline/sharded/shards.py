"""The files of what shards of a build have finished: each is there whole or not at all, whichever worker wrote it.

In the work folder: shards/00012.json and -tiles.npy (pictures: what was seen of them), shards/LLL/00012.json and .npy
(the rows of layer LLL), rows/LLL.npy and .json (all rows of a layer that are left in, once they are joined;
rows/LLL-sample.npy and LLL-reduced.npy: those that are embedded, and on few axes, where that is asked for),
neighbors/LLL-FIRST.npz (the neighbours of rows from FIRST on), products/LLL-DIGEST.npy and LLL-DIGEST-FIRST.npy (what
the rows of a layer are multiplied by, and what rows from FIRST on make of it). What says that something is complete is
written last.
"""

import errno
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...files import whole
from ..building.work_files import read_json as read_json
from ..building.work_files import write_json as write_json


@dataclass(frozen=True)
class Shard:
    """Pictures that are captured together: whole batches, cut where one machine cuts them."""

    number: int
    first: int
    stop: int

    def __str__(self) -> str:
        return f"images {self.first:,} to {self.stop - 1:,}"


@dataclass(frozen=True)
class Shards:
    """Where the files of a build's shards are."""

    folder: Path

    def pictures(self, shard: Shard) -> Path:
        return self.folder / "shards" / f"{shard.number:05}.json"

    def tiles(self, shard: Shard) -> Path:
        return self.folder / "shards" / f"{shard.number:05}-tiles.npy"

    def layer(self, k: int, shard: Shard) -> Path:
        """The file that says that a layer of a shard is complete; its rows lie beside it, with another ending."""
        return self.folder / "shards" / f"{k:03}" / f"{shard.number:05}.json"

    def rows(self, k: int) -> Path:
        """The file that says that the rows of a layer are joined."""
        return self.folder / "rows" / f"{k:03}.json"

    def matrix(self, k: int, kind: str = "") -> Path:
        """The joined rows of a layer, or of kind -sample those that are embedded, or -reduced those on few axes."""
        return self.folder / "rows" / f"{k:03}{kind}.npy"

    def neighbors(self, k: int, first: int | None) -> Path:
        """The file of the neighbours of rows from `first` on; without it, of the exact ones of a few rows."""
        name = f"{k:03}-exact.npy" if first is None else f"{k:03}-{first:09}.npz"
        return self.folder / "neighbors" / name

    def product(self, k: int, name: str, first: int | None = None) -> Path:
        """What the rows of a layer are multiplied by, or what rows from `first` on make of it."""
        return self.folder / "products" / (f"{k:03}-{name}.npy" if first is None else f"{k:03}-{name}-{first:09}.npy")

    def forget_shards(self, k: int) -> None:
        """Delete the shards of a layer whose rows are joined."""
        shutil.rmtree(self.folder / "shards" / f"{k:03}", ignore_errors=True)

    def forget(self, k: int) -> None:
        """Delete all files of a layer that is done."""
        self.forget_shards(k)
        self.rows(k).unlink(missing_ok=True)
        for folder in ("rows", "neighbors", "products"):
            for file in (self.folder / folder).glob(f"{k:03}*.np?"):
                file.unlink(missing_ok=True)


def write_array(file: Path, values: NDArray[Any]) -> None:
    """Whole, into a folder that need not be there yet."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with whole(file) as draft, draft.open("wb") as stream:
        try:
            np.save(stream, values, allow_pickle=False)
        except OSError as error:
            if error.errno is not None:
                raise
            # NumPy reports a short write without an error number.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file)) from None


def new_array(file: Path, shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
    """An array on disk to be filled, its room taken now: writing to a map without room would kill the process."""
    values = np.lib.format.open_memmap(file, mode="w+", dtype=kind, shape=shape)
    if hasattr(os, "posix_fallocate"):
        with file.open("r+b") as stream:
            os.posix_fallocate(stream.fileno(), 0, values.offset + values.nbytes)
    return values


def read_array(file: Path) -> NDArray[Any]:
    """Read from the disk as it is used, and never written to it."""
    return np.load(file, mmap_mode="c", allow_pickle=False)


def read_tensor(file: Path) -> Tensor:
    """An array of a file, in the same way."""
    return torch.from_numpy(read_array(file))


def total(parts: Sequence[dict[str, Any]]) -> int:
    """Rows of all shards together."""
    return sum(each["rows"] for each in parts)

"""The rows of a layer joined from its shards, and the neighbours of some of them among all, by a worker.

A worker holds its rows and reads blocks of all rows one after the other; what each brings is merged by distance and
then by row, so neither the cuts nor the order can be told from the result.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...files import whole
from ..centred import parts
from ..exclusion import is_constant
from ..neighbors import distances, merge, nothing_found
from .shards import Shard, Shards, new_array, read_array, read_json, total, write_json
from .specification import told

BLOCK_BYTES = 512 * 2**20  # of rows read at a time


def join(file: str, k: int, cut: Sequence[Shard], left_out: Sequence[int]) -> None:
    """On a worker: all rows of layer k but those left out, in one file. left_out: counted over all shards.

    Rows in half precision come out as if one machine had taken them in one after the other: all shards before one
    that outgrew it are made smaller, each time by rounding anew.
    """
    with told(file) as spec:
        shards = Shards(spec.folder)
        facts = [read_json(shards.layer(k, shard)) or {} for shard in cut]
        keep = np.ones(total(facts), dtype=bool)
        keep[list(left_out)] = False
        files = [shards.layer(k, shard).with_suffix(".npy") for shard in cut]
        first = next(part for part, each in zip(files, facts, strict=True) if each["rows"])
        shape, kind = (int(keep.sum()), read_array(first).shape[1]), read_array(first).dtype
        target = shards.rows(k).with_suffix(".npy")
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole(target) as draft:
            joined = new_array(draft, shape, kind)
            at = seen = 0
            for number, (part, each) in enumerate(zip(files, facts, strict=True)):
                if each["rows"]:
                    here = keep[seen : seen + each["rows"]]
                    growths = [factor for later in facts[number + 1 :] for factor in later["growths"]]
                    rows = _grown(torch.from_numpy(read_array(part)[here]), growths)
                    joined[at : at + len(rows)] = rows.numpy()
                    at, seen = at + len(rows), seen + each["rows"]
            constant = is_constant(torch.from_numpy(joined))
            del joined
        write_json(shards.rows(k), {"rows": shape[0], "width": shape[1], "constant": constant})


def _grown(rows: Tensor, growths: Sequence[float]) -> Tensor:
    for factor in growths:
        rows *= factor
    return rows


def search(file: str, k: int, first: int, stop: int, count: int) -> None:
    """On a worker: the `count` nearest neighbours of rows `first` to `stop` of layer k among all of them."""
    with told(file) as spec:
        shards = Shards(spec.folder)
        matrix = torch.from_numpy(read_array(shards.rows(k).with_suffix(".npy")))
        rows = matrix[first:stop].to(spec.device)
        found = nothing_found(len(rows), count, spec.device)
        size = parts(*matrix.shape)[0][1]
        height = size * max(1, BLOCK_BYTES // (4 * matrix.shape[1] * size))  # blocks hold all of these rows or none
        for start in range(0, len(matrix), height):
            block = matrix[start : start + height].to(spec.device)
            inside = start <= first < start + height
            merge(rows, block, start, found, at=first - start if inside else None)
        _write(shards.neighbors(k, first), found[0].cpu(), distances(found).cpu())


def _write(file: Path, indices: Tensor, distances: Tensor) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with whole(file) as draft, draft.open("wb") as stream:
        np.savez(stream, indices=indices.numpy(), distances=distances.numpy())


def found(shards: Shards, k: int, starts: Sequence[int], device: torch.device) -> tuple[Tensor, Tensor]:
    """Indices and distances (n, count) of all rows of layer k, from the files that begin at `starts`."""
    files = [np.load(shards.neighbors(k, first), allow_pickle=False) for first in starts]
    both = (torch.from_numpy(np.concatenate([each[name] for each in files])) for name in ("indices", "distances"))
    indices, lengths = (each.to(device) for each in both)
    return indices, lengths

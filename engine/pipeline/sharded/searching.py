"""The rows of a layer joined from its shards, their neighbours among all, and places among embedded ones, by a worker.

A worker holds its rows and reads blocks of all rows one after the other; what each brings is merged by distance and
then by row, so neither the cuts nor the order can be told from the result.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...files import whole
from ..algebra.centred import Span, parts
from ..algebra.reduction import Axes, tried_rows
from ..building.exclusion import is_constant
from ..building.layer_rows import Compared, place_part
from ..neighbors import distances, merge, nothing_found
from ..placing import neighbors_among
from .shards import Shard, Shards, new_array, read_array, read_json, read_tensor, total, write_array, write_json
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
        target = shards.matrix(k)
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
        write_json(
            shards.rows(k), {"rows": shape[0], "width": shape[1], "constant": constant} | {"scale": facts[-1]["scale"]}
        )


def _grown(rows: Tensor, growths: Sequence[float]) -> Tensor:
    for factor in growths:
        rows *= factor
    return rows


def search(file: str, k: int, rows: str, part: Span, count: int) -> None:
    """On a worker: the `count` nearest neighbours of a part of the rows of a kind (`Shards.matrix`) among them all."""
    with told(file) as spec:
        shards = Shards(spec.folder)
        matrix = read_tensor(shards.matrix(k, rows))
        mine = matrix[slice(*part)].to(spec.device)
        found = nothing_found(len(mine), count, spec.device)
        size = parts(*matrix.shape)[0][1]
        height = size * max(1, BLOCK_BYTES // (4 * matrix.shape[1] * size))  # blocks hold all of these rows or none
        for start in range(0, len(matrix), height):
            block = matrix[start : start + height].to(spec.device)
            inside = start <= part[0] < start + height
            merge(mine, block, start, found, at=part[0] - start if inside else None)
        _write(shards.neighbors(k, part[0]), found[0].cpu(), distances(found).cpu())


def exact(file: str, k: int, rows: str) -> None:
    """On a worker: the true neighbours of those rows on which it is measured what axes lose."""
    with told(file) as spec:
        shards = Shards(spec.folder)
        matrix = read_tensor(shards.matrix(k, rows))
        tried = tried_rows(len(matrix), spec.options.seed)
        found = neighbors_among(matrix[tried].to(spec.device).float(), matrix, spec.options.n_neighbors)
        write_array(shards.neighbors(k, None), found[0].cpu().numpy())


def place(file: str, k: int, rows: str, part: Span, given: Sequence[str]) -> None:
    """On a worker: where a part of the rows of layer k lie that are not embedded. given: names of the embedded points,
    and of mean and axes that `rows`, the kind among which neighbours are found, were reduced to."""
    with told(file) as spec:
        shards = Shards(spec.folder)
        points, *on = (read_array(shards.product(k, name)) for name in given)
        axes = Axes(*(torch.from_numpy(each).to(spec.device) for each in on)) if on else None
        among = Compared(read_tensor(shards.matrix(k, rows)), axes)
        _, placed = place_part(read_tensor(shards.matrix(k)), part, among, points, spec.options, spec.device)
        write_array(shards.product(k, f"{given[0]}-placed", part[0]), placed)


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

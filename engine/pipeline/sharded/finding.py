"""The neighbours of a layer's rows by workers: rows joined, drawn and reduced if that is asked for, then searched."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...cluster.workers import Task
from ...files import whole
from ...progress import steps
from ..algebra.centred import parts
from ..algebra.reduction import Axes
from ..building.layer_rows import LayerRows, Placed, axes_of, note_reduction, rest_of, sampled, wide, with_the_rest
from .divided import Divided
from .multiplying import centred, multiplied, put
from .searching import exact, found, join, place, search
from .shards import new_array, read_array, read_json, read_tensor

BLOCK = 1024  # rows copied together


class Finding(Divided):
    """Has workers compare the rows of a work's layers."""

    def rows(self, k: int) -> LayerRows:
        """The rows of layer k, once they are joined."""
        kind = self._embedded(k)
        every, embedded = (centred(self.shards, k, each, self.file, self.workers) for each in ("", kind))
        return LayerRows(every, embedded, partial(self._placed, k) if kind else None)

    def graph(self, k: int, advance: Callable[[int], None]) -> tuple[Tensor, Tensor]:
        """Indices and distances of the neighbours of what is embedded of layer k; of none where it is constant."""
        if self._joined(k)["constant"]:
            return torch.empty((0, 0), dtype=torch.int64), torch.empty((0, 0))
        kind, axes = self._compared(k)
        cut = parts(*self._matrix(k, kind).shape)
        searches = [
            Task(
                f"neighbours of rows {part[0]} to {part[1] - 1} of {self.work.probes[k].name}",
                (self.file, k, kind, part, self.work.options.n_neighbors),
                self.shards.neighbors(k, part[0]).is_file,
            )
            for part in cut
        ]
        self._run(search, searches, advance)
        graph = found(self.shards, k, [first for first, _ in cut], self.work.machine.device)
        if axes is not None:
            self._note(k, axes, graph[0])
        return graph

    def _placed(self, k: int, points: Placed) -> Placed:
        """All rows of layer k, (n, d), those that are not embedded placed among the `points` of those that are."""
        kind, axes = self._compared(k)
        matrix = self._matrix(k)
        given = [put(self.shards, k, each) for each in (torch.from_numpy(points), *_tensors(axes))]
        files = {part: self.shards.product(k, f"{given[0]}-placed", part[0]) for part in parts(*matrix.shape)}
        tasks = [
            Task(
                f"placing rows {part[0]} to {part[1] - 1} of {self.work.probes[k].name}",
                (self.file, k, kind, part, given),
                file.is_file,
            )
            for part, file in files.items()
        ]
        with steps(f"placing {self.work.probes[k].name}", len(matrix)) as advance:
            self._run(place, tasks, advance)
        rests = ((rest_of(len(matrix), part, self.work.options), read_array(file)) for part, file in files.items())
        return with_the_rest(len(matrix), points, self.work.options, rests)

    def _run(self, function: Callable[..., None], tasks: Sequence[Task], advance: Callable[[int], None]) -> None:
        """Tasks whose fourth argument is a part of the rows."""
        for task, _ in self.workers.run(function, tasks):
            first, stop = task.arguments[3]
            advance(stop - first)

    # ------------------------------------------------------------------------------------------ what is compared

    def _joined(self, k: int) -> dict[str, Any]:
        """What is known of the joined rows of layer k."""
        shards = self.shards
        arguments = (self.file, k, self.cut, self.work.job.left_out)
        there = Task(f"rows of {self.work.probes[k].name}", arguments, shards.rows(k).is_file)
        for _ in self.workers.run(join, [there]):
            shards.forget_shards(k)
        facts = read_json(shards.rows(k))
        assert facts is not None
        return facts

    def _matrix(self, k: int, kind: str = "") -> Tensor:
        return read_tensor(self.shards.matrix(k, kind))

    def _compared(self, k: int) -> tuple[str, Axes | None]:
        """The kind of the rows of layer k that neighbours are found among, and what axes they are on."""
        kind, options = self._embedded(k), self.work.options
        matrix = self._matrix(k, kind)
        if not wide(matrix, options):
            return kind, None
        axes = axes_of(matrix, options, self.work.machine.device)
        target = self.shards.matrix(k, "-reduced")
        if not target.is_file():
            cut = parts(*matrix.shape)
            files = multiplied(self.shards, k, self.file, self.workers, ("times", kind), cut, _tensors(axes))
            with whole(target) as draft:
                values = new_array(draft, (len(matrix), axes.axes.shape[1]), np.float32)
                for (first, stop), each in zip(cut, files, strict=True):
                    values[first:stop] = read_array(each)
                del values
            for each in files:
                each.unlink(missing_ok=True)
        return "-reduced", axes

    def _embedded(self, k: int) -> str:
        """The kind of the rows of layer k that are embedded together."""
        matrix = read_array(self.shards.matrix(k))
        sample = sampled(len(matrix), self.work.options)
        if sample is None:
            return ""
        target = self.shards.matrix(k, "-sample")
        if not target.is_file():
            with whole(target) as draft:
                values = new_array(draft, (len(sample), matrix.shape[1]), matrix.dtype)
                for first in range(0, len(sample), BLOCK):
                    values[first : first + BLOCK] = matrix[sample[first : first + BLOCK].numpy()]
                del values
        return "-sample"

    def _note(self, k: int, axes: Axes, indices: Tensor) -> None:
        kind, file = self._embedded(k), self.shards.neighbors(k, None)
        name = f"exact neighbours of some rows of {self.work.probes[k].name}"
        for _ in self.workers.run(exact, [Task(name, (self.file, k, kind), file.is_file)]):
            pass
        note_reduction(self.work, k, self._matrix(k, kind), axes, indices, read_tensor(file))


def _tensors(axes: Axes | None) -> tuple[Tensor, ...]:
    return () if axes is None else (axes.mean, axes.axes)

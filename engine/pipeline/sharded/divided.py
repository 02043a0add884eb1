"""A build's work divided among workers: its pictures cut into shards, the workers, the file that tells them of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from ...cluster.workers import Workers
from ..building.planning import Plan
from ..building.work import Work
from .capturing import cut
from .shards import Shard, Shards


@dataclass(frozen=True, eq=False)
class Divided:
    """A build's work, and the workers that do it shard by shard."""

    work: Work
    plan: Plan
    workers: Workers
    file: str
    """What tells workers of the work."""
    cut: Sequence[Shard]

    @classmethod
    def of(cls, work: Work, plan: Plan, workers: Workers, file: str) -> Self:
        """The work in the shards that its plan and the size of its pictures make."""
        return cls(work, plan, workers, file, cut(work.images.n, plan, layers=len(work.probes), tile=work.options.tile))

    @property
    def shards(self) -> Shards:
        return Shards(self.work.job.folder)

"""A work divided among workers: its pictures cut into shards, who they are sent to, and what tells workers of it."""

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
    """A work, and the workers who do it shard by shard."""

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

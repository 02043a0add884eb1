"""The workers of a cluster for what the pipeline sends them: those of this machine begin with its tasks imported."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from ..cluster.connect import connected
from ..cluster.workers import Workers


def pipeline_workers(cluster: Any, *, gpus: Sequence[str] = ()) -> AbstractContextManager[Workers]:
    """As `cluster.connect.connected`. gpus: of this machine, for a worker each."""
    return connected(cluster, gpus=gpus, modules=[f"{__package__}.task_imports"])

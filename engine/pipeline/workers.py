"""The workers of a cluster for what the pipeline sends them: those of this machine begin with its tasks imported."""

from contextlib import AbstractContextManager
from typing import Any

from ..cluster.connect import connected
from ..cluster.workers import Workers


def pipeline_workers(cluster: Any, *, gpus: int = 0) -> AbstractContextManager[Workers]:
    """As `cluster.connect.connected`. gpus: how many this machine has, for a worker each."""
    return connected(cluster, gpus=gpus, modules=[f"{__package__}.task_imports"])

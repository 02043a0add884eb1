"""The workers of a cluster for what the pipeline sends them: those of this machine begin with its tasks imported."""

from contextlib import AbstractContextManager
from typing import Any

from ..cluster.connect import connected
from ..cluster.workers import Workers


def pipeline_workers(cluster: Any, *, cuda: bool = False) -> AbstractContextManager[Workers]:
    """As `cluster.connect.connected`. cuda: a GPU of its own for each worker of this machine."""
    return connected(cluster, cuda=cuda, modules=[f"{__package__}.task_imports"])

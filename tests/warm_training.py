"""UMAP imported and compiled, and Dask, once for all programs that embed: where any of the tests that run trains."""

import distributed.cli.dask_scheduler
import distributed.cli.dask_worker  # noqa: F401

from engine.pipeline.embedding import prepare_umap

prepare_umap()

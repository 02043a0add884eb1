"""UMAP imported and compiled, once for all programs that embed: where any of the tests that run trains."""

from engine.pipeline.embedding import prepare_umap

prepare_umap()

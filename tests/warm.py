"""Imports that take seconds, for a process that others are forked from; UMAP compiled once for all processes."""

import engine.pipeline.build  # noqa: F401
from engine.pipeline.embedding import prepare_umap
from engine.pipeline.torchvision_models import torchvision_models

torchvision_models()
prepare_umap()

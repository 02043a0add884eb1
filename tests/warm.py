"""Imports that take seconds, and UMAP's compiled functions kept on disk: for a process that others are forked from.

numba compiles UMAP anew in every process, for four seconds, unless it is told to keep what it compiled.
"""

import umap.layouts
import umap.umap_

import engine.pipeline.build  # noqa: F401
from engine.pipeline.torchvision_models import torchvision_models

torchvision_models()
umap.layouts._nb_optimize_layout_euclidean_single_epoch.enable_caching()
umap.umap_.smooth_knn_dist.enable_caching()
umap.umap_.compute_membership_strengths.enable_caching()

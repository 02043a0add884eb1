"""Imports that take seconds, done once in the process that programs are forked from: what the verbs use, less UMAP."""

import contextlib

import cmap
import dask
import distributed.cli.dask_scheduler
import distributed.cli.dask_worker  # noqa: F401
import pyarrow.dataset  # noqa: F401
import sklearn.datasets  # noqa: F401
import typer
from PIL import Image

import engine.doctor.machine
import engine.pictures.gallery
import engine.pictures.side_by_side
import engine.pictures.similarity_files
import engine.pipeline.build
import engine.web.export
import engine.web.serve  # noqa: F401
from engine.cli import app
from engine.pipeline.models.torchvision_models import torchvision_models

torchvision_models()
Image.init()  # readers and writers of files
cmap.Colormap("viridis")
with contextlib.suppress(OSError, ValueError, typer.Exit):  # typer imports pydantic when it reads the first word
    app(["info", "no such tour"], standalone_mode=False)

dask.config.set({  # clusters stay for many tests, and idle: what Dask watches itself by takes seconds of each minute
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "1h",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.cycle": "1h",
})  # fmt: skip

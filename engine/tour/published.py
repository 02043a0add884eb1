"""Import of the published UMAP Tour's data: a meta file and what it leads to become a Tour.

`meta-NAME.json` leads to one folder of float32 embeddings with a `schema.json` (published_embeddings), to a table of
attributes (published_attributes), and to sheets of images (published_images).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .alignment import chain
from .epochs import joined
from .published_attributes import read_attributes
from .published_embeddings import embeddings, residual_agreement, standing
from .published_images import folder_sprites, sheet_sprites
from .published_labels import add_labels
from .published_meta import Meta, fail, read_json, read_meta
from .published_states import published_views
from .schema import FLAT
from .tour import Layer, Tour

ALL = "all"  # epochs
NAMES = {
    "googlenet": "GoogLeNet",
    "resnet50": "ResNet50",
    "resnet101": "ResNet101",
    "vgg16": "VGG-16",
    "inception_v3": "Inception V3",
}  # as the article writes them


def import_published(
    meta: str | Path,
    *,
    epoch: str | None = None,
    images: str | Path | None = None,
    tile: int = 64,
    states: str | Path | None = None,
) -> Tour:
    """Read a published UMAP Tour from its meta file.

    epoch: which of several embeddings, as written in `epoch_arch_to_dir` ("0,0"); the last unless said; "all" for
    every epoch of the last one's network, as one tour and without the article's scenes.
    images: an ImageFolder of the same images in the same order, whose pictures become sprites of `tile` pixels.
    states: the article's scenes, which become saved views; `states` beside the data's folder unless said.
    What is missing beyond the embeddings and the attributes is logged and left out. The published residuals are
    recomputed and their agreement logged. Raises TourFormatError naming the file and the fault.
    """
    scenes = None if states is None else Path(states)
    if scenes is not None and not scenes.is_dir():
        fail(scenes, "no such folder; it holds orientations/, centers/ and annotations/")
    source = read_meta(Path(meta))
    folder = None if images is None else Path(images)
    if epoch == ALL:
        return joined(list(_training(source, folder, tile)))
    tour = _one_epoch(source, epoch, folder, tile)
    scenes = scenes or source.folder.parent / "states"
    return replace(tour, views=published_views(tour, scenes) if scenes.is_dir() else [])


def _one_epoch(meta: Meta, epoch: str | None, images: Path | None, tile: int) -> Tour:
    """The tour of one embedding, without saved views."""
    folder = meta.embedding_folder(epoch)
    schema = read_json(folder / "schema.json")
    attributes = read_attributes(meta, folder)
    add_labels(meta, folder, schema.get("labels"), attributes)
    names, points = embeddings(meta, folder, schema)
    agreement = residual_agreement(schema, points)
    if meta.dims == FLAT:
        points = [standing(each) for each in points]
    layers = tuple(
        Layer(name, name.split("-", 1)[-1], each, placement)
        for name, each, placement in zip(names, points, chain(points), strict=True)
    )
    stem = re.sub(r"^meta-|-\d+D$", "", meta.file.stem)
    return Tour(
        name=NAMES.get(stem, stem),
        layers=layers,
        attributes=attributes,
        sprites=sheet_sprites(meta) if images is None else folder_sprites(meta, images, tile, attributes),
        how={"imported": meta.file.name, "embedding": folder.name, "residual_agreement": agreement},
    )


def _training(meta: Meta, images: Path | None, tile: int) -> Iterator[Tour]:
    """A tour for each epoch of the network of the last embedding: keys are "epoch,network"."""
    keys = [key.partition(",") for key in meta.embeddings]
    for epoch, comma, network in keys:
        if network == keys[-1][2]:
            tour = _one_epoch(meta, f"{epoch}{comma}{network}", images, tile)
            yield replace(tour, name=f"{tour.name}-epoch{epoch}")

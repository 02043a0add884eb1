"""Gives images their labels: classes or numbers; ImageNet's, named by wnid, get their names, order and groups."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from .imagenet import imagenet
from .images import Images
from .label_values import column_of, label_of


def labelled(images: Images, labels: Sequence[Any], classes: Sequence[str] = ()) -> Images:
    """The images with these labels in place of any others, numbers by the names in `classes` where these are given.

    None is no label; where all are, the images stay as they are. Raises ValueError where they are not as many.
    """
    if len(labels) != images.n:
        raise ValueError(f"{len(labels):,} labels for {images.n:,} images")
    values = labels if isinstance(labels, pd.Categorical) else column_of([label_of(each) for each in labels], classes)
    bare = replace(images, labels=None, truth=None, groups=None, classes=())
    if not isinstance(values, pd.Categorical):
        return replace(bare, columns={"label": values} | bare.columns)
    if not (values.codes >= 0).any():
        return images
    names = set(map(str, values.categories))
    return _of_imagenet(bare, values) if names <= set(imagenet()) else replace(bare, labels=values)


def _of_imagenet(images: Images, wnids: pd.Categorical) -> Images:
    known = imagenet()
    each = [known.get(str(wnid)) for wnid in wnids]
    inside = sorted((known[str(wnid)] for wnid in wnids.categories), key=lambda one: one.index)
    return replace(
        images,
        labels=pd.Categorical([one and one.label for one in each], categories=[one.label for one in inside]),
        truth=np.array([-1 if one is None else one.index for one in each], dtype=np.int64),
        columns={"label_coarse": pd.Categorical([one and one.coarse for one in each])} | images.columns,
    )

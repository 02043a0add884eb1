"""Pictures of any origin as one kind of thing: which reader takes what somebody hands over."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor

from .arrays import from_array, from_npy
from .datasets import from_dataset
from .files import from_files, from_folder
from .images import Images
from .labels import column_of, label_of

KINDS = (
    "images are a folder, a .npy file, an array or tensor, a list of files or pictures, (pictures, labels), "
    "or a torch Dataset with a length"
)


def as_images(images: Any) -> Images:
    """A folder, a file, an array, a list, a torch Dataset, any of these in memory with labels, or Images as they are.

    Raises TypeError on anything else, ValueError or OSError where there are no images in it.
    """
    if isinstance(images, Images):
        return images
    if isinstance(images, str | Path):
        path = Path(images)
        return from_npy(path) if path.suffix == ".npy" else from_folder(path)
    if isinstance(images, tuple) and len(images) == 2 and isinstance(images[0], np.ndarray | Tensor | list | tuple):
        return labelled(as_images(list(images[0]) if isinstance(images[0], tuple) else images[0]), images[1])
    if isinstance(images, np.ndarray | Tensor):
        return from_array(images)
    if isinstance(images, list) and images and all(isinstance(each, str | Path) for each in images):
        return from_files(images)
    if hasattr(images, "__getitem__") and hasattr(images, "__len__"):
        return from_dataset(images)
    raise TypeError(f"{KINDS}, not {type(images).__name__}")


def labelled(images: Images, labels: Sequence[Any]) -> Images:
    """The images with these labels: classes, or numbers that are none. Raises ValueError where they are not as many."""
    if len(labels) != images.n:
        raise ValueError(f"{len(labels)} labels for {images.n} images")
    values = column_of([label_of(each) for each in labels])
    if isinstance(values, pd.Categorical):
        return replace(images, labels=values)
    return replace(images, columns={"label": values} | images.columns)

"""Pictures of any origin as one kind of thing: which reader takes what somebody hands over."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor
from torch.utils.data import DataLoader

from ..tour.folders import SUFFIXES
from .inputs.arrays import from_array, from_npy
from .inputs.columns import with_label
from .inputs.datasets import from_dataset
from .inputs.decoding import PLAIN, Decoding
from .inputs.files import from_files, from_folder
from .inputs.hf_datasets import from_hf, from_hub, from_saved, is_hf, is_saved
from .inputs.images import Images, part_of
from .inputs.joining import with_attributes
from .inputs.labelled_images import labelled
from .inputs.shards import from_shards, shards_of
from .inputs.streams import from_stream
from .inputs.table_files import TABLES
from .inputs.tables import from_table

PATHS = "a folder, a table (.csv, .tsv, .jsonl, .parquet), hf:NAME[:SPLIT], .tar shards, or an array .npy"
KINDS = (
    f"images are {PATHS}; from Python also an array or tensor, a list of files or pictures, (pictures, labels), "
    "a data set, a DataLoader or an iterator"
)


def pictures(
    images: Any,
    decoding: Decoding,
    *,
    attributes: "str | Path | None" = None,
    label: str | None = None,
    limit: int | None = None,
    sample: int | None = None,
    seed: int | None = 0,
) -> Images:
    """The images that a build is given, with the attributes of a table joined, and the label and part asked for."""
    source = as_images(images, decoding, limit=limit)
    if attributes is not None:
        source = with_attributes(source, Path(attributes))
    if label is not None:
        source = with_label(source, label)
    return part_of(source, limit=limit, sample=sample, seed=seed)


def as_images(images: Any, decoding: Decoding = PLAIN, *, limit: int | None = None) -> Images:
    """Images of any kind in KINDS, or Images as they are. limit: how many to take of an iterator, which may not end.

    Raises TypeError on anything else, ValueError or OSError where there are no images in it.
    """
    if isinstance(images, Images):
        return images
    if isinstance(images, str | Path):
        return _of_name(str(images), decoding)
    if is_hf(images):
        return from_hf(images, decoding)
    if isinstance(images, tuple) and len(images) == 2 and isinstance(images[0], np.ndarray | Tensor | list | tuple):
        first = list(images[0]) if isinstance(images[0], tuple) else images[0]
        return labelled(as_images(first, decoding), images[1])
    if isinstance(images, np.ndarray | Tensor):
        return from_array(images, limits=decoding.limits)
    if isinstance(images, list) and images and all(isinstance(each, str | Path) for each in images):
        files = [Path(each) for each in images]
        packed = all(each.suffix == ".tar" for each in files)
        return from_shards(files, decoding) if packed else from_files(files, decoding)
    if isinstance(images, pd.DataFrame):
        raise TypeError("images are a DataFrame: save it by to_parquet or to_csv, and give the file")
    if isinstance(images, DataLoader):
        return from_stream(images, limit=limit)
    if hasattr(images, "__getitem__") and hasattr(images, "__len__") and not isinstance(images, dict):
        return from_dataset(images)
    if isinstance(images, Iterable) and not isinstance(images, dict | bytes):
        return from_stream(images, limit=limit)
    raise TypeError(f"{KINDS}, not {type(images).__name__}")


def _of_name(name: str, decoding: Decoding) -> Images:
    """What a path or a name on the command line leads to. Raises ValueError or OSError saying what is expected."""
    path = Path(name)
    if re.match(r"\w+://", name):
        raise ValueError(f"{name}: is an address; download what is there, and give the folder or file")
    if name.startswith("hf:") and not path.exists():
        return from_hub(name.removeprefix("hf:"), decoding)
    if path.is_dir():
        return from_saved(path, decoding) if is_saved(path) else from_folder(path, decoding)
    ending = path.suffix.lower()
    if ending == ".tar" or re.search(r"\.tar(\.\w+)?$|\.tgz$", name):
        return from_shards(shards_of(name), decoding)
    if not path.exists():
        raise FileNotFoundError(f"{name}: no such folder or file of images; --images takes {PATHS}")
    if ending in TABLES:
        return from_table(path, decoding)
    if ending == ".npy":
        return from_npy(path, limits=decoding.limits)
    if ending in SUFFIXES:
        raise ValueError(f"{name}: is one picture; a tour is of many: give the folder that it lies in")
    if ending in (".zip", ".gz", ".7z", ".rar", ".tgz"):
        raise ValueError(f"{name}: is packed; unpack it and give the folder, or the .tar of WebDataset shards")
    if ending in (".npz", ".pt", ".pth", ".pkl", ".h5", ".hdf5", ".mat"):
        raise ValueError(f"{name}: holds arrays under names; save the one of pictures by numpy.save as a .npy file")
    if ending == ".json":
        raise ValueError(f"{name}: is one JSON document; a table is a .jsonl file, an object a line")
    if ending in (".xlsx", ".xls", ".ods"):
        raise ValueError(f"{name}: is a spreadsheet; save it as CSV")
    raise ValueError(f"{name}: is no folder of images; --images takes {PATHS}")

"""Image files, in a folder or a list: classes by the folder that they lie in, ImageNet's by their wnid."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...tour.folders import Remarks, listed, text_of, whole_path
from .decoding import PLAIN, Decoding
from .images import Images, digest_of
from .labelled_images import labelled

SPLITS = frozenset(("train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval", "holdout"))


def from_folder(folder: Path, decoding: Decoding = PLAIN) -> Images:
    """The images under a folder, folders of the first level being classes; ImageNet's, named by wnid, get their names.

    Deeper folders become the attribute `path`. Where all folders of the first level are called train, val, test or
    the like, they become the attribute `split`, and those inside them are the classes. A picture beside the class
    folders has no class. Raises FileNotFoundError where there is no such folder or no image in it.
    """
    found = listed(folder)
    inside = found.folders()
    columns: dict[str, Any] = {}
    if all(parts and parts[0].lower() in SPLITS for parts in inside) and len({parts[0] for parts in inside}) > 1:
        columns["split"] = pd.Categorical([parts[0] for parts in inside])
        inside = [parts[1:] for parts in inside]
    classes = [text_of(Path(parts[0])) if parts else None for parts in inside]
    deeper = [text_of(Path(*parts[1:])) if parts[1:] else None for parts in inside]
    if any(deeper):
        columns["path"] = pd.Categorical(deeper)
    images = _images_of(found.files, decoding, columns=columns, passed_over=found.passed_over)
    return labelled(images, classes)


def from_files(files: Sequence[str | Path], decoding: Decoding = PLAIN) -> Images:
    """The image files of a list, in its order. Raises ValueError where the list is empty."""
    if not files:
        raise ValueError("there are no images in that list")
    paths = [Path(file) for file in files]
    return _images_of(paths, decoding, columns={}, passed_over=Remarks())


def stamp(file: Path) -> bytes:
    """What changes with a file: its path, size, and when it was last written."""
    try:
        status = file.stat()
    except OSError:  # a link to nowhere, which is found out when it is read
        return f"{text_of(file)} none\n".encode()
    return f"{text_of(file)} {status.st_size} {status.st_mtime_ns}\n".encode()


def _images_of(files: Sequence[Path], decoding: Decoding, *, columns: dict[str, Any], passed_over: Remarks) -> Images:
    notes = Remarks()
    columns["file"] = np.array([whole_path(file) for file in files], dtype=object)
    return Images(
        n=len(files),
        read=lambda i: (decoding.picture(files[i], notes), None),
        origin=f"folder of {len(files):,} files, {digest_of(stamp(file) for file in files)}",
        columns=columns,
        elsewhere=not decoding.on_gpu,
        passed_over=passed_over,
        notes=notes,
    )

"""Image files, in a folder or a list: classes by the folder that they lie in, ImageNet's by their wnid."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from ..tour.folders import Remarks, listed, text_of
from ..tour.pixels import decode
from .imagenet import imagenet
from .images import BrokenImageError, Images, digest_of

SPLITS = frozenset(("train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval", "holdout"))


def from_folder(folder: Path) -> Images:
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
    return _images_of(found.files, classes, columns=columns, passed_over=found.passed_over)


def from_files(files: Sequence[str | Path]) -> Images:
    """The image files of a list, in its order. Raises ValueError where the list is empty."""
    if not files:
        raise ValueError("there are no images in that list")
    paths = [Path(file) for file in files]
    return _images_of(paths, [None] * len(paths), columns={}, passed_over=Remarks())


def stamp(file: Path) -> bytes:
    """What changes with a file: its path, size, and when it was last written."""
    try:
        status = file.stat()
    except OSError:  # a link to nowhere, which is found out when it is read
        return f"{text_of(file)} none\n".encode()
    return f"{text_of(file)} {status.st_size} {status.st_mtime_ns}\n".encode()


def _images_of(
    files: Sequence[Path], classes: Sequence[str | None], *, columns: dict[str, Any], passed_over: Remarks
) -> Images:
    labels, truth, coarse = _labels(classes)
    if coarse is not None:
        columns["label_coarse"] = coarse
    columns["file"] = np.array([text_of(file.resolve()) for file in files], dtype=object)
    notes = Remarks()
    return Images(
        n=len(files),
        read=lambda i: (read_file(files[i], notes), None),
        origin=f"folder of {len(files):,} files, {digest_of(stamp(file) for file in files)}",
        labels=labels,
        columns=columns,
        truth=truth,
        passed_over=passed_over,
        notes=notes,
    )


def read_file(file: Path, notes: Remarks) -> Image.Image:
    """The picture in a file. Raises BrokenImageError naming it."""
    return read_picture(lambda note: decode(file, note=note), text_of(file), notes)


def read_picture(decoded: Callable[[Callable[[str], None]], Image.Image], name: str, notes: Remarks) -> Image.Image:
    """A picture whose decoding is given what to call with a note. Raises BrokenImageError with its name."""
    try:
        return decoded(lambda what: notes.add(what, name))
    except ValueError as error:
        raise BrokenImageError(f"{name}: {error}") from None


def _labels(
    classes: Sequence[str | None],
) -> "tuple[pd.Categorical | None, NDArray[np.int64] | None, pd.Categorical | None]":
    """Labels, which output of an ImageNet network is each one's, and its coarse group; None where there are none."""
    names = {name for name in classes if name is not None}
    if not names:
        return None, None, None
    known = imagenet()
    if not names <= set(known):
        return pd.Categorical(list(classes), categories=sorted(names)), None, None
    each = [None if name is None else known[name] for name in classes]
    inside = sorted((known[name] for name in names), key=lambda one: one.index)
    labels = pd.Categorical([one and one.label for one in each], categories=[one.label for one in inside])
    truth = np.array([-1 if one is None else one.index for one in each], dtype=np.int64)
    return labels, truth, pd.Categorical([one and one.coarse for one in each])

"""Files of labels of a published UMAP Tour: a uint16 a point beside the embeddings; their names, in the older form."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..files import opened
from .json_files import read_json
from .published_meta import Meta, fail

FILES = {"labels": "label", "labels-coarse": "label_coarse"}
"""What the files of the older form are called, and the attributes that they become."""

log = logging.getLogger("engine")


def labels_of_folder(meta: Meta, folder: Path) -> pd.DataFrame:
    """The attributes of a meta file of the older form: the labels in a folder, by their names in `label_text`.

    `label_text` is a list of names, a table of such lists by the files' stems, or a file that holds one of these.
    Classes without names are numbers. Raises TourFormatError naming the file.
    """
    text = meta.values["label_text"]
    if isinstance(text, str):
        text = _from_file(meta, text)
    columns: dict[str, Any] = {}
    for stem, attribute in FILES.items():
        file = meta.path(folder, f"{stem}.bin")
        if not file.is_file():
            log.info("label file %s: missing; left out", file.name)
            continue
        if file.stat().st_size != 2 * meta.n:
            fail(file, f"has {file.stat().st_size:,} bytes, and {meta.n:,} labels of two bytes take {2 * meta.n:,}")
        codes = _codes(file, meta.n)
        names = _names(meta, text, stem, attribute)
        if names is not None and int(codes.max()) >= len(names):
            if not isinstance(text, dict):  # one list, of the other file
                names = None
            else:
                fail(meta.file, f"label_text has {len(names):,} names for {stem}.bin, whose labels go to {codes.max()}")
        if names is None:
            columns[attribute] = pd.Categorical(codes)
        else:
            columns[attribute] = pd.Categorical([names[k] for k in codes], categories=list(dict.fromkeys(names)))
    if not columns:
        log.warning("%s: no file of labels in %s; the points have no attributes", meta.file.name, folder.name)
    return pd.DataFrame(columns, index=range(meta.n))


def add_labels(meta: Meta, folder: Path, labels: Any, attributes: pd.DataFrame) -> None:
    """Label files repeat what the table says. One that does not becomes an attribute of its own."""
    name = labels.get("id") if isinstance(labels, dict) else None
    if not isinstance(name, str):
        return
    file = meta.path(folder, f"{name}.bin")
    shape = labels.get("shape")
    if not file.is_file():
        log.info("label file %s: missing; left out", file.name)
    elif shape not in (meta.n, [meta.n]) or file.stat().st_size != 2 * meta.n:
        seen = f"{file.stat().st_size:,} bytes for shape {shape}"
        log.warning("label file %s: %s, not one uint16 a point; left out", file.name, seen)
    else:
        codes = _codes(file, meta.n)
        if not any(same_partition(codes, attributes[column]) for column in classes_of(attributes)):
            attributes[name] = pd.Categorical(codes)
            log.info("label file %s: an attribute that the table does not have; added", file.name)


def classes_of(attributes: pd.DataFrame) -> list[str]:
    """The names of the attributes that hold classes."""
    return [each for each in attributes.columns if isinstance(attributes[each].dtype, pd.CategoricalDtype)]


def same_partition(codes: NDArray[Any], values: "pd.Series[Any]") -> bool:
    """Whether two labellings of the points put the same ones together, whatever the classes are called."""
    pairs = pd.DataFrame({"a": codes, "b": values.cat.codes.to_numpy()}).drop_duplicates()
    return len(pairs) == pairs["a"].nunique() == pairs["b"].nunique()


def first_difference(codes: NDArray[Any], values: "pd.Series[Any]") -> int:
    """The first row at which the pairing of classes, fixed by their first meeting, breaks."""
    forth: dict[int, int] = {}
    back: dict[int, int] = {}
    for row, (a, b) in enumerate(zip(codes.tolist(), values.cat.codes.tolist(), strict=True)):
        if forth.setdefault(a, b) != b or back.setdefault(b, a) != a:
            return row
    return len(codes) - 1


def _codes(file: Path, n: int) -> "NDArray[np.uint16]":
    with opened(file) as stream:
        return np.fromfile(stream, dtype="<u2", count=n)


def _names(meta: Meta, text: Any, stem: str, attribute: str) -> list[str] | None:
    """The names of a file's classes, by their numbers; None where there are none."""
    if isinstance(text, dict):
        found = next((text[key] for key in (stem, attribute, f"{stem}.bin") if key in text), None)
        if found is None and all(key.isdigit() for key in text):
            found = text  # a name for every number
        text = found
    if isinstance(text, dict):
        if not all(key.isdigit() for key in text) or sorted(map(int, text)) != list(range(len(text))):
            fail(meta.file, f"label_text of {stem} is no list of names, and its keys are not 0, 1, 2, ...")
        text = [text[key] for key in sorted(text, key=int)]
    if text is None or text == []:
        return None
    if not isinstance(text, list) or not all(isinstance(each, str) for each in text):
        fail(meta.file, f"label_text of {stem} is no list of names")
    return list(text)


def _from_file(meta: Meta, name: str) -> Any:
    """What a file that `label_text` names holds: JSON, or a name a line."""
    file = meta.path(meta.folder.parent, name)
    if not file.is_file():
        file = meta.path(meta.folder, name)
    try:
        if file.suffix == ".json":
            return read_json(file)
        with opened(file) as stream:
            return stream.read(2**20).decode("utf-8").splitlines()
    except (OSError, ValueError) as error:
        fail(file, f"cannot be read, and label_text names it ({error})")

"""Data sets of Hugging Face `datasets`: by name on the hub, in a folder of `save_to_disk`, or as Python has them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...files import why
from ...tour.folders import Remarks
from ..models.network import one_line, required
from .columns import LABELS, free_name, with_columns
from .datasets import PICTURE_KEYS, as_picture
from .decoding import Decoding
from .files import stamp
from .images import BrokenImageError, Images, Picture, digest_of
from .labelled_images import labelled

SAVED = ("dataset_info.json", "dataset_dict.json")


def is_saved(folder: Path) -> bool:
    """Whether `save_to_disk` made that folder."""
    return any((folder / name).is_file() for name in SAVED)


def is_hf(images: Any) -> bool:
    """Whether that is a Dataset, or the DatasetDict of several splits; one that streams is an iterator like others."""
    parts = list(images.values()) if isinstance(images, dict) else [images]
    return bool(parts) and all(
        hasattr(each, "features") and hasattr(each, "cast_column") and hasattr(each, "__len__") for each in parts
    )


def from_hub(name: str, decoding: Decoding) -> Images:
    """NAME[:SPLIT] on the hub, or FOLDER[:SPLIT]; all splits unless one is named, `split` saying which.

    Raises ValueError where `datasets` is missing, or there is no such split or picture; OSError where it cannot be had.
    """
    if not name.strip():
        raise ValueError("hf: of which name? hf:NAME[:SPLIT] is a data set on the hub, hf:FOLDER one on disk")
    whole = Path(name)
    place, split = (name, "") if whole.exists() else (name.rpartition(":")[0] or name, name.partition(":")[2])
    if is_saved(Path(place)):
        return from_saved(Path(place), decoding, split=split)
    datasets = required("datasets", "datasets", f"hf:{name}")
    try:
        made = datasets.load_dataset(place, split=split or None)
    except Exception as error:  # the library raises whatever its readers and the network lead it to
        if split and "split" in str(error).lower():
            raise ValueError(f"hf:{place} has no split '{split}' ({one_line(error)})") from None
        raise OSError(
            f"hf:{place} cannot be had ({one_line(error)}); give a folder that save_to_disk made, or hf:NAME[:SPLIT]"
        ) from None
    return from_hf(made, decoding, name=f"hf:{name}")


def from_saved(folder: Path, decoding: Decoding, *, split: str = "") -> Images:
    """A folder that `save_to_disk` made, one split of it or all. Raises ValueError naming folder and fault."""
    datasets = required("datasets", "datasets", f"{folder} was made by `datasets`, and reading it")
    try:
        made = datasets.load_from_disk(str(folder))
    except Exception as error:  # the library raises whatever its readers lead it to
        raise ValueError(f"{folder}: no data set that can be read ({one_line(error)})") from None
    if split:
        there = list(made) if isinstance(made, dict) else []
        if split not in there:
            raise ValueError(f"{folder}: has no split '{split}'; there is: {', '.join(there) or 'one data set'}")
        made = made[split]
    return from_hf(made, decoding, name=str(folder))


def from_hf(made: Any, decoding: Decoding, *, name: str = "data set") -> Images:
    """The pictures of a Dataset, or of all splits of a DatasetDict. Raises ValueError where none of it is a picture."""
    splits = dict(made) if isinstance(made, dict) else {"": made}
    notes = Remarks()
    parts = [_encoded(each, name) for each in splits.values()]
    ends = np.cumsum([len(each) for each, _ in parts])
    n = int(ends[-1])
    if not n:
        raise ValueError(f"{name}: has no rows")

    def read(i: int) -> tuple[Picture, None]:
        k = int(np.searchsorted(ends, i, side="right"))
        part, column = parts[k]
        row = i - (int(ends[k - 1]) if k else 0)
        where = f"row {row} of {name}" + (f", split {list(splits)[k]}" if len(splits) > 1 else "")
        return _picture(part[row][column], decoding, notes, where), None

    files = [stamp(Path(each["filename"])) for part, _ in parts for each in part.cache_files]
    marks = [str(getattr(part, "_fingerprint", "")).encode() for part, _ in parts]
    images = Images(n, read, f"data set of {n:,}, {digest_of([*files, *marks])}", known=bool(files), notes=notes)
    tables = [_table(part, column) for part, column in parts]
    table = pd.concat([frame for frame, _ in tables], ignore_index=True)
    if len(splits) > 1:
        table[free_name("split", table.columns)] = np.repeat(list(splits), [len(each) for each, _ in parts])
    label, names = tables[0][1]
    if label is not None:
        numbers = table.pop(label)
        images = labelled(images, [None if pd.isna(each) or each == -1 else each for each in numbers], names)
    return with_columns(images, {str(key): table[key] for key in table.columns})


def _encoded(dataset: Any, name: str) -> tuple[Any, str]:
    """The data set with its pictures left encoded, and the column that they are in."""
    features = dataset.features
    kinds = {column: type(feature).__name__ for column, feature in features.items()}
    order = [column for column in PICTURE_KEYS if column in features]
    found = next((column for column in features if kinds[column] == "Image"), None) or next(iter(order), None)
    if found is None:
        raise ValueError(f"{name}: none of its columns ({', '.join(features)}) holds pictures")
    datasets = required("datasets", "datasets", name)
    if kinds[found] == "Image":
        dataset = dataset.cast_column(found, datasets.Image(decode=False))
    return dataset, found


def _picture(value: Any, decoding: Decoding, notes: Remarks, where: str) -> Picture:
    if isinstance(value, dict):
        if value.get("bytes"):
            return decoding.picture(value["bytes"], notes, name=where)
        if value.get("path"):
            return decoding.picture(Path(value["path"]), notes, name=f"{where}: {value['path']}")
    if isinstance(value, bytes):
        return decoding.picture(value, notes, name=where)
    if isinstance(value, list):
        value = np.asarray(value)
        value = value.astype(np.uint8) if value.dtype.kind == "i" and 0 <= value.min() <= value.max() < 256 else value
    try:
        return as_picture(value)
    except TypeError as error:
        raise BrokenImageError(f"{where}: {why(error)}") from None


def _table(part: Any, column: str) -> tuple[pd.DataFrame, tuple[str | None, tuple[str, ...]]]:
    """The other columns of single values, and which of them is the class, with the names of its numbers."""
    single = {
        name: feature
        for name, feature in part.features.items()
        if name != column and type(feature).__name__ in ("Value", "ClassLabel") and feature.dtype != "binary"
    }
    frame = part.select_columns(list(single)).to_pandas() if single else pd.DataFrame(index=range(len(part)))
    named = [name for name, feature in single.items() if type(feature).__name__ == "ClassLabel"]
    chosen = next((name for name in LABELS if name in named), None) or (named[0] if named else None)
    classes: tuple[str, ...] = ()
    for name in named:
        words = tuple(single[name].names)
        if name == chosen:
            classes = words
        else:
            known = dict(enumerate(words))
            frame[name] = pd.Categorical(frame[name].map(known), categories=list(words))
    return frame, (chosen, classes)

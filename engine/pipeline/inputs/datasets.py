"""torch Datasets, torchvision's among them, and lists of pictures: items read one by one, what is known up front."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ...files import why
from ...tour.folders import whole_path
from ...tour.pixels import eight_bits
from .arrays import colours_first, picture_of
from .files import stamp
from .images import BrokenImageError, Decoded, Images, bytes_of, digest_of
from .label_values import label_of

PICTURE_KEYS = ("image", "pixel_values", "img", "images", "picture", "x", "input", "inputs", "jpg", "png")
LABEL_KEYS = ("label", "labels", "target", "targets", "class", "y", "cls", "fine_label", "category")
AS_THEY_ARE = ("L", "RGB", "RGBA")


@dataclass(frozen=True, eq=False)
class Facts:
    """What a dataset says of itself without being read, n values each."""

    classes: tuple[str, ...] = ()
    files: "Sequence[str | Path] | None" = None
    targets: "NDArray[np.int64] | None" = None
    transform: Any = None


def from_dataset(dataset: Any) -> Images:
    """A torch Dataset whose items are a picture, (picture, label, ...), or a dict with `image` and `label`.

    A picture is a PIL image, an array uint8 (height, width[, channels]), or a tensor (channels, height, width), which
    the network is given as it is. Labels are class numbers or names; `classes` of the dataset names the numbers.
    Raises ValueError where it is empty.
    """
    n = len(dataset)
    kind = type(dataset).__name__
    if n == 0:
        raise ValueError(f"there are no images in that {kind}")

    def read(i: int) -> tuple[Decoded, Any]:
        try:
            return picture_and_label(dataset[i])
        except TypeError as error:
            raise TypeError(f"item {i} of {kind} holds {error}") from None
        except Exception as error:  # the dataset is the user's, and may raise anything
            raise BrokenImageError(f"item {i} of {kind}: {why(error)}") from None

    facts = facts_of(dataset)
    contents = _contents(dataset)
    digest = digest_of(contents) if contents is not None else _hint(facts)
    return Images(
        n,
        read,
        f"{kind} of {n:,}, {digest}",
        known=contents is not None,
        columns=file_column(facts, n),
        groups=facts.targets,
        classes=facts.classes,
        transform=facts.transform,
        workers=1,  # nothing says that somebody's dataset may be read by several threads
    )


def file_column(facts: Facts, n: int) -> dict[str, Any]:
    """The attribute `file` of n pictures, where the dataset knows it."""
    if facts.files is None or len(facts.files) != n:
        return {}
    return {"file": np.array([whole_path(Path(file)) for file in facts.files], dtype=object)}


def picture_and_label(item: Any) -> tuple[Decoded, Any]:
    """The picture in an item, and its label or None. Raises TypeError saying what it holds where that is no picture."""
    label = None
    if isinstance(item, dict):
        picture = next((item[key] for key in PICTURE_KEYS if key in item), None)
        label = next((item[key] for key in LABEL_KEYS if key in item), None)
        if picture is None:
            raise TypeError(f"no picture under {', '.join(PICTURE_KEYS[:3])}; its keys are {', '.join(map(str, item))}")
    elif isinstance(item, tuple | list) and len(item) > 1:
        picture, label = item[0], item[1]
    else:
        picture = item[0] if isinstance(item, tuple | list) and item else item
    if isinstance(picture, tuple | list) and picture:
        picture = picture[0]
    return as_picture(picture), label_of(label)


def as_picture(picture: Any) -> Decoded:
    """A picture in one of the ways that the pipeline knows. Raises TypeError naming what it is instead."""
    if isinstance(picture, np.ndarray):
        return picture_of(picture)
    if isinstance(picture, Image.Image):
        return picture if picture.mode in AS_THEY_ARE else eight_bits(picture)
    if isinstance(picture, Tensor):
        return colours_first(picture)
    raise TypeError(f"no picture but {type(picture).__name__}")


def facts_of(dataset: Any) -> Facts:
    """What a dataset, or the ones that a Subset or a ConcatDataset is made of, say of themselves."""
    if hasattr(dataset, "dataset") and hasattr(dataset, "indices"):  # Subset, random_split
        whole = facts_of(dataset.dataset)
        rows = [int(i) for i in dataset.indices]
        files = None if whole.files is None else [whole.files[i] for i in rows]
        targets = None if whole.targets is None else whole.targets[rows]
        return Facts(whole.classes, files, targets, whole.transform)
    parts = getattr(dataset, "datasets", None)
    if isinstance(parts, list) and sum(len(part) for part in parts) == len(dataset):  # ConcatDataset
        each = [facts_of(part) for part in parts]
        same = len({facts.classes for facts in each}) == 1
        return Facts(
            each[0].classes if same else (),
            _joined([facts.files for facts in each], lambda all_files: [file for one in all_files for file in one]),
            _joined([facts.targets for facts in each], np.concatenate) if same else None,
            each[0].transform,
        )
    n = len(dataset)
    return Facts(
        tuple(str(name) for name in getattr(dataset, "classes", None) or ()),
        _files(dataset, n),
        _targets(dataset, n),
        getattr(dataset, "transform", None) or getattr(dataset, "transforms", None),
    )


def _joined(values: list[Any], join: Callable[[list[Any]], Any]) -> Any:
    return None if any(value is None for value in values) else join(values)


def _files(dataset: Any, n: int) -> "list[str | Path] | None":
    """The file of every item, from `samples` or `imgs` of (path, class) or of paths."""
    for name in ("samples", "imgs", "image_paths", "paths", "files"):
        listed = getattr(dataset, name, None)
        if isinstance(listed, list | tuple) and len(listed) == n:
            firsts = [each[0] if isinstance(each, tuple | list) and each else each for each in listed]
            if all(isinstance(each, str | Path) for each in firsts):
                return list(firsts)
    return None


def _targets(dataset: Any, n: int) -> "NDArray[np.int64] | None":
    """The class of every item as a number, where the dataset lists them."""
    listed = getattr(dataset, "targets", None)
    if listed is None and getattr(dataset, "tensors", None) and len(dataset.tensors) > 1:
        listed = dataset.tensors[1]
    if listed is None:
        return None
    try:
        if len(listed) != n:
            return None
        labels = [label_of(each) for each in listed]
    except TypeError:
        return None
    if not all(isinstance(label, int) for label in labels):
        return None
    return np.array(labels, dtype=np.int64)


def _contents(dataset: Any) -> "list[bytes] | None":
    """All that a dataset gives, as bytes, where it can be known without reading it: tensors, or a list of pictures."""
    tensors = getattr(dataset, "tensors", None)
    if type(dataset).__name__ == "TensorDataset" and tensors:
        return [bytes_of(each) for each in tensors]
    if isinstance(dataset, list | tuple):
        parts: list[bytes] = []
        for item in dataset:
            try:
                picture, label = picture_and_label(item)
            except TypeError:
                return None  # said when it is read
            size = picture.size if isinstance(picture, Image.Image) else tuple(picture.shape)
            parts.append(f"{size} {label!r}".encode("utf-8", "surrogateescape"))
            parts.append(picture.tobytes() if isinstance(picture, Image.Image) else bytes_of(picture))
        return parts
    return None


def _hint(facts: Facts) -> str:
    parts = [stamp(Path(file)) for file in facts.files or ()]
    if facts.targets is not None:
        parts.append(facts.targets.tobytes())
    return digest_of(parts)

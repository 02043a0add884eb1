"""Images of any origin as one kind of thing: n pictures, each decoded once, and what is known about them."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from ..tour.thumbnails import image_folder
from .imagenet import imagenet

Picture = Image.Image | Tensor
"""Decoded: an image, or a tensor (channels, height, width) that is given to the network as it is."""


class BrokenImageError(ValueError):
    """A picture that cannot be decoded; says which and why."""


@dataclass(frozen=True, eq=False)
class Images:
    """n pictures in a fixed order."""

    n: int
    read: Callable[[int], tuple[Picture, Any]]
    """Decode picture i, with its label where that is only known then (else None). Raises BrokenImageError."""
    origin: str
    """What they are, in words that change when they do: kind, number, digest."""
    labels: "pd.Categorical | None" = None
    columns: dict[str, Any] = field(default_factory=dict)
    """Further attributes, n values each."""
    truth: "NDArray[np.int64] | None" = None
    """The class of every picture as ImageNet counts them, for pictures of ImageNet."""
    classes: tuple[str, ...] = ()
    """Names of the classes that labels from `read` count."""
    counted: bool = False
    """Whether the network's outputs are counted as those labels are."""
    draw: Callable[[Image.Image], Image.Image] = lambda picture: picture
    """What stands for a decoded picture on the screen."""
    workers: int = min(8, os.cpu_count() or 1)
    """How many threads may read at once."""


def as_images(images: Any) -> Images:
    """A folder, an array, (array, labels), a torch Dataset, or Images as they are.

    Raises TypeError on anything else, ValueError or OSError where there are no images in it.
    """
    if isinstance(images, Images):
        return images
    if isinstance(images, str | Path):
        path = Path(images)
        return from_array(_array_of(path)) if path.suffix == ".npy" else from_folder(path)
    if isinstance(images, np.ndarray):
        return from_array(images)
    if isinstance(images, tuple) and len(images) == 2 and isinstance(images[0], np.ndarray):
        return from_array(images[0], labels=images[1])
    if hasattr(images, "__getitem__") and hasattr(images, "__len__"):
        return from_dataset(images)
    raise TypeError(
        "images are a folder, an array of uint8, (array, labels), or a torch Dataset with a length, "
        f"not {type(images).__name__}"
    )


def from_array(
    pixels: "np.ndarray[Any, Any]", *, labels: Sequence[Any] | None = None, columns: dict[str, Any] | None = None
) -> Images:
    """Pictures from uint8 (n, height, width) or (n, height, width, channels), channels 1, 3 or 4.

    Raises ValueError on anything else, or where labels are not n.
    """
    pixels = np.asarray(pixels)
    if pixels.dtype != np.uint8 or pixels.ndim not in (3, 4) or (pixels.ndim == 4 and pixels.shape[3] not in (1, 3, 4)):
        raise ValueError(
            "images in an array are uint8 (n, height, width) or (n, height, width, 1, 3 or 4), "
            f"not {pixels.dtype} {pixels.shape}"
        )
    if len(pixels) == 0:
        raise ValueError("there are no images in that array")
    if labels is not None and len(labels) != len(pixels):
        raise ValueError(f"{len(labels)} labels for {len(pixels)} images")
    if pixels.ndim == 4 and pixels.shape[3] == 1:
        pixels = pixels[..., 0]
    return Images(
        n=len(pixels),
        read=lambda i: (Image.fromarray(pixels[i]), None),
        origin=f"array {pixels.shape}, {_digest([np.ascontiguousarray(pixels).tobytes()])}",
        labels=_labels(labels) if labels is not None else None,
        columns=columns or {},
    )


def _labels(values: Sequence[Any]) -> pd.Categorical:
    """Classes in their own order, numbers by size, and named in text: parquet would read numbers back as numbers."""
    labels = pd.Categorical(list(values))
    return labels.rename_categories(str)


def _array_of(file: Path) -> "np.ndarray[Any, Any]":
    try:
        pixels: np.ndarray[Any, Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(f"{file}: no readable .npy file ({error})") from None
    return pixels


def from_folder(folder: Path) -> Images:
    """The images under a folder, class folders being labels; ImageNet's, named by wnid, get their names and groups.

    Raises FileNotFoundError where there is no such folder or no image in it.
    """
    files, names = image_folder(folder)
    labels: Any = None
    truth = None
    columns: dict[str, Any] = {}
    known = imagenet()
    if set(names) <= set(known):
        classes = [known[name] for name in names]
        truth = np.array([each.index for each in classes], dtype=np.int64)
        inside = sorted(set(classes), key=lambda each: each.index)
        labels = pd.Categorical([each.label for each in classes], categories=[each.label for each in inside])
        columns["label_coarse"] = pd.Categorical([each.coarse for each in classes])
    elif any(names):
        labels = pd.Categorical(names, categories=sorted(set(names)))
    columns["file"] = np.array([str(file.resolve()) for file in files], dtype=object)

    def read(i: int) -> tuple[Image.Image, None]:
        try:
            with Image.open(files[i]) as image:
                transparent = image.has_transparency_data
                return image.convert("RGBA" if transparent else "RGB"), None
        except Exception as error:  # Pillow's readers raise whatever a broken file leads them to
            why = "is no image that Pillow can read" if isinstance(error, UnidentifiedImageError) else _why(error)
            raise BrokenImageError(f"{files[i]}: {why}") from None

    listed = [f"{file.relative_to(folder)} {_size(file)}\n".encode() for file in files]
    origin = f"folder of {len(files):,} files, {_digest(listed)}"
    return Images(len(files), read, origin, labels=labels, columns=columns, truth=truth)


def from_dataset(dataset: Any) -> Images:
    """A torch Dataset, torchvision's among them, whose items are a picture or (picture, label, ...).

    A picture is a PIL image, an array uint8 (height, width[, channels]), or a tensor (channels, height, width), which
    the network is given as it is. Labels are class numbers or names; `classes` of the dataset names the numbers.
    """
    n = len(dataset)
    if n == 0:
        raise ValueError(f"there are no images in that {type(dataset).__name__}")

    def read(i: int) -> tuple[Picture, Any]:
        try:
            item = dataset[i]
            picture, label = (item[0], item[1]) if isinstance(item, tuple | list) and len(item) > 1 else (item, None)
            if isinstance(picture, tuple | list):
                picture = picture[0]
            if isinstance(picture, np.ndarray):
                picture = Image.fromarray(picture)
            if isinstance(picture, Image.Image) and picture.mode not in ("L", "RGB", "RGBA"):
                picture = picture.convert("RGB")
        except Exception as error:  # the dataset is the user's, and may raise anything
            raise BrokenImageError(f"item {i} of {type(dataset).__name__}: {_why(error)}") from None
        if not isinstance(picture, Image.Image | Tensor):
            raise TypeError(f"item {i} of {type(dataset).__name__} holds no picture but {type(picture).__name__}")
        return picture, label.item() if isinstance(label, Tensor | np.generic) else label

    listed = getattr(dataset, "samples", None) or getattr(dataset, "targets", None)
    digest = "" if listed is None else f", {_digest([repr(list(listed)).encode()])}"
    columns = {}
    if getattr(dataset, "samples", None):
        columns["file"] = np.array([str(Path(sample[0]).resolve()) for sample in dataset.samples], dtype=object)
    classes = tuple(str(name) for name in getattr(dataset, "classes", ()))
    origin = f"{type(dataset).__name__} of {n:,}{digest}"
    # One thread reads it: nothing says that somebody's dataset may be read by several.
    return Images(n, read, origin, columns=columns, classes=classes, workers=1)


def part_of(images: Images, *, limit: int | None = None, sample: int | None = None, seed: int | None = 0) -> Images:
    """The first `limit` pictures, or a random `sample` of them in their order (seeded). Raises ValueError below 1."""
    for name, value in (("limit", limit), ("sample", sample)):
        if value is not None and value < 1:
            raise ValueError(f"{name} is a number of images, 1 or more, not {value}")
    rows = np.arange(images.n)
    if limit is not None:
        rows = rows[:limit]
    if sample is not None and sample < len(rows):
        rows = np.sort(np.random.default_rng(seed).choice(rows, sample, replace=False))
    if len(rows) == images.n:
        return images
    return taken(
        images,
        rows,
        read=lambda i: images.read(int(rows[i])),
        origin=f"{len(rows):,} of {images.origin}, {_digest([rows.tobytes()])}",
    )


def taken(images: Images, rows: NDArray[np.int64], **changes: Any) -> Images:
    """What is known of some of the pictures."""
    labels = images.labels
    if labels is not None:
        labels = labels[rows].remove_unused_categories()
    columns = {name: _rows(values, rows) for name, values in images.columns.items()}
    truth = None if images.truth is None else images.truth[rows]
    return replace(images, n=len(rows), labels=labels, columns=columns, truth=truth, **changes)


def _rows(values: Any, rows: NDArray[np.int64]) -> Any:
    if isinstance(values, pd.Categorical):
        return values[rows].remove_unused_categories()
    return np.asarray(values)[rows]


def none_readable(images: Images, why: str) -> ValueError:
    """The complaint where not one of the pictures can be decoded. why: the first one's."""
    return ValueError(f"none of the {images.n:,} images could be read; the first: {why}")


def shown(picture: Picture) -> Image.Image:
    """A picture as an image: a tensor of bytes or of [0, 1] as it is, any other stretched to its range."""
    if isinstance(picture, Image.Image):
        return picture
    values = picture.detach().cpu()
    if values.ndim == 3 and values.shape[0] not in (1, 3):
        values = values[:1]
    if values.dtype != torch.uint8:
        low, high = float(values.min()), float(values.max())
        if low < 0.0 or high > 1.0:  # normalised for the network
            values = (values - low) / max(high - low, 1e-12)
        values = (values * 255.0).round().to(torch.uint8)
    pixels = values.numpy()
    return Image.fromarray(pixels if pixels.ndim == 2 else pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else -1  # a link to nowhere is found out when it is read


def _why(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _digest(parts: Sequence[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:16]

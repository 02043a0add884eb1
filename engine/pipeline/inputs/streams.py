"""DataLoaders and iterators of pictures, which give each once: kept on disk as they come, so that memory is bounded."""

import hashlib
import io
import itertools
import logging
import tempfile
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, SequentialSampler

from ...progress import steps
from .datasets import PICTURE_KEYS, facts_of, file_column, picture_and_label
from .images import Decoded, Images, bytes_of
from .labelled_images import labelled

log = logging.getLogger("engine")


class Spool:
    """Owns a file without a name that holds pictures one after the other. They are read back by several threads."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="umap-tour-")  # noqa: SIM115  # it is held as long as this object
        self._places: list[tuple[int, int, tuple[int, ...] | None, Any]] = []
        self._lock = threading.Lock()
        self._digest = hashlib.sha256()
        self.size = 0

    def __len__(self) -> int:
        return len(self._places)

    def add(self, picture: Decoded) -> None:
        """Write one behind the others: tensors as they lie in memory, pictures as PNG, which loses nothing."""
        shape: tuple[int, ...] | None = None
        kind = None
        if isinstance(picture, Tensor):
            shape, kind = tuple(picture.shape), picture.dtype
            data = bytes_of(picture)
        else:
            stream = io.BytesIO()
            picture.save(stream, "PNG", compress_level=1)
            data = stream.getvalue()
        self._file.write(data)
        self._digest.update(f"{shape} {kind}".encode())
        self._digest.update(data)
        self._places.append((self.size, len(data), shape, kind))
        self.size += len(data)

    def read(self, i: int) -> Decoded:
        """Picture i, as it was added."""
        begin, size, shape, kind = self._places[i]
        with self._lock:
            self._file.seek(begin)
            data = self._file.read(size)
        if shape is not None:
            values = torch.from_numpy(np.frombuffer(bytearray(data), dtype=np.uint8)) if data else torch.empty(0)
            return values.view(kind).reshape(shape)
        image = Image.open(io.BytesIO(data))
        image.load()
        return image

    def digest(self) -> str:
        """Of all that was added."""
        self._file.flush()
        return self._digest.hexdigest()[:16]


def from_stream(items: Iterable[Any], *, limit: int | None = None) -> Images:
    """The pictures that an iterator or a DataLoader gives, at most `limit` of them, kept in a temporary file.

    Items are those of a data set, or batches of them as a DataLoader gives, which keeps the names of classes and files
    that its data set knows where it goes through it in order. Raises ValueError where nothing comes, TypeError naming
    an item that holds no picture.
    """
    kind = type(items).__name__
    spool, labels = Spool(), []
    singles = _unbatched(items)
    total = limit or _length(items)
    with steps(f"pictures of {kind}", total or 0) as advance:
        for k, item in enumerate(itertools.islice(singles, limit)):
            try:
                picture, label = picture_and_label(item)
            except TypeError as error:
                raise TypeError(f"item {k} of {kind} holds {error}") from None
            spool.add(picture)
            labels.append(label)
            advance(1)
    n = len(spool)
    if not n:
        raise ValueError(f"that {kind} gave no images; one that was used up before is empty")
    log.info("the %d pictures of %s are kept on disk while the tour is built (%.0f MB)", n, kind, spool.size / 1e6)
    images = Images(n, lambda i: (spool.read(i), None), f"{kind} of {n:,}, {spool.digest()}")
    classes: tuple[str, ...] = ()
    if isinstance(items, DataLoader) and isinstance(items.sampler, SequentialSampler):
        facts = facts_of(items.dataset)
        classes = facts.classes
        images.columns.update(file_column(facts, n))
    return labelled(images, labels, classes)


def _unbatched(items: Iterable[Any]) -> Iterator[Any]:
    """The items, those of batches one by one."""
    batches = isinstance(items, DataLoader) and not (items.batch_sampler is None and items.batch_size is None)
    for batch in items:
        if not batches and not _is_batch(batch):
            yield batch
        elif isinstance(batch, dict):
            n = max((len(values) for values in batch.values() if hasattr(values, "__len__")), default=0)
            yield from ({name: _of(values, k, n) for name, values in batch.items()} for k in range(n))
        elif isinstance(batch, list | tuple) and _is_collated(batch):
            yield from zip(*batch, strict=True)
        else:
            yield from batch


def _is_batch(item: Any) -> bool:
    """Whether its picture has an axis more than a picture has."""
    if isinstance(item, dict):
        item = next((item[key] for key in PICTURE_KEYS if key in item), None)
    elif isinstance(item, tuple | list) and item:
        item = item[0]
    return getattr(item, "ndim", 0) == 4


def _is_collated(batch: "list[Any] | tuple[Any, ...]") -> bool:
    """Whether that is pictures and labels, as many of each, rather than an item for each picture."""
    if not batch:
        return False
    first: Any = batch[0]
    if not hasattr(first, "__len__") or any(not hasattr(each, "__len__") or len(each) != len(first) for each in batch):
        return False
    if isinstance(first, Tensor | np.ndarray):
        return first.ndim == 4 or any(getattr(each, "ndim", 1) < first.ndim for each in batch[1:])
    return all(isinstance(each, Image.Image | Tensor | np.ndarray) for each in first)


def _of(values: Any, k: int, n: int) -> Any:
    return values[k] if hasattr(values, "__len__") and len(values) == n else values


def _length(items: Any) -> int | None:
    try:
        dataset = getattr(items, "dataset", items)
        return len(dataset)
    except TypeError:
        return None

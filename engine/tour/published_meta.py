"""The meta file of a published UMAP Tour: how many points, and where embeddings, attributes and images lie.

Paths in it are relative to two places: `epoch_arch_to_dir` to the meta file's own folder, `attribute_url` and
`image_urls` to the parent of that. Nothing outside these two is read.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ..files import printable
from .checks import quoted
from .json_files import read_json as read_values
from .schema import DIMS, FLAT, TourFormatError

KEYS = ("data_shape", "epoch_arch_to_dir")
TABLE = ("attribute_url", "attributes")
"""Of a table; in place of both the older form has `label_text`, and each folder of embeddings files of labels."""

log = logging.getLogger("engine")


@dataclass(frozen=True, eq=False)
class Meta:
    """A meta file, checked as far as it stands by itself."""

    file: Path
    values: Mapping[str, Any]
    n: int
    dims: int

    @property
    def folder(self) -> Path:
        """Where the meta file lies."""
        return self.file.absolute().parent

    @property
    def attributes(self) -> Mapping[str, Any]:
        """What it says of the columns of the attribute table, each under a pattern of the column's name."""
        return self.values.get("attributes", {})

    @property
    def is_older(self) -> bool:
        """Whether the classes of the points are in files of labels, and their names here."""
        return "label_text" in self.values and "attribute_url" not in self.values

    @property
    def embeddings(self) -> Mapping[str, Any]:
        """The folder of embeddings under each "epoch,network"."""
        return self.values["epoch_arch_to_dir"]

    def path(self, base: Path, name: Any) -> Path:
        """The file or folder that the meta file names. Raises TourFormatError where it lies outside both places."""
        if not isinstance(name, str):
            fail(self.file, f"a path is text, not {quoted(name)}")
        try:
            path = (base / name).resolve()
            path.exists()
        except (ValueError, OSError, RuntimeError) as error:  # NUL, too long a name, links that lead round
            fail(self.file, f"names {quoted(name)}, which cannot be a file ({error})")
        places = (self.folder.resolve(), self.folder.parent.resolve())
        if not any(path.is_relative_to(place) for place in places):
            fail(self.file, f"names {name}, which is outside {places[1]}; such a file is not read")
        return path

    def embedding_folder(self, epoch: str | None) -> Path:
        """The folder of one embedding, the last unless said."""
        if epoch is None:
            epoch = list(self.embeddings)[-1]
            if len(self.embeddings) > 1:
                said = "%d embeddings there; taking %s (--epoch takes another, or all)"
                log.info(said, len(self.embeddings), epoch)
        if epoch not in self.embeddings:
            fail(self.file, f"has no epoch {epoch!r}; there is: {', '.join(self.embeddings)}")
        folder = self.path(self.folder, self.embeddings[epoch])
        if not folder.is_dir():
            fail(folder, "missing; it holds the embeddings that the meta file names")
        return folder


def read_meta(file: Path) -> Meta:
    """Read a meta file. Raises TourFormatError where it is none."""
    values = read_json(file)
    for key in KEYS if "label_text" in values else (*KEYS, *TABLE):
        if key not in values:
            fail(file, f"no meta file of a published UMAP Tour (it has no '{key}')")
    shape = values["data_shape"]
    if not (isinstance(shape, list) and len(shape) == 2 and all(type(k) is int and 0 < k < 2**31 for k in shape)):
        fail(file, f"data_shape is two whole numbers, [points, dimensions], not {quoted(shape)}")
    n, dims = shape
    if not FLAT <= dims <= DIMS[1]:
        fail(file, f"a published tour has {FLAT} to {DIMS[1]} dimensions here, not {dims}")
    if not isinstance(values.get("attributes", {}), dict):
        fail(file, "'attributes' is no table of attributes")
    if not isinstance(values["epoch_arch_to_dir"], dict) or not values["epoch_arch_to_dir"]:
        fail(file, "epoch_arch_to_dir names no folder")
    return Meta(file, values, n, dims)


def read_json(file: Path) -> dict[str, Any]:
    """A table of values. Raises TourFormatError where the file holds none."""
    try:
        values = read_values(file)
    except FileNotFoundError:
        fail(file, "no such file")
    except (ValueError, OSError) as error:
        fail(file, f"no readable JSON ({error})")
    if not isinstance(values, dict):
        fail(file, "no meta file of a published UMAP Tour (no table of values)")
    return values


def fail(file: Path, fault: str) -> NoReturn:
    """Raises TourFormatError. Both may come from files, so neither steers a terminal."""
    raise TourFormatError(printable(file), printable(fault)) from None

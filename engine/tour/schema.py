"""The folder format NAME.tour/, version 1: its files, its limits, and the error that names a file and its fault.

tour.json            version, name, n, dims, layers, sprites, how it was built, its seal; no times of day
layers/000.npy ...   float32 (n, d), as embedded
activations/000.npy  float16 (n, m), what was kept of the activations; only where a build was asked for it
sample/000.npy       float32 (m, d), the layer's first rows in the fair order (order.py); of more than a million
attributes.parquet   n rows
sprites/000.png ...  square tiles of a power of two, row-major, pages of at most 4096 x 4096
views.json           saved views, their seal

Every file's checksum stands in tour.json, and a seal is a checksum of the values beside it. A tour without seals was
written before there were any: it is read like any other, each of its values being checked by what it must be.
"""

import unicodedata
from pathlib import Path

VERSION = 1
MANIFEST, VIEWS, ATTRIBUTES = "tour.json", "views.json", "attributes.parquet"
NAME = 1000  # letters
DIMS = (3, 24)  # screen x, screen y and depth; two layers of vec4 attributes must fit into a vertex shader
FLAT = 2  # dimensions of a figure that stands in three, its third axis being zero


class TourFormatError(ValueError):
    """A tour, or what should become one, is not as it must be. The message names the file and the fault."""

    def __init__(self, file: str | Path, fault: str) -> None:
        super().__init__(f"{file}: {fault}")


def check_dims(dims: int) -> None:
    """Raises ValueError where a tour cannot have that many dimensions."""
    if not DIMS[0] <= dims <= DIMS[1]:
        why = "; a frame is screen x, screen y and depth, three directions at right angles" if dims == FLAT else ""
        raise ValueError(f"a tour has {DIMS[0]} to {DIMS[1]} dimensions, not {dims}{why}")


def check_name(name: str) -> None:
    """Raises ValueError where a tour, a layer or an epoch cannot be called that."""
    if len(name) > NAME or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        raise ValueError(f"a name has at most {NAME} letters and no control characters, not {name[:40]!r}")

"""The folder format NAME.tour/, version 1: its files, its limits, and the error that names a file and its fault.

tour.json            version, name, n, dims, layers, sprites, how it was built; no times of day
layers/000.npy ...   float32 (n, d), as embedded
activations/000.npy  float16 (n, m), what was kept of the activations; only where a build was asked for it
attributes.parquet   n rows
sprites/000.png ...  square tiles of a power of two, row-major, pages of at most 4096 x 4096
views.json           saved views
"""

from pathlib import Path

VERSION = 1
MANIFEST, VIEWS, ATTRIBUTES = "tour.json", "views.json", "attributes.parquet"
DIMS = (3, 24)  # two layers of vec4 attributes must fit into a vertex shader


class TourFormatError(ValueError):
    """A tour, or what should become one, is not as it must be. The message names the file and the fault."""

    def __init__(self, file: str | Path, fault: str) -> None:
        super().__init__(f"{file}: {fault}")


def check_dims(dims: int) -> None:
    """Raises ValueError where a tour cannot have that many dimensions."""
    if not DIMS[0] <= dims <= DIMS[1]:
        raise ValueError(f"a tour has {DIMS[0]} to {DIMS[1]} dimensions, not {dims}")

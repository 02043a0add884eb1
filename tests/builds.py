"""Small builds, and what a finished tour holds on disk."""

from pathlib import Path

import engine
from engine.tour.tour import Tour


def make(network, images, out, **options) -> Tour:
    """A build of a few pictures, quick and quiet."""
    return engine.build(network, images, out=out, **{"n_neighbors": 8, "tile": 8, "progress": False} | options)


def contents(tour: Path) -> dict[str, bytes]:
    """The bytes of every file, by its path in the tour."""
    return {str(file.relative_to(tour)): file.read_bytes() for file in sorted(tour.rglob("*")) if file.is_file()}

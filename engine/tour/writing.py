"""Writes NAME.tour/ (schema.py): layers, attributes, sprites, then the sealed manifest and the saved views."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..files import printable, whole
from .integrity import checksum
from .json_files import as_text, sealed
from .order import SAMPLE, WHOLE, mark, shuffled
from .replacing import replaced
from .schema import ATTRIBUTES, MANIFEST, VERSION, VIEWS, check_dims, check_name
from .sprite_pages import write_pages
from .story import to_json
from .tables import COLUMNS
from .tour import Sketch, Sprites, Tour, saves_tours
from .view import SavedView

LONGEST = 200  # bytes of a folder's name; file systems take 255


@saves_tours
def write(tour: Tour, path: Path) -> None:
    """Write `tour` to the folder `path`: whole, on the disk, and in one step in the place of what was there.

    Raises FileExistsError where something that is no tour is in the way, ValueError where no tour can be as this one
    is, OSError where the disk refuses.
    """
    path = path.absolute()
    check_dims(tour.dims)
    for name in (tour.name, *(layer.name for layer in tour.layers), *tour.epochs):
        check_name(name)
    if len(tour.attributes.columns) > COLUMNS:
        raise ValueError(f"{len(tour.attributes.columns):,} attributes, and a tour has at most {COLUMNS:,}")
    check_replaceable(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as staging:
        _write_files(tour, staging)
        check_replaceable(path)  # which may have come while this was written


def check_replaceable(path: Path) -> None:
    """Raises FileExistsError where `path` exists and is no tour: only our own is ever overwritten.

    ValueError where none can have that name: what is in the making beside it has one that is longer.
    """
    if len(os.fsencode(path.name)) > LONGEST or printable(path.name) != path.name:
        shown = path.name if len(path.name) <= LONGEST else f"{path.name[:40]}..."
        raise ValueError(
            f"{shown}: no name for a tour's folder, which is of at most {LONGEST} bytes without control characters"
        )
    if path.is_dir() and ((path / MANIFEST).is_file() or not any(path.iterdir())):
        return
    if path.exists() or path.is_symlink():
        raise FileExistsError(f"{path}: exists and is no tour; choose another --out, or move it away")


def _write_files(tour: Tour, folder: Path) -> None:
    for part in ("layers", "sprites") if tour.sprites else ("layers",):
        (folder / part).mkdir(parents=True)
    layers = []
    for k, layer in enumerate(tour.layers):
        layer.check()  # or a fault would be written with a checksum of its own
        name = f"{k:03}.npy"
        layers.append(
            {"name": layer.name, "kind": layer.kind}
            | _write_rows(layer.points, "<f4", folder, f"layers/{name}")
            | layer.placement.to_json()
            | _write_sketch(layer.sketch, folder, name)
            | _write_sample(layer.points, folder, name)
        )
    _classes_as_text(tour.attributes).to_parquet(folder / ATTRIBUTES, index=False)
    manifest = {
        "version": VERSION,
        "name": tour.name,
        "n": tour.n,
        "dims": tour.dims,
        **({"epochs": list(tour.epochs)} if tour.epochs else {}),
        "layers": layers,
        "attributes": {
            "file": ATTRIBUTES,
            "checksum": checksum(folder / ATTRIBUTES),
        },
        "sprites": _write_sprites(tour.sprites, folder) if tour.sprites else None,
        "build": tour.how,
    }
    (folder / MANIFEST).write_text(as_text(sealed(manifest)), encoding="utf-8")
    write_views(tour.views, folder)


def _classes_as_text(attributes: pd.DataFrame) -> pd.DataFrame:
    """With classes named in text, in the order that they have: parquet reads others back as plain numbers."""
    texts = {}
    for name in attributes.columns:
        values = attributes[name]
        if isinstance(values.dtype, pd.CategoricalDtype) and not all(isinstance(x, str) for x in values.cat.categories):
            texts[name] = values.cat.rename_categories(str)
    return attributes.assign(**texts)


def _write_rows(rows: NDArray[Any], dtype: str, folder: Path, file: str) -> dict[str, Any]:
    """A file of rows, and what the manifest says of any."""
    (folder / file).parent.mkdir(exist_ok=True)
    np.save(folder / file, np.ascontiguousarray(rows, dtype=dtype), allow_pickle=False)
    return {"file": file, "checksum": checksum(folder / file)}


def _write_sketch(sketch: Sketch | None, folder: Path, name: str) -> dict[str, Any]:
    if sketch is None:
        return {}
    entry = _write_rows(sketch.values, "<f2", folder, f"activations/{name}")
    return {"activations": entry | {"columns": sketch.values.shape[1], "error": sketch.error}}


def _write_sample(points: NDArray[np.float32], folder: Path, name: str) -> dict[str, Any]:
    """Of very many points those that a window draws first, which lie anywhere among the others."""
    n = len(points)
    if n <= WHOLE:
        return {}
    count = min(SAMPLE, n)
    entry = _write_rows(points[shuffled(n)[:count]], "<f4", folder, f"sample/{name}")
    return {"sample": entry | {"rows": count, "order": mark(n, count)}}


def _write_sprites(sprites: Sprites, folder: Path) -> dict[str, Any]:
    files = write_pages(sprites, folder / "sprites")
    pages = [{"file": f"sprites/{file.name}", "checksum": checksum(file)} for file in files]
    return {"tile": sprites.tile, "per_page": sprites.per_page, "pages": pages}


def write_views(views: Iterable[SavedView], folder: Path) -> None:
    """Write the saved views of the tour in `folder`, in one rename."""
    with whole(folder / VIEWS) as partial:
        partial.write_text(as_text(sealed(to_json(views))), encoding="utf-8")

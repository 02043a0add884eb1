"""NAME.tour/, version 1, on disk: written whole or not at all, checked on reading, memory-mapped.

tour.json            version, name, n, dims, layers, sprites, how it was built; no times of day
layers/000.npy ...   float32 (n, d), as embedded
activations/000.npy  float16 (n, m), what was kept of the activations; only where a build was asked for it
attributes.parquet   n rows
sprites/000.png ...  square tiles of a power of two, row-major, pages of at most 4096 x 4096
views.json           saved views
"""

import json
import logging
import math
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from .alignment import Placement
from .contents import checksum, finite
from .pages import PAGE, laid_out, plainest, tiles_of
from .story import export_story, from_json
from .tour import Layer, Sketch, Sprites, Tour
from .view import SavedView

VERSION = 1
AT_ONCE = 256 * 2**20  # bytes of a tour that are looked at when it is opened, and the rest when they are first used
DIMS = (3, 24)  # two layers of vec4 attributes must fit into a vertex shader

log = logging.getLogger("engine")


class TourFormatError(ValueError):
    """A tour, or what should become one, is not as it must be. The message names the file and the fault."""

    def __init__(self, file: str | Path, fault: str) -> None:
        super().__init__(f"{file}: {fault}")


def check_dims(dims: int) -> None:
    """Raises ValueError where a tour cannot have that many dimensions."""
    if not DIMS[0] <= dims <= DIMS[1]:
        raise ValueError(f"a tour has {DIMS[0]} to {DIMS[1]} dimensions, not {dims}")


# ---------------------------------------------------------------------------------------------------- writing


def write(tour: Tour, path: Path) -> None:
    """Write `tour` to the folder `path`, beside it first and then renamed.

    Raises FileExistsError where something that is no tour is in the way, OSError where the disk refuses.
    """
    path = path.absolute()
    check_dims(tour.dims)
    check_replaceable(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.parent / f".{path.name}.new"  # one name: what a killed writer left is cleared away by the next
    shutil.rmtree(staging, ignore_errors=True)
    try:
        _write_files(tour, staging)
        _swap_in(staging, path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def check_replaceable(path: Path) -> None:
    """Raises FileExistsError where `path` exists and is no tour: only our own is ever overwritten."""
    if path.is_dir() and ((path / "tour.json").is_file() or not any(path.iterdir())):
        return
    if path.exists() or path.is_symlink():
        raise FileExistsError(f"{path}: exists and is no tour; choose another --out, or move it away")


def _write_files(tour: Tour, folder: Path) -> None:
    for part in ("layers", "sprites") if tour.sprites else ("layers",):
        (folder / part).mkdir(parents=True)
    layers = []
    for k, layer in enumerate(tour.layers):
        layer.check()  # or a fault would be written with a checksum of its own
        file = folder / "layers" / f"{k:03}.npy"
        np.save(file, np.ascontiguousarray(layer.points, dtype="<f4"), allow_pickle=False)
        layers.append(
            {
                "name": layer.name,
                "kind": layer.kind,
                "file": f"layers/{file.name}",
                "checksum": checksum(file),
            }
            | layer.placement.to_json()
            | _write_sketch(layer.sketch, folder, file.name)
        )
    _classes_as_text(tour.attributes).to_parquet(folder / "attributes.parquet", index=False)
    manifest = {
        "version": VERSION,
        "name": tour.name,
        "n": tour.n,
        "dims": tour.dims,
        **({"epochs": list(tour.epochs)} if tour.epochs else {}),
        "layers": layers,
        "attributes": {
            "file": "attributes.parquet",
            "checksum": checksum(folder / "attributes.parquet"),
        },
        "sprites": _write_sprites(tour.sprites, folder) if tour.sprites else None,
        "build": tour.how,
    }
    _dump(manifest, folder / "tour.json")
    write_views(tour.views, folder)


def _classes_as_text(attributes: pd.DataFrame) -> pd.DataFrame:
    """With classes named in text, in the order that they have: parquet reads others back as plain numbers."""
    texts = {}
    for name in attributes.columns:
        values = attributes[name]
        if isinstance(values.dtype, pd.CategoricalDtype) and not all(isinstance(x, str) for x in values.cat.categories):
            texts[name] = values.cat.rename_categories(str)
    return attributes.assign(**texts)


def _write_sketch(sketch: Sketch | None, folder: Path, name: str) -> dict[str, Any]:
    if sketch is None:
        return {}
    file = folder / "activations" / name
    file.parent.mkdir(exist_ok=True)
    np.save(file, np.ascontiguousarray(sketch.values, dtype="<f2"), allow_pickle=False)
    entry = {"file": f"activations/{name}", "checksum": checksum(file)}
    return {"activations": entry | {"columns": sketch.values.shape[1], "error": sketch.error}}


def write_views(views: Iterable[SavedView], folder: Path) -> None:
    """Write the saved views of the tour in `folder`, in one rename."""
    export_story(views, folder / "views.json")


def _write_sprites(sprites: Sprites, folder: Path) -> dict[str, Any]:
    pages = []
    for k in range(sprites.pages):
        file = folder / "sprites" / f"{k:03}.png"
        page = laid_out(plainest(sprites.load(k)), sprites.per_page)
        Image.fromarray(page.squeeze(axis=2) if page.shape[2] == 1 else page).save(file, compress_level=4)
        pages.append({"file": f"sprites/{file.name}", "checksum": checksum(file)})
    return {"tile": sprites.tile, "per_page": sprites.per_page, "pages": pages}


def _swap_in(staging: Path, path: Path) -> None:
    old = staging.with_name(staging.name + ".old")
    if path.exists():
        path.rename(old)
    staging.rename(path)
    shutil.rmtree(old, ignore_errors=True)


def _dump(values: dict[str, Any], file: Path) -> None:
    file.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


# ---------------------------------------------------------------------------------------------------- reading


def load(path: str | Path, *later: str | Path, at_once: float = AT_ONCE) -> Tour:
    """Open the tour in the folder `path`, its layers memory-mapped.

    later: tours of the same network at other epochs, which become one tour with it (epochs.py). Raises TourFormatError
    naming the file and the fault where anything is missing, cut short, of the wrong shape, not finite, changed since
    it was written, or outside the folder. Of a tour of more than `at_once` bytes the contents of the later layers and
    images are looked at when they are first used, and complained of then; everything else is now.
    """
    if later:
        from .epochs import joined

        return joined([load(each, at_once=math.inf) for each in (path, *later)])  # which reads all of it
    folder = Path(path).absolute()
    if not folder.is_dir():
        what = "is a file, not a tour folder" if folder.exists() else "no such tour"
        raise TourFormatError(path, f"{what}; `umap-tour demo` makes one, `umap-tour import` reads a published one")
    return _Reader(folder, at_once).tour()


class _Reader:
    """Reads one folder; every complaint names the file it is about."""

    def __init__(self, folder: Path, at_once: float) -> None:
        self.folder = folder
        self.left = at_once
        """Bytes that are still looked at before the tour is open."""

    def tour(self) -> Tour:
        manifest = self.json("tour.json")
        if manifest.get("version") != VERSION:
            seen = manifest.get("version", "none")
            self.fail("tour.json", f"version {seen}, and this engine reads version {VERSION}; build the tour again")
        n, dims = self.whole(manifest, "n"), self.whole(manifest, "dims")
        if n < 1 or not DIMS[0] <= dims <= DIMS[1]:
            self.fail("tour.json", f"n {n} and dims {dims} are not those of a tour ({DIMS[0]} to {DIMS[1]} dims)")
        entries = self.get(manifest, "layers", list)
        if not entries:
            self.fail("tour.json", "names no layers")
        # One after the other, since numpy parses headers with `ast`, which Python 3.11 cannot do in two threads.
        layers = tuple(self.layer(entry, n=n, dims=dims) for entry in entries)
        with ThreadPoolExecutor() as pool:  # reading and hashing release the interpreter
            list(pool.map(lambda layer: layer.check(), [each for each in layers if self.now(each.points.nbytes)]))
            names = [layer.name for layer in layers]
            if len(set(names)) < len(names):
                self.fail("tour.json", "two layers have the same name")
            attributes = self.attributes(self.get(manifest, "attributes", dict), n)
            sprites = self.sprites(manifest.get("sprites"), n, pool)
        return Tour(
            name=self.get(manifest, "name", str),
            layers=layers,
            attributes=attributes,
            sprites=sprites,
            views=self.views(),
            how=self.get(manifest, "build", dict),
            folder=self.folder,
            epochs=self.epochs(manifest.get("epochs", []), len(layers)),
        )

    def epochs(self, names: Any, layers: int) -> tuple[str, ...]:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.fail("tour.json", "'epochs' is no list of names")
        if len(set(names)) < len(names) or (names and layers % len(names)):
            self.fail("tour.json", f"{len(names)} epochs do not share {layers} layers evenly, each with its own name")
        return tuple(names)

    def layer(self, entry: Any, *, n: int, dims: int) -> Layer:
        if not isinstance(entry, dict):
            self.fail("tour.json", "a layer is not a table of values")
        file = self.file(entry)
        name = self.get(entry, "name", str)
        points = self.array(file, (n, dims))
        placement = Placement(
            mean=self.numbers(entry, "mean", (dims,)),
            rotation=self.numbers(entry, "rotation", (dims, dims)),
            radius=float(self.numbers(entry, "radius", ())),
            similarity=float(self.numbers(entry, "similarity", ())),
        )
        sketch = self.sketch(entry, n)
        self.get(entry, "checksum", str)
        check = cache(lambda: self.check_layer(entry, points, sketch))
        return Layer(name, str(entry.get("kind", "")), points, placement, sketch, check)

    def now(self, nbytes: int) -> bool:
        """Whether something is looked at before the tour is open."""
        self.left -= nbytes
        return self.left >= 0

    def sketch(self, entry: dict[str, Any], n: int) -> Sketch | None:
        kept = entry.get("activations")
        if kept is None:
            return None
        if not isinstance(kept, dict):
            self.fail("tour.json", f"'activations' of layer {entry.get('name')} is not a table of values")
        error = float(self.numbers({"name": entry.get("name"), **kept}, "error", ()))
        return Sketch(self.array(self.file(kept), (n, self.whole(kept, "columns")), "<f2"), error)

    def check_layer(self, entry: dict[str, Any], points: NDArray[np.float32], sketch: Sketch | None) -> None:
        self.check_rows(points, entry)
        if sketch is not None:
            self.check_rows(sketch.values, entry["activations"])

    def check_rows(self, rows: NDArray[Any], entry: dict[str, Any]) -> None:
        """The contents of a file of rows."""
        file = self.file(entry)
        if not finite(rows):
            row = int(np.argmin(np.isfinite(rows).all(axis=1)))
            self.fail(file, f"row {row} is not finite; embed that layer again")
        self.verify(file, entry)

    def array(self, file: Path, shape: tuple[int, ...], dtype: str = "<f4") -> NDArray[Any]:
        try:
            points = np.load(file, mmap_mode="r", allow_pickle=False)
        except (ValueError, EOFError, OSError) as error:
            self.fail(file, f"no whole .npy file ({error}); copy or build the tour again")
        wanted = np.dtype(dtype)
        if points.shape != shape or points.dtype != wanted or not points.flags.c_contiguous:
            self.fail(file, f"holds {points.dtype} {points.shape}, and tour.json promises {wanted} {shape}")
        if file.stat().st_size != points.offset + points.nbytes:
            self.fail(file, "longer than its array; copy or build the tour again")
        return points

    def attributes(self, entry: dict[str, Any], n: int) -> pd.DataFrame:
        file = self.file(entry)
        try:
            frame = pd.read_parquet(file)
        except Exception as error:  # pyarrow raises whatever its C++ met
            self.fail(file, f"no readable parquet table ({str(error).splitlines()[0]}); copy or build the tour again")
        if frame.columns.empty:
            frame = pd.DataFrame(index=range(n))  # parquet keeps no rows without columns
        if len(frame) != n:
            self.fail(file, f"has {len(frame)} rows for {n} points")
        self.verify(file, entry)
        return frame

    def sprites(self, entry: Any, n: int, pool: ThreadPoolExecutor) -> Sprites | None:
        if entry is None:
            return None
        if not isinstance(entry, dict):
            self.fail("tour.json", "'sprites' is not a table of values")
        tile, per_page = self.whole(entry, "tile"), self.whole(entry, "per_page")
        columns = math.isqrt(max(0, per_page))
        if tile < 1 or tile & (tile - 1) or columns**2 != per_page or not 1 <= columns * tile <= PAGE:
            self.fail("tour.json", f"tiles of {tile} px, {per_page} to a page, are not possible")
        pages = self.get(entry, "pages", list)
        if len(pages) != -(-n // per_page):
            self.fail("tour.json", f"names {len(pages)} sprite pages, and {n} points need {-(-n // per_page)}")
        files = [self.file(page) for page in pages]
        for k, file in enumerate(files):
            rows = -(-min(per_page, n - k * per_page) // columns)
            self.check_picture(file, (columns * tile, rows * tile))
            self.get(pages[k], "checksum", str)
        verified = cache(lambda k: self.verify(files[k], pages[k]))
        list(pool.map(verified, [k for k, file in enumerate(files) if self.now(file.stat().st_size)]))

        def load_page(k: int) -> NDArray[np.uint8]:
            verified(k)
            with Image.open(files[k]) as image:
                page = np.asarray(image.convert("RGBA"))
            return tiles_of(page, tile)[: min(per_page, n - k * per_page)]

        return Sprites(n=n, tile=tile, per_page=per_page, load=load_page)

    def check_picture(self, file: Path, size: tuple[int, int]) -> None:
        try:
            with Image.open(file) as image:
                seen = image.size
        except (OSError, SyntaxError, Image.DecompressionBombError) as error:
            self.fail(file, f"no readable PNG ({error}); copy or build the tour again")
        if seen != size:
            self.fail(file, f"is {seen[0]} x {seen[1]} pixels, and tour.json promises {size[0]} x {size[1]}")

    def views(self) -> list[SavedView]:
        if not (self.folder / "views.json").exists():
            self.fail("views.json", "missing; copy or build the tour again")
        try:
            return list(from_json(self.json("views.json")))
        except ValueError as error:
            if isinstance(error, TourFormatError):
                raise
            self.fail("views.json", str(error))

    def file(self, entry: Any) -> Path:
        """The file that an entry names, which must lie inside the folder."""
        name = self.get(entry if isinstance(entry, dict) else {}, "file", str)
        file = (self.folder / name).resolve()
        if not file.is_relative_to(self.folder.resolve()):
            self.fail("tour.json", f"names {name}, which is outside the tour's folder")
        if not file.is_file():
            self.fail(self.folder / name, "missing; copy or build the tour again")
        return file

    def verify(self, file: Path, entry: dict[str, Any]) -> None:
        if checksum(file) != self.get(entry, "checksum", str):
            self.fail(file, "changed since it was written (its checksum differs); copy or build the tour again")

    def json(self, name: str) -> dict[str, Any]:
        try:
            values = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.fail(name, "missing, so this is no tour; `umap-tour demo` makes one")
        except (ValueError, OSError) as error:
            self.fail(name, f"no readable JSON ({error}); copy or build the tour again")
        if not isinstance(values, dict):
            self.fail(name, "no table of values; copy or build the tour again")
        return values

    def get(self, values: dict[str, Any], key: str, kind: type, file: str = "tour.json") -> Any:
        if not isinstance(values.get(key), kind):
            self.fail(file, f"'{key}' is missing or no {kind.__name__}; copy or build the tour again")
        return values[key]

    def whole(self, values: dict[str, Any], key: str) -> int:
        return int(self.get(values, key, int))

    def numbers(self, entry: dict[str, Any], key: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
        try:
            array = np.asarray(entry[key], dtype=np.float64)
        except (KeyError, TypeError, ValueError):
            array = np.empty(0)
        if array.shape != shape or not np.isfinite(array).all():
            self.fail("tour.json", f"'{key}' of layer {entry.get('name')} is not finite numbers of shape {shape}")
        return array

    def fail(self, file: str | Path, fault: str) -> NoReturn:
        raise TourFormatError(self.folder / file, fault) from None

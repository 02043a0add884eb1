"""Reads NAME.tour/ (schema.py): checks every file, maps layers into memory, and joins the tours of a training."""

import json
import math
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
from .epochs import joined
from .pages import PAGE, tiles_of
from .schema import DIMS, MANIFEST, VERSION, VIEWS, TourFormatError
from .story import from_json
from .tour import Layer, Sketch, Sprites, Tour
from .view import SavedView

AT_ONCE = 256 * 2**20  # bytes of a tour that are looked at when it is opened, and the rest when they are first used


def load(path: str | Path, *later: str | Path, at_once: float = AT_ONCE) -> Tour:
    """Open the tour in the folder `path`, its layers memory-mapped.

    later: tours of the same network at other epochs, which become one tour with it (epochs.py). Raises TourFormatError
    naming the file and the fault where anything is missing, cut short, of the wrong shape, not finite, changed since
    it was written, or outside the folder. Of a tour of more than `at_once` bytes the contents of the later layers and
    images are looked at when they are first used, and complained of then; everything else is now.
    """
    if later:
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
        manifest = self.json(MANIFEST)
        if manifest.get("version") != VERSION:
            seen = manifest.get("version", "none")
            self.fail(MANIFEST, f"version {seen}, and this engine reads version {VERSION}; build the tour again")
        n, dims = self.whole(manifest, "n"), self.whole(manifest, "dims")
        if n < 1 or not DIMS[0] <= dims <= DIMS[1]:
            self.fail(MANIFEST, f"n {n} and dims {dims} are not those of a tour ({DIMS[0]} to {DIMS[1]} dims)")
        entries = self.get(manifest, "layers", list)
        if not entries:
            self.fail(MANIFEST, "names no layers")
        # One after the other, since numpy parses headers with `ast`, which Python 3.11 cannot do in two threads.
        layers = tuple(self.layer(entry, n=n, dims=dims) for entry in entries)
        with ThreadPoolExecutor() as pool:  # reading and hashing release the interpreter
            list(pool.map(lambda layer: layer.check(), [each for each in layers if self.now(each.points.nbytes)]))
            names = [layer.name for layer in layers]
            if len(set(names)) < len(names):
                self.fail(MANIFEST, "two layers have the same name")
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
            self.fail(MANIFEST, "'epochs' is no list of names")
        if len(set(names)) < len(names) or (names and layers % len(names)):
            self.fail(MANIFEST, f"{len(names)} epochs do not share {layers} layers evenly, each with its own name")
        return tuple(names)

    def layer(self, entry: Any, *, n: int, dims: int) -> Layer:
        if not isinstance(entry, dict):
            self.fail(MANIFEST, "a layer is not a table of values")
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
            self.fail(MANIFEST, f"'activations' of layer {entry.get('name')} is not a table of values")
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
            self.fail(MANIFEST, "'sprites' is not a table of values")
        tile, per_page = self.whole(entry, "tile"), self.whole(entry, "per_page")
        columns = math.isqrt(max(0, per_page))
        if tile < 1 or tile & (tile - 1) or columns**2 != per_page or not 1 <= columns * tile <= PAGE:
            self.fail(MANIFEST, f"tiles of {tile} px, {per_page} to a page, are not possible")
        pages = self.get(entry, "pages", list)
        if len(pages) != -(-n // per_page):
            self.fail(MANIFEST, f"names {len(pages)} sprite pages, and {n} points need {-(-n // per_page)}")
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
        if not (self.folder / VIEWS).exists():
            self.fail(VIEWS, "missing; copy or build the tour again")
        try:
            return list(from_json(self.json(VIEWS)))
        except ValueError as error:
            if isinstance(error, TourFormatError):
                raise
            self.fail(VIEWS, str(error))

    def file(self, entry: Any) -> Path:
        """The file that an entry names, which must lie inside the folder."""
        name = self.get(entry if isinstance(entry, dict) else {}, "file", str)
        file = (self.folder / name).resolve()
        if not file.is_relative_to(self.folder.resolve()):
            self.fail(MANIFEST, f"names {name}, which is outside the tour's folder")
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

    def get(self, values: dict[str, Any], key: str, kind: type, file: str = MANIFEST) -> Any:
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
            self.fail(MANIFEST, f"'{key}' of layer {entry.get('name')} is not finite numbers of shape {shape}")
        return array

    def fail(self, file: str | Path, fault: str) -> NoReturn:
        raise TourFormatError(self.folder / file, fault) from None

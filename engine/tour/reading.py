"""Reads NAME.tour/ (schema.py): checks every file, maps layers into memory, and joins the tours of a training."""

import logging
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..files import printable
from .alignment import Placement
from .epochs import joined
from .image_files import PictureError, opened_picture
from .integrity import cut_short, finite, mapped, reach
from .json_files import read_views
from .manifest import AGAIN, TourFolder, identity
from .order import mark, shuffled
from .schema import DIMS, MANIFEST, VIEWS, TourFormatError
from .sprite_layout import PAGE, tiles_of
from .story import bytes_at_most, fitting
from .tables import read_attributes
from .tour import Layer, Sample, Sketch, Sprites, Tour

AT_ONCE = 256 * 2**20  # bytes of a tour that are looked at when it is opened, and the rest when they are first used
DECODED = 32 * 2**20  # pixels of its images that are decoded then as well
OVERHEAD = 2**18  # bytes of an image beside its pixels; texts by the thousand take long to read
ORTHOGONAL = 1e-6
TRIES = 20  # at a tour that is being replaced
SAID = 10  # lines in the log about views that are left out
SAME = 1e-4  # of a radius, by which a point may be off: placements are of float32 points on some devices

log = logging.getLogger("engine")


def load(path: str | Path, *later: str | Path, at_once: float = AT_ONCE) -> Tour:
    """Open the tour in the folder `path`, its layers memory-mapped.

    later: tours of the same network at other epochs, which become one tour with it (epochs.py). Raises TourFormatError
    naming the file and the fault where anything is missing, cut short, of the wrong shape, not finite, changed since
    it was written, no regular file, or outside the folder. Of a tour of more than `at_once` bytes the contents of the
    later layers and images are looked at when they are first used, and complained of then; everything else is now.
    A saved view that the tour cannot show is logged and left out; `Tour.faults` has a line about each.
    """
    if later:
        return joined([load(each, at_once=math.inf) for each in (path, *later)])  # which reads all of it
    try:
        folder = Path(path).absolute()
        there, is_folder = folder.exists(), folder.is_dir()
    except (ValueError, OSError, RuntimeError) as error:
        raise TourFormatError(printable(path), f"no such tour ({error})") from None
    if not is_folder:
        what = "is a file, not a tour folder" if there else "no such tour"
        raise TourFormatError(
            printable(path), f"{what}; `umap-tour demo` makes one, `umap-tour import` reads a published one"
        )
    return _one_of(folder, at_once)


def _one_of(folder: Path, at_once: float) -> Tour:
    """The tour in a folder: one of them where another is put in its place meanwhile, and no mix of the two."""
    for _ in range(TRIES):
        before = _inode(folder)
        try:
            tour = _Reader(folder, at_once).tour()
        except TourFormatError:
            if _inode(folder) == before:
                raise
        else:
            if _inode(folder) == before:
                return tour
    return _Reader(folder, at_once).tour()


def _inode(folder: Path) -> int:
    try:
        return folder.stat().st_ino
    except OSError:  # gone, which its reader says
        return 0


class _Reader(TourFolder):
    """Reads one folder."""

    def __init__(self, folder: Path, at_once: float) -> None:
        super().__init__(folder)
        self.left = at_once
        """Bytes that are still looked at before the tour is open."""
        self.pixels = DECODED if math.isfinite(at_once) else math.inf

    def tour(self) -> Tour:
        manifest = self.manifest()
        n, dims = self.get(manifest, "n", int), self.get(manifest, "dims", int)
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
        tour = Tour(
            name=self.name(manifest),
            layers=layers,
            attributes=attributes,
            sprites=sprites,
            how=self.get(manifest, "build", dict),
            folder=self.path,
            identity=identity(manifest),
            epochs=self.epochs(manifest.get("epochs", []), len(layers)),
        )
        self.check_seal(manifest)
        return self.with_views(tour)

    def with_views(self, tour: Tour) -> Tour:
        """The tour with the saved views that it can show."""
        if not (self.path / VIEWS).exists():
            self.fail(VIEWS, f"missing; {AGAIN}")
        try:
            views, faults = fitting(self.json(VIEWS, read=partial(read_views, limit=bytes_at_most(tour))), tour)
        except ValueError as error:
            if isinstance(error, TourFormatError):
                raise
            self.fail(VIEWS, str(error))
        lines = tuple(printable(f"{self.path / VIEWS}: {fault}") for fault in faults)
        for line in lines[:SAID]:
            log.warning("%s; that view is left out", line)
        if len(lines) > SAID:
            log.warning("%s: and %d more views", self.path / VIEWS, len(lines) - SAID)
        return replace(tour, views=list(views), faults=lines)

    def epochs(self, names: Any, layers: int) -> tuple[str, ...]:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.fail(MANIFEST, "'epochs' is no list of names")
        if len(set(names)) < len(names) or (names and layers % len(names)):
            self.fail(MANIFEST, f"{len(names)} epochs do not share {layers} layers evenly, each with its own name")
        return tuple(self.name({"name": name}) for name in names)

    def now(self, nbytes: int) -> bool:
        """Whether something is looked at before the tour is open."""
        self.left -= nbytes
        return self.left >= 0

    # ------------------------------------------------------------------------------------------ layers

    def layer(self, entry: Any, *, n: int, dims: int) -> Layer:
        if not isinstance(entry, dict):
            self.fail(MANIFEST, "a layer is not a table of values")
        file = self.file(entry)
        name = self.name(entry)
        points = self.array(file, (n, dims))
        placement = self.placement(entry, dims)
        sketch, sample = self.sketch(entry, n), self.sample(entry, points, placement)
        self.get(entry, "checksum", str)
        arrays = [points] if sketch is None else [points, sketch.values]
        check = self.checked(file, arrays, lambda: self.check_layer(entry, points, placement, sketch, sample))
        return Layer(name, str(entry.get("kind", ""))[:1000], points, placement, sketch, sample, check)

    def checked(self, file: Path, arrays: list[NDArray[Any]], look: Callable[[], None]) -> Callable[[], None]:
        """A check of arrays mapped from disk: that they are whole, each time, and once what `look` looks at."""
        once = cache(look)

        def check() -> None:
            for array in arrays:  # each time: a file may be cut while it is open
                if cut_short(array):
                    self.fail(file, f"was cut short while the tour is open; {AGAIN}")
            once()

        return check

    def placement(self, entry: dict[str, Any], dims: int) -> Placement:
        mean, rotation = self.numbers(entry, "mean", (dims,)), self.numbers(entry, "rotation", (dims, dims))
        radius, similarity = (float(self.numbers(entry, key, ())) for key in ("radius", "similarity"))
        name = entry["name"]
        with np.errstate(all="ignore"):
            apart = np.abs(rotation.T @ rotation - np.eye(dims)).max()
        if not apart <= ORTHOGONAL:
            self.fail(MANIFEST, f"'rotation' of layer {name} is not orthogonal; {AGAIN}")
        if not 0.0 <= radius <= 1e38:
            self.fail(MANIFEST, f"'radius' of layer {name} is a number from 0, not {radius:g}")
        if not -ORTHOGONAL <= similarity <= 1 + ORTHOGONAL:
            self.fail(MANIFEST, f"'similarity' of layer {name} is a number from 0 to 1, not {similarity:g}")
        return Placement(mean=mean, rotation=rotation, radius=radius, similarity=similarity)

    def sketch(self, entry: dict[str, Any], n: int) -> Sketch | None:
        kept = entry.get("activations")
        if kept is None:
            return None
        if not isinstance(kept, dict):
            self.fail(MANIFEST, f"'activations' of layer {entry.get('name')} is not a table of values")
        error = float(self.numbers({"name": entry.get("name"), **kept}, "error", ()))
        if error < 0:
            self.fail(MANIFEST, f"'error' of the activations of layer {entry.get('name')} is below 0")
        return Sketch(self.array(self.file(kept), (n, self.get(kept, "columns", int)), "<f2"), error)

    def sample(self, entry: dict[str, Any], points: NDArray[np.float32], placement: Placement) -> Sample | None:
        """The rows of a layer that are kept together; None where there are none, or they are those of another order."""
        kept = entry.get("sample")
        if kept is None:
            return None
        if not isinstance(kept, dict):
            self.fail(MANIFEST, f"'sample' of layer {entry.get('name')} is not a table of values")
        count = self.get(kept, "rows", int)
        if not 1 <= count <= len(points):
            self.fail(
                MANIFEST, f"'rows' of the sample of layer {entry['name']} is from 1 to {len(points)}, not {count}"
            )
        file = self.file(kept)
        rows = self.array(file, (count, points.shape[1]))
        self.get(kept, "checksum", str)
        if self.get(kept, "order", str) != mark(len(points), count):
            return None

        def look() -> None:
            self.check_rows(rows, kept)
            self.check_reach(rows, entry, placement)

        return Sample(rows, self.checked(file, [rows], look))

    def check_layer(
        self,
        entry: dict[str, Any],
        points: NDArray[np.float32],
        placement: Placement,
        sketch: Sketch | None,
        sample: Sample | None,
    ) -> None:
        """The contents of a layer's files, and that its points lie where tour.json says."""
        self.check_rows(points, entry)
        if sketch is not None:
            self.check_rows(sketch.values, entry["activations"])
        if sample is not None:
            sample.check()
            if (points[shuffled(len(points))[: len(sample.points)]] != sample.points).any():
                self.fail(self.file(entry["sample"]), f"holds other rows than the layer it is a sample of; {AGAIN}")
        self.check_reach(points, entry, placement)

    def check_reach(self, points: NDArray[np.float32], entry: dict[str, Any], placement: Placement) -> None:
        """That points lie within the radius."""
        radius, size = placement.radius, float(np.abs(points[0]).max())
        farthest = reach(points, placement.mean)  # of some points of a tour, less than of all
        rounding = 1e-6 * (size + float(np.abs(placement.mean).max()))
        if farthest > radius * (1 + SAME) + rounding:
            fault = f"'radius' or 'mean' of layer {entry['name']} is not that of its points: one lies {farthest:.4g}"
            self.fail(MANIFEST, f"{fault} from the mean, and the radius is {radius:.4g}")

    def check_rows(self, rows: NDArray[Any], entry: dict[str, Any]) -> None:
        """The contents of a file of rows."""
        file = self.file(entry)
        if not finite(rows):
            row = int(np.argmin(np.isfinite(rows).all(axis=1)))
            self.fail(file, f"row {row} is not finite; embed that layer again")
        self.verify(file, entry)

    def array(self, file: Path, shape: tuple[int, ...], dtype: str = "<f4") -> NDArray[Any]:
        try:
            return mapped(file, shape, dtype)
        except (ValueError, OSError) as error:
            self.fail(file, f"{error}; {AGAIN}")

    # ------------------------------------------------------------------------------------------ attributes, images

    def attributes(self, entry: dict[str, Any], n: int) -> Any:
        file = self.file(entry)
        try:
            frame = read_attributes(file, n)
        except (ValueError, OSError) as error:
            self.fail(file, f"{error}; {AGAIN}")
        self.verify(file, entry)
        return frame

    def sprites(self, entry: Any, n: int, pool: ThreadPoolExecutor) -> Sprites | None:
        if entry is None:
            return None
        if not isinstance(entry, dict):
            self.fail(MANIFEST, "'sprites' is not a table of values")
        tile, per_page = self.get(entry, "tile", int), self.get(entry, "per_page", int)
        columns = math.isqrt(max(0, per_page))
        if tile < 1 or tile & (tile - 1) or columns**2 != per_page or not 1 <= columns * tile <= PAGE:
            self.fail(MANIFEST, f"tiles of {tile} px, {per_page} to a page, are not possible")
        pages = self.get(entry, "pages", list)
        if len(pages) != -(-n // per_page):
            self.fail(MANIFEST, f"names {len(pages)} sprite pages, and {n} points need {-(-n // per_page)}")
        files = [self.file(page) for page in pages]
        sizes = [(columns * tile, -(-min(per_page, n - k * per_page) // columns) * tile) for k in range(len(files))]
        for file, size, page in zip(files, sizes, pages, strict=True):
            self.picture(file, size, decoded=False)
            self.get(page, "checksum", str)
        verified = cache(lambda k: self.verify(files[k], pages[k]))

        def load_page(k: int) -> NDArray[np.uint8]:
            verified(k)
            return tiles_of(self.picture(files[k], sizes[k]), tile)[: min(per_page, n - k * per_page)]

        now = [k for k, file in enumerate(files) if self.now(file.stat().st_size)]
        list(pool.map(verified, now))
        for k in now:
            self.pixels -= sizes[k][0] * sizes[k][1]
            if self.pixels >= 0:
                self.picture(files[k], sizes[k])
        return Sprites(n=n, tile=tile, per_page=per_page, load=load_page)

    def picture(self, file: Path, size: tuple[int, int], *, decoded: bool = True) -> NDArray[np.uint8]:
        """A page of images (height, width, 4), of the size that it must have; without pixels unless `decoded`."""
        if file.stat().st_size > OVERHEAD + 4 * 1.02 * size[0] * size[1]:
            self.fail(file, f"has more bytes than {size[0]} x {size[1]} pixels take; {AGAIN}")
        try:
            with opened_picture(file, formats=("PNG",), pixels=PAGE * PAGE) as image:
                seen = image.size
                page = np.asarray(image.convert("RGBA")) if decoded and seen == size else np.empty((0, 0, 4), np.uint8)
        except PictureError as error:
            self.fail(file, f"no readable PNG ({error}); {AGAIN}")
        if seen != size:
            self.fail(file, f"is {seen[0]} x {seen[1]} pixels, and tour.json promises {size[0]} x {size[1]}")
        return page

"""The published UMAP Tour's data to a Tour.

`meta-NAME.json` leads to one folder of float32 embeddings with a `schema.json`, to a table of attributes, and to
sheets of images. Paths in it are relative to two places: `epoch_arch_to_dir` to the meta file's own folder,
`attribute_url` and `image_urls` to the parent of that. Nothing outside these two is read.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from ..progress import steps
from .alignment import chain
from .epochs import joined
from .format import DIMS, TourFormatError
from .pages import tiles_per_page
from .published_columns import classes_of, column_for, first_difference, guessed, same_partition
from .published_states import published_views
from .thumbnails import image_folder, read_thumbnail
from .tour import Layer, Sprites, Tour

SHEET = 100  # tiles along each side of a published sheet of images
ALL = "all"  # epochs
NAMES = {
    "googlenet": "GoogLeNet",
    "resnet50": "ResNet50",
    "resnet101": "ResNet101",
    "vgg16": "VGG-16",
    "inception_v3": "Inception V3",
}  # as the article writes them

log = logging.getLogger("engine")


def import_published(
    meta: str | Path,
    *,
    epoch: str | None = None,
    images: str | Path | None = None,
    tile: int = 64,
    states: str | Path | None = None,
) -> Tour:
    """Read a published UMAP Tour from its meta file.

    epoch: which of several embeddings, as written in `epoch_arch_to_dir` ("0,0"); the last unless said; "all" for
    every epoch of the last one's network, as one tour and without the article's scenes.
    images: an ImageFolder of the same images in the same order, whose pictures become sprites of `tile` pixels.
    states: the article's scenes, which become saved views; `states` beside the data's folder unless said.
    What is missing beyond the embeddings and the attributes is logged and left out. The published residuals are
    recomputed and their agreement logged. Raises TourFormatError naming the file and the fault.
    """
    source = _Import(Path(meta), Path(states) if states is not None else None)
    if epoch == ALL:
        return joined(list(source.training(Path(images) if images is not None else None, tile)))
    tour = source.tour(epoch, Path(images) if images is not None else None, tile)
    return replace(tour, views=published_views(tour, source.states) if source.states.is_dir() else [])


class _Import:
    def __init__(self, meta: Path, states: Path | None = None) -> None:
        self.file = meta
        self.folder = meta.absolute().parent
        self.states = states or self.folder.parent / "states"
        if states is not None and not states.is_dir():
            fail(states, "no such folder; it holds orientations/, centers/ and annotations/")
        self.meta = self.json(meta)
        for key in ("data_shape", "attribute_url", "attributes", "epoch_arch_to_dir"):
            if key not in self.meta:
                fail(meta, f"no meta file of a published UMAP Tour (it has no '{key}')")
        shape = self.meta["data_shape"]
        if not (isinstance(shape, list) and len(shape) == 2 and all(isinstance(k, int) and k > 0 for k in shape)):
            fail(meta, f"data_shape is two whole numbers, [points, dimensions], not {shape}")
        self.n, self.dims = shape
        if not DIMS[0] <= self.dims <= DIMS[1]:
            fail(meta, f"a tour has {DIMS[0]} to {DIMS[1]} dimensions, not {self.dims}")

        self.wanted = self.meta["attributes"]
        if not isinstance(self.wanted, dict):
            fail(meta, "'attributes' is no table of attributes")

    def tour(self, epoch: str | None, images: Path | None, tile: int) -> Tour:
        folder = self.embedding_folder(epoch)
        schema = self.json(folder / "schema.json")
        attributes = self.attributes()
        self.check_labels(folder, schema.get("labels"), attributes)
        names, points = self.embeddings(folder, schema)
        residuals = [entry.get("residual") for entry in schema["layers"]]
        agreement = self.compare_residuals(residuals, points)
        layers = tuple(
            Layer(name, name.split("-", 1)[-1], each, placement)
            for name, each, placement in zip(names, points, chain(points), strict=True)
        )
        stem = re.sub(r"^meta-|-\d+D$", "", self.file.stem)
        return Tour(
            name=NAMES.get(stem, stem),
            layers=layers,
            attributes=attributes,
            sprites=self.sprites_of(images, tile, attributes) if images is not None else self.sheets(),
            how={"imported": self.file.name, "embedding": folder.name, "residual_agreement": agreement},
        )

    def training(self, images: Path | None, tile: int) -> Iterator[Tour]:
        """A tour for each epoch of the network of the last embedding: keys are "epoch,network"."""
        keys = [key.partition(",") for key in self.folders()]
        for epoch, comma, network in keys:
            if network == keys[-1][2]:
                tour = self.tour(f"{epoch}{comma}{network}", images, tile)
                yield replace(tour, name=f"{tour.name}-epoch{epoch}")

    # ------------------------------------------------------------------------------------------ where things are

    def folders(self) -> Mapping[str, Any]:
        folders = self.meta["epoch_arch_to_dir"]
        if not isinstance(folders, Mapping) or not folders:
            fail(self.file, "epoch_arch_to_dir names no folder")
        return folders

    def inside(self, base: Path, name: Any) -> Path:
        """The file or folder that the meta file names; it must lie in one of the two places that it may name."""
        if not isinstance(name, str):
            fail(self.file, f"a path is text, not {name!r}")
        path = (base / name).resolve()
        places = (self.folder.resolve(), self.folder.parent.resolve())
        if not any(path.is_relative_to(place) for place in places):
            fail(self.file, f"names {name}, which is outside {places[1]}; such a file is not read")
        return path

    def embedding_folder(self, epoch: str | None) -> Path:
        folders = self.folders()
        if epoch is None:
            epoch = list(folders)[-1]
            if len(folders) > 1:
                log.info("%d embeddings there; taking %s (--epoch takes another, or all)", len(folders), epoch)
        if epoch not in folders:
            fail(self.file, f"has no epoch {epoch!r}; there is: {', '.join(folders)}")
        folder = self.inside(self.folder, folders[epoch])
        if not folder.is_dir():
            fail(folder, "missing; it holds the embeddings that the meta file names")
        return folder

    # ------------------------------------------------------------------------------------------ embeddings

    def embeddings(self, folder: Path, schema: dict[str, Any]) -> tuple[list[str], list[NDArray[np.float32]]]:
        entries = schema.get("layers")
        if not isinstance(entries, list) or not entries or not all(isinstance(e, dict) and "id" in e for e in entries):
            fail(folder / "schema.json", "names no layers")
        names = [str(entry["id"]) for entry in entries]
        if len(set(names)) < len(names):
            fail(folder / "schema.json", "names a layer twice")
        points = []
        for name, entry in zip(names, entries, strict=True):
            if entry.get("shape") != [self.n, self.dims]:
                fail(
                    folder / "schema.json",
                    f"layer {name} has shape {entry.get('shape')}, and {self.file.name} promises {[self.n, self.dims]}",
                )
            points.append(self.matrix(self.inside(folder, f"{name}.bin")))
        return names, points

    def matrix(self, file: Path) -> NDArray[np.float32]:
        if not file.is_file():
            fail(file, "missing; it is one of the layers that schema.json names")
        expected = self.n * self.dims * 4
        if file.stat().st_size != expected:
            fail(file, f"has {file.stat().st_size:,} bytes, and {self.n:,} points in {self.dims}-D take {expected:,}")
        points = np.fromfile(file, dtype="<f4").reshape(self.n, self.dims)
        if not np.isfinite(points).all():
            fail(file, f"row {int(np.argmin(np.isfinite(points).all(axis=1)))} is not finite")
        return points

    def compare_residuals(self, published: list[Any], points: list[NDArray[np.float32]]) -> float | None:
        """The largest difference between the published residuals and ours; None where none were published."""
        known = [k for k, value in enumerate(published) if isinstance(value, (int, float))]
        if not known:
            log.info("no published residuals to compare with")
            return None
        ours = {k: residual(points[k], points[k - 1]) if k else 0.0 for k in known}
        worst = max(known, key=lambda k: abs(ours[k] - published[k]))
        difference = abs(ours[worst] - published[worst])
        if difference <= 1e-4 * max(abs(published[worst]), 0.01):
            log.info("residuals of %d layers agree with the published ones to %.1e", len(known), difference)
        else:
            pair = f"layer {worst}: {ours[worst]:.6g} here, {published[worst]:.6g} there"
            log.warning("residuals differ from the published ones by up to %.3g (%s)", difference, pair)
        return float(f"{difference:.3g}")

    # ------------------------------------------------------------------------------------------ attributes

    def attributes(self) -> pd.DataFrame:
        file = self.inside(self.folder.parent, self.meta["attribute_url"])
        try:  # as text, or pandas takes a class called "NA" or "null" for none
            table = pd.read_csv(file, index_col=False, dtype=str, keep_default_na=False)
        except FileNotFoundError:
            fail(file, "missing; it holds the attributes of the points")
        except (ValueError, OSError) as error:
            fail(file, f"no readable table ({error})")
        if len(table) != self.n:
            fail(file, f"has {len(table):,} rows for {self.n:,} points")
        table = table.drop(columns=[name for name in table.columns if name.startswith("Unnamed:")])
        columns: dict[str, Any] = {}
        extents: dict[str, list[float]] = {}
        for pattern, described in self.wanted.items():
            how = described if isinstance(described, dict) else {}
            column = column_for(pattern, table.columns)
            if column is None:
                log.warning("attribute %s: no such column in %s; left out", pattern, file.name)
                continue
            columns[column] = self.column(file, table[column], how)
            extent = how.get("extent")
            if isinstance(extent, list) and len(extent) == 2 and all(isinstance(end, int | float) for end in extent):
                extents[column] = [float(end) for end in extent]
        rest = {name: guessed(table[name]) for name in table.columns if name not in columns}
        attributes = pd.DataFrame({**columns, **rest})
        attributes.attrs["extent"] = extents
        return attributes

    def column(self, file: Path, values: "pd.Series[str]", how: dict[str, Any]) -> Any:
        if how.get("type") == "continuous":
            numbers = pd.to_numeric(values, errors="coerce").astype(np.float64)
            if numbers.isna().all():
                fail(file, f"column {values.name} is called continuous and holds no number")
            return numbers
        present = [value for value in values.unique() if value]
        listed = how.get("order")
        order = [str(value) for value in listed] if isinstance(listed, list) else present
        known = dict.fromkeys([*order, *present])
        return pd.Categorical(values, categories=list(known), ordered=how.get("type") == "ordinal")

    def check_labels(self, folder: Path, labels: Any, attributes: pd.DataFrame) -> None:
        """Label files repeat what the table says. One that does not becomes an attribute of its own."""
        name = labels.get("id") if isinstance(labels, dict) else None
        if not isinstance(name, str):
            return
        file = self.inside(folder, f"{name}.bin")
        shape = labels.get("shape")
        if not file.is_file():
            log.info("label file %s: missing; left out", file.name)
        elif shape not in (self.n, [self.n]) or file.stat().st_size != 2 * self.n:
            seen = f"{file.stat().st_size:,} bytes for shape {shape}"
            log.warning("label file %s: %s, not one uint16 a point; left out", file.name, seen)
        else:
            codes = np.fromfile(file, dtype="<u2")
            if not any(same_partition(codes, attributes[column]) for column in classes_of(attributes)):
                attributes[name] = pd.Categorical(codes)
                log.info("label file %s: an attribute that the table does not have; added", file.name)

    # ------------------------------------------------------------------------------------------ images

    def sheets(self) -> Sprites | None:
        """The published sheets as sprites; None where one is missing or not as it should be."""
        names = self.meta.get("image_urls") or []
        files = [self.inside(self.folder.parent, name) for name in names]
        if not files:
            log.info("no sheets of images named; dots only")
            return None
        missing = [file for file in files if not file.is_file()]
        if missing:
            seen = f"{len(missing)} of {len(files)} missing ({missing[0].name} ...)"
            log.info("sheets of images: %s; dots only", seen)
            return None
        if len(files) != -(-self.n // SHEET**2):
            needed = -(-self.n // SHEET**2)
            log.warning("%d sheets of images, and %d points need %d; dots only", len(files), self.n, needed)
            return None
        with Image.open(files[0]) as first:
            side = first.width // SHEET
        tile = max(8, 1 << (side - 1).bit_length())
        per_page = tiles_per_page(self.n, tile)

        @lru_cache(maxsize=2)
        def sheet(k: int) -> NDArray[np.uint8]:
            try:
                with Image.open(files[k]) as image:
                    rows = image.height // side
                    if image.width != SHEET * side or rows * SHEET < min(SHEET**2, self.n - k * SHEET**2):
                        fail(files[k], f"is {image.width} x {image.height}, not {SHEET} tiles of {side} pixels wide")
                    picture = np.asarray(image.convert("RGBA"))
            except OSError as error:
                fail(files[k], f"no readable picture ({error})")
            return picture[: rows * side].reshape(rows, side, SHEET, side, 4).swapaxes(1, 2).reshape(-1, side, side, 4)

        def load(page: int) -> NDArray[np.uint8]:
            points = np.arange(page * per_page, min(self.n, (page + 1) * per_page))
            tiles = np.concatenate(
                [sheet(k)[points[points // SHEET**2 == k] % SHEET**2] for k in np.unique(points // SHEET**2)]
            )
            return (
                tiles
                if side == tile
                else np.stack(
                    [np.asarray(Image.fromarray(each).resize((tile, tile), Image.Resampling.LANCZOS)) for each in tiles]
                )
            )

        return Sprites(n=self.n, tile=tile, per_page=per_page, load=load)

    def sprites_of(self, folder: Path, tile: int, attributes: pd.DataFrame) -> Sprites:
        """The pictures of an ImageFolder as sprites, once count and labels are those of the points."""
        files, classes = image_folder(folder)
        if len(files) != self.n:
            fail(
                folder,
                f"holds {len(files):,} images for {self.n:,} points; it must be the same images in the same order",
            )
        codes = pd.factorize(np.asarray(classes))[0]
        candidates = classes_of(attributes)
        if candidates and not any(same_partition(codes, attributes[column]) for column in candidates):
            finest = max(candidates, key=lambda column: attributes[column].nunique())
            row = first_difference(codes, attributes[finest])
            fail(
                folder,
                f"its classes are not those of the points: image {row} ({files[row].relative_to(folder)}) "
                f"does not agree with {finest} '{attributes[finest].iloc[row]}'",
            )
        per_page = tiles_per_page(self.n, tile)

        def load(page: int) -> NDArray[np.uint8]:
            part = files[page * per_page : (page + 1) * per_page]
            with ThreadPoolExecutor() as pool, steps(f"images, page {page + 1}", len(part)) as advance:
                tiles = []
                for picture in pool.map(self.picture(tile), part):
                    tiles.append(picture)
                    advance(1)
            return np.stack(tiles)

        return Sprites(n=self.n, tile=tile, per_page=per_page, load=load)

    @staticmethod
    def picture(tile: int) -> Any:
        def read(file: Path) -> NDArray[np.uint8]:
            try:
                return read_thumbnail(file, tile)
            except (OSError, SyntaxError, ValueError) as error:
                fail(file, f"no readable image ({error})")

        return read

    def json(self, file: Path) -> dict[str, Any]:
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            fail(file, "no such file")
        except (ValueError, OSError) as error:
            fail(file, f"no readable JSON ({error})")
        if not isinstance(values, dict):
            fail(file, "no meta file of a published UMAP Tour (no table of values)")
        return values


def residual(points: NDArray[np.float32], before: NDArray[np.float32]) -> float:
    """The published residual between a layer and the one before, both (n, d) and not centred.

    mean((sigma X Q - Y)^2) with Q = U V^T from svd(X^T Y) and sigma = nuclear(X^T Y) / ||X||_F^2: scaled
    orthogonal Procrustes without translation. Expanded, its sum is ||Y||^2 - nuclear^2 / ||X||^2.
    """
    x, y = np.asarray(points, dtype=np.float64), np.asarray(before, dtype=np.float64)
    size = float(np.vdot(x, x))
    nuclear = float(np.linalg.svd(x.T @ y, compute_uv=False).sum())
    return (float(np.vdot(y, y)) - (nuclear**2 / size if size else 0.0)) / y.size


def fail(file: Path, fault: str) -> NoReturn:
    raise TourFormatError(file, fault) from None

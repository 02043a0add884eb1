"""The published page's scenes, `states/`, as saved views of the tour that they were made for.

orientations/LAYER-NAME.json   P, R, G, T: rotations (d, d) in this order, as published; x P R G T, columns 0 to 3
centers/LAYER-NAME.json        a point (d,) of the centred layer that stood in the middle of the screen
annotations/LAYER-NAME.json    a named set of points, and their centroid in the centred layer

A centred row x of layer k is `x R_k` in the frame of a Tour, so the published picture comes back with

    frame = R_k^T (P R G T)[:, :3]

whatever path of layers the published R was chained along. Both screens have x right and y up, and the published
page draws larger depths in front as well. The files keep no zoom: it is chosen so that the scene's points fill a
third of the pane, within limits.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..files import printable
from .json_files import read_json
from .tour import Tour
from .view import Handle, SavedView, View

ORTHONORMAL = 1e-6  # the published products are off by 1e-12
SAME_PLACE = 1e-3  # of the layer's radius, between a published centroid and that of the same points here
FILLS = 0.33  # of half the pane's shorter side, by nine tenths of a scene's points
ZOOM = (1.5, 2.2)  # of the whole picture, and of the nearest scene

log = logging.getLogger("engine")

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scene:
    """Which of the files belong together, as the article tells it."""

    caption: str
    orientation: str
    center: str | None = None
    annotations: tuple[str, ...] = ()


SCENES = (
    Scene("All images, arranged by colour", "0-image"),
    Scene("Ocean animals, before a blue background", "0-image", "0-ocean", ("0-ocean",)),
    Scene("Outdoor scenes", "0-image", "0-outdoor", ("0-outdoor",)),
    Scene("Animal faces", "12-animal", "12-animal-face", ("12-animal-face",)),
    Scene("Dogs facing left and right", "12-animal", "12-animal", ("12-dog-left", "12-dog-right")),
    Scene("Humans: no class has this name, yet they gather", "12-human", "12-human", ("12-human",)),
    Scene("For comparison with another network", "15-comparison"),
    Scene("For comparison, from another side", "15-comparison-2"),
)


def published_views(tour: Tour, folder: Path) -> list[SavedView]:
    """The scenes in `folder` that were made for `tour`, as saved views; what is left out is said in one line each.

    An annotation belongs to the tour if its centroid is that of the same points here. Orientations and centers
    cannot be told by themselves: where no annotation belongs, nothing is taken.
    """
    files = _Files(tour, folder)
    if not files.annotations:
        log.info("states: none in %s were made for %s; no saved views", folder, tour.name)
        return []
    for line in files.left_out:
        log.warning("state %s; left out", line)
    views = [view for scene in SCENES if (view := files.view(scene)) is not None]
    known = {scene.orientation for scene in SCENES}
    views += [files.bare(name) for name in files.orientations if name not in known]
    log.info("states: %d saved views on layers %s", len(views), sorted({int(each.view.layer) for each in views}))
    return views


class _Files:
    """What one folder holds of use for one tour."""

    def __init__(self, tour: Tour, folder: Path) -> None:
        self.tour = tour
        self.left_out: list[str] = []
        self.orientations = self._read(folder / "orientations", self._matrix)
        self.centers = self._read(folder / "centers", self._center)
        self.annotations = self._read(folder / "annotations", self._handle)
        used = {name for scene in SCENES for name in (*scene.annotations, scene.center)}
        for name in sorted({*self.centers, *self.annotations} - used):
            self.left_out.append(f"{name}: in none of the article's scenes")

    def _read(self, folder: Path, parse: Any) -> dict[str, Any]:
        """File stem -> what `parse` makes of its JSON; what is wrong is said and left out."""
        found = {}
        for file in sorted(folder.glob("*.json")):
            try:
                layer = self._layer(file.stem)
                found[file.stem] = parse(layer, read_json(file))
            except (KeyError, TypeError, ValueError, IndexError, OSError, OverflowError) as error:
                what = f"it has no {error}" if isinstance(error, KeyError) else error
                self.left_out.append(printable(f"{folder.name}/{file.name}: {what}"))
        return found

    def _layer(self, stem: str) -> int:
        number = stem.partition("-")[0]
        if not number.isdigit():
            raise ValueError("its name does not begin with the number of a layer")
        return self.tour.index(int(number))

    def _matrix(self, layer: int, values: Any) -> Array:
        """The frame (d, 3) in the tour's own space."""
        d = self.tour.dims
        product = np.eye(d)
        for part in ("preprocess", "procrustes", "grandtour", "postprocess"):
            rotation = _numbers(values[part], (d, d), part)
            if np.abs(rotation.T @ rotation - np.eye(d)).max() > ORTHONORMAL:
                raise ValueError(f"its {part} is no rotation")
            product = product @ rotation
        return self.tour.layers[layer].placement.rotation.T @ product[:, :3]

    def _center(self, layer: int, values: Any) -> Array:
        """The point (d,) in the tour's own space."""
        return _numbers(values, (self.tour.dims,), "center") @ self.tour.layers[layer].placement.rotation

    def _handle(self, layer: int, values: Any) -> Handle:
        handle = Handle(str(values["text"]), values["selection"])
        if not (0 <= min(handle.points) and max(handle.points) < self.tour.n):
            raise ValueError(f"it names point {max(handle.points):,} of {self.tour.n:,}")
        here = self.tour.layers[layer]
        rows = np.asarray(here.points[list(handle.points)], dtype=np.float64)
        there = _numbers(values["centroid"], (self.tour.dims,), "centroid")
        apart = float(np.linalg.norm(rows.mean(axis=0) - here.placement.mean - there))
        if apart > SAME_PLACE * here.placement.radius:
            raise ValueError(f"its points lie elsewhere in this layer (by {apart:.2g}); it is of other data")
        return handle

    def view(self, scene: Scene) -> SavedView | None:
        """A scene as far as its files are there; None without its orientation, or without any of its handles."""
        handles = tuple(self.annotations[name] for name in scene.annotations if name in self.annotations)
        if scene.orientation not in self.orientations or (scene.annotations and not handles):
            log.info("scene '%s': its files are not all there; left out", scene.caption)
            return None
        saved = self.bare(scene.orientation)
        view = saved.view
        if scene.center in self.centers:
            layer, frame = int(view.layer), self.orientations[scene.orientation]
            center, zoom = self._camera(layer, frame[:, :2], self.centers[scene.center], handles)
            view = View(layer=layer, frame=frame, center=center, zoom=zoom, mode=view.mode, color_by=view.color_by,
                        handles=handles)  # fmt: skip
        return SavedView(scene.caption, view)

    def bare(self, name: str) -> SavedView:
        """An orientation by itself: the whole picture from there."""
        mode: Literal["dots", "images"] = "images" if self.tour.sprites else "dots"
        view = View(
            layer=self._layer(name),
            frame=self.orientations[name],
            zoom=ZOOM[0],
            mode=mode,
            color_by=self._classes(),
            fit=True,
        )
        caption = name.partition("-")[2].replace("-", " ").capitalize()
        return SavedView(next((each.caption for each in SCENES if each.orientation == name), caption), view)

    def _classes(self) -> str | None:
        """The attribute that the published page began with: the first of classes."""
        columns = self.tour.attributes
        return next((str(name) for name in columns if str(columns[name].dtype) == "category"), None)

    def _camera(
        self, layer: int, plane: Array, center: Array, handles: tuple[Handle, ...]
    ) -> tuple[tuple[float, float], float]:
        """Center in units of the layer's radius, and zoom, that show a scene's points in the middle of the pane."""
        radius = self.tour.radius([(layer, 1.0)])
        middle = center @ plane
        rows = [point for handle in handles for point in handle.points]
        where = self.tour.layers[layer].aligned[rows] @ plane
        reach = float(np.quantile(np.linalg.norm(where - middle, axis=1), 0.9)) / radius
        zoom = min(ZOOM[1], max(ZOOM[0], FILLS * 1.1 / max(reach, 1e-6)))
        return (float(middle[0]) / radius, float(middle[1]) / radius), round(zoom, 2)


def _numbers(values: Any, shape: tuple[int, ...], what: str) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError(f"its {what} is not finite numbers of shape {shape}")
    return array

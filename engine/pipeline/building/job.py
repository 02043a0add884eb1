"""A build's unfinished work on disk, so that a killed build goes on where it was.

`.NAME.tour.build/` beside the tour: job.json (what the build depends on, and its plan), tiles.npy, attributes.parquet
and seen.json (the pictures, complete once seen.json is there), left_out.json (rows that are not finite in some layer),
sprites/ (their pages, which whoever goes on writes anew), layers/000.npy and 000.json (a layer each, rows left out
being NaN, with 000-activations.npy where something is kept of them; complete once its .json is there, which may say
that it becomes no layer of the tour). What says that something is complete is written last, once all else is on the
disk, and whole. The folder goes when the tour is saved.
"""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...files import hold, share_as, to_disk
from ...tour.alignment import Placement
from ...tour.json_files import read_json as read_manifest
from ...tour.tour import Sketch
from ..device import out_of_memory
from .fingerprint import same
from .work_files import make_folder, read_array, read_json, write_json


@dataclass(frozen=True, eq=False)
class Job:
    """The work folder of one build."""

    out: Path
    folder: Path

    @classmethod
    def of(cls, out: str | Path, work: str = "build") -> "Job":
        path = Path(out).absolute()
        return cls(path, path.parent / f".{path.name}.{work}")

    # ------------------------------------------------------------------------------------------ beginning

    def finished(self, inputs: dict[str, Any], *, fresh: bool) -> bool:
        """Whether the tour is there already and was built from the same.

        Raises FileExistsError where it is a tour built from something else, the difference being named, or by nobody's
        build; `fresh` allows it to be replaced in the end.
        """
        if fresh or not (self.out / "tour.json").is_file():
            return False
        try:
            manifest = read_manifest(self.out / "tour.json")
        except (ValueError, OSError):
            manifest = {}
        built = manifest.get("build") if isinstance(manifest, dict) else None
        if not isinstance(built, dict) or not isinstance(built.get("inputs"), dict):
            raise FileExistsError(
                f"{self.out}: is a tour that no build made; --fresh replaces it, or choose another --out"
            )
        before = built["inputs"] | {"processor": inputs.get("processor")}  # of a whole tour no part is another one's
        self._refuse_others(self.out, before, inputs)
        return True

    @contextlib.contextmanager
    def begun(self, inputs: dict[str, Any], *, fresh: bool, content: str | None = None) -> Iterator[None]:
        """Hold the work folder, new or as an earlier build of the same left it.

        content: the digest of the pictures, where they had to be read for it. Raises FileExistsError where the earlier
        one was of something else, naming the difference, or is at work now; OSError where the folder cannot be written.
        """
        if self.folder.is_symlink():  # whatever it leads to would be cleared
            raise FileExistsError(f"{self.folder}: is a link, and unfinished work is a folder; move it away")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            refused = f"cannot be written there ({(error.strerror or str(error)).lower()})"
            raise OSError(error.errno, refused, str(self.out)) from None
        share_as(self.out, self.folder)
        with _lock(self.folder / "lock") as lock:
            try:
                hold(lock.fileno())
            except OSError:
                raise FileExistsError(f"{self.out}: another build is at work on it") from None
            if fresh:
                self._clear()
            state = self._read("job.json", inputs=dict)
            if state is not None:
                self._refuse_others(self.folder, state["inputs"], inputs)
                if self.content is not None:
                    self._refuse_others(self.folder, {"content": self.content}, {"content": content})
            else:
                self._clear()
                self._write("job.json", {"inputs": inputs})
            make_folder(self.folder / "layers")
            yield

    def _refuse_others(self, where: Path, before: dict[str, Any], now: dict[str, Any]) -> None:
        for key in [*now, *before]:
            if not same(before.get(key), now.get(key)):
                raise FileExistsError(
                    f"{where}: was begun with another {key.replace('_', ' ')} ({_short(before.get(key))}, and now "
                    f"{_short(now.get(key))}); --fresh starts over, or choose another --out"
                )

    def _clear(self) -> None:
        for each in self.folder.iterdir():
            if each.name != "lock":
                shutil.rmtree(each) if each.is_dir() else each.unlink()

    def remove(self) -> None:
        """The tour is saved: let the work go."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def reusable(self) -> bool:
        """Whether there is a tour, or pictures that an unfinished build has seen."""
        return (self.out / "tour.json").is_file() or self.broken is not None

    # ------------------------------------------------------------------------------------------ the plan

    @property
    def plan(self) -> dict[str, Any] | None:
        state = self._read("job.json")
        return None if state is None else state.get("plan")

    def keep_plan(self, plan: dict[str, Any]) -> None:
        state = self._read("job.json") or {}
        self._write("job.json", state | {"plan": plan})

    # ------------------------------------------------------------------------------------------ the pictures

    def new_tiles(self, n: int, tile: int) -> NDArray[np.uint8]:
        """Room on disk for n sprites; the disk is asked for it now, so that it cannot run out while being filled."""
        file = self.folder / "tiles.npy"
        shape = (n, tile, tile, 4)
        tiles = np.lib.format.open_memmap(file, mode="w+", dtype=np.uint8, shape=shape)
        if hasattr(os, "posix_fallocate"):
            with file.open("r+b") as stream:
                os.posix_fallocate(stream.fileno(), 0, tiles.offset + tiles.nbytes)
        return tiles

    def remove_tiles(self) -> None:
        """Delete the tiles, which are not needed any more."""
        (self.folder / "tiles.npy").unlink(missing_ok=True)

    def keep_pictures(
        self, rows: list[int], broken: dict[int, str], attributes: pd.DataFrame, content: str | None = None
    ) -> None:
        """Keep what was seen of the pictures; sprites are in the tiles. content: their digest, where it is taken."""
        attributes.to_parquet(self.folder / "attributes.parquet", index=False)
        for name in ("attributes.parquet", "tiles.npy"):
            to_disk(self.folder / name)
        seen = {"rows": len(rows), "broken": {str(i): why for i, why in broken.items()}}
        self._write("seen.json", seen if content is None else seen | {"content": content})

    @property
    def broken(self) -> dict[int, str] | None:
        """Pictures that could not be read, and why; None before all have been seen."""
        seen = self._read("seen.json", rows=int, broken=dict)
        return None if seen is None else {int(i): why for i, why in seen["broken"].items()}

    @property
    def content(self) -> str | None:
        """The digest of the pictures that were seen, where it was taken."""
        return (self._read("seen.json") or {}).get("content")

    @property
    def left_out(self) -> list[int]:
        """Rows of the pictures that turned out not to be finite in some layer."""
        return list((self._read("left_out.json") or {"rows": []})["rows"])

    def leave_out(self, rows: list[int]) -> None:
        self._write("left_out.json", {"rows": sorted({*self.left_out, *rows})})

    @property
    def tiles(self) -> NDArray[np.uint8]:
        """The sprites (n, tile, tile, 4) of the pictures that were seen, memory-mapped."""
        seen = self._read("seen.json", rows=int)
        assert seen is not None
        return read_array(self.folder / "tiles.npy", mapped=True)[: seen["rows"]]

    @property
    def attributes(self) -> pd.DataFrame:
        """What is known of the pictures that were seen."""
        return pd.read_parquet(self.folder / "attributes.parquet")

    @property
    def sprites(self) -> Path:
        """Where the pages of the sprites are written."""
        return self.folder / "sprites"

    # ------------------------------------------------------------------------------------------ the layers

    def has_layer(self, k: int) -> bool:
        return (self.folder / "layers" / f"{k:03}.json").is_file()

    def keep_no_layer(self, k: int, why: str) -> None:
        """Note that a layer is done and left out of the tour."""
        self._write(f"layers/{k:03}.json", {"left_out": why})

    def kept_layers(self, end: int) -> list[int]:
        """The layers before number `end` that are done and belong to the tour."""
        states = {k: self._read(f"layers/{k:03}.json") for k in range(end)}
        return [k for k, state in states.items() if state is not None and "left_out" not in state]

    def keep_layer(
        self,
        k: int,
        points: NDArray[np.float32],
        placement: Placement,
        sketch: Sketch | None = None,
        *,
        keep: "NDArray[np.bool_] | None" = None,
    ) -> None:
        """Keep a layer. keep: which rows of all these are; all unless given."""
        self._save(f"layers/{k:03}.npy", _spread(points, keep))
        values = placement.to_json()
        if sketch is not None:
            self._save(f"layers/{k:03}-activations.npy", _spread(sketch.values, keep))
            values |= {"error": sketch.error}
        self._write(f"layers/{k:03}.json", values)

    def note(self, k: int, values: dict[str, Any]) -> None:
        """Keep something that was measured of a layer, beside what is kept already."""
        self._write(f"layers/{k:03}-measured.json", self.measured(k) | values)

    def measured(self, k: int) -> dict[str, Any]:
        """What was measured of a layer, by its name."""
        return self._read(f"layers/{k:03}-measured.json") or {}

    def layer(self, k: int) -> tuple[NDArray[np.float32], Placement]:
        values = self._read(f"layers/{k:03}.json", mean=list, rotation=list, radius=float, similarity=float)
        assert values is not None
        points = read_array(self.folder / "layers" / f"{k:03}.npy")
        mean, rotation = np.array(values["mean"]), np.array(values["rotation"])
        return points, Placement(mean, rotation, values["radius"], values["similarity"])

    def sketch(self, k: int) -> Sketch | None:
        """What was kept of a layer's activations, if the build keeps anything of them."""
        values = self._read(f"layers/{k:03}.json")
        if values is None or "error" not in values:
            return None
        file = self.folder / "layers" / f"{k:03}-activations.npy"
        return Sketch(read_array(file, mapped=True), values["error"])

    # ------------------------------------------------------------------------------------------ files

    def _read(self, name: str, **kinds: type) -> dict[str, Any] | None:
        return read_json(self.folder / name, **kinds)

    def _write(self, name: str, values: dict[str, Any]) -> None:
        write_json(self.folder / name, values)

    def _save(self, name: str, values: NDArray[Any]) -> None:
        np.save(self.folder / name, values, allow_pickle=False)
        to_disk(self.folder / name)


def _lock(file: Path) -> TextIO:
    """Open the file to lock, without emptying it and without waiting for a pipe."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    return os.fdopen(descriptor, "w")


@contextlib.contextmanager
def readable_failures(out: Path, *, short: str) -> Iterator[None]:
    """Full disks and exhausted memory in words that say what to do. What was finished stays where it is.

    short: what to do where memory is.
    """
    again = "the same command then goes on where it was"
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error)
        # numpy reports a short write without an error number.
        if full or (error.errno is None and shutil.disk_usage(existing(out)).free < 2**20):
            raise OSError(f"{out}: the disk is full; make room, and {again}") from error
        raise
    except (MemoryError, RuntimeError) as error:
        if out_of_memory(error):
            said = (str(error) or type(error).__name__).splitlines()[0][:120]
            raise RuntimeError(f"out of memory ({said}); {short}, and {again}") from error
        raise


def _spread(values: "NDArray[Any]", keep: "NDArray[np.bool_] | None") -> "NDArray[Any]":
    """Rows at their places among all, those left out being NaN."""
    if keep is None or keep.all():
        return values
    everything = np.full((len(keep), values.shape[1]), np.nan, dtype=values.dtype)
    everything[keep] = values
    return everything


def existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(each for each in (path, *path.parents) if each.exists())


def _short(value: Any) -> str:
    figures = isinstance(value, list) and bool(value) and isinstance(value[0], float)
    several = ", ".join(map(str, value[-2:])) if figures else f"{len(value)} of them" if isinstance(value, list) else ""
    text = several or str(value)
    return text if len(text) <= 60 else text[:59] + "…"

"""tour.json and the files that it names: typed values out of it, files inside the folder alone, their checksums."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..files import printable
from .checks import quoted
from .integrity import checksum
from .json_files import read_json, seal
from .schema import MANIFEST, VERSION, TourFormatError, check_name

AGAIN = "copy or build the tour again"
KNOWN = {"version", "name", "n", "dims", "epochs", "layers", "attributes", "sprites", "build", "seal"}


def identity(manifest: Any) -> str:
    """What tells one tour from another by their tour.json: the files of their layers, by their checksums."""
    layers = manifest.get("layers", []) if isinstance(manifest, dict) else []
    return seal({"layers": [each.get("checksum") for each in layers if isinstance(each, dict)]})


class TourFolder:
    """A folder NAME.tour/ that is read; every complaint names the file that it is about."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, file: str | Path, fault: str) -> NoReturn:
        """Raises TourFormatError."""
        raise TourFormatError(printable(self.path / file), printable(fault)) from None

    def manifest(self) -> dict[str, Any]:
        """What tour.json says, its version checked."""
        values = self.json(MANIFEST)
        if type(values.get("version")) is not int or values["version"] != VERSION:
            seen = quoted(values.get("version", "none"))
            self.fail(MANIFEST, f"version {seen}, and this engine reads version {VERSION}; build the tour again")
        return values

    def check_seal(self, values: dict[str, Any]) -> None:
        """That tour.json is as it was written: last, since what is plainly wrong with a value says more."""
        if unknown := sorted(set(values) - KNOWN):
            self.fail(MANIFEST, f"has an entry {quoted(unknown[0])} that no tour has; {AGAIN}")
        if "seal" in values and values["seal"] != seal(values):
            self.fail(MANIFEST, f"changed since it was written (its seal differs); {AGAIN}")

    def json(self, name: str, *, read: Callable[[Path], Any] = read_json) -> dict[str, Any]:
        """The table of values in a JSON file."""
        try:
            values = read(self.path / name)
        except FileNotFoundError:
            self.fail(name, "missing, so this is no tour; `umap-tour demo` makes one")
        except (ValueError, OSError) as error:
            self.fail(name, f"no readable JSON ({error}); {AGAIN}")
        if not (self.path / name).resolve().is_relative_to(self.path.resolve()):
            self.fail(name, f"is a link that leads outside the tour's folder; {AGAIN}")
        if not isinstance(values, dict):
            self.fail(name, f"no table of values; {AGAIN}")
        return values

    def file(self, entry: Any) -> Path:
        """The regular file that an entry names, which must lie inside the folder."""
        name = self.get(entry if isinstance(entry, dict) else {}, "file", str)
        try:
            file = (self.path / name).resolve()
            inside = file.is_relative_to(self.path.resolve())
            found = file.is_file()
        except (ValueError, OSError, RuntimeError) as error:  # NUL, too long a name, links that lead round
            self.fail(MANIFEST, f"names {quoted(name)}, which cannot be a file ({error})")
        if not inside:
            self.fail(MANIFEST, f"names {quoted(name)}, which is outside the tour's folder")
        if not found:
            what = "is no regular file" if file.exists() else "missing"
            self.fail(self.path / name, f"{what}; {AGAIN}")
        return file

    def verify(self, file: Path, entry: dict[str, Any]) -> None:
        """The checksum of a file."""
        try:
            seen = checksum(file)
        except OSError as error:
            self.fail(file, f"cannot be read ({error.strerror or error}); {AGAIN}")
        if seen != self.get(entry, "checksum", str):
            self.fail(file, f"changed since it was written (its checksum differs); {AGAIN}")

    def get(self, values: dict[str, Any], key: str, kind: type) -> Any:
        """A value of tour.json, of one kind."""
        if type(values.get(key)) is not kind:
            self.fail(MANIFEST, f"'{key}' is missing or no {kind.__name__}; {AGAIN}")
        return values[key]

    def name(self, values: dict[str, Any]) -> str:
        """The name in an entry."""
        name = self.get(values, "name", str)
        try:
            check_name(name)
        except ValueError as error:
            self.fail(MANIFEST, f"'name' cannot be one: {error}")
        return name

    def numbers(self, entry: dict[str, Any], key: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Finite numbers of a shape, of a layer's entry."""
        try:
            array = np.asarray(entry[key], dtype=np.float64)
        except (KeyError, TypeError, ValueError, OverflowError):
            array = np.empty(0)
        if array.shape != shape or not np.isfinite(array).all():
            layer = quoted(entry.get("name"))
            self.fail(MANIFEST, f"'{key}' of layer {layer.strip(chr(39))} is not finite numbers of shape {shape}")
        return array

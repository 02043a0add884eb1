"""Network and pictures as somebody asks for them, and what that opens, here or on another machine."""

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from torch import nn

from ..inputs.decoding import Decoder, Decoding, reduced
from ..inputs.images import Images
from ..inputs.jpegs import check_network
from ..inputs.preparation import standing
from ..models.network import Network
from ..networks import as_network
from ..sources import pictures


@dataclass(frozen=True, eq=False)
class Request:
    """What `build` is given of network and pictures; its docstring says what each is."""

    network: "str | nn.Module | Network"
    images: Any
    weights: str
    loose: bool
    seed: int | None
    attributes: "str | Path | None"
    label: str | None
    ground: str | None
    value_range: tuple[float, float] | None
    max_pixels: int | None
    limit: int | None
    sample: int | None
    decode: Decoder = "cpu"

    def open(self) -> tuple[Network, Images]:
        """Raises ValueError, TypeError or OSError saying what cannot be had."""
        net = as_network(self.network, weights=self.weights, loose=self.loose, seed=self.seed)
        if self.decode == "gpu":
            check_network(net)
        source = pictures(
            self.images,
            Decoding(self.value_range, self.max_pixels, reduced(net.side), on_gpu=self.decode == "gpu"),
            attributes=self.attributes,
            label=self.label,
            limit=self.limit,
            sample=self.sample,
            seed=self.seed,
        )
        return standing(net, source, self.ground)

    def to_json(self) -> dict[str, Any]:
        """What can be written of it, to ask for the same again: absolute paths, no objects, only what was given."""
        said: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in OWN}
        said["network"] = _lasting_network(self.network) if isinstance(self.network, str) else None
        said["images"] = _lasting(str(self.images)) if isinstance(self.images, str | Path) else None
        said["attributes"] = None if self.attributes is None else os.path.abspath(self.attributes)
        if self.weights not in ("default", "none"):
            said["weights"] = os.path.abspath(self.weights)
        return {name: value for name, value in said.items() if value is not None and value is not False}


OWN = ("seed", "ground", "value_range", "decode")
"""What the inputs of a build say as well."""


def _lasting_network(name: str) -> str:
    place, _, called = name.rpartition(":")
    return f"{os.path.abspath(place)}:{called}" if place.endswith(".py") else _lasting(name)


def _lasting(name: str) -> str:
    """A path made absolute; any other name as it is."""
    home, colon, rest = name.partition(":")
    if colon and not Path(name).exists():
        return f"{home}:{os.path.abspath(rest)}" if Path(rest).is_dir() else name
    known = Path(name).exists() or any(mark in name for mark in "{*?[" + os.sep)
    return os.path.abspath(name) if known else name

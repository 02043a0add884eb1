"""Network and pictures as somebody asks for them, and what that opens, here or on another machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from .decoding import Decoder, Decoding, reduced
from .images import Images
from .jpegs import check_network
from .network import Network
from .networks import as_network
from .preparation import standing
from .sources import pictures


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

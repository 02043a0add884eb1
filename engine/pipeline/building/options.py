"""What a build is asked for, beside network and images, each value checked."""

from dataclasses import dataclass
from numbers import Integral, Real

from ...tour.pixels import Limits, check_ground, check_limits
from ...tour.schema import FLAT, check_dims
from ..inputs.decoding import Decoder
from ..probing.pooling import Pooling
from ..probing.probes import Tokens

SEEDS = 2**32  # as many as umap-learn and cuML know


@dataclass(frozen=True)
class Options:
    """What a build is asked for, beside network and images."""

    dims: int
    n_neighbors: int
    min_dist: float
    max_width: int
    pooling: Pooling
    tile: int
    seed: int | None
    similarity: bool = False
    tokens: Tokens = "all"
    ground: str | None = None
    """What transparent pictures stand on; white for the network, and nothing on the screen, unless given."""
    value_range: Limits | None = None
    decode: Decoder = "cpu"
    reduced: int | None = None
    """Principal axes on which the rows of wider layers are compared; None for all as they are."""
    embed_sample: int | None = None
    """Points that are embedded together, the others being placed among them; None for all, or what memory takes."""

    def __post_init__(self) -> None:
        for name in ("dims", "n_neighbors", "max_width", "tile", "seed", "embed_sample"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, Integral)):
                raise ValueError(f"{name} is a whole number, not {value!r:.40}")
        if isinstance(self.min_dist, bool) or not isinstance(self.min_dist, Real):
            raise ValueError(f"min_dist is a number from 0 to 1, not {self.min_dist!r:.40}")
        if self.dims != FLAT:
            check_dims(self.dims)
        if self.tile < 8 or self.tile > 512 or self.tile & (self.tile - 1):
            raise ValueError(f"tile is a power of two from 8 to 512 pixels, not {self.tile}")
        if self.n_neighbors < 2:
            raise ValueError(f"n_neighbors counts the point itself, so it is 2 or more, not {self.n_neighbors}")
        if self.seed is not None and not 0 <= self.seed < SEEDS:
            raise ValueError(f"seed is a whole number from 0 to {SEEDS - 1}, or none, not {self.seed}")
        if self.max_width < 1:
            raise ValueError(f"max_width is a number of values, 1 or more, not {self.max_width}")
        if not 0.0 <= self.min_dist <= 1.0:  # beyond the spread of 1 there is no such curve
            raise ValueError(f"min_dist is from 0 to 1, not {self.min_dist}")
        if self.embed_sample is not None and self.embed_sample < self.n_neighbors:
            raise ValueError(
                f"embed_sample is a number of images, {self.n_neighbors} or more (as many as neighbours), not "
                f"{self.embed_sample}"
            )
        if self.ground is not None:
            check_ground(self.ground)
        if self.value_range is not None:
            check_limits(self.value_range)
        if self.decode not in ("cpu", "gpu"):
            raise ValueError(f"decode is cpu or gpu, not {self.decode!r}")
        if self.pooling not in ("average", "max"):
            raise ValueError(f"pooling is average or max, not {self.pooling!r}")

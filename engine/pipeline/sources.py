"""Images of any origin as one kind of thing: n pictures, each decoded once, and what is known about them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image


@dataclass(frozen=True, eq=False)
class Images:
    """n pictures in a fixed order."""

    n: int
    read: Callable[[int], Image.Image]
    """Decode picture i."""
    labels: "pd.Categorical | None" = None
    columns: dict[str, Any] = field(default_factory=dict)
    """Further attributes, n values each."""
    draw: Callable[[Image.Image], Image.Image] = lambda picture: picture
    """What stands for a decoded picture on the screen."""


def from_array(
    pixels: "np.ndarray[Any, Any]", *, labels: Sequence[Any] | None = None, columns: dict[str, Any] | None = None
) -> Images:
    """Pictures from uint8 (n, height, width) or (n, height, width, channels), channels 1, 3 or 4.

    Raises ValueError on anything else, or where labels are not n.
    """
    pixels = np.asarray(pixels)
    if pixels.dtype != np.uint8 or pixels.ndim not in (3, 4) or (pixels.ndim == 4 and pixels.shape[3] not in (1, 3, 4)):
        raise ValueError(
            "images in an array are uint8 (n, height, width) or (n, height, width, 1, 3 or 4), "
            f"not {pixels.dtype} {pixels.shape}"
        )
    if len(pixels) == 0:
        raise ValueError("there are no images in that array")
    if labels is not None and len(labels) != len(pixels):
        raise ValueError(f"{len(labels)} labels for {len(pixels)} images")
    if pixels.ndim == 4 and pixels.shape[3] == 1:
        pixels = pixels[..., 0]
    return Images(
        n=len(pixels),
        read=lambda i: Image.fromarray(pixels[i]),
        labels=pd.Categorical(list(labels)) if labels is not None else None,
        columns=columns or {},
    )


def as_images(images: Any) -> Images:
    """Images as they are, an array, or a pair (array, labels). Raises TypeError on anything else."""
    if isinstance(images, Images):
        return images
    if isinstance(images, np.ndarray):
        return from_array(images)
    if isinstance(images, tuple) and len(images) == 2 and isinstance(images[0], np.ndarray):
        return from_array(images[0], labels=images[1])
    raise TypeError(f"images are an array of uint8, or (array, labels), not {type(images).__name__}")

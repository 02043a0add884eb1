"""Activations of any shape to rows of limited width, by the published rule."""

import math
from typing import Literal

from torch import Tensor, cat, channels_last, nn, zeros

Pooling = Literal["average", "max"]

WIDEST = 16  # side of a pooled activation, as published
TURNED = 64  # side up to which a CPU pools several times as fast with the channels last, two pictures at a time


def pool(activation: Tensor, max_width: int, pooling: Pooling = "average") -> Tensor:
    """A batch of activations (b, ...) to float32 (b, width), width at most `max_width` where it can be pooled.

    (b, c, h, w) wider than that is pooled adaptively to (b, c, s, s), s = min(floor(sqrt(max_width / c)), 16), at
    least 1; the same where the channels come last. (b, tokens, c) is pooled to floor(max_width / c) tokens, at
    least 1. Anything else is flattened as it is.
    """
    if activation[0].numel() > max_width:
        functional = nn.functional
        if activation.ndim == 4:
            if activation.shape[1] == activation.shape[2] != activation.shape[3]:
                activation = activation.permute(0, 3, 1, 2)  # a square picture with its channels last
            side = max(1, min(math.isqrt(max_width // activation.shape[1]), WIDEST))
            reduce2 = functional.adaptive_avg_pool2d if pooling == "average" else functional.adaptive_max_pool2d
            if activation.device.type == "cpu" and activation.shape[2] <= TURNED:
                turned = (each.contiguous(memory_format=channels_last) for each in activation.float().split(2))
                return cat([reduce2(each, side).flatten(1) for each in turned])
            activation = reduce2(activation.float(), side)
        elif activation.ndim == 3:
            tokens = max(1, max_width // activation.shape[2])
            reduce1 = functional.adaptive_avg_pool1d if pooling == "average" else functional.adaptive_max_pool1d
            activation = reduce1(activation.float().transpose(1, 2), tokens).transpose(1, 2)
    return activation.flatten(1).float()


def width(shape: tuple[int, ...], max_width: int) -> int:
    """How wide a row becomes that was an activation of this shape."""
    return pool(zeros(()).expand(1, *shape), max_width).shape[1]

"""Network and pictures to one matrix per probe, in one pass: every picture is decoded once, every layer seen once.

The pooling rule is the published one: an activation (C, H, W) wider than `max_width` is averaged adaptively to
(C, w, w) with w = min(floor(sqrt(max_width / C)), 16), at least 1, and flattened.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..progress import steps
from ..tour.thumbnails import thumbnail
from .networks import Preprocess, Probe
from .sources import Images

WIDEST = 16  # of a pooled activation, as published


@dataclass(frozen=True, eq=False)
class Captured:
    """What one pass saw, rows in the order of the pictures."""

    matrices: dict[str, Tensor]
    """By probe name, float32 (n, width) on the device."""
    output: Tensor
    """(n, classes), before the softmax, on the device."""
    thumbnails: NDArray[np.uint8]
    """(n, tile, tile, 4)."""


def pool(activation: Tensor, max_width: int) -> Tensor:
    """A batch of activations (b, ...) to float32 (b, width), width at most `max_width` where it is spatial."""
    if activation.ndim == 4 and activation[0].numel() > max_width:
        channels = activation.shape[1]
        side = max(1, min(math.isqrt(max_width // channels), WIDEST))
        activation = nn.functional.adaptive_avg_pool2d(activation.float(), side)
    return activation.flatten(1).float()


def capture(
    network: nn.Module,
    images: Images,
    probes: Sequence[Probe],
    *,
    preprocess: Preprocess,
    device: torch.device,
    max_width: int,
    tile: int,
    batch_size: int = 64,
) -> Captured:
    """Run the network once over all pictures and keep what every probe saw.

    The matrices stay on `device`. Raises ValueError naming the layer where an activation is not finite.
    """
    network = network.to(device).eval()
    matrices: dict[str, Tensor] = {}
    seen: dict[str, Tensor] = {}
    tiles = np.zeros((images.n, tile, tile, 4), dtype=np.uint8)
    outputs = []

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            # Reduced to a copy here and now: the next module may work in place.
            seen.setdefault(name, pool(output, max_width).clone())

        return hook

    hooks = [
        network.get_submodule(each.module).register_forward_hook(watch(each.name)) for each in probes if each.module
    ]
    try:
        with torch.inference_mode(), steps("activations", images.n) as advance:
            for first in range(0, images.n, batch_size):
                rows = range(first, min(images.n, first + batch_size))
                pictures = [images.read(i) for i in rows]
                tiles[first : rows.stop] = [thumbnail(images.draw(picture), tile) for picture in pictures]
                batch = torch.stack([preprocess(picture) for picture in pictures]).to(device)
                seen.clear()
                output = network(batch)
                outputs.append(output.float())
                for probe in probes:
                    if probe.kind == "Input" and not probe.module:
                        seen[probe.name] = pool(batch, max_width)
                    elif not probe.module:
                        seen[probe.name] = output.float().softmax(dim=1)
                    if probe.name not in seen:
                        raise ValueError(f"layer {probe.name} did not run in this network")
                    if probe.name not in matrices:
                        width = seen[probe.name].shape[1]
                        matrices[probe.name] = torch.empty((images.n, width), device=device)
                    matrices[probe.name][first : rows.stop] = seen[probe.name]
                advance(len(rows))
    finally:
        for hook in hooks:
            hook.remove()
    for name, matrix in matrices.items():
        if not torch.isfinite(matrix).all():
            row = int((~torch.isfinite(matrix)).any(dim=1).nonzero()[0])
            raise ValueError(f"layer {name}: the activation of image {row} is not finite")
    return Captured(matrices, torch.cat(outputs), tiles)

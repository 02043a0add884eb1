"""What the rows of a network's output are: class scores, shares that add up to one, or an embedding."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ..inputs.imagenet import imagenet
from ..inputs.images import Images
from ..models.borrowed import fed
from ..models.network import Network
from ..models.output_rows import Rows


def shares(output: Tensor) -> Tensor:
    """Class scores (n, classes) as shares, float32: their softmax; rows that are shares already stay."""
    rows = output.float()
    return torch.where(_add_up(rows, output.dtype)[:, None], rows, rows.softmax(dim=1))


def classifies(net: Network, images: Images, inputs: Sequence[Tensor], answer: Rows) -> bool:
    """Whether the network's output tells classes apart, seen on a few inputs that are on its device.

    It does where there are as many outputs as names for them, where rows are shares or their logarithms, and where
    the last weights are those of a head: a linear layer with biases that gave the very output, or a 1 x 1 convolution
    with a channel for each. It does not where rows have a length of one, as embeddings have, nor otherwise.
    """
    head: list[tuple[nn.Module, Any]] = []
    parts = [each for each in net.module.modules() if next(each.parameters(recurse=False), None) is not None]
    hooks = [each.register_forward_hook(lambda module, _, given: head.append((module, given))) for each in parts]
    found = []
    try:
        with torch.inference_mode():
            for each in inputs:  # twice: a picture alone would lose its axis where a network squeezes
                head.clear()
                found.append(answer.taken(net.module(fed(net.module, torch.stack([each, each]))), 2))
    finally:
        for each_hook in hooks:
            each_hook.remove()
    rows = [row for row in found if row is not None]
    if len(rows) < len(found) or answer.shape[0] < 2 or len(answer.shape) > 1:
        return False
    output = torch.cat(rows).float()
    names = images.classes if images.labels is None else images.labels.categories
    if output.shape[1] in (len(net.classes), len(names), len(imagenet())):
        return True
    if bool(_add_up(output, rows[0].dtype).all()) or bool(_add_up(output.exp(), rows[0].dtype).all()):
        return True
    if bool(((output.norm(dim=1) - 1.0).abs() < 1e-3).all()):
        return False
    return not head or _is_head(*head[-1], rows[-1])


def _add_up(rows: Tensor, dtype: torch.dtype) -> Tensor:
    close = 1e-3 if dtype in (torch.float32, torch.float64) else 2e-2
    return (rows >= 0.0).all(dim=1) & ((rows.sum(dim=1) - 1.0).abs() < close)


def _is_head(module: nn.Module, given: Any, output: Tensor) -> bool:
    if getattr(module, "bias", None) is None:
        return False
    if isinstance(module, nn.Linear):
        return (
            isinstance(given, Tensor) and given.numel() == output.numel() and torch.equal(given.view_as(output), output)
        )
    return isinstance(module, nn.Conv2d) and module.kernel_size == (1, 1) and module.out_channels == output.shape[1]

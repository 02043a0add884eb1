"""A network and the places in it that are probed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

Preprocess = Callable[[Image.Image], Tensor]


@dataclass(frozen=True)
class Probe:
    """One place in a network whose activations become a layer."""

    name: str
    kind: str
    """Class of the module, or Input, or Softmax."""
    module: str | None
    """Dotted name of the module; None for the input and for the softmax of the output."""


def to_tensor(image: Image.Image) -> Tensor:
    """Pixels as they are, float32 (channels, height, width) in [0, 1]: what a plain network is given."""
    pixels = np.asarray(image, dtype=np.float32) / 255.0
    return torch.from_numpy(pixels[None] if pixels.ndim == 2 else np.ascontiguousarray(pixels.transpose(2, 0, 1)))


def default_probes(network: nn.Module, example: Tensor) -> list[Probe]:
    """The input, the network's blocks in the order in which they run, and the softmax of its output.

    Blocks are the named children; one that is a plain sequence, or that holds exactly one sequence of blocks of
    a single kind, is opened. Left out is what changes nothing in evaluation, and what does not run.
    example: one batch for the network, to see what runs.
    """
    blocks = dict(_blocks(network))
    order: list[str] = []
    identical: set[str] = set()

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            if name not in order:
                order.append(name)
            if len(inputs) == 1 and isinstance(module, nn.Identity | nn.modules.dropout._DropoutNd | nn.Flatten):
                identical.add(name)

        return hook

    handles = [module.register_forward_hook(watch(name)) for name, module in blocks.items()]
    try:
        with torch.inference_mode():
            network(example)
    finally:
        for handle in handles:
            handle.remove()
    names = [name for name in order if name not in identical]
    places = [("Input", None), *((type(blocks[name]).__name__, name) for name in names), ("Softmax", None)]
    return [Probe(f"{k}-{module or kind}", kind, module) for k, (kind, module) in enumerate(places)]


def _blocks(network: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    for name, child in network.named_children():
        if _is_sequence(child) or _holds_one_sequence(child):
            yield from _blocks(child, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", child


def _is_sequence(module: nn.Module) -> bool:
    """A plain container; its subclasses are blocks with a name of their own."""
    return type(module) in (nn.Sequential, nn.ModuleList)


def _holds_one_sequence(module: nn.Module) -> bool:
    """Whether exactly one of its children is a sequence of two or more blocks of one kind (blocks, not leaves)."""
    sequences = [list(child.children()) for child in module.children() if _is_sequence(child)]
    return sum(len(blocks) > 1 and _of_one_kind(blocks) for blocks in sequences) == 1


def _of_one_kind(blocks: list[nn.Module]) -> bool:
    return len({type(block) for block in blocks}) == 1 and next(blocks[0].children(), None) is not None

"""Names of layers as a person reads them: number, name and epoch, as far as they say something."""

from ..tour.tour import Layer, Tour


def layer_title(tour: Tour, index: int) -> str:
    """A layer's name without the number that it may begin with and its epoch: these stand beside it anyway."""
    layer: Layer = tour.layers[index]
    epoch, number = divmod(index, tour.depth)
    name = layer.name.removesuffix(f"@{tour.epochs[epoch]}") if tour.epochs else layer.name
    return name.removeprefix(f"{number}-") or layer.kind


def numbered_title(tour: Tour, index: int) -> str:
    """A layer's number in the network and its name, and its epoch where there are several: "3 conv2, epoch 8"."""
    return f"{index % tour.depth} {layer_title(tour, index)}{_of_epoch(tour, index)}"


def layer_number(tour: Tour, index: int) -> str:
    """A layer's number in the network, and its epoch where there are several: "3, epoch 8"."""
    return f"{index % tour.depth}{_of_epoch(tour, index)}"


def _of_epoch(tour: Tour, index: int) -> str:
    return f", epoch {tour.epochs[index // tour.depth]}" if tour.epochs else ""

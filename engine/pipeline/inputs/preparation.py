"""Pictures that come as tensors, made to fit a network that has a preprocessing of its own."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from ...tour.pixels import grounded
from ..models.network import Network, to_tensor
from .images import Images, Picture
from .normalisation import BYTES, normalisation_of, shown

log = logging.getLogger("engine")


def prepared(images: Images, net: Network, few: Sequence[Picture]) -> tuple[Images, list[Picture]]:
    """The images, and a few of them, as the network's preprocessing takes them; what is decided is said.

    Tensors of pixels become pictures for it, unless it is the one that changes nothing. Tensors that were normalised
    go to the network as they are, and their colours are brought back for the screen.
    """
    tensors = [each for each in few if isinstance(each, Tensor)]
    if not tensors:
        return images, list(few)
    own = net.preprocess is not to_tensor
    normalisation = normalisation_of(tensors, images.transform)
    if normalisation is not None and not (own and normalisation == BYTES):
        if own:
            log.warning(
                "the images are tensors beyond [0, 1], so they were prepared already: %s gets them as they are, "
                "and its own size, mean and spread are not applied",
                net.name,
            )
        return replace(images, normalisation=normalisation), list(few)
    if not own:
        return images, list(few)
    log.info("the images are tensors of pixels: the size, mean and spread of %s are applied", net.name)

    def read(i: int) -> tuple[Picture, Any]:
        picture, label = images.read(i)
        return shown(picture, normalisation), label

    return replace(images, read=read), [shown(each, normalisation) for each in few]


def standing(net: Network, images: Images, ground: str | None) -> tuple[Network, Images]:
    """Both with transparent pictures on that colour; unless given, on white for the network and clear on the screen."""
    if ground is None:
        return net, images
    return replace(net, ground=ground), replace(images, draw=lambda picture: grounded(images.draw(picture), ground))

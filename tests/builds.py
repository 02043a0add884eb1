"""Small builds, and what a finished tour holds on disk."""

from pathlib import Path

import engine
from engine.tour.tour import Tour


def make(network, images, out, **options) -> Tour:
    """A build of a few pictures, quick and quiet."""
    return engine.build(network, images, out=out, **{"n_neighbors": 8, "tile": 8, "progress": False} | options)


def contents(tour: Path) -> dict[str, bytes]:
    """The bytes of every file, by its path in the tour."""
    return {str(file.relative_to(tour)): file.read_bytes() for file in sorted(tour.rglob("*")) if file.is_file()}


SQUEEZENET = """
import torch
from torchvision.models import squeezenet1_1
from torchvision.transforms.functional import resize, to_tensor

def network():
    torch.manual_seed(0)
    return squeezenet1_1(num_classes=10).eval(), lambda image: to_tensor(resize(image, [64, 64]))
"""


def squeezenet(folder: Path) -> str:
    """A network in a file, as the command line names it: eleven layers to kill a build at, of small pictures."""
    (folder / "squeezenet.py").write_text(SQUEEZENET)
    return f"{folder / 'squeezenet.py'}:network"

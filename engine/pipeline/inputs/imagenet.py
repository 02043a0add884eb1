"""ImageNet's thousand classes: folder name (wnid), label, and one of 67 coarse groups, in the order of the classes.

`imagenet.csv` is taken from the data of the published UMAP Tour (Li & Scheidegger, umap-tour.github.io). The groups
are Noam Eshed's: Novelty detection and analysis in convolutional neural networks, Cornell University 2020.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class ImageNetClass:
    """One of the thousand."""

    index: int
    """Which output of an ImageNet network is its."""
    label: str
    coarse: str


@cache
def imagenet() -> dict[str, ImageNetClass]:
    """The classes by wnid, such as n01440764."""
    with (files(__package__) / "imagenet.csv").open(encoding="utf-8") as lines:
        return {
            row["wnid"]: ImageNetClass(k, row["label"], row["label_coarse"])
            for k, row in enumerate(csv.DictReader(lines))
        }

"""All that tasks import, torchvision too: workers of one machine are forked from a process that has imported this."""

import contextlib

from .growth import by_workers
from .models.torchvision_models import torchvision_models
from .sharded import fitness, passes

__all__ = ["by_workers", "fitness", "passes"]

with contextlib.suppress(Exception):  # which are said where it is needed
    torchvision_models()  # any network of a file may want it, and it takes longest

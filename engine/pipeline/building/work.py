"""A build before it runs: network, pictures and probes opened, checked, and tried on a few pictures."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import nn

from ...tour.schema import check_name
from ..activations import Settings
from ..device import Machine
from ..inputs.images import Images
from ..inputs.preparation import prepared
from ..loader import as_input
from ..models.borrowed import borrowed, fed
from ..models.network import Network
from ..probing.answers import classifies
from ..probing.first_rows import unsteady
from ..probing.probes import Probe, chosen_probes, default_probes, with_tokens
from ..probing.trace import Trace, trace
from .attributes import with_truth
from .fingerprint import facts, few_pictures, figures, inputs_digest
from .job import Job
from .options import Options

log = logging.getLogger("engine")


@dataclass(frozen=True, eq=False)
class Work:
    """One build: what is made of what, and where its unfinished work is."""

    job: Job
    net: Network
    images: Images
    probes: Sequence[Probe]
    options: Options
    machine: Machine
    scored: bool
    """Whether the network's output is class scores."""
    strict: bool
    """Whether it stops at a broken image."""

    def settings(self, batch: int, halves: Iterable[int] = (), *, strict: bool = False, part: bool = False) -> Settings:
        """How its pictures are run through the network. halves: layers whose matrix is kept in half precision."""
        names = [self.probes[k].name for k in halves]
        options = self.options
        return Settings(self.machine.device, options.max_width, options.pooling, batch, names, strict, part)

    def picture(self, row: int) -> str:
        """The picture in a row, by its file or its number."""
        broken = self.job.broken or {}
        return self.images.name_of([i for i in range(self.images.n) if i not in broken][row])


def looked_at(
    job: Job,
    net: Network,
    images: Images,
    layers: Sequence[str] | None,
    options: Options,
    machine: Machine,
    strict: bool,
) -> tuple[Work, dict[str, Any]]:
    """The build that was asked for, after a look at a few pictures, and what it depends on."""
    images, pictures = prepared(images, net, few_pictures(images))
    inputs = [as_input(net, each) for each in pictures]
    given = [each.to(machine.device) for each in inputs]
    with borrowed(net.module, machine.device) as module:
        seen = trace(module, fed(module, given[0][None]))
        images = with_truth(images, net, seen.output[0] if seen.output is not None and len(seen.output) == 1 else 0)
        scored = seen.answer is not None and classifies(net, images, given, seen.answer)
        probes = _probes(module, seen if scored else replace(seen, answer=None), layers)
        if not probes:
            raise ValueError(f"{net.name} has no layer to look at")
        probes = with_tokens(probes, options.tokens)
        for each in probes:
            check_name(each.name)
        seen_figures = figures(module, given, probes, seen.answer)
        _say_unsteady(unsteady(module, given, probes))
    check_number(images.n, options)
    work = Work(job, replace(net, answer=seen.answer), images, probes, options, machine, scored, strict)
    return work, _inputs(work) | {"first inputs": inputs_digest(inputs), "activations": seen_figures}


def _say_unsteady(layers: Sequence[str]) -> None:
    if layers:
        more = f" and {len(layers) - 1} more" if len(layers) > 1 else ""
        log.warning(
            "layer %s%s: what the network makes of an image changes with the images beside it in a batch, or from one "
            "run to the next (statistics of the batch, random numbers); so where an image lies is in part chance",
            layers[0],
            more,
        )


def _probes(module: nn.Module, seen: Trace, layers: Sequence[str] | None) -> list[Probe]:
    return default_probes(module, seen) if layers is None else chosen_probes(seen, layers)


def check_number(n: int, options: Options) -> None:
    if n < options.n_neighbors:
        have = "there is one image" if n == 1 else f"there are {n:,} images"
        raise ValueError(
            f"{have}, and {options.n_neighbors} neighbours are asked for (the image itself included); "
            "give more images, or less to --n-neighbors"
        )


def _inputs(work: Work) -> dict[str, Any]:
    """What the tour depends on, in plain values: equal inputs and an equal machine give equal bytes."""
    options = work.options
    return {
        "network": work.net.name,
        "weights": work.net.weights,
        "structure and weights": work.net.fingerprint(),
        "images": work.images.origin,
        "labels and attributes": facts(work.images),
        "layers": [probe.name for probe in work.probes],
        "dims": options.dims,
        "n_neighbors": options.n_neighbors,
        "min_dist": options.min_dist,
        "max_width": options.max_width,
        "pooling": options.pooling,
        "tile": options.tile,
        "seed": options.seed,
        "machine": str(work.machine),
        "processor": work.machine.processor,
        **({"similarity": True} if options.similarity else {}),
        **({"tokens": options.tokens} if options.tokens != "all" else {}),
        **({"ground": options.ground} if options.ground is not None else {}),
        **({"decode": options.decode} if options.decode != "cpu" else {}),
        **({"range": list(options.value_range)} if options.value_range is not None else {}),
        **({"reduced": options.reduced} if options.reduced is not None else {}),
        **({"embed_sample": options.embed_sample} if options.embed_sample is not None else {}),
    }

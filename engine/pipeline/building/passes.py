"""The passes over the pictures, each with its layers; the next one is captured meanwhile, as memory allows."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

from ...progress import steps
from ...tour.folders import Remarks
from ..activations import Captured, Settings, capture
from ..device import out_of_memory
from ..inputs.images import BrokenImageError, no_longer_readable
from .attributes import attributes
from .background import Background
from .exclusion import leave_out
from .fingerprint import Witness
from .layers import embedded
from .planning import Plan
from .work import Work, check_number

log = logging.getLogger("engine")


def run_passes(work: Work, plan: Plan, *, once_seen: Callable[[], None] = lambda: None) -> None:
    """Run every pass of the plan; one that is too much for memory by itself, as two, or with fewer images at a time.

    Neighbours have taken smaller pieces by then.

    once_seen: called when all pictures have been seen, and again with every pass.
    """
    at = 0
    while at < len(plan.passes):
        try:
            with closing(_Captures(work, plan)) as captures:
                for number in range(at, len(plan.passes)):
                    at = number
                    _pass(work, captures, at, once_seen)
            return
        except (MemoryError, RuntimeError) as error:
            captured = captures.taken == at
            smaller = replace(plan, room=0) if captures.overlapped else plan.smaller(at, captured=captured)
            if smaller is None or not out_of_memory(error):
                raise
        work.machine.release()  # not above, where the error's traceback still holds what did not fit
        plan = smaller
        log.warning("out of memory; going on with %s", _what(plan, at))
        work.job.keep_plan(plan.to_json() | {"memory": (work.job.plan or {}).get("memory")})


def _what(plan: Plan, at: int) -> str:
    count = len(plan.passes[at])
    return f"{'1 layer' if count == 1 else f'{count} layers'} and {plan.batch} images at a time"


def _pass(work: Work, captures: "_Captures", at: int, once_seen: Callable[[], None]) -> None:
    """One pass over the pictures and the layers that it brings."""
    layers = captures.missing(at)
    if work.strict and work.job.broken:
        raise BrokenImageError(next(iter(work.job.broken.values())))
    if not layers and work.job.broken is not None:
        return
    captured = captures.take(at)
    leave_out(work, captured, layers)
    once_seen()
    with closing(embedded(work, captured, layers)) as done:
        for k in done:
            captures.begin(at + 1, beside=[each for each in layers if each > k])


class _Captures:
    """The activations of each pass of one plan. Owns the thread that captures ahead."""

    def __init__(self, work: Work, plan: Plan) -> None:
        self._work, self._plan = work, plan
        self._pool = ThreadPoolExecutor(1)
        self._coming: Background[Captured] | None = None
        self.overlapped = False
        """Whether a pass was ever begun beside the one before."""
        self.taken = -1
        """The last pass whose activations were all there."""

    def missing(self, at: int) -> list[int]:
        """The layers of pass `at` that are not done."""
        return [k for k in self._plan.passes[at] if not self._work.job.has_layer(k)]

    def begin(self, at: int, *, beside: Sequence[int]) -> None:
        """Begin pass `at` in a thread, if there is one with anything to do and room `beside` the layers in memory."""
        if self._coming is not None or not beside or at >= len(self._plan.passes):
            return
        layers, n = self.missing(at), self._work.images.n
        if layers and self._plan.bytes([*beside, *layers], n) <= self._plan.room:
            self.overlapped = True
            self._coming = Background(
                self._pool,
                lambda advance: self._captured(at, layers, advance),
                total=n,
                label=self._plan.label(at),
                machine=self._work.machine,
            )

    def take(self, at: int) -> Captured:
        """What pass `at` brings; where it is not begun, it is captured now."""
        if self._coming is not None:
            begun, self._coming = self._coming, None
            captured = begun.result()
        else:
            with steps(self._plan.label(at), self._work.images.n) as advance:
                captured = self._captured(at, self.missing(at), advance)
        self.taken = at
        return captured

    def close(self) -> None:
        """Stop what is begun, and wait until it has let go of its memory and the network."""
        begun, self._coming = self._coming, None
        if begun is not None:
            begun.stop()
        self._pool.shutdown()

    def _captured(self, at: int, layers: Sequence[int], advance: Callable[[int], None]) -> Captured:
        work = self._work
        how = work.settings(self._plan.batch, filter(self._plan.half, layers), strict=work.strict)
        if work.job.broken is None:
            return _first(work, layers, how, advance)
        probes = [work.probes[k] for k in layers]
        captured = capture(work.net, work.images, probes, how=how, skip=work.job.broken, advance=advance)
        for why in captured.broken.values():
            raise no_longer_readable(why)
        return captured


def _first(work: Work, layers: Sequence[int], how: Settings, advance: Callable[[int], None]) -> Captured:
    """The first pass: what it finds out about the pictures is kept as well."""
    witness = None if work.images.known else Witness(work.images)
    images = work.images if witness is None else witness.images
    tiles = work.job.new_tiles(images.n, work.options.tile)
    captured = capture(work.net, images, [work.probes[k] for k in layers], how=how, tiles=tiles, advance=advance)
    keep_seen(work, captured, images.notes, None if witness is None else witness.digest())
    return captured


def keep_seen(work: Work, captured: Captured, notes: Remarks, digest: str | None) -> None:
    """Say and keep what was seen of the pictures. digest: of their content, where nothing else tells them apart."""
    if captured.broken:
        log.warning("%d of %d images could not be read and are left out", len(captured.broken), work.images.n)
    for line in notes.said():
        log.info("images with %s", line)
    check_number(len(captured.rows), work.options)
    if not work.scored:
        captured = replace(captured, answers=None)
    table = attributes(work.net, work.images, captured)
    work.job.keep_pictures(captured.rows, captured.broken, table, digest)

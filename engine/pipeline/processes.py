"""Pictures decoded in processes of their own by torch's DataLoader, where threads would wait for Python's lock.

What a picture takes under the lock, 0.4 to 0.6 ms, is done one picture after the other however many threads there are;
in processes it is not, and the command itself only takes in their pixels from memory that they share. Each picture that
is odd in any way is left to the command, which reads it as it would without them. Measured in docs/performance.md.
"""

import logging
import multiprocessing
import shutil
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..stopping import put_off
from ..tour.folders import Remarks
from .inputs.images import Images, cores
from .loader import Attempts, Read, Undecoded, ahead
from .models.network import Network, one_line
from .models.preset import Preset

log = logging.getLogger("engine")

LEAST = 4000  # pictures: fewer are read before so many processes have paid for their beginning
CORES = 8  # from which they do more than threads, whose limit is the lock
CHUNK = 32  # pictures that a process reads at a time
AHEAD = 2  # such chunks that each reads ahead of the network
WAIT = 30  # seconds for a chunk, before threads go on instead
LOOK = 1  # seconds between looks whether the processes are still there, while nothing comes
SHARED = "/dev/shm"  # where the memory is that they share: 64 MB in a container, unless it is asked for more
SIDE = 384  # of a network's pictures, where nothing says it

Reader = Callable[[int], Read | Undecoded]


def worthwhile(images: Images, network: Network, device: torch.device, tile: int) -> bool:
    """Whether processes decode more pictures a second than threads, and may: on a GPU, with enough cores and pictures.

    On a CPU the network takes what cores there are. Other processes than forked ones would need a reader of their own,
    and import the script of whoever calls; workers of a cluster may start none.
    """
    picture = 4 * ((network.side or SIDE) ** 2 + tile**2)
    return (
        device.type == "cuda"
        and sys.platform == "linux"
        and images.elsewhere
        and images.n >= LEAST
        and cores() >= CORES
        and isinstance(network.preprocess, Preset)
        and not multiprocessing.current_process().daemon
        and _shared_memory() > 2 * picture * CHUNK * (AHEAD + 1) * cores()
    )


def _shared_memory() -> int:
    try:
        return shutil.disk_usage(SHARED).free
    except OSError:
        return 0


def decoded(
    images: Images, read: Reader, *, numbers: Iterable[list[int]], apart: bool
) -> "Generator[Attempts[Read | Undecoded]]":
    """Read pictures ahead, batch by batch, in threads or, where `apart`, in processes.

    Where a process ends before its time, or nothing comes of any, threads go on. Close it, so that nothing is left.
    """
    if not apart:
        yield from ahead(images, read, numbers=numbers)
        return
    batches = list(numbers)
    left = len(batches)
    _warm(images, read, next(filter(None, batches), []))
    with _reading(images, read, batches) as chunks:
        for batch in batches:
            found: dict[int, Read] = {}
            try:
                for _ in range(0, len(batch), CHUNK):
                    found |= _taken(_next(chunks), images.notes)
            except Exception as error:  # of torch, of a pipe whose other end is gone: whatever has ended one of them
                log.warning("processes no longer decode pictures, and threads go on (%s)", one_line(error))
                break
            left -= 1
            yield [(i, partial(found.__getitem__ if i in found else read, i)) for i in batch]
    if left:
        yield from ahead(images, read, numbers=batches[-left:])


def _warm(images: Images, read: Reader, numbers: list[int]) -> None:
    """Read one picture here and forget its notes: all processes then start with what reading imports.

    One that is forked while a thread imports waits for ever for that to end.
    """
    kept = images.notes.taken()
    for i in numbers[:CHUNK]:
        with suppress(Exception):
            read(i)
            break
    images.notes.taken()
    images.notes.extend(kept)


@dataclass(frozen=True, eq=False)
class _Chunk:
    """What a process has read."""

    numbers: list[int]
    pixels: Tensor
    """uint8 (n, height, width, 4), in memory that is shared."""
    sprites: Tensor | None
    notes: Remarks


@dataclass(frozen=True, eq=False)
class _Chunks(Dataset[Any]):
    """Reads some pictures by number, those that read without error or oddity; the others are left to the command."""

    read: Reader
    notes: Remarks

    def __getitems__(self, numbers: list[int]) -> _Chunk | None:
        good, notes = list[Read](), Remarks()
        for i in numbers:
            self.notes.taken()
            try:
                each = self.read(i)
            except Exception:  # whatever it is, the command meets it again
                continue
            if not isinstance(each, Read) or not isinstance(each.given, np.ndarray) or each.label is not None:
                continue
            if not good or each.given.shape == good[0].given.shape:
                good.append(each)
                notes.extend(self.notes.taken())
        if not good:
            return None
        pixels = torch.from_numpy(np.stack([each.given for each in good]))
        drawn = good[0].sprite is not None
        sprites = torch.from_numpy(np.stack([each.sprite for each in good])) if drawn else None
        return _Chunk([each.number for each in good], pixels, sprites, notes)


def _next(chunks: Iterator[_Chunk | None]) -> _Chunk | None:
    """The next chunk. Raises what DataLoader does: of a process that has ended by the next look, of all after WAIT.

    It looks after its processes each time that it has waited in vain, and may be asked again after that. A signal that
    interrupted it between two of its locks would have it wait for one of them as it ends.
    """
    begun = time.monotonic()
    while True:
        try:
            with put_off():
                return next(chunks)
        except RuntimeError as error:
            if "timed out" not in str(error) or time.monotonic() - begun > WAIT:
                raise


def _taken(chunk: _Chunk | None, notes: Remarks) -> dict[int, Read]:
    """By number, and what was noted of them."""
    if chunk is None:
        return {}
    notes.extend(chunk.notes)
    pixels = chunk.pixels.numpy()
    sprites = [None] * len(pixels) if chunk.sprites is None else chunk.sprites.numpy()
    return {i: Read(i, given, sprite, None) for i, given, sprite in zip(chunk.numbers, pixels, sprites, strict=True)}


@contextmanager
def _reading(images: Images, read: Reader, batches: list[list[int]]) -> Iterator[Iterator[_Chunk | None]]:
    """Processes that read chunk after chunk, each of one batch, in their order; at the end they are ended."""
    chunks = [batch[first : first + CHUNK] for batch in batches for first in range(0, len(batch), CHUNK)]
    loader = DataLoader(
        _Chunks(read, images.notes),
        batch_sampler=chunks,
        num_workers=cores() - 1,  # and the command has one
        prefetch_factor=AHEAD,
        timeout=LOOK,
        collate_fn=_as_it_is,  # type: ignore[arg-type]  # which a list is given to, where a data set has no chunks
        worker_init_fn=_deaf,
        multiprocessing_context="fork",
        generator=torch.Generator(),  # of its own: it draws seeds, and those of the build are others' business
    )
    others, begun, mine = multiprocessing.active_children(), None, []
    try:
        with _children_of_nobody(), put_off(), warnings.catch_warnings():
            # Python warns of what is forked beside threads, whose locks it may wait for: these read and call Pillow.
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                begun = iter(loader)
            finally:
                mine += [each for each in multiprocessing.active_children() if each not in others]
        yield begun
    finally:
        for process in mine:
            process.kill()  # or a picture that takes its time would be waited for; SIGTERM is heard by and by
        if begun is not None:  # which a traceback may hold until Python ends, when threads of it answer no more
            begun.__del__()  # type: ignore[attr-defined]


def _as_it_is(chunk: _Chunk | None) -> _Chunk | None:
    return chunk


def _deaf(_: int) -> None:
    """Signals are the command's, which ends its processes itself."""
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)


@contextmanager
def _children_of_nobody() -> Iterator[None]:
    """Undo torch's handler of SIGCHLD, which raises when a process ends, wherever the main thread is."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGCHLD)
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, before)

"""What every worker is told of a build, in a file of the work folder: network, pictures, probes, options.

A name or a folder is opened anew on each worker, a module or an array travels in the file. The file is a pickle, as
all that Dask sends is: who can write into the folder of a build can have its workers run what they like.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from ...files import whole
from ...progress import silent
from ...tour.folders import Remarks
from ..building.fingerprint import few_pictures
from ..building.options import Options
from ..building.request import Request
from ..building.work import Work
from ..inputs.images import Images
from ..inputs.preparation import prepared
from ..models.network import Network, one_line
from ..models.output_rows import Rows
from ..probing.probes import Probe

_ONE = threading.Lock()  # one task at a time in a process: a network has one set of hooks, and memory is for one


@dataclass(frozen=True, eq=False)
class Specification:
    """All that a worker needs to know of a build."""

    request: Request
    folder: Path
    """Where unfinished work is kept."""
    origin: str
    """What the pictures must be, in words that change when they do."""
    fingerprint: str
    """Of the network."""
    answer: Rows | None
    truth: "NDArray[Any] | None"
    counted: bool
    probes: Sequence[Probe]
    options: Options
    kind: str
    """Of device: cpu or cuda."""
    threads: int
    """Of a CPU, for each worker: sums of other numbers of threads end in other bits."""
    strict: bool

    @property
    def device(self) -> torch.device:
        """The device of the process that asks."""
        return torch.device("cuda", torch.cuda.current_device()) if self.kind == "cuda" else torch.device("cpu")


def specified(work: Work, request: Request) -> Specification:
    """What workers are told of this work; `request` opens its network and pictures."""
    return Specification(
        request=request,
        folder=work.job.folder,
        origin=work.images.origin,
        fingerprint=work.net.fingerprint(),
        answer=work.net.answer,
        truth=work.images.truth,
        counted=work.images.counted,
        probes=list(work.probes),
        options=work.options,
        kind=work.machine.device.type,
        threads=torch.get_num_threads(),
        strict=work.strict,
    )


def written(work: Work, request: Request) -> Path:
    """The file that tells workers of a build; another build is another file."""
    import cloudpickle

    try:
        data = cloudpickle.dumps(specified(work, request))
    except Exception as error:  # what holds files, streams or locks open says so in many ways
        raise ValueError(
            f"these images or this network cannot be sent to other processes ({one_line(error)}); give a name and a "
            "folder, a file or an array"
        ) from None
    file = work.job.folder / f"specification-{hashlib.sha256(data).hexdigest()[:16]}.pkl"
    with whole(file) as draft:
        draft.write_bytes(data)
    return file


@dataclass(frozen=True, eq=False)
class Opened:
    """A specification as a worker has opened it: the network and the pictures themselves."""

    spec: Specification
    net: Network
    images: Images


@contextmanager
def told(file: str) -> Iterator[Specification]:
    """Read what is asked of this worker; while it is worked on, no other task runs in this process."""
    with _ONE:
        spec = _read(file)
        before = torch.get_num_threads()
        torch.set_num_threads(spec.threads)
        try:
            with silent("engine"):  # what is found is said once, when the shards are put together
                yield spec
        finally:
            torch.set_num_threads(before)


@lru_cache(maxsize=1)
def _read(file: str) -> Specification:
    import cloudpickle

    spec: Specification = cloudpickle.loads(Path(file).read_bytes())
    return spec


@lru_cache(maxsize=1)
def opened(file: str) -> Opened:
    """Network and pictures of what is asked. Raises OSError where this worker sees other pictures or weights."""
    spec = _read(file)
    if spec.kind == "cuda" and not torch.cuda.is_available():
        raise OSError("it has no GPU that torch can use, and the build runs on GPUs")
    try:
        net, images = spec.request.open()
    except ValueError as error:  # no picture in a folder that is another one here
        raise OSError(f"it cannot open the build's images or network: {error}") from None
    if images.origin != spec.origin:
        raise OSError(f"it sees other images ({images.origin}) than the build uses ({spec.origin})")
    if net.fingerprint() != spec.fingerprint:
        raise OSError(f"its {net.name} has other weights than the build's")
    images, _ = prepared(images, net, few_pictures(images))
    images = replace(images, truth=spec.truth, counted=spec.counted)
    return Opened(spec, replace(net, answer=spec.answer), images)


def part(images: Images, first: int, stop: int) -> Images:
    """Pictures `first` to `stop` of all, counted from 0."""
    images.notes.counts.clear()
    images.notes.examples.clear()
    return replace(
        images,
        n=stop - first,
        read=lambda i: images.read(first + i),
        truth=None if images.truth is None else images.truth[first:stop],
        labels=None,
        groups=None,
        columns={},
        passed_over=Remarks(),
    )

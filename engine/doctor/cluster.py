"""What the workers of a cluster have, before anything runs: `umap-tour doctor --cluster`."""

import contextlib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..files import why
from .finding import Finding

GIB = 2**30


def survey(cluster: Any, *, images: Path | None = None, out: Path | None = None) -> list[Finding]:
    """A line for each worker, and one for each thing in which it differs from this machine.

    images, out: as in a build; whether every worker sees the same. Raises what connecting raises.
    """
    from ..pipeline.sharded.fitness import fitness
    from ..pipeline.workers import pipeline_workers

    with pipeline_workers(cluster) as workers, _token(out) as token:
        asked = (None if images is None else str(images.absolute()), token)
        here = fitness(*asked)
        workers.fit()
        answers = workers.ask(fitness, *asked)
        findings = [Finding("cluster", f"{len(answers)} workers at {workers.address}")]
    for address, there in sorted(answers.items()):
        findings += _of_worker(address, here, there)
    return findings


@contextlib.contextmanager
def _token(out: Path | None) -> Iterator[str | None]:
    """A file in the folder that a tour is to be in, which a worker sees if it sees that folder."""
    if out is None:
        yield None
        return
    file = out.absolute().parent / f".{uuid.uuid4().hex[:12]}.seen"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    try:
        yield str(file)
    finally:
        file.unlink(missing_ok=True)


def _of_worker(address: str, here: dict[str, Any], there: Any) -> Iterator[Finding]:
    if isinstance(there, OSError):
        yield Finding(address, why(there), "see whether it is stopped or its machine overloaded")
        return
    if isinstance(there, Exception):
        yield Finding(address, f"{type(there).__name__}: {there}", "install umap-tour there, the same version as here")
        return
    memory = f"{there['memory'] / GIB:.0f} GiB" if there["memory"] else "memory not known"
    yield Finding(address, f"{there['host']}, torch {there['torch']}, {memory}")
    differ = [
        f"{name} {version} (here {here['versions'][name]})"
        for name, version in there["versions"].items()
        if version != here["versions"][name]
    ]
    if differ:
        yield Finding("  versions", ", ".join(differ), "the same versions everywhere give the same bytes")
    if there["instructions"] != here["instructions"]:
        yield Finding(
            "  processor",
            f"{there['instructions']} (here {here['instructions']})",
            "sums end in other last bits, so bytes differ; the tour is as good",
            needed=False,
        )
    for what, remedy in (
        ("images", "mount the folder of images at the same path there"),
        ("out", "mount the folder of the tour at the same path there, with room and the right to write"),
    ):
        if there[what] is not None:
            yield Finding(f"  {what}", there[what], "" if there[what] == here[what] else remedy)

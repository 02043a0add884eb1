"""WebDataset shards: tar files whose members of one name are a sample, such as 0001.jpg, 0001.cls, 0001.json."""

import glob
import json
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...files import opened, why
from ...tour.folders import SUFFIXES, Remarks
from ...tour.image_files import begins_as_picture
from .columns import check_columns, with_columns
from .decoding import Decoding
from .files import stamp
from .images import Images, Picture, digest_of
from .table_files import plain_value

BRACES = re.compile(r"\{([^{}]*)\}")
CLASSES, TEXTS, TABLES = (".cls",), (".txt", ".caption", ".id"), (".json",)
BLOCK = 512  # bytes, in which a tar file is written
LARGEST_PICTURE = 2**29  # bytes
LARGEST = 2**20  # bytes of a member that is no picture


NOT_FIRST = "members that are no first picture, .cls, .txt or .json"


@dataclass(frozen=True)
class Member:
    """Where the bytes of a picture lie."""

    shard: Path
    name: str
    offset: int
    size: int


@dataclass(eq=False)
class Sample:
    """The members of one name: a picture and what is said of it."""

    key: str
    picture: Member | None = None
    said: dict[str, Any] = field(default_factory=dict)


def shards_of(pattern: str) -> list[Path]:
    """The files that `photos-{000..009}.tar`, `{train,val}-0.tar` or `photos-*.tar` names.

    Raises FileNotFoundError naming the first one that is not there.
    """
    files: list[Path] = []
    for name in _expanded(pattern):
        found = sorted(glob.glob(name)) if any(mark in name for mark in "*?[") else [name]
        files += map(Path, found)
        if not found or not Path(found[0]).is_file():
            raise FileNotFoundError(f"{name}: no such file of pictures in a tar")
    return files


def from_shards(files: Sequence[Path], decoding: Decoding) -> Images:
    """The samples of tar files in their order: a picture with its .cls (class), .txt and .json (attributes).

    The attribute `id` is the name that a sample's members share. Raises ValueError naming file and fault.
    """
    passed_over, notes = Remarks(), Remarks()
    samples = [sample for file in files for sample in _samples(file, passed_over)]
    for sample in [each for each in samples if each.picture is None]:
        passed_over.add("samples without a picture", sample.key)
    members = [(sample, sample.picture) for sample in samples if sample.picture is not None]
    if not members:
        raise ValueError(f"{files[0]}: holds no pictures ({'; '.join(passed_over.said()) or 'it is empty'})")

    def read(i: int) -> tuple[Picture, None]:
        member = members[i][1]
        with opened(member.shard) as stream:
            stream.seek(member.offset)
            size = member.size if begins_as_picture(stream.read(16)) else 16  # then Pillow says what is wrong
            stream.seek(member.offset)
            data = stream.read(min(size, LARGEST_PICTURE))
        return decoding.picture(data, notes, name=f"{member.shard.name}: {member.name}"), None

    images = Images(
        n=len(members),
        read=read,
        origin=f"{len(files)} shards of {len(members):,} pictures, {digest_of(stamp(file) for file in files)}",
        columns={"id": np.array([sample.key for sample, _ in members], dtype=object)},
        passed_over=passed_over,
        notes=notes,
    )
    check_columns(files[0], len({name for sample, _ in members for name in sample.said}))
    said = pd.DataFrame.from_records([sample.said for sample, _ in members])
    return with_columns(images, {str(name): said[name] for name in said.columns})


def _samples(file: Path, passed_over: Remarks) -> Iterator[Sample]:
    """Neighbouring members of one name make a sample, as they are written."""
    here: Sample | None = None
    size, end = file.stat().st_size, 0
    try:
        with opened(file) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
            for info in archive:
                end = info.offset_data + info.size
                if end > size:
                    break
                if not info.isfile():
                    continue
                folder, _, name = info.name.rpartition("/")
                stem, _, ending = name.partition(".")
                if not stem or not ending:
                    passed_over.add("members that are hidden or have no ending", f"{file.name}: {info.name}")
                    continue
                key = f"{folder}/{stem}".removeprefix("./").lstrip("/")
                if here is None or here.key != key:
                    if here is not None:
                        yield here
                    here = Sample(key)
                _take(here, f".{ending.lower()}", info, archive, file, passed_over)
    except (tarfile.TarError, RecursionError, OverflowError) as error:  # what its headers lead to
        packed = file.suffix.lower() in (".gz", ".tgz", ".bz2", ".xz", ".zst") or _is_packed(file)
        what = "is packed; unpack it first (gunzip FILE), pictures gain nothing by it" if packed else f"({why(error)})"
        raise ValueError(f"{file}: no readable tar file, {what}" if packed else f"{file}: no tar file {what}") from None
    if end > size or 0 < size - BLOCK * -(-end // BLOCK) < BLOCK:
        raise ValueError(f"{file}: is cut short; it was not copied or written to its end")
    if here is not None:
        yield here


def _take(
    sample: Sample, ending: str, info: tarfile.TarInfo, archive: tarfile.TarFile, file: Path, passed_over: Remarks
) -> None:
    last = f".{ending.rpartition('.')[2]}"
    before = sample.picture
    if last in SUFFIXES and (before is None or (ending == last and not _has_one_ending(before))):
        sample.picture = Member(file, info.name, info.offset_data, info.size)
        if before is not None:
            passed_over.add(NOT_FIRST, f"{file.name}: {before.name}")
    elif last in (*CLASSES, *TEXTS, *TABLES) and info.size <= LARGEST:
        stream = archive.extractfile(info)
        text = stream.read().decode("utf-8", "replace").strip() if stream is not None else ""
        if last in TABLES:
            sample.said |= _scalars(text, f"{file.name}: {info.name}")
        else:
            sample.said[last[1:]] = text
    else:
        passed_over.add(NOT_FIRST, f"{file.name}: {info.name}")


def _has_one_ending(member: Member) -> bool:
    """As a.jpg has; a.seg.png beside it is a mask or the like."""
    return member.name.rpartition("/")[2].count(".") == 1


def _scalars(text: str, where: str) -> dict[str, Any]:
    """What a .json says in single values."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where}: no readable JSON ({error})") from None
    if not isinstance(values, dict):
        return {"json": text}
    return {name: plain_value(value) for name, value in values.items() if isinstance(value, str | int | float | bool)}


def _expanded(pattern: str) -> list[str]:
    """Braces as a shell expands them: {000..009} and {a,b}, from the left. Raises ValueError on others."""
    found = BRACES.search(pattern)
    if found is None:
        return [pattern]
    inside = found[1]
    ends = re.fullmatch(r"(\d+)\.\.(\d+)", inside)
    if ends is not None:
        first, last = int(ends[1]), int(ends[2])
        width = len(ends[1]) if ends[1].startswith("0") else 0
        step = 1 if first <= last else -1
        words = [f"{k:0{width}}" for k in range(first, last + step, step)]
    elif "," in inside:
        words = inside.split(",")
    else:
        raise ValueError(f"{pattern}: braces hold {{000..009}} or {{a,b}}, not {{{inside}}}")
    return [rest for word in words for rest in _expanded(f"{pattern[: found.start()]}{word}{pattern[found.end() :]}")]


def _is_packed(file: Path) -> bool:
    with opened(file) as stream:
        begin = stream.read(6)
    return begin[:2] == b"\x1f\x8b" or begin[:3] == b"BZh" or begin == b"\xfd7zXZ\0" or begin[:4] == b"\x28\xb5\x2f\xfd"

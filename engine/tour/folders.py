"""Which files under a folder are pictures, and what was passed over: hidden ones, other kinds, tours of our own."""

import os
from bisect import insort
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..files import opened
from .image_files import begins_as_picture

ENDINGS = """
    .apng .avif .avifs .bmp .bw .cur .dds .dib .fit .fits .gif .icb .icns .ico .im .j2c .j2k .jfif .jp2
    .jpc .jpe .jpeg .jpf .jpg .jpx .mpo .msp .pbm .pcx .pfm .pgm .png .pnm .ppm .psd .qoi .rgb .rgba
    .sgi .tga .tif .tiff .vda .vst .webp .xbm .xpm
"""
SUFFIXES = frozenset(ENDINGS.split())
HIDDEN = frozenset(("__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin"))
HEIC = (".heic", ".heif")
EXAMPLES = 3


@dataclass(eq=False)
class Remarks:
    """What is to be said of some files, each under its reason: that they were passed over, or how they were read.

    Which are named is the same whatever order they are read in, by threads or by processes.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    """The first by name."""

    def add(self, why: str, what: str) -> None:
        self.counts.update((why,))  # in one step: threads add at once
        self._show(why, what)

    def _show(self, why: str, what: str) -> None:
        shown = self.examples.setdefault(why, [])
        insort(shown, what)
        del shown[EXAMPLES:]

    def taken(self) -> "Remarks":
        """All that has been added so far, of which nothing stays."""
        found = Remarks(self.counts.copy(), dict(self.examples))
        self.counts.clear()
        self.examples.clear()
        return found

    def extend(self, others: "Remarks") -> None:
        """Add what was noted elsewhere."""
        self.counts.update(others.counts)
        for why, some in others.examples.items():
            for what in some:
                self._show(why, what)

    def said(self) -> list[str]:
        """A line for each reason: how many, and which, the first of them by name."""
        return [
            f"{why} ({count:,}): {', '.join(self.examples[why])}{', …' if count > EXAMPLES else ''}"
            for why, count in self.counts.items()
        ]


@dataclass(frozen=True, eq=False)
class Listing:
    """The pictures under a folder, sorted by path."""

    folder: Path
    files: tuple[Path, ...]
    passed_over: Remarks

    def folders(self) -> list[tuple[str, ...]]:
        """The folders between the root and each file."""
        return [file.relative_to(self.folder).parts[:-1] for file in self.files]


def listed(folder: Path) -> Listing:
    """Every picture under `folder`, by ending or, where that is unknown, by content; links are followed.

    Raises FileNotFoundError where there is no such folder or no picture in it.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder of images")
    passed_over = Remarks()
    files = tuple(sorted(_walk(folder, folder, passed_over, above=frozenset())))
    if not files:
        others = "; ".join(passed_over.said())
        raise FileNotFoundError(f"{folder}: holds no images that Pillow reads{f' ({others})' if others else ''}")
    return Listing(folder, files, passed_over)


def image_folder(folder: Path) -> tuple[list[Path], list[str]]:
    """The images under `folder` and the class of each, in the order of torchvision's ImageFolder.

    Classes are the subfolders, sorted; within one, files by path. Without subfolders there is one class, "".
    Raises FileNotFoundError where there is no such folder or no image in it.
    """
    found = listed(folder)
    pairs = [(file, parts[0] if parts else "") for file, parts in zip(found.files, found.folders(), strict=True)]
    inside = [pair for pair in pairs if pair[1]] or pairs
    inside.sort(key=lambda pair: pair[1])
    return [file for file, _ in inside], [name for _, name in inside]


def text_of(path: Path) -> str:
    """A path in letters that any file can hold; names that are not UTF-8 get question marks in their place."""
    return whole_letters(os.fspath(path))


def whole_letters(text: str) -> str:
    """Text that any file can hold: halves of letters, which stand for bytes that are no UTF-8, are question marks."""
    try:
        return os.fsencode(text).decode("utf-8", "replace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")


def whole_path(path: Path) -> str:
    """A path from the root, as an attribute holds it; links that lead round, and names with NUL, as they are."""
    try:
        return text_of(Path(os.path.realpath(path)))
    except ValueError:  # NUL
        return text_of(path)


def _walk(folder: Path, root: Path, passed_over: Remarks, *, above: frozenset[tuple[int, int]]) -> Iterator[Path]:
    def inside(entry: Path | os.DirEntry[str]) -> str:
        return text_of(Path(entry).relative_to(root))

    try:
        status = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        passed_over.add(f"folders that cannot be read ({(error.strerror or str(error)).lower()})", inside(folder))
        return
    identity = (status.st_dev, status.st_ino)
    if identity in above:
        passed_over.add("links that lead back to a folder around them", inside(folder))
        return
    for entry in entries:
        path = folder / entry.name
        is_folder = _is_folder(entry)
        if entry.name.startswith(".") or entry.name.lower() in HIDDEN:
            passed_over.add("hidden files and folders", inside(path))
        elif is_folder and os.access(path / "tour.json", os.R_OK):
            passed_over.add("tours", inside(path))
        elif is_folder:
            yield from _walk(path, root, passed_over, above=above | {identity})
        elif path.suffix.lower() in SUFFIXES or _has_pixels(path):
            yield path
        elif path.suffix.lower() in HEIC:
            passed_over.add("HEIC photos, which are read once pip install 'umap-tour[heic]' is done", inside(path))
        else:
            passed_over.add("files that are no images", inside(path))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # links that lead round
        return False


def _has_pixels(file: Path) -> bool:
    """Whether the first bytes of a file are those of a picture that Pillow reads."""
    try:
        with opened(file) as stream:
            return begins_as_picture(stream.read(16))
    except OSError:
        return False

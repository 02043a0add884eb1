"""Sprites as pages in PNG files, encoded by several threads: Pillow lets go of Python's lock while it compresses."""

import os
import shutil
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .sprite_layout import laid_out, plainest
from .tour import Sprites

THREADS = 4  # at most; each holds a page of up to 64 MiB three times


def write_pages(sprites: Sprites, folder: Path, *, advance: Callable[[int], None] = lambda pages: None) -> list[Path]:
    """Write every page into `folder` as 000.png and so on, or take the files that there are. Returns them in order.

    advance: told of pages as they are done.
    """
    files = [folder / page_name(k) for k in range(sprites.pages)]
    if sprites.files is not None:
        for file in files:
            _linked(sprites.files / file.name, file)
        return files

    threads = min(THREADS, os.cpu_count() or 1)
    under_way: deque[Future[None]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for k, file in enumerate(files):
            tiles = sprites.load(k)
            if len(under_way) == threads:  # or all pages would be in memory at once
                under_way.popleft().result()
                advance(1)
            under_way.append(pool.submit(_write, tiles, sprites.per_page, file))
        for each in under_way:
            each.result()
            advance(1)
    return files


def _write(tiles: NDArray[np.uint8], per_page: int, file: Path) -> None:
    page = laid_out(plainest(tiles), per_page)
    Image.fromarray(page.squeeze(axis=2) if page.shape[2] == 1 else page).save(file, compress_level=4)


def page_name(k: int) -> str:
    return f"{k:03}.png"


def _linked(source: Path, file: Path) -> None:
    """The same file under another name, or a copy where the file system has no such thing."""
    with suppress(OSError):
        os.link(source, file)
        return
    shutil.copyfile(source, file)

"""Pages of sprites as files: what is read back is what was given, by several threads, a few pages at a time."""

import os
import threading

import numpy as np
import pytest
from PIL import Image

from engine.tour import sprite_pages
from engine.tour.sprite_layout import tiles_of
from engine.tour.sprite_pages import write_pages
from engine.tour.tour import Sprites

N, TILE, PER_PAGE = 50, 8, 4  # 13 pages


@pytest.fixture
def tiles(rng):
    tiles = rng.integers(0, 256, (N, TILE, TILE, 4), dtype=np.uint8)
    tiles[:20, ..., 3] = 255
    tiles[:8, ..., :3] = tiles[:8, ..., :1]
    return tiles


@pytest.fixture
def sprites(tiles):
    return Sprites(N, TILE, PER_PAGE, lambda page: tiles[page * PER_PAGE : (page + 1) * PER_PAGE])


def test_what_is_read_back_is_what_was_given(sprites, tiles, tmp_path):
    done = []
    files = write_pages(sprites, tmp_path, advance=done.append)
    assert [file.name for file in files] == [f"{k:03}.png" for k in range(13)] and sum(done) == 13
    pages = [np.asarray(Image.open(file).convert("RGBA")) for file in files]
    assert (np.concatenate([tiles_of(page, TILE)[:PER_PAGE] for page in pages])[:N] == tiles).all()
    assert [Image.open(files[k]).mode for k in (0, 2, 12)] == ["L", "RGB", "RGBA"]


def test_threads_encode_while_the_caller_loads_and_few_pages_are_in_memory(sprites, tmp_path, monkeypatch):
    """The first page is not done before the second one has been begun: on one thread it would wait for ever."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    real, second, going, most = sprite_pages._write, threading.Event(), [], []

    def write(page, per_page, file):
        assert threading.current_thread() is not threading.main_thread()
        going.append(file)
        most.append(len(going))
        if file.name == "001.png":
            second.set()
        assert second.wait(timeout=60)
        real(page, per_page, file)
        going.remove(file)

    monkeypatch.setattr(sprite_pages, "_write", write)
    assert len(write_pages(sprites, tmp_path)) == 13 and max(most) == 2


def test_pages_that_are_there_are_taken(sprites, tmp_path, monkeypatch):
    for name in ("made", "linked", "copied"):
        (tmp_path / name).mkdir()
    made = write_pages(sprites, tmp_path / "made")
    again = Sprites(N, TILE, PER_PAGE, lambda page: pytest.fail("loaded once more"), files=tmp_path / "made")
    linked = write_pages(again, tmp_path / "linked")
    assert all(a.samefile(b) for a, b in zip(made, linked, strict=True))

    def refused(*names):
        raise OSError("Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    copied = write_pages(again, tmp_path / "copied")
    assert all(a.read_bytes() == b.read_bytes() and not a.samefile(b) for a, b in zip(made, copied, strict=True))


def test_what_writing_raises_is_raised(sprites, tmp_path, monkeypatch):
    def full(page, per_page, file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sprite_pages, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        write_pages(sprites, tmp_path)

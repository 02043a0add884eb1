"""Memory that neighbours take beside a matrix: what is planned holds, less of it brings the same, none ends in words.

Sizes are a 256th of the real ones. Products are computed as a GPU's are, in float16, by the CPU.
"""

from functools import cache

import pytest
import torch

import engine.pipeline.algebra.products as products
import engine.pipeline.algebra.tiling as tiling
import engine.pipeline.neighbors as neighbors
from engine.pipeline.algebra.products import operands
from engine.pipeline.neighbors import NoRoomError, nearest
from tests.peaks import Peak

N, WIDTH, K = 800, 2000, 15
MIB = 2**20
SCALE = 256
WHOLE, PARTS = 8 * MIB, 4 * MIB  # room for a copy of all rows, and of some


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Pieces a 256th as large, and products whose float32 copies on a CPU are not counted, since a GPU makes none."""
    multiply = products.multiply

    def uncounted(left, right, *, out):
        Peak.counting = False
        multiply(left, right, out=out)
        Peak.counting = True

    monkeypatch.setattr(products, "multiply", uncounted)
    for module, names in {
        tiling: ["TILE_BYTES", "GPU_TILE_BYTES", "BLOCK_BYTES"],
        products: ["BLOCK_BYTES"],
        neighbors: ["LEAST"],
    }.items():
        for name in names:
            monkeypatch.setattr(module, name, getattr(module, name) // SCALE)
    monkeypatch.setattr(neighbors, "CACHE_BYTES", tiling.BLOCK_BYTES)


@pytest.fixture
def cuts(monkeypatch):
    """As on a GPU. How the products of each search were cut."""
    seen = []

    def noted(*arguments, gpu, **options):
        seen.append(tiling.tiling(*arguments, gpu=True, **options))
        return seen[-1]

    monkeypatch.setattr(neighbors, "tiling", noted)
    monkeypatch.setattr(neighbors, "operands", lambda points, keep: operands(points, half=True, keep=keep))
    return seen


def have(monkeypatch, *rooms):
    """So much room, at each look; the last one for all looks after it."""
    left = list(rooms)
    monkeypatch.setattr(neighbors, "room", lambda device: left.pop(0) if len(left) > 1 else left[0])


@cache
def matrix(kind):
    generator = torch.Generator().manual_seed(0)
    points = (torch.randn(N, 32, generator=generator) @ torch.randn(32, WIDTH, generator=generator)).relu()
    return points if kind == "float32" else points.half()


@pytest.mark.parametrize("kind", ["float32", "half"])
def test_what_is_taken_is_what_was_planned(kind, cuts, monkeypatch):
    """A copy of all rows where it fits, parts of it where not: no more memory, and the same numbers to the bit."""
    found, points = [], matrix(kind)
    results = N * (K + neighbors.SPARE) * 24  # in any case: a hundredth of a wide layer
    for room in (WHOLE, PARTS):
        have(monkeypatch, room)
        with Peak() as peak:
            found.append(nearest(points, K))
        assert room / 2 < peak.most <= room + results
    assert cuts[0].columns == N > cuts[1].columns
    assert torch.equal(found[0][0], found[1][0]) and torch.equal(found[0][1], found[1][1])


def test_where_all_fits_nothing_is_made_ready_twice(cuts, monkeypatch):
    """And each part of the columns once where it does not, with each row once for every part."""
    made, rows = [], products.Operands.rows

    def noted(self, first, stop):
        if self._kept(first, stop) is None:
            made.append(stop - first)
        return rows(self, first, stop)

    monkeypatch.setattr(products.Operands, "rows", noted)
    have(monkeypatch, WHOLE)
    nearest(matrix("half"), K)
    assert not made
    have(monkeypatch, PARTS)
    nearest(matrix("half"), K)
    parts = len(range(0, N, cuts[1].columns))
    assert parts == 3 and sum(made) <= (parts + 1) * N


def test_memory_that_turns_out_short_makes_the_pieces_smaller(cuts, monkeypatch):
    """What was found so far is found again; nobody is told of rows twice, and the bytes are those of one piece."""
    have(monkeypatch, WHOLE)
    whole, done, failures = nearest(matrix("half"), K), [], [torch.OutOfMemoryError("CUDA out of memory.")]
    settle = neighbors._settle

    def short(*arguments):
        settle(*arguments)
        if failures and len(done) == 1:
            raise failures.pop()

    monkeypatch.setattr(neighbors, "_settle", short)
    found = nearest(matrix("half"), K, advance=done.append)
    assert not failures and cuts[-1].columns < N == cuts[-2].columns
    assert sum(done) == N and min(done) >= 0
    assert torch.equal(whole[0], found[0]) and torch.equal(whole[1], found[1])


def test_no_memory_at_all_is_said_after_the_smallest_pieces(cuts, monkeypatch):
    def short(*arguments, **options):
        raise RuntimeError("CUDA error: out of memory")

    have(monkeypatch, WHOLE)
    monkeypatch.setattr(neighbors, "_settle", short)
    with pytest.raises(NoRoomError, match="none for neighbours beside 800 rows of 2,000 numbers"):
        nearest(matrix("float32"), K)
    assert [cut.columns for cut in cuts] == sorted((cut.columns for cut in cuts), reverse=True)
    assert len(cuts) == 3 and cuts[-1] == tiling.tiling(
        N, N, WIDTH, candidates=K + neighbors.SPARE, room=neighbors.LEAST, gpu=True
    )


def test_another_fault_is_its_own(cuts, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    have(monkeypatch, WHOLE)
    monkeypatch.setattr(neighbors, "_settle", broken)
    with pytest.raises(RuntimeError, match="illegal memory access"):
        nearest(matrix("float32"), K)
    assert len(cuts) == 1

"""The fair order of points, and the rows of a large tour that are kept together in it."""

import json

import numpy as np
import pytest

import engine
from engine.tour import writing
from engine.tour.json_files import as_text, sealed
from engine.tour.matching import taken
from engine.tour.order import WHOLE, few, mark, ranks, shuffled
from engine.tour.reading import load
from engine.tour.schema import TourFormatError
from engine.tour.synthetic import synthetic

N, KEPT = 3000, 800


@pytest.fixture
def large(monkeypatch):
    """As if tours of more than a thousand points were large."""
    monkeypatch.setattr(writing, "WHOLE", 1000)
    monkeypatch.setattr(writing, "SAMPLE", KEPT)


@pytest.fixture
def tour():
    return synthetic(N, dims=5, layers=2, tile=None)


@pytest.fixture
def folder(large, tour, tmp_path):
    tour.save(tmp_path / "a.tour")
    return tmp_path / "a.tour"


def spoil(file):
    """One bit of the last row."""
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1
    file.write_bytes(raw)


def rewrite(folder, **changes):
    """What the manifest says of the first layer's sample."""
    manifest = json.loads((folder / "tour.json").read_text())
    manifest["layers"][0]["sample"] = manifest["layers"][0]["sample"] | changes
    del manifest["seal"]
    (folder / "tour.json").write_text(as_text(sealed(manifest)))


def test_the_order_is_random_the_same_every_time_and_its_ranks_are_its_inverse():
    order, places = shuffled(1000), ranks(1000)
    assert order.dtype == np.uint32 and sorted(order) == list(range(1000))
    assert (order[places] == np.arange(1000)).all() and (places[order] == np.arange(1000)).all()
    assert abs(np.corrcoef(order, np.arange(1000))[0, 1]) < 0.1
    shuffled.cache_clear()
    assert (shuffled(1000) == order).all()


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_every_beginning_of_the_order_is_a_fair_sample(share):
    n = 200_000
    part = shuffled(n)[: int(share * n)]
    for period in (2, 7, 1000):  # by what points may be sorted
        counts = np.bincount(part % period, minlength=period)
        expected = len(part) / period
        assert np.abs(counts - expected).max() < 6 * np.sqrt(expected)
    assert abs(part.mean() / n - 0.5) < 6 / np.sqrt(12 * len(part))


@pytest.mark.parametrize(("n", "most"), [(1, 10), (25, 10), (3000, 3000), (WHOLE, 9), (WHOLE + 1, 9)])
def test_a_few_rows_are_spread_over_all_and_of_very_many_the_first_in_order(n, most):
    rows = few(n, most)
    assert 1 <= len(rows) <= most and (np.diff(rows) > 0).all() and rows[0] >= 0 and rows[-1] < n
    assert (set(rows.tolist()) == set(shuffled(n)[:most].tolist())) == (n > WHOLE or most >= n)


def test_what_a_window_draws_first_is_read_from_the_sample_alone(folder, tour):
    read, order = load(folder, at_once=0), shuffled(N)
    for k in range(2):
        spoil(folder / f"layers/00{k}.npy")  # nobody looks there for rows that are in the sample
    for rows in (order[:KEPT], order[100:200], np.sort(order[:KEPT])[::3]):
        np.testing.assert_array_equal(read.layers[1].some(rows), tour.layers[1].points[rows])
        np.testing.assert_array_equal(read.layers[1].aligned_rows(rows), tour.aligned(1)[rows])
    for rows in (order[: KEPT + 1], order[KEPT - 1 : KEPT + 1], slice(None), slice(0, 5)):
        with pytest.raises(TourFormatError, match=r"layers/001.npy: changed since it was written"):
            read.layers[1].aligned_rows(rows)


def test_a_sample_is_checked_and_is_of_its_layer(folder, large, tour, tmp_path, monkeypatch):
    spoil(folder / "sample/000.npy")
    read = load(folder, at_once=0)
    for rows in (shuffled(N)[:5], slice(None)):
        with pytest.raises(TourFormatError, match=r"sample/000.npy: changed since it was written"):
            read.layers[0].aligned_rows(rows)
    with pytest.raises(TourFormatError, match=r"sample/000.npy: changed"):
        load(folder)
    monkeypatch.setattr(writing, "shuffled", lambda n: shuffled(n)[::-1])
    tour.save(tmp_path / "b.tour")
    with pytest.raises(TourFormatError, match=r"sample/000.npy: holds other rows than the layer"):
        load(tmp_path / "b.tour")


def test_the_sample_of_another_order_is_not_used(folder, tour):
    rewrite(folder, order="0" * 64)
    read = load(folder)
    assert read.layers[0].sample is None and read.layers[1].sample is not None
    np.testing.assert_array_equal(read.layers[0].some(shuffled(N)[:9]), tour.layers[0].points[shuffled(N)[:9]])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rows": 0}, "'rows' of the sample of layer 0-stage is from 1 to 3000, not 0"),
        ({"rows": N + 1}, "'rows' of the sample of layer 0-stage is from 1 to 3000, not 3001"),
        ({"rows": KEPT - 1}, r"sample/000.npy: holds float32 .800, 5., and tour.json promises float32 .799, 5."),
        ({"rows": "all"}, "'rows' is missing or no int"),
        ({"order": 3}, "'order' is missing or no str"),
        ({"file": "../b.npy"}, "outside the tour's folder"),
        ({"checksum": None}, "'checksum' is missing or no str"),
    ],
)
def test_what_the_manifest_may_not_say_of_a_sample(changes, says, folder):
    rewrite(folder, **changes)
    with pytest.raises(TourFormatError, match=says):
        load(folder, at_once=0)


def test_small_tours_have_none_and_some_rows_of_a_large_one_neither(folder, small_tour, tmp_path):
    small_tour.save(tmp_path / "small.tour")
    assert not (tmp_path / "small.tour" / "sample").exists()
    assert engine.load(tmp_path / "small.tour").layers[0].sample is None
    part = taken(load(folder), np.arange(0, N, 2))
    assert part.layers[0].sample is None
    part.save(tmp_path / "part.tour")
    assert json.loads((tmp_path / "part.tour" / "tour.json").read_text())["layers"][1]["sample"] == {
        "file": "sample/001.npy", "rows": KEPT, "order": mark(N // 2, KEPT),
        "checksum": writing.checksum(tmp_path / "part.tour" / "sample" / "001.npy"),
    }  # fmt: skip

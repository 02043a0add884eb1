"""More points at the end of a tour: what was there stays, columns keep their kind, pages are those of a whole."""

import numpy as np
import pandas as pd
import pytest

import engine
from engine.tour.appended import appended, appended_rows, appended_sprites


@pytest.fixture
def longer(small_tour, tmp_path, rng):
    """The small tour with 50 more points, some of them far out, saved and loaded."""
    more = [layer.points[:50] + 0.1 for layer in small_tour.layers]
    more[1] = (3.0 * more[1]).astype(np.float32)
    table = pd.DataFrame({"kind": ["dog"] * 25 + ["ant"] * 25, "weight": np.arange(50.0)})
    tiles = rng.integers(0, 256, (50, 8, 8, 4), dtype=np.uint8)
    (tmp_path / "scratch").mkdir()
    appended(small_tour, more, table, tiles, tmp_path / "scratch").save(tmp_path / "longer.tour")
    return engine.load(tmp_path / "longer.tour"), more, tiles


def test_what_is_there_stays_and_more_follow(small_tour, longer):
    tour, more, tiles = longer
    assert tour.n == 110
    for before, after, added in zip(small_tour.layers, tour.layers, more, strict=True):
        assert (after.points[:60] == before.points).all() and (after.points[60:] == added).all()
        assert (after.placement.mean == before.placement.mean).all()
        assert (after.placement.rotation == before.placement.rotation).all()
        assert (after.aligned[:60] == before.aligned).all()
    assert tour.layers[0].placement.radius >= small_tour.layers[0].placement.radius
    assert tour.layers[1].placement.radius > 1.5 * small_tour.layers[1].placement.radius  # or the tour would be refused
    assert list(tour.attributes["kind"].cat.categories) == ["cat", "bee", "ant", "dog"]
    assert tour.attributes["kind"][:60].tolist() == small_tour.attributes["kind"].tolist()
    assert tour.attributes["size"][60:].isna().all() and tour.attributes["size"].cat.ordered
    got = np.concatenate([tour.sprites.load(k) for k in range(tour.sprites.pages)])
    wanted = np.concatenate([small_tour.sprites.load(k) for k in range(small_tour.sprites.pages)])
    assert (got[:60] == wanted).all() and (got[60:] == tiles).all()


def test_a_longer_tour_is_drawn(longer):
    tour, *_ = longer
    image = engine.snapshot(tour, layer=1, size=(200, 200), color_by="kind")
    assert len(np.unique(image.reshape(-1, 4), axis=0)) > 20


@pytest.mark.parametrize(("n", "m", "per_page"), [(9, 1, 4), (7, 30, 9), (16, 16, 16), (5, 0, 4)])
def test_pages_hold_every_sprite_once(n, m, per_page, make_sprites, rng):
    tiles = rng.integers(0, 256, (n + m, 8, 8, 4), dtype=np.uint8)
    longer = appended_sprites(make_sprites(tiles[:n], per_page=per_page), tiles[n:])
    assert (np.concatenate([longer.load(k) for k in range(longer.pages)]) == tiles).all()
    assert longer.per_page >= n + m  # small ones are on one page, as in a tour that was built so


KINDS = {
    "classes": (pd.Categorical(["b", "a"], categories=["b", "a"]), ["c", "a"], ["b", "a", "c", "a"]),
    "classes from numbers": (pd.Categorical(["1", "2"]), [3, 1], ["1", "2", "3", "1"]),
    "numbers": (np.array([1, 2]), np.array([3, 4]), [1, 2, 3, 4]),
    "numbers and parts": (np.array([1, 2]), np.array([0.5, 4]), [1, 2, 0.5, 4]),
    "numbers with a word": (np.array([1, 2]), ["3", "many"], [1, 2, 3, np.nan]),
    "text": (["x", "y"], [1.0, "z"], ["x", "y", "1", "z"]),
    "missing": (np.array([1.5, 2.0]), None, [1.5, 2.0, np.nan, np.nan]),
    "missing text": (["x", "y"], None, ["x", "y", "", ""]),
}


@pytest.mark.parametrize(("before", "after", "wanted"), KINDS.values(), ids=KINDS)
def test_a_column_keeps_its_kind(before, after, wanted):
    old = pd.DataFrame({"it": before})
    new = pd.DataFrame({"other": [7, 8]} if after is None else {"it": after, "other": [7, 8]})
    both = appended_rows(old, new)
    got = both["it"].tolist()
    assert [None if pd.isna(each) else each for each in got] == [None if pd.isna(each) else each for each in wanted]
    assert isinstance(both["it"].dtype, pd.CategoricalDtype) == isinstance(before, pd.Categorical)
    assert both["other"].isna().tolist() == [True, True, False, False] and len(both) == 4


def test_dates_and_what_travels_with_a_table():
    old = pd.DataFrame({"day": pd.to_datetime(["2020-01-01"])})
    old.attrs["extent"] = {"day": [0, 1]}
    both = appended_rows(old, pd.DataFrame({"day": ["2021-02-03"]}))
    assert both["day"].dt.year.tolist() == [2020, 2021] and both.attrs == old.attrs
    assert appended_rows(old, pd.DataFrame(index=range(2)))["day"].isna().tolist() == [False, True, True]

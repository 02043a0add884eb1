"""Windows on tours at the edge: few points, few and many dimensions, layers of one place, any scale, odd attributes."""

import numpy as np
import pandas as pd
import pytest

import engine
from engine.tour.view import View

N = 40
COLUMNS = {
    "one class": pd.Categorical(["a"] * N),
    "long": ["x" * 10_000, *"abcd"] * (N // 5),
    "letters": pd.Categorical(["👩‍🚀", "مرحبا", "\u202ea", "a\0b"] * (N // 4)),
    "all missing": [None] * N,
    "no number": [np.nan] * N,
    "infinities": [np.inf, -np.inf, np.nan, 0.0] * (N // 4),
    "beyond 2^53": [2**63 - 1 - k for k in range(N)],
    "dates": pd.date_range("1999-12-31", periods=N),
    "yes or no": [True, False] * (N // 2),
}


def layers(n, dims, seed=1, scale=1.0):
    rng = np.random.default_rng(seed)
    return [scale * rng.standard_normal((n, dims)) for _ in range(2)]


TOURS = {
    **{f"{n} points": layers(n, 15) for n in (1, 2, 3, 15, 16)},
    "3 dimensions": layers(N, 3),
    "24 dimensions": layers(N, 24),
    "2 dimensions": [np.pad(each, ((0, 0), (0, 1))) for each in layers(N, 2)],
    "the same points again and again": [np.repeat(each, 10, axis=0) for each in layers(4, 15)],
    "one place": [np.ones((N, 15))] * 2,
    "one place after many": [layers(N, 15)[0], np.ones((N, 15))],
    "tiny": layers(N, 15, scale=1e-30),
    "huge": layers(N, 15, scale=1e30),
    "tiny after huge": [layers(N, 15, scale=1e30)[0], layers(N, 15, scale=1e-30)[1]],
}


def differ(pixels):
    """Pixels that are not as the corner."""
    return int((pixels[..., :3] != pixels[0, 0, :3]).any(axis=-1).sum())


@pytest.mark.parametrize("name", TOURS)
def test_points_anywhere(open_window, make_tour, tmp_path, name):
    make_tour(TOURS[name]).save(tmp_path / "a.tour")
    tour = engine.load(tmp_path / "a.tour")
    for layer in range(2):
        assert differ(engine.snapshot(tour, layer=layer, size=(120, 120))) > 0
    window, hand = open_window(tour, tour)
    for key in ("j", "k", "t"):
        hand.key(key)
        hand.settle(0.2)
    assert window.pair is not None and np.isfinite(window.viewer.frame).all()
    assert window.faults.count == 0, window.panels.toast


def test_attributes_of_any_kind(open_window, make_tour, tmp_path):
    make_tour(layers(N, 5), attributes=pd.DataFrame(COLUMNS)).save(tmp_path / "a.tour")
    tour = engine.load(tmp_path / "a.tour")
    window, hand = open_window(tour, view=View(mode="dots"))
    for name in COLUMNS:
        assert differ(engine.snapshot(tour, color_by=name, size=(80, 80))) > 0
        window.viewer.change(color_by=name, groups=())
        hand.settle(0.1)
        hand.click(640, 400)
        assert window.faults.count == 0, f"{name}: {window.panels.toast}"


def test_a_hundred_thousand_classes(open_window, make_tour, tmp_path):
    n = 100_000
    names = pd.Categorical([f"class {k}" for k in range(n)])
    make_tour(layers(n, 3), attributes=pd.DataFrame({"name": names})).save(tmp_path / "a.tour")
    window, hand = open_window(engine.load(tmp_path / "a.tour"), view=View(color_by="name"))
    window.panels.legend_open = True
    hand.settle(0.1)
    window.panels.search = "class 99999"
    hand.settle(0.1)
    assert len(window.viewer.coloring.names) == n
    assert window.faults.count == 0, window.panels.toast

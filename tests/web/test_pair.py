"""Two tours on one page: the second follows the first through the rotation that lays it best upon it."""

from dataclasses import replace

import numpy as np

import engine
from engine.motion.rotation import random_frame
from engine.tour.view import View
from engine.web.contents import contents

from .pages import settle, show

SIZE = (500, 300)


def test_the_second_follows_through_the_alignment(browser, small_tour, make_tour, rng, tmp_path):
    turn = np.linalg.qr(rng.standard_normal((15, 15)))[0]
    other = make_tour(
        [layer.points @ turn + 0.2 * rng.standard_normal(layer.points.shape) for layer in small_tour.layers],
        attributes=small_tour.attributes,
        name="other",
    )
    browser.open(engine.export(small_tour, other, out=tmp_path / "site").as_uri())
    browser.ready()
    assert contents(small_tour, other).manifest["alike"] == [0, 1, 2, 3]  # layers of the same names
    frame = random_frame(rng, 15)
    view = View(layer=0, frame=frame, color_by="kind")
    seen = {}
    for aligned in (True, False):
        show(browser, view, size=list(SIZE))
        settle(browser, 0.9)
        seen[aligned] = browser.picture(SIZE).astype(int)
        browser.run("document.activeElement.blur()")
        browser.key("a")
    left = engine.snapshot(small_tour, view=view, size=(250, 300))[..., :3].astype(int)
    fit = engine.procrustes(other.aligned(0), small_tour.aligned(0))
    for aligned, shown in ((True, fit.rotation @ frame), (False, frame)):
        right = engine.snapshot(other, view=replace(view, frame=shown), size=(250, 300))[..., :3].astype(int)
        for pane, wanted in ((seen[aligned][:, :250], left), (seen[aligned][:, 250:], right)):
            assert (np.abs(pane - wanted).max(axis=-1) > 8).mean() < 0.005, aligned
    browser.run("await umapTour.set({ chrome: true, size: null })")
    assert "Align" in browser.run("return document.querySelector('.compare').innerText")
    matrix = engine.similarity(small_tour, other)
    assert f"{matrix[0, 0]:.3f}" in browser.run("return document.querySelector('.compare strong').innerText")
    assert browser.console() == []

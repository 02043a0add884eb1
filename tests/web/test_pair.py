"""Two tours on one page: the second follows the first through the rotation that lays it best upon it."""

from dataclasses import replace

import numpy as np

import engine
from engine.motion.rotation import random_frame
from engine.tour.view import View
from engine.web.contents import contents

from .pages import ink, settle, show

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


def test_a_comparison_opens_and_turns_with_both_figures_framed(browser, small_tour, make_tour, tmp_path):
    """The second figure is slim as long as it is not turned onto the first: such a camera is much too close then."""
    layers = [each.points[:, ::-1] for each in small_tour.layers]
    other = make_tour(layers, attributes=small_tour.attributes, name="other")
    browser.open(engine.export(small_tour, other, out=tmp_path / "site").as_uri() + '#{"playing":false}')
    pane = (641, 0, 1280, 800)

    def sides(times):
        """How wide and high the second figure is, some times; none of it is cut off."""
        found = []
        for _ in range(times):
            left, top, right, bottom = ink(browser, pane)
            assert left > pane[0] and top > 0 and right < pane[2] and bottom < pane[3]
            found.append((right - left, bottom - top))
        return np.array(found)

    browser.ready()
    first = sides(4)
    assert np.ptp(first, axis=0).max() < 0.05 * first.max()  # neither turned nor framed only after it was seen
    settle(browser, 1.5)
    assert np.abs(sides(1) - first[-1]).max() < 0.1 * first.max()
    for _ in range(2):
        browser.key("a")
        turned = sides(16)
        assert np.ptp(turned, axis=0).max() > 0.06 * first.max()
    assert browser.console() == []


def test_a_page_asks_for_no_layer_but_those_that_it_opens_with(browser, small_tour, host, tmp_path):
    address = engine.export(small_tour, out=tmp_path / "site").parent
    browser.open(host(address))
    browser.ready()
    browser.run("await umapTour.set({ playing: false })")
    layer = round(browser.run("return umapTour.view().layer"))
    asked = [each.split("/")[-1] for each in browser.requests() if "-layer-" in each]
    assert layer != 0 and asked == [f"a-layer-{layer:03}.js"]

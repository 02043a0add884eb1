"""The page's figure fills what panels leave free, as the window's does; and what a page opens with."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import engine
from engine.motion.camera import Camera
from engine.motion.framing import Area
from engine.motion.rotation import random_frame
from engine.tour.matching import matched
from engine.tour.view import SavedView, View
from engine.viewer.opening import opening_view
from engine.viewer.pair import layer_like
from engine.viewer.viewer import Viewer
from engine.web.contents import contents

from .pages import rest, settle, show, until, view_of

FREE = (240, 64, 60, 72)  # left, top, right, bottom of a page of 1280 x 800, in pixels, as in the window


def pixels(tour, view, size=(1280, 800)):
    """Where the points of a page's view are, (n, 2)."""
    camera = Camera(tuple(view["center"]), view["zoom"])
    points = tour.aligned(round(view["layer"])) @ np.array(view["frame"])[:, :2]
    return camera.to_pixels(points, size=size, radius=tour.layers[round(view["layer"])].placement.radius)


def filled(tour, view):
    """How much of the free area's limiting side the box of all points takes, and whether it keeps within."""
    shown = pixels(tour, view)
    low, high = shown.min(axis=0), shown.max(axis=0)
    free = np.array([1280 - FREE[0] - FREE[2], 800 - FREE[1] - FREE[3]])
    inside = (low > (FREE[0], FREE[1])).all() and (high < (1280 - FREE[2], 800 - FREE[3])).all()
    return ((high - low) / free).max(), inside


def test_a_page_opens_with_what_says_most_in_the_free_area(browser, site, small_tour):
    browser.open(site)
    browser.ready()
    browser.run("await umapTour.set({ playing: false })")
    view, wanted = view_of(browser), opening_view(small_tour)
    assert (view["layer"], view["color_by"], view["fit"]) == (wanted.layer, wanted.color_by, True)
    assert [(each["name"], each["points"]) for each in view["handles"]] == [
        (each.name, list(each.points)) for each in wanted.handles
    ]
    rest(browser)
    share, inside = filled(small_tour, view_of(browser))
    assert inside and 0.75 < share < 0.95  # what stands out of a point beyond its place is in it too
    browser.drag((640, 400), (800, 500))
    assert view_of(browser)["fit"] is False
    browser.key("r")
    assert until(browser, "umapTour.view().fit")
    rest(browser)
    assert view_of(browser)["fit"] is True
    assert filled(small_tour, view_of(browser)) == pytest.approx((share, True), abs=0.02)
    browser.key("j")
    assert until(browser, f"umapTour.view().layer === {wanted.layer + 1}")
    rest(browser)
    share, inside = filled(small_tour, view_of(browser))
    assert inside and 0.75 < share < 0.95


def test_many_points_alone_are_framed_as_in_the_window(browser, make_tour, rng, tmp_path):
    """The page's points are a little off the window's, and those that stand for them are the same all the same."""
    layers = [scale * rng.standard_normal((7000, 15)) ** 3 for scale in (1.0, 2.0)]
    tour = make_tour(layers)
    browser.open(engine.export(tour, out=tmp_path / "site").as_uri())
    browser.ready()
    for layer, selected in ((0, range(6000)), (0.3, range(500, 7000)), (1, range(0, 7000, 3))):
        view = View(layer=layer, frame=random_frame(rng, 15), isolate=True, selected=selected, fit=True)
        show(browser, view, size=[800, 600])
        seen = view_of(browser)
        viewer = Viewer.of(tour, view)
        viewer.show_on(Area((800.0, 600.0)))
        apart = Camera(seen["center"], seen["zoom"]).to_pixels(CORNERS, size=(800, 600))
        apart -= viewer.camera.to_pixels(CORNERS, size=(800, 600))
        assert np.abs(apart).max() < 0.1


CORNERS = np.array([[-0.2, -0.2], [0.2, 0.2]])  # in radii


def test_the_first_saved_view_is_what_a_page_opens_with(browser, small_tour, tmp_path):
    small_tour.views[:] = [SavedView("first", View(layer=3, color_by="size", zoom=2.5, center=(0.1, 0.2)))]
    browser.open(engine.export(small_tour, out=tmp_path / "site").as_uri())
    browser.ready()
    view = view_of(browser)
    assert (view["layer"], view["color_by"], view["zoom"], view["center"]) == (3, "size", 2.5, [0.1, 0.2])
    assert browser.run("return document.querySelector('.opening h1').textContent") == "small"


def test_a_figure_is_followed_while_the_tour_turns(browser, site, small_tour):
    browser.open(site)
    browser.ready()
    browser.run("await umapTour.set({ playing: true, speed: 40 })")
    scales = []
    for _ in range(8):
        settle(browser, 0.5)
        view = view_of(browser)
        share, _ = filled(small_tour, view)
        assert view["fit"] and share > 0.6
        scales.append(np.log(view["zoom"]))
    assert np.ptp(scales) > 1e-3


TOURING = """
const [{ Tour }, { Viewer }, { foresee }, { Area }] = await Promise.all(
  ["tour", "viewer/viewer", "viewer/foresight", "motion/framing"].map((name) => import(`/${name}.js`)));
const [manifest, pieces, frame, kind] = given;
const source = async (piece) => Uint8Array.from(pieces[piece]);
const viewer = new Viewer(new Tour(manifest.tours[0], manifest, source, () => {}, (error) => { throw error; }));
const area = new Area([800, 600], [100, 50, 50, 100]);
viewer.showOn(area);
await viewer.show({ ...viewer.tour.opening, frame, layer: 0, fit: true });
viewer.setKind(kind);
viewer.playing = true;
const filled = [];
for (let k = 0; k < 1800; k++) {
  foresee([viewer], 1 / 30);
  viewer.advance(1 / 30);
  const unit = viewer.camera.pixelsPerRadius(area.size), { half } = viewer.framer.figure(viewer.seen());
  filled.push(Math.max(...half.map((each, side) => (2 * each * unit) / area.free[side])));
}
return filled;
"""


@pytest.mark.parametrize(("kind", "tilt"), [("guided", 0.05), ("grand", 0.01), ("grand", -0.1)])
def test_a_tour_waits_for_the_figure_that_comes(browser, modules, make_tour, rng, kind, tilt):
    """A line that is seen all but end on is many times as long a moment later: the page's own code, for a minute."""
    axes = np.linalg.qr(rng.standard_normal((15, 4)))[0]
    points = np.linspace(-3.0, 3.0, 60)[:, None] * axes[:, 0] + 1e-6 * rng.standard_normal((60, 15))
    tour = make_tour([points], attributes=pd.DataFrame({"kind": pd.Categorical(np.repeat(["a", "b"], 30))}))
    what = contents(tour)
    pieces = {name: list(piece()) for name, piece in what.pieces.items() if "regions" not in name}
    frame = axes[:, 1:] + tilt * axes[:, :1] * (1.0, 0.5, 0.0)
    frame = np.linalg.qr(tour.layers[0].placement.rotation.T @ frame)[0]
    browser.open(f"{modules}index.html")
    filled = np.array(browser.run(TOURING, what.manifest, pieces, frame.tolist(), kind))
    assert filled.max() <= 1.0
    assert np.ptp(filled) > 0.05  # the figure did change


def test_a_view_that_says_where_it_looks_from_is_not_framed(browser, site):
    browser.open(site)
    browser.ready()
    browser.run("await umapTour.set({ playing: false, frame: null })")
    view = view_of(browser)
    assert (view["fit"], view["zoom"], view["center"]) == (False, 1, [0, 0])
    browser.run("await umapTour.set({ zoom: 3 })")
    assert view_of(browser)["zoom"] == 3
    browser.run("await umapTour.set({ fit: true })")
    assert view_of(browser)["fit"] is True and view_of(browser)["zoom"] != 3


def test_of_two_tours_each_keeps_its_own_figure_in_view(browser, small_tour, rng, make_tour, tmp_path):
    layers = [3.0 * each.points + 5.0 * rng.standard_normal(each.points.shape) for each in small_tour.layers]
    other = make_tour(layers, attributes=small_tour.attributes, name="other")
    browser.open(engine.export(small_tour, other, out=tmp_path / "site").as_uri())
    browser.ready()
    size = (500, 300)
    view = View(layer=1, color_by="kind", fit=True)
    show(browser, view, size=list(size))
    browser.key("a")  # not aligned, so that the frame of the second is that of the first
    settle(browser, 1.5)
    browser.run("await umapTour.set(given[0])", view.to_json())
    seen = browser.picture(size).astype(int)
    for tour, pane in ((small_tour, seen[:, :250]), (other, seen[:, 250:])):
        layer = 1 if tour is small_tour else layer_like(matched(small_tour, other), 1)
        wanted = engine.snapshot(tour, view=replace(view, layer=layer), size=(250, 300))[..., :3].astype(int)
        assert (np.abs(pane - wanted).max(axis=-1) > 8).mean() < 0.01

"""Who asks for less motion gets cuts: nothing moves by itself, places are reached at once, a tour goes in steps."""

import numpy as np
import pytest

from engine.tour.view import SavedView, View

from .pages import until

SEEN = """
const views = [], end = performance.now() + 1000 * given[0];
while (performance.now() < end) {
  await new Promise(requestAnimationFrame);
  const { layer, frame, zoom, center } = umapTour.view();
  views.push(JSON.stringify([layer, frame, zoom, center]));
}
return [...new Set(views)].map((each) => JSON.parse(each));
"""


@pytest.fixture
def calm(browser, small_tour, tmp_path):
    """The page of a tour with a story, for who prefers less motion."""
    import engine

    frame = np.eye(15, 3)
    small_tour.views[:] = [SavedView(f"scene {k}", View(layer=k, frame=np.roll(frame, k, 0), fit=True)) for k in (1, 3)]
    address = engine.export(small_tour, out=tmp_path / "site").as_uri()

    def prefers(value):
        feature = {"name": "prefers-reduced-motion", "value": value}
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    prefers("reduce")
    browser.open(address)
    browser.ready()
    yield browser
    prefers("")


def test_nothing_moves_by_itself_and_every_place_is_reached_at_once(calm):
    assert len(calm.run(SEEN, 0.6)) == 1
    calm.key("j")
    seen = calm.run(SEEN, 0.6)
    assert {each[0] for each in seen} <= {1, 2} and seen[-1][0] == 2  # no frame of the way
    calm.drag((640, 400), (700, 440))
    calm.key("r")
    assert len(calm.run(SEEN, 0.6)) <= 2 and calm.run("return umapTour.view().fit")
    calm.key("b")
    assert until(calm, "document.querySelectorAll('.scene').length") == 2
    calm.run("document.querySelectorAll('.scene')[1].click()")
    seen = calm.run(SEEN, 0.8)
    assert len(seen) <= 3 and seen[-1][0] == 3
    assert np.abs(np.array(seen[-1][1]) - np.roll(np.eye(15, 3), 3, 0)).max() < 1e-6
    calm.key("l")  # through the layers, from the first on
    seen = calm.run(SEEN, 5)
    assert {each[0] for each in seen} <= {0, 1, 2, 3} and len(seen) >= 2
    assert calm.console() == []


def test_a_tour_that_is_played_goes_on_in_steps(calm):
    calm.key(" ")
    seen = calm.run(SEEN, 5)
    assert 2 <= len(seen) <= 5
    first, last = (np.array(each[1])[:, :2] for each in (seen[0], seen[-1]))
    assert np.linalg.norm(first.T @ last, 2) > 0.5 and np.abs(first - last).max() > 0.01
    calm.key(" ")
    assert len(calm.run(SEEN, 0.6)) <= 2
    assert calm.console() == []

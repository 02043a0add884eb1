"""A story in the page: a caption leaves the figure its room and goes with its view; a click goes on from elsewhere."""

import pytest

import engine
from engine.motion.rotation import random_frame
from engine.tour.view import SavedView, View

from .pages import ink, rest, until

SHOWN = "document.querySelector('.told:not([hidden])')?.textContent"
LONG = "What the first layers see of a picture, its strokes and its colours, and nothing of what it shows. " * 3
BOX = "const box = document.querySelector(given[0]).getBoundingClientRect(); return [box.top, box.bottom]"


@pytest.fixture
def told(browser, small_tour, rng, tmp_path):
    """Opens a page with a story, its panel open."""
    frame = random_frame(rng, 15)  # of both: flights are short
    first, second = (View(layer=k, frame=frame, color_by="kind", fit=True) for k in range(2))
    small_tour.views[:] = [SavedView("First of all.", first), SavedView(LONG, second), SavedView("Then.", second)]
    address = engine.export(small_tour, out=tmp_path / "site").as_uri()

    def begin(size):
        browser.open(address, size=size)
        browser.ready()
        browser.run("await umapTour.set({ playing: false })")
        browser.key("b")
        assert until(browser, "document.querySelectorAll('.scene').length") == 3
        return browser

    return begin


def scene(browser, k):
    browser.run("document.querySelectorAll('.scene')[given[0]].click()", k)


def framed(browser, views, k, caption):
    """Go to a scene and have it framed as it will be once the camera rests; where its caption begins and ends."""
    scene(browser, k)
    assert until(browser, SHOWN) == caption
    view = views[k].view.to_json()
    browser.run("await umapTour.set(given[0])", {name: view[name] for name in ("layer", "frame", "fit")})
    return browser.run(BOX, ".told")


@pytest.mark.parametrize("size", [(800, 600), (390, 844)])
def test_a_caption_takes_its_room_from_the_figure(told, small_tour, size):
    browser = told(size)
    tops = []
    for k, caption in ((1, LONG), (2, "Then.")):
        top, bottom = framed(browser, small_tour.views, k, caption)
        tops.append(top)
        assert bottom - top > 80 or k == 2  # several lines of it
        over = browser.run(BOX, ".story")[1] if size[0] < 640 else 56  # what the figure is under, else the toolbar
        _, high, _, low = ink(browser)
        assert over + 8 < high and low < top - 8
        assert high + low == pytest.approx(over + top, abs=8)  # in the middle each time
    assert tops[1] > tops[0] + 40
    assert browser.console() == []


def test_a_flight_to_a_view_leads_to_what_its_caption_leaves(told):
    """From where a hand has moved it, the camera flies there, and nothing eases after that."""
    browser = told((1280, 800))
    browser.drag((640, 400), (700, 450))
    assert browser.run("return umapTour.view().fit") is False
    scene(browser, 1)
    zooms = browser.run(
        "const zooms = []; for (let k = 0; k < 40; k++) { await new Promise(requestAnimationFrame);"
        "zooms.push([performance.now(), umapTour.view().zoom]); } return zooms"
    )
    begun, last = zooms[0][0], zooms[-1][1]
    assert all(abs(zoom / last - 1) < 0.005 for time, zoom in zooms if time - begun > 1500)


def test_a_caption_leaves_with_its_view(told):
    browser = told((1280, 800))
    for leave in (
        lambda: browser.key("j"),
        lambda: browser.run("document.querySelector('.legend [data-row]').click()"),
        lambda: browser.run("umapTour.select([1, 2, 3])"),
        lambda: browser.drag((640, 400), (700, 450), (1100, 450)),
    ):
        browser.key("r")
        scene(browser, 1)
        assert until(browser, SHOWN) == LONG
        rest(browser)
        browser.drag((640, 400), (645, 402), (650, 404))  # a little aside, and as a whole it is still what was told of
        browser.key("t")
        rest(browser)
        assert browser.run(f"return {SHOWN}") == LONG
        leave()
        assert until(browser, f"!{SHOWN}")
        assert until(browser, "!document.querySelector('.scene.on')")
    assert browser.console() == []


def test_a_story_goes_on_from_the_scene_that_is_clicked(told):
    browser = told((1280, 800))
    browser.run("document.querySelector('.story [aria-label=\"Play the story\"]').click()")
    assert until(browser, SHOWN) == "First of all."
    scene(browser, 2)
    assert until(browser, SHOWN) == "Then."
    bars = "[...document.querySelectorAll('.progress b')].map((each) => parseFloat(each.style.width || 0))"
    assert until(browser, f"{bars}[2] > 5")
    assert browser.run(f"return {bars}")[:2] == [0, 0]
    assert until(browser, "!document.querySelector('.story .icon.on')")  # played to its end
    assert browser.run(f"return {SHOWN}") == "Then."
    browser.run("document.querySelector('.story [aria-label=\"Play the story\"]').click()")
    assert until(browser, SHOWN) == "First of all."  # there is nothing after the last
    assert browser.console() == []

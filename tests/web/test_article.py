"""An article in a real browser: it flies from scene to scene as one scrolls, and prints."""

import numpy as np

import engine
from engine.tour.view import SavedView, View

from .pages import EVIL, rest, settle, until, view_of


def test_an_article_flies_from_scene_to_scene_as_one_scrolls(browser, small_tour, frame, tmp_path):
    small_tour.views[:] = [
        SavedView("First, from the front.", View(color_by="kind")),
        SavedView("Then *another* layer.", View(layer=2, frame=frame, zoom=2.0, color_by="size")),
    ]
    browser.open(engine.export(small_tour, out=tmp_path / "site", article=True).as_uri())
    card = "getComputedStyle(document.querySelector('#tour .opening')).display"
    assert until(browser, "document.querySelector('#tour .opening')") and browser.run(f"return {card}") == "none"
    browser.ready()  # and not only now
    settle(browser, 0.3)
    assert view_of(browser)["layer"] == 0
    assert browser.run("return document.querySelector('section.read').textContent.trim()") == "First, from the front."
    browser.run("document.querySelectorAll('#article section')[1].scrollIntoView()")
    assert until(browser, "umapTour.view().layer === 2")
    rest(browser)
    view = view_of(browser)
    assert (view["layer"], view["zoom"], view["color_by"]) == (2, 2.0, "size")
    assert np.abs(np.array(view["frame"]) - frame).max() < 1e-9
    assert browser.console() == []


def test_an_article_prints_a_picture_of_every_section(browser, small_tour, tmp_path):
    """Drawn where its layer is there; else the one that came with the page, as where nothing is drawn at all."""
    small_tour.views[:] = [SavedView(f'"{EVIL} {k}', View(layer=k, color_by="kind")) for k in (0, 1, 3)]
    index = engine.export(small_tour, out=tmp_path / "site", article=True)
    browser.open(index.as_uri())
    browser.ready()
    settle(browser, 0.3)
    browser.driver.execute_cdp_cmd("Page.printToPDF", {})
    stills = "[...document.querySelectorAll('#article section > .still')]"
    kinds = browser.run(f"return {stills}.map((each) => each.tagName)")
    assert (kinds[0], kinds[2]) == ("CANVAS", "IMG")
    drawn = browser.run(
        f"const [{{ width, height }}, , last] = {stills}; const copy = new OffscreenCanvas(width, height);"
        f"const context = copy.getContext('2d'); context.drawImage({stills}[0], 0, 0);"
        "last.loading = 'eager'; await last.decode();"
        "const colours = new Set(new Uint32Array(context.getImageData(0, 0, width, height).data.buffer));"
        "return [colours.size, width, last.naturalWidth]"
    )
    assert drawn[0] > 10 and drawn[1:] == [1920, 960]
    assert browser.run("return window.hacked ?? null") is None
    index.write_text(index.read_text().replace('{"version":1', '{"version":2'))
    browser.open(index.as_uri())
    browser.run("await new Promise((done) => setTimeout(done, 300))")
    assert browser.run(f"return {stills}.every((each) => each.offsetHeight > 100 && each.naturalWidth === 960)")
    page = engine.export(small_tour, out=tmp_path / "one.html", article=True, single_file=True).read_text()
    assert page.count('src="data:image/webp;base64,') == 3

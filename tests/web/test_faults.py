"""What a page says where something is wrong: with what it is asked for, with its files, with the browser."""

import pytest

import engine
from engine.viewer.opening import opening_view

from .pages import settle, view_of


def test_what_no_view_has_is_refused(page):
    for wrong, complaint in (
        ({"layer": 9}, "no layer 9"),
        ({"zooom": 2}, 'no "zooom"'),
        ({"color_by": "sort"}, 'no attribute "sort"'),
        ({"selected": [60]}, "points 0 to 59, not 60"),
        ({"frame": [[1, 0, 0]] * 15}, "orthonormal"),
    ):
        with pytest.raises(RuntimeError, match=complaint):
            page.run("await umapTour.set(given[0])", wrong)


WORDS = {
    "set()": "a view is a table of values, not undefined",
    "set([])": "a view is a table of values, not []",
    "set({ zooom: 1 })": 'a view has no "zooom"',
    "set({ layer: null })": "small has no layer null",
    "set({ frame: 5 })": "a frame is rows of numbers, not 5",
    "set({ zoom: 0 })": "zoom is above 0, not 0",
    "set({ opacity: 'half' })": 'opacity is a number from 0.02 to 1, not "half"',
    "set({ center: [NaN, 0] })": "center is two numbers, not [null,0]",
    "set({ mode: 'cubes' })": 'mode is one of dots, images, not "cubes"',
    "set({ density: 1 })": "density is true or false, not 1",
    "set({ playing: 'no' })": 'playing is true or false, not "no"',
    "set({ groups: ['a'] })": 'groups is a list of class numbers, not ["a"]',
    "set({ handles: [null] })": "a handle has a name and points, or a row of an attribute; not null",
    "set({ size: [0, 9] })": "size is two whole numbers of pixels from 1 to 8192, or null; not [0,9]",
    "set({ speed: -1 })": "speed is a number from 0 to 40, not -1",
    "select('abc')": 'points are a list of row numbers, not "abc"',
    "select([1.5])": "small has points 0 to 59, not 1.5",
}


def test_what_no_view_may_say_is_refused_in_words(page):
    before = view_of(page)
    for call, said in WORDS.items():
        assert page.run(f"try {{ await umapTour.{call} }} catch (error) {{ return error.message }}") == said, call
        assert view_of(page) == before, call


def test_a_handle_of_a_class_that_is_not_there_has_no_points(page):
    """Whatever number an address gives it: it is no size of anything."""
    handles = [{"name": str(row), "attribute": "kind", "row": row} for row in (-1, 1, 99, 2**53 - 1)]
    page.run("await umapTour.set({ handles: given[0] })", handles)
    counts = [len(each["points"]) for each in view_of(page)["handles"]]
    assert counts[1] > 0 and counts[:1] + counts[2:] == [0, 0, 0]


@pytest.mark.parametrize("fault", ["missing", "short", "other version"])
def test_a_page_that_is_not_whole_says_so(browser, small_tour, tmp_path, fault):
    index = engine.export(small_tour, out=tmp_path / "site")
    shown = opening_view(small_tour).layer
    layer = index.parent / "data" / f"a-layer-{shown:03}.js"
    if fault == "missing":
        layer.unlink()
    elif fault == "short":
        layer.write_text(layer.read_text()[:-60] + '");\n')
    else:
        index.write_text(index.read_text().replace('{"version":1', '{"version":2'))
    browser.open(index.as_uri())
    with pytest.raises(
        RuntimeError,
        match={"missing": "is missing", "short": "is not whole", "other version": "version 1, not 2"}[fault],
    ):
        browser.ready()
    assert browser.run("return document.querySelector('.message').offsetHeight > 0")


def test_a_layer_that_is_missing_is_told_of_when_one_goes_there(browser, small_tour, tmp_path):
    index = engine.export(small_tour, out=tmp_path / "site")
    shown = int(opening_view(small_tour).layer)
    other = shown - 1 if shown else 1
    (index.parent / "data" / f"a-layer-{other:03}.js").unlink()
    browser.open(index.as_uri())
    browser.ready()
    browser.key("k" if shown else "j")
    settle(browser, 0.5)
    assert f"a-layer-{other:03}.js is missing" in browser.run("return document.querySelector('.message').textContent")
    with pytest.raises(RuntimeError, match="is missing"):
        browser.run("await umapTour.set({ layer: given[0] })", other)


def test_a_browser_without_webgl2_is_told(browser, site):
    script = "HTMLCanvasElement.prototype.getContext = () => null"
    added = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        browser.open(site)
        with pytest.raises(RuntimeError, match="no WebGL2"):
            browser.ready()
    finally:
        browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)

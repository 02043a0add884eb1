"""Careless hands: Esc in the middle of a gesture, other buttons, the keyboard alone; no control is covered."""

import pytest

import engine
from engine.tour.view import SavedView, View

from .pages import rest, until, view_of

COVERED = """
return [...document.querySelectorAll('.panels button, .panels input, .panels select')].filter((each) => {
  const box = each.getBoundingClientRect(), [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  if (!each.checkVisibility({ visibilityProperty: true })) return false;
  if (each.closest('.rows, .scenes, .sheet, .bars, .card, .gone')) return false;
  const top = document.elementFromPoint(x, y);
  return top && !each.contains(top) && !top.contains(each);
}).map((each) => each.ariaLabel ?? each.textContent)
"""


def press(browser, key, code):
    """A key that has no character."""
    for kind in ("keyDown", "keyUp"):
        event = {"type": kind, "key": key, "windowsVirtualKeyCode": code, "text": "\r" if key == "Enter" else ""}
        browser.driver.execute_cdp_cmd("Input.dispatchKeyEvent", event)


def test_a_gesture_is_left_by_escape(page):
    page.key("f")
    page.hand({"type": "mousePressed", "x": 300, "y": 100}, {"type": "mouseMoved", "x": 1000, "y": 700})
    assert page.run("return document.querySelector('.lasso').getAttribute('points')")
    press(page, "Escape", 27)
    assert page.run("return document.querySelector('.lasso').getAttribute('points')") == ""
    page.hand({"type": "mouseReleased", "x": 1000, "y": 700})
    assert page.run("return umapTour.selection()") is None
    page.drag((300, 100), (1000, 700))
    assert page.run("return umapTour.selection().length") > 10
    assert page.console() == []


def test_other_buttons_of_the_mouse_do_nothing(page):
    before = view_of(page)
    for button in ("right", "middle"):
        page.hand(*({"type": kind, "x": x, "y": 400, "button": button} for kind, x in [
            ("mousePressed", 640), ("mouseMoved", 800), ("mouseReleased", 800)]))  # fmt: skip
    assert view_of(page) == before
    assert page.run("return document.querySelector('.card').hidden")


def test_what_a_page_says_is_taken_away(page):
    for away in ("document.querySelector('.message').click()", ""):
        page.run("location.hash = given[0]", f"#{len(away)}")
        assert until(page, "!document.querySelector('.message').hidden")
        page.run(away) if away else press(page, "Escape", 27)
        assert page.run("return document.querySelector('.message').hidden")


def test_the_keyboard_alone_goes_on_and_works_handles(page):
    page.run("await umapTour.set({ handles: [{ name: 'some', points: [1, 2, 3] }] })")
    press(page, "Tab", 9)
    assert page.run("return document.activeElement.tagName") == "CANVAS"
    press(page, "Tab", 9)
    assert page.run("return document.activeElement.ariaLabel") == "Handle some; drag it"
    assert page.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    press(page, "Enter", 13)
    assert until(page, "document.querySelector('.disc.on') !== null")
    for key, code, name in (("Escape", 27, "some"), ("Enter", 13, "another")):
        rest(page)  # what stands at the handles may be made anew with a frame
        page.run("document.querySelector('.pill').dispatchEvent(new MouseEvent('dblclick'))")
        page.driver.switch_to.active_element.send_keys("another")
        press(page, key, code)
        assert until(page, "document.querySelector('.rename') === null")
        assert [each["name"] for each in view_of(page)["handles"]] == [name]
    assert page.console() == []


@pytest.mark.parametrize(("size", "two"), [((800, 600), False), ((1280, 800), True), ((800, 600), True)])
def test_no_panel_covers_what_another_one_has_to_press(browser, pictured, make_tour, rng, tmp_path, size, two):
    pictured.views[:] = [SavedView("First of all.", View(color_by="kind")), SavedView("Then.", View(layer=2))]
    layers = [each.points + rng.standard_normal(each.points.shape) for each in pictured.layers]
    other = make_tour(layers, attributes=pictured.attributes, name="other") if two else None
    browser.open(engine.export(pictured, other, out=tmp_path / "site").as_uri(), size=size)
    browser.ready()
    for do in (
        "document.querySelector('.toolbar [aria-label=Story]').click()",
        "document.querySelectorAll('.scene')[1].click()",
        "umapTour.select([1, 2, 3, 4, 5])",
        "document.querySelector('.toolbar [aria-label=\"List of points\"]').click()",
        "document.querySelectorAll('.sheet button')[1].click()",
        "document.querySelector('.toolbar [aria-label=Story]').click()",
    ):
        browser.run(f"{do}; await new Promise((done) => setTimeout(done, 300))")
        assert browser.run(COVERED) == [], do
    assert browser.console() == []

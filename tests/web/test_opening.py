"""What a visitor sees first: the story's card, or a line of help."""

from dataclasses import replace

import pandas as pd
import pytest

import engine
from engine.tour.view import SavedView, View

from .pages import ink, until

PHONE = (390, 844)


def test_the_card_at_the_beginning_plays_the_story(browser, small_tour, tmp_path):
    small_tour.views[:] = [SavedView("First of all.", View(color_by="kind")), SavedView("Then.", View(layer=2))]
    browser.open(engine.export(small_tour, out=tmp_path / "site").as_uri(), size=PHONE, mobile=True)
    browser.ready()
    browser.run("document.querySelector('.opening .accent').click()")
    told = "document.querySelector('.told:not([hidden])')?.innerText"
    assert until(browser, told) == "First of all."
    assert until(browser, f"{told} === 'Then.'")  # after a flight and the time to read
    assert browser.console() == []


@pytest.mark.parametrize("named", [True, False])
def test_the_line_of_help_speaks_of_names_where_there_are_any(browser, small_tour, named, tmp_path):
    tour = small_tour if named else replace(small_tour, attributes=small_tour.attributes[[]])
    browser.open(engine.export(tour, out=tmp_path / "site").as_uri())
    browser.ready()
    line = browser.run("return document.querySelector('.hint').innerText")
    assert ("Drag a name" in line) == named and "? for more" in line


def test_a_folded_legend_of_very_many_classes_leaves_a_phone_its_figure(browser, make_tour, rng, tmp_path):
    names = pd.Categorical([f"kind {k % 300}" for k in range(900)])
    tour = make_tour([rng.standard_normal((900, 5))], attributes=pd.DataFrame({"kind": names}))
    browser.open(engine.export(tour, out=tmp_path / "site").as_uri(), size=PHONE, mobile=True)
    browser.ready()
    assert browser.run("return document.querySelectorAll('.rows.folded button').length") > 100  # which scroll
    assert browser.run("return document.querySelector('.legend').getBoundingClientRect().bottom") < 0.3 * PHONE[1]
    left, top, right, bottom = ink(browser)
    assert right - left > 0.6 * PHONE[0] and top < PHONE[1] / 2 < bottom

"""Finding points in the page as in the window: words, classes by their attribute and name; what points are called."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import engine
from engine.tour.search import NONE, TextIndex

from .pages import until

TEXTS = ["digit 1", "digit: 1", "digit:1", "Digit=1", " digit  1 ", "1", "digit", "digit 9", "dog", "kind wild dog",
         "kind: dog wild", "kind dog", "2001", "200", "year 2001", "year: 200", "none", "kind none", "c/",
         "mutt.png", "file mutt"]  # fmt: skip


@pytest.fixture
def named(make_tour, rng):
    attributes = pd.DataFrame(
        {
            "kind": pd.Categorical(["Wild Dog", "dog", None, "cat", "cat", "Wild Dog"]),
            "breed": pd.Categorical([None, "beagle", None, "angora", "manx", "dingo"]),
            "digit": pd.Categorical(["1", "10", "21", "1", "2", "3"]),
            "year": pd.Categorical([2001, 2002, 2001, 2010, 2010, 2010]),
            "prediction": pd.Categorical([f"guess {k}" for k in range(6)]),
            "path": ["a/dog1.png", "b/cat.png", "c/1.png", "", "hot-dog", "dogma"],
            "file": [f"/photos/{name}.png" for name in ("mutt-1", "2", "3", "smutty", "5", "mutt")],
            "weight": np.arange(6.0),
        }
    )
    return make_tour([rng.standard_normal((6, 5)) for _ in range(2)], attributes=attributes)


def test_the_page_finds_what_the_window_finds(browser, named, tmp_path):
    browser.open(engine.export(named, out=tmp_path / "site").as_uri())
    browser.ready()
    browser.key("w")
    browser.key("/")
    files = [Path(each).name for each in named.attributes["file"]]  # a page knows no folders
    index = TextIndex(replace(named, attributes=named.attributes.assign(file=files)))
    for text in TEXTS:
        ranks = index.ranks(text)
        wanted = int((ranks < NONE).sum())
        browser.run(
            "const field = document.querySelector('.popover [type=search]'); field.value = given[0];"
            "field.dispatchEvent(new Event('input'))",
            text,
        )
        assert until(browser, f"document.querySelector('.popover p').textContent === '{wanted} of 6'", 5), text
        best_first = ",".join(str(k) for k in np.argsort(ranks, kind="stable") if ranks[k] < NONE)
        numbers = "[...document.querySelectorAll('.sheet button')].map((each) => each.title.split('#')[1]).join()"
        assert until(browser, f"{numbers} === '{best_first}'", 5), (text, browser.run(f"return {numbers}"))
    assert browser.console() == []


def test_points_are_called_by_their_finest_class(browser, named, tmp_path):
    """By a coarser one where that is missing; what the network takes them for is no name where there is another."""
    attributes = named.attributes.drop(columns=["digit", "year", "path"])
    for kept, wanted in [
        (["kind", "breed", "prediction"], ["Wild Dog", "beagle", "guess 2", "angora", "manx", "dingo"]),
        (["kind", "weight"], ["Wild Dog", "dog", "", "cat", "cat", "Wild Dog"]),
    ]:
        tour = replace(named, attributes=attributes[kept])
        browser.open(engine.export(tour, out=tmp_path / "site").as_uri())
        browser.ready()
        browser.key("w")
        names = "[...document.querySelectorAll('.sheet button')].map((each) => each.title.replace(/ ?#\\d$/, ''))"
        assert until(browser, f"{names}.join() === '{','.join(wanted)}'"), browser.run(f"return {names}")
        browser.run("document.querySelector('.sheet button').click()")
        assert until(browser, "document.querySelector('.card strong').textContent === 'Wild Dog'")
        facts = browser.run("return [...document.querySelectorAll('.card dt')].map((each) => each.textContent)")
        assert facts == [each for each in kept if each != "kind"]
    assert browser.console() == []

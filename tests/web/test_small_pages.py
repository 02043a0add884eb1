"""Small pages: whatever is open each figure keeps its room, panels stand side by side, and what folds comes back."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import engine
from engine.tour.view import SavedView, View

from .pages import ink, settle, until

PHONE = (390, 844)
BUTTONS = {
    "legend": ".legend > header .icon",
    "story": ".toolbar [aria-label=Story]",
    "drawer": ".toolbar [aria-label^=List]",
    "matrix": ".toolbar [aria-label^=Compare]",
    "differing": ".compare [aria-label^=Points]",
}
"""What opens and closes a part; one that is folded for want of room it has stand whole."""
FRAMES = "for (let k = 0; k < 4; k++) await new Promise(requestAnimationFrame);"  # what a panel leaves is seen after it
CLOSE = f"button.click(); {FRAMES} if (button.matches('.on, [aria-expanded=true]')) button.click();"
STANDING = """
const found = [];
for (const each of document.querySelectorAll('.panels .panel, .reset, .thread, .told, .titles strong')) {
  const { x, y, width, height } = each.getBoundingClientRect();
  const name = each.className.baseVal ?? each.className;
  const seen = getComputedStyle(each).visibility === 'visible' && !each.closest('.gone');
  if (width && height && seen && !/popover/.test(name)) found.push([name, x, y, x + width, y + height]);
}
return found;
"""


@pytest.fixture
def pages(browser, make_tour, rng, tmp_path):
    """Opens a page of so many tours of 67 classes with a story, at rest; where its panels fold."""
    base = rng.standard_normal((201, 15)) * np.linspace(3, 1, 15)
    kinds = [f"a class with the number {k:02d}" for k in range(67)]
    table = pd.DataFrame({"kind": pd.Categorical(np.repeat(kinds, 3)), "name": [f"point {k}" for k in range(201)]})
    tours = [make_tour([base] * 24, attributes=table, name=f"network {k}") for k in (0, 1)]
    views = [SavedView(f"scene {k}", View(color_by="kind", fit=True)) for k in range(9)]

    def begin(count, size):
        out = tmp_path / f"site{count}"
        if not out.exists():
            engine.export(*[replace(each, views=views) for each in tours[:count]], out=out)
        browser.leave()
        browser.open((out / "index.html").as_uri(), size=size, mobile=size == PHONE)
        browser.ready()
        browser.run("await umapTour.set({ playing: false, layer: 3, color_by: 'kind', handles: [], fit: true })")
        return browser

    return begin


def toggle(browser, *parts, opens=True):
    """Open these parts one after the other, or close them."""
    for part in parts:
        if part == "selected":
            script = f"umapTour.select({'[...Array(50).keys()]' if opens else 'null'});"
        elif part == "card" and opens:  # from the list of points
            toggle(browser, "drawer")
            browser.run(f"document.querySelector('.sheet button').click(); {FRAMES}")
            part, script = "drawer", CLOSE
        elif part == "card":
            script = "document.querySelector('.card .icon').click();"
        else:
            script = "button.click();" if opens else CLOSE
        browser.run(f"const button = document.querySelector(given[0]); {script} {FRAMES}", BUTTONS.get(part, "body"))


def crossing(standing):
    """Panels that stand over one another by more than a hair."""
    return [
        (a[0], b[0]) for a, b in itertools.combinations(standing, 2)
        if min(a[3], b[3]) - max(a[1], b[1]) > 2 and min(a[4], b[4]) - max(a[2], b[2]) > 2
    ]  # fmt: skip


def room(standing, pane):
    """The smaller side of the largest free rectangle within a pane: left, top, right, bottom."""
    boxes = [each[1:] for each in standing]
    xs = sorted({pane[0], pane[2], *(min(max(x, pane[0]), pane[2]) for box in boxes for x in box[::2])})
    ys = sorted({pane[1], pane[3], *(min(max(y, pane[1]), pane[3]) for box in boxes for y in box[1::2])})
    best = 0.0
    for (left, right), (top, bottom) in itertools.product(itertools.combinations(xs, 2), itertools.combinations(ys, 2)):
        side = min(right - left, bottom - top)
        if side > best and not any(
            min(right, box[2]) > max(left, box[0]) and min(bottom, box[3]) > max(top, box[1]) for box in boxes
        ):
            best = side
    return best


def panes(browser, count, size):
    """Left, top, right, bottom of each pane."""
    width, height = size
    if count == 1:
        return [(0, 0, width, height)]
    if width > height:
        return [(0, 0, width / 2, height), (width / 2, 0, width, height)]
    first, _ = browser.run(
        "return [...document.querySelectorAll('.titles p')].map((p) => p.getBoundingClientRect().bottom)"
    )
    return [(0, 0, width, first), (0, first, width, height)]


@pytest.mark.parametrize(
    ("count", "size", "least", "at_once"),
    [
        (1, (800, 600), 300, 1),
        (1, PHONE, 300, 1),
        (2, (800, 600), 280, 2),
        (2, (1280, 800), 300, 1),
        (2, PHONE, 260, 2),
        (1, (844, 390), 195, 2),
        (2, (844, 390), 195, 1),
    ],
)
def test_whatever_is_open_each_figure_keeps_its_room(pages, count, size, least, at_once):
    browser = pages(count, size)
    parts = ["legend", "story", "card", "drawer", "selected", *(["matrix"] if count == 2 and size[0] < 960 else [])]
    parts += ["differing"] if count == 2 and size != PHONE else []

    def check(*some):
        standing = browser.run(STANDING)
        assert not crossing(standing), some
        for pane in panes(browser, count, size):
            assert room(standing, pane) >= least, (some, standing)

    check()
    for k, part in enumerate(parts):
        toggle(browser, part)
        check(part)
        for other in parts[k + 1 :] if at_once == 2 else []:
            if {part, other} in ({"drawer", "differing"}, {"drawer", "card"}, {"matrix", "differing"}):
                continue  # they have one place; and the list opens the card
            toggle(browser, other)
            check(part, other)
            toggle(browser, other, opens=False)
        toggle(browser, part, opens=False)
    assert browser.console() == []


def test_the_figures_stand_where_panels_leave_room(pages):
    for size in ((800, 600), PHONE):
        browser = pages(2, size)
        for some in ((), ("legend",), ("drawer",), ("drawer", "selected")):
            toggle(browser, *some)
            browser.run("await umapTour.set({ fit: true, dot_size: 0.3 })")
            boxes = [each[1:] for each in browser.run(STANDING) if "thread" not in each[0]]
            for pane in panes(browser, 2, size):
                left, top, right, bottom = ink(browser, tuple(round(each) for each in pane))
                assert right - left > 100 and bottom - top > 100
                for box in boxes:
                    apart = max(box[0] - right, left - box[2], box[1] - bottom, top - box[3])
                    assert apart > 0, (size, some, box)
            toggle(browser, *some, opens=False)


@pytest.mark.parametrize(("count", "size"), [(2, PHONE), (1, (844, 390)), (2, (800, 600))])
def test_a_legend_that_is_a_line_opens(pages, count, size):
    """It was folded for want of room before anybody had asked for anything."""
    browser = pages(count, size)
    seen = "document.querySelectorAll('.legend .count').length"
    assert browser.run(f"return {seen}") == 0
    for wanted in ("> 3", "=== 0", "> 3"):
        browser.run("document.querySelector('.legend > header .icon').click()")
        assert until(browser, f"{seen} {wanted}", 10), wanted
    assert browser.console() == []


def test_a_point_of_a_list_is_flown_to_where_its_card_leaves_room(pages):
    browser = pages(1, (800, 600))
    toggle(browser, "drawer")
    browser.run("document.querySelector('.sheet button').click()")
    settle(browser, 1.2)
    x, y = browser.run(
        "const { x, y, width, height } = document.querySelector('.rings .pinned-ring').getBoundingClientRect();"
        "return [x + width / 2, y + height / 2]"
    )
    assert all(not (a <= x <= c and b <= y <= d) for _, a, b, c, d in browser.run(STANDING))


def test_a_small_story_shows_the_scene_that_is_told(pages):
    browser = pages(2, (800, 600))
    toggle(browser, "story")
    browser.run("document.querySelectorAll('.scene')[6].click()")
    box = "getBoundingClientRect()"
    low, high, top = browser.run(
        f"const list = document.querySelector('.scenes').{box}, row = document.querySelectorAll('.scene')[6].{box};"
        "return [list.top, list.bottom, row.top]"
    )
    assert high > low + 20 and low - 1 <= top < high - 20


def test_the_latest_stands_whole_and_what_folded_comes_back(pages):
    browser = pages(2, (800, 600))
    seen = "document.querySelector('.{}').getBoundingClientRect().height"
    high = lambda name: browser.run(f"return {seen.format(name)}")  # noqa: E731
    toggle(browser, "story")
    whole = high("story")
    assert whole > 100
    toggle(browser, "drawer")
    assert high("story") < 60 and high("drawer") > 100
    toggle(browser, "story")  # asked for anew: the list gives way
    assert high("story") == whole and high("drawer") == 0
    toggle(browser, "story")
    assert high("story") == 0 and high("drawer") > 100
    toggle(browser, "legend")
    assert high("legend") > 100 and high("drawer") == 0
    browser.run("document.querySelector('.legend > header .icon').click()")
    assert until(browser, f"{seen.format('drawer')} > 100 && {seen.format('legend')} < 60")
    assert browser.console() == []

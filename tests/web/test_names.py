"""What a screen reader says of a page: every control has a name, in every panel, as the browser's own tree has it."""

import pytest

import engine
from engine.tour.view import SavedView, View

from .pages import until

CONTROLS = {"button", "slider", "textbox", "searchbox", "combobox", "switch", "checkbox", "tab", "image",
            "region", "navigation"}  # fmt: skip


@pytest.fixture
def told(browser, small_tour, tmp_path):
    small_tour.views[:] = [SavedView("one", View(color_by="kind")), SavedView("two", View(layer=2))]
    browser.open(engine.export(small_tour, out=tmp_path / "site").as_uri())
    browser.ready()
    return browser


def controls(browser):
    """Role and name of everything that can be worked, as a screen reader is told them."""
    nodes = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    seen = [each for each in nodes if not each.get("ignored")]
    return [
        (each["role"]["value"], each.get("name", {}).get("value", "").strip())
        for each in seen
        if each["role"]["value"] in CONTROLS
    ]


@pytest.mark.parametrize(
    "shown",
    [
        "null",
        "await umapTour.set({ handles: [{ name: 'mine', points: [1, 2] }], selected: [1, 2, 3] })",
        "document.querySelector('[aria-label=Story]').click()",
        "document.querySelector('[aria-label=Look]').click()",
        "document.querySelector('[aria-label=\"Find points\"]').click()",
        "document.querySelector('[aria-label=Help]').click()",
    ],
    ids=["first", "selection and handles", "story", "look", "search", "help"],
)
def test_every_control_has_a_name(told, shown):
    told.run(f"{shown}; await new Promise((done) => setTimeout(done, 300))")
    found = controls(told)
    assert {"button", "slider", "combobox"} <= {role for role, _ in found}
    assert [role for role, name in found if not name] == []


def test_so_has_every_control_of_two_tours_with_lists_open(pair):
    browser, _ = pair
    for key in "wn":
        browser.key(key)
    assert until(browser, "document.querySelector('.differences .list button')")
    found = controls(browser)
    assert {role for role, _ in found} >= {"button", "slider", "combobox", "switch", "image", "region", "navigation"}
    assert [role for role, name in found if not name] == []

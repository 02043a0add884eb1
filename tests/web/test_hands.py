"""What hands and keys do on a page beyond the first things: touch, the list of points, undo, names, density, frames."""

import numpy as np
import pytest

import engine
from engine.motion.camera import Camera

from .test_page import settle, view_of


@pytest.fixture
def page(page):
    page.run("await umapTour.set({ playing: false, layer: 0, frame: null, mode: 'dots', handles: [] })")
    return page


def touch(browser, kind, *fingers):
    points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(fingers)]
    browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_two_fingers_zoom_and_pan(page):
    size = (1280, 800)
    begun = Camera(tuple(view_of(page)["center"]), view_of(page)["zoom"])
    touch(page, "touchStart", (600, 400))
    touch(page, "touchStart", (600, 400), (700, 400))
    for step in range(1, 6):
        touch(page, "touchMove", (600 - 10 * step, 400), (700 + 10 * step, 400))
    touch(page, "touchEnd")
    view = view_of(page)
    assert view["zoom"] == pytest.approx(2.0 * begun.zoom, rel=0.02)
    after = Camera(tuple(view["center"]), view["zoom"])
    assert after.from_pixels((650, 400), size=size) == pytest.approx(begun.from_pixels((650, 400), size=size), abs=0.02)
    touch(page, "touchStart", (600, 400))
    touch(page, "touchMove", (640, 430))
    touch(page, "touchMove", (680, 440))
    touch(page, "touchEnd")
    panned = after.panned((80, 40), size=size)
    assert view_of(page)["center"] == pytest.approx(panned.center, abs=0.01)


def test_a_long_press_keeps_the_card_of_a_point(page, small_tour):
    shown = small_tour.aligned(0) @ np.eye(15, 3)
    point = int(np.argmax(shown[:, 2]))
    at = Camera().to_pixels(shown[point, :2], size=(1280, 800), radius=small_tour.layers[0].placement.radius)
    touch(page, "touchStart", tuple(at))
    settle(page, 0.8)
    card = page.run("return document.querySelector('.card.pinned')?.innerText ?? ''")
    touch(page, "touchEnd")
    assert f"#{point}" in card
    assert page.run("return document.querySelectorAll('.rings i:not([hidden])').length") == 7  # its own, and six more


def test_the_list_shows_what_is_selected_and_flies_to_it(page, small_tour):
    page.run("umapTour.select([...Array(40).keys()])")
    page.key("w")
    settle(page, 0.6)
    assert page.run("return document.querySelector('.drawer strong').textContent") == "40 selected"
    first = page.run("return document.querySelector('.sheet button').getAttribute('aria-label')")
    assert "point 0" in first
    page.run(
        "const s = document.querySelector('.drawer select'); s.value = 'size'; s.dispatchEvent(new Event('change'))"
    )
    settle(page, 0.4)
    labels = page.run("return [...document.querySelectorAll('.sheet button')].map((b) => b.ariaLabel)")
    numbers = [int(label.split("point ")[1].split(":")[0]) for label in labels]
    sizes = small_tour.attributes["size"].iloc[numbers]
    codes = sizes.cat.codes.to_numpy() if hasattr(sizes, "cat") else sizes.to_numpy()
    assert (np.diff(codes.astype(float)) >= 0).all() and len(numbers) > 5
    zoom = view_of(page)["zoom"]
    page.run("document.querySelector('.sheet button').click()")
    settle(page, 1.4)
    assert view_of(page)["zoom"] > 1.5 * zoom
    assert f"#{numbers[0]}" in page.run("return document.querySelector('.card.pinned').innerText")
    page.run("umapTour.select(null)")
    settle(page, 0.3)
    assert page.run("return document.querySelector('.drawer strong').textContent") == "60 points"


def test_a_list_of_many_makes_only_the_rows_that_are_seen(browser, make_tour, rng, tmp_path):
    layers = [rng.standard_normal((5000, 4)).astype(np.float32) for _ in range(2)]
    browser.open(engine.export(make_tour(layers, name="many"), out=tmp_path / "site").as_uri())
    browser.ready()
    browser.run("await umapTour.set({ playing: false }); umapTour.select([...Array(5000).keys()])")
    browser.key("w")
    settle(browser, 0.6)
    assert 10 < browser.run("return document.querySelectorAll('.sheet button').length") < 80
    browser.run("document.querySelector('.list').scrollTop = 24 * 4000")
    settle(browser, 0.4)
    assert "point 4003" in browser.run(
        "return [...document.querySelectorAll('.sheet button')].map((b) => b.getAttribute('aria-label')).join()"
    )
    assert browser.console() == []


def control(browser, key):
    for kind in ("rawKeyDown", "keyUp"):
        values = {"type": kind, "key": key, "code": f"Key{key.upper()}", "windowsVirtualKeyCode": ord(key.upper())}
        browser.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {**values, "modifiers": 2})
    settle(browser, 0.3)


def test_what_was_changed_is_taken_back_and_done_again(page):
    page.run("umapTour.select([1, 2, 3])")
    page.key("i")
    page.run("umapTour.select([4])")
    page.key("c")
    assert page.run("return umapTour.selection()") is None
    control(page, "z")
    assert page.run("return umapTour.selection()") == [4]
    control(page, "z")
    assert page.run("return umapTour.selection()") == [1, 2, 3]
    control(page, "y")
    assert page.run("return umapTour.selection()") == [4]


def test_keys_switch_density_and_frames(browser, small_tour, make_sprites, tmp_path):
    from dataclasses import replace

    tiles = np.full((60, 16, 16, 4), 255, dtype=np.uint8)
    browser.open(engine.export(replace(small_tour, sprites=make_sprites(tiles)), out=tmp_path / "site").as_uri())
    browser.ready()
    before = view_of(browser)
    browser.key("h")
    browser.key("o")
    settle(browser, 0.3)
    after = view_of(browser)
    assert (after["density"], after["class_frames"]) == (not before["density"], not before["class_frames"])
    assert browser.console() == []


def test_dense_places_have_the_names_of_their_classes(browser, make_tour, rng, tmp_path):
    import pandas as pd

    classes = np.repeat(np.arange(3), 100)
    middles = 6.0 * np.eye(3, 5)
    layers = [(rng.standard_normal((300, 5)) + middles[classes]).astype(np.float32) for _ in range(2)]
    kinds = pd.DataFrame({"kind": pd.Categorical.from_codes(classes, ["ant", "bee", "cow"])})
    browser.open(engine.export(make_tour(layers, attributes=kinds, name="three"), out=tmp_path / "site").as_uri())
    browser.ready()
    browser.run("await umapTour.set({ playing: false, density: true, handles: [] })")
    settle(browser, 2.0)
    names = "return [...document.querySelectorAll('.names-of-regions span:not([hidden])')]"
    assert sorted(browser.run(f"{names}.map((each) => each.textContent)")) == ["ant", "bee", "cow"]
    boxes = browser.run(f"{names}.map((each) => each.getBoundingClientRect().x)")
    browser.run("umapTour.set({ groups: [1] })")
    settle(browser, 1.0)
    assert browser.run(f"{names}.map((each) => each.textContent)") == ["bee"]
    assert len(set(boxes)) == 3

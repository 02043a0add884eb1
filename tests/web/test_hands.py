"""What hands and keys do on a page: camera, brush, handle, card, legend, touch, list of points, undo, names, frames."""

import numpy as np
import pytest

import engine
from engine.motion.camera import Camera

from .pages import settle, until, view_of


@pytest.fixture
def page(page):
    page.run("await umapTour.set({ playing: false, layer: 0, frame: null, mode: 'dots', handles: [] })")
    return page


def test_a_drag_pans_and_a_wheel_zooms_round_the_cursor(page):
    size = (1280, 800)
    page.drag((640, 400), (700, 380), (740, 370))
    panned = Camera().panned((100, -30), size=size)
    assert view_of(page)["center"] == pytest.approx(panned.center)
    page.driver.execute_cdp_cmd(
        "Input.dispatchMouseEvent", {"type": "mouseWheel", "x": 500, "y": 300, "deltaX": 0, "deltaY": -200}
    )
    zoomed = view_of(page)
    assert zoomed["zoom"] > 1.2
    after = Camera(tuple(zoomed["center"]), zoomed["zoom"])
    assert after.from_pixels((500, 300), size=size) == pytest.approx(panned.from_pixels((500, 300), size=size))
    page.key("r")
    assert until(page, "umapTour.view().zoom === 1")
    assert view_of(page)["zoom"] == 1.0 and view_of(page)["center"] == [0, 0]


def test_keys_do_what_they_do_in_the_window(page):
    page.key("j")
    assert until(page, "umapTour.view().layer === 1")
    page.key("k")
    assert until(page, "umapTour.view().layer === 0")
    page.key("i")
    page.key("t")
    assert (view_of(page)["mode"], view_of(page)["theme"]) in {("images", "dark"), ("images", "light")}
    before = np.ravel(view_of(page)["frame"]).tolist()
    page.key(" ")
    assert until(page, f"umapTour.view().frame.flat().some((x, k) => Math.abs(x - {before}[k]) > 1e-3)")
    page.key("p")
    page.key("/")
    assert until(page, "document.activeElement.tagName === 'INPUT'")
    page.key("j")  # into the search box
    assert until(page, "document.activeElement.value === 'j'")
    assert view_of(page)["layer"] == 0


def test_a_rectangle_selects_what_lies_in_it(page, small_tour):
    page.run("await umapTour.set({ color_by: 'kind' })")
    corners = np.array([(450.0, 200.0), (800.0, 500.0)])
    page.key("f")
    page.drag(tuple(corners[0]), (600, 400), tuple(corners[1]))
    shown = small_tour.aligned(0) @ np.eye(15, 3)
    pixels = Camera().to_pixels(shown[:, :2], size=(1280, 800), radius=small_tour.layers[0].placement.radius)
    inside = np.flatnonzero(((pixels >= corners[0]) & (pixels <= corners[1])).all(axis=1)).tolist()
    assert 0 < len(inside) < 60
    assert page.run("return umapTour.selection()") == inside
    page.drag((430, 180), (500, 300), (620, 520), modifiers=1)  # alt takes away
    assert set(page.run("return umapTour.selection()")) < set(inside)
    page.key("c")
    assert page.run("return umapTour.selection()") is None


def test_a_handle_follows_the_hand(page, small_tour):
    points = list(range(20))
    page.run("await umapTour.set({ handles: [{ name: 'first', points: given[0] }] })", points)
    center = small_tour.aligned(0)[points].astype(float).mean(axis=0)
    radius = small_tour.layers[0].placement.radius
    start = Camera().to_pixels(center[:2], size=(1280, 800), radius=radius)
    reach = np.linalg.norm(center) / radius * Camera().pixels_per_radius((1280, 800))
    goal = np.array([640.0, 400.0]) + 0.6 * reach * np.array([0.8, 0.6])
    page.drag(tuple(start), tuple((start + goal) / 2), tuple(goal))
    frame = np.array(view_of(page)["frame"])
    there = Camera().to_pixels(center @ frame[:, :2], size=(1280, 800), radius=radius)
    assert np.abs(there - goal).max() < 1.0
    assert (
        np.abs(
            frame - engine.drag(np.eye(15, 3), center, Camera().from_pixels(goal, size=(1280, 800), radius=radius))
        ).max()
        < 0.02
    )


def test_a_click_keeps_the_card_of_the_topmost_point(page, small_tour):
    shown = small_tour.aligned(0) @ np.eye(15, 3)
    point = int(np.argmax(shown[:, 2]))
    at = Camera().to_pixels(shown[point, :2], size=(1280, 800), radius=small_tour.layers[0].placement.radius)
    page.drag(tuple(at), tuple(at))
    assert until(page, f"document.querySelector('.card').innerText.includes('#{point}')")
    assert until(page, "document.querySelectorAll('.near button').length === 6")
    assert "Nearest in layer 0" in page.run("return document.querySelector('.card').innerText")


def test_the_legend_shows_one_class_alone_and_keeps_it(page):
    page.run("await umapTour.set({ color_by: 'kind' })")
    x, y = page.run(
        "const row = [...document.querySelectorAll('.rows button')].find((each) => each.textContent.includes('bee'));"
        "const box = row.getBoundingClientRect(); return [box.x + 40, box.y + 10]"
    )
    page.drag((x, y), (x, y))
    assert view_of(page)["groups"] == [1]
    assert until(page, "document.querySelector('.legend').innerText.includes('20 of 60 shown')")
    page.run("await umapTour.set({ color_by: 'weight' })")  # a number has no classes that are alone
    assert until(page, "!document.querySelector('.legend').innerText.includes('shown')")


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
    assert until(page, f"document.querySelector('.card.pinned')?.innerText.includes('#{point}')")
    touch(page, "touchEnd")
    assert until(page, "document.querySelectorAll('.rings i:not([hidden])').length === 7")  # its own, and six more


def test_the_list_shows_what_is_selected_and_flies_to_it(page, small_tour):
    page.run("umapTour.select([...Array(40).keys()])")
    page.key("w")
    assert until(page, "document.querySelector('.drawer strong').textContent === '40 selected'")
    assert until(page, "document.querySelector('.sheet button')")
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
    assert until(page, f"umapTour.view().zoom > 1.5 * {zoom}")
    assert until(page, f"document.querySelector('.card.pinned')?.innerText.includes('#{numbers[0]}')")
    page.run("umapTour.select(null)")
    assert until(page, "document.querySelector('.drawer strong').textContent === '60 points'")


def test_a_list_of_many_makes_only_the_rows_that_are_seen(browser, make_tour, rng, tmp_path):
    layers = [rng.standard_normal((5000, 4)).astype(np.float32) for _ in range(2)]
    browser.open(engine.export(make_tour(layers, name="many"), out=tmp_path / "site").as_uri())
    browser.ready()
    browser.run("await umapTour.set({ playing: false }); umapTour.select([...Array(5000).keys()])")
    browser.key("w")
    assert until(browser, "document.querySelectorAll('.sheet button').length > 10")
    browser.run("document.querySelector('.list').scrollTop = 24 * 4000")
    labels = "[...document.querySelectorAll('.sheet button')].map((b) => b.getAttribute('aria-label'))"
    assert until(browser, f"{labels}.join().includes('point 4003')")
    assert browser.run(f"return {labels}.length") < 80
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
    for name in ("density", "class_frames"):
        assert until(browser, f"umapTour.view().{name} === {str(not before[name]).lower()}")
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
    names = "[...document.querySelectorAll('.names-of-regions span:not([hidden])')]"
    assert until(browser, f"{names}.map((each) => each.textContent).sort().join() === 'ant,bee,cow'")
    boxes = browser.run(f"return {names}.map((each) => each.getBoundingClientRect().x)")
    browser.run("umapTour.set({ groups: [1] })")
    assert until(browser, f"{names}.map((each) => each.textContent).join() === 'bee'")
    assert len(set(boxes)) == 3

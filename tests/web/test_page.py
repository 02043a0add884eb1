"""An exported page in a real browser: its pictures against `snapshot`, hands and keys, and what must never happen."""

import threading
from functools import partial
from http.server import ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest

import engine
from engine.motion.camera import Camera
from engine.motion.rotation import random_frame
from engine.tour.view import Handle, SavedView, View
from engine.viewer.opening import opening_view

from .test_motion import Quiet

SIZE = (400, 300)
EVIL = "<img src=x onerror='window.hacked=1'>\"</script><script>window.hacked=1</script>"


def show(browser, view, **more):
    values = {**view.to_json(), "playing": False, "size": list(SIZE), "chrome": False, **more}
    browser.run("await umapTour.set(given[0])", values)


def apart(browser, tour, view):
    """The share of pixels that differ from the snapshot by more than 8 levels, and by how much on average."""
    seen = browser.picture(SIZE).astype(int)
    wanted = engine.snapshot(tour, view=view, size=SIZE)[..., :3].astype(int)
    difference = np.abs(seen - wanted).max(axis=-1)
    assert (wanted != wanted[0, 0]).any(axis=-1).sum() > 1000  # there is something to see
    return (difference > 8).mean(), difference.mean()


@pytest.fixture
def frame(rng):
    return random_frame(rng, 15)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_dots_are_those_of_the_snapshot(browser, site, small_tour, frame, theme):
    browser.open(site)
    browser.ready()
    views = [
        View(layer=2, frame=frame, color_by="kind", theme=theme, dot_size=1.1),
        View(layer=1.25, frame=frame, color_by="weight", zoom=2.0, center=(0.1, -0.2), theme=theme),
        View(layer="3-Block", color_by="kind", groups=(1,), selected=range(0, 60, 2), theme=theme),
        View(layer=0, color_by="size", opacity=0.5, depth_cue=0.2, background=0.5, theme=theme),
        View(layer=1, color_by="kind", selected=(3, 4), theme=theme),
        View(layer=1, color_by="kind", density=True, zoom=1.5, theme=theme),
        View(layer=1, color_by="kind", density=True, groups=(0, 1), theme=theme),
        View(layer=2, frame=frame, color_by="kind", fit=True, theme=theme),
        View(layer=0.5, color_by="kind", fit=True, isolate=True, selected=range(5, 30), theme=theme),
        View(theme=theme),
    ]
    for view in views:
        show(browser, view)
        share, mean = apart(browser, small_tour, view)
        assert share < 0.005 and mean < 1.5, view
    assert browser.console() == []


def test_images_are_those_of_the_snapshot(browser, small_tour, make_sprites, frame, tmp_path):
    from dataclasses import replace

    y, x = np.mgrid[:32, :32]
    tiles = np.stack([np.stack([8 * x, 8 * y, 0 * x + 4 * k, 0 * x + 255], axis=-1) for k in range(60)]).astype(
        np.uint8
    )
    tour = replace(small_tour, sprites=make_sprites(tiles))
    browser.open(engine.export(tour, out=tmp_path / "site").as_uri())
    browser.ready()
    for view in (
        View(mode="images", frame=frame, color_by="kind"),
        View(mode="images", frame=frame, color_by="kind", class_frames=True, zoom=3.0),
        View(mode="images", frame=frame, layer=1.5, color_by="kind", selected=range(20), theme="light"),
    ):
        show(browser, view)
        share, mean = apart(browser, tour, view)
        assert share < 0.02 and mean < 1.5, view


def test_nothing_on_the_console_and_no_request_to_anyone_else(browser, small_tour, tmp_path):
    page = engine.export(small_tour, out=tmp_path / "site")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=page.parent))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        own = f"http://127.0.0.1:{server.server_port}/"
        for address in (own, page.as_uri()):
            browser.open(address)
            browser.ready()
            browser.run("await umapTour.set({ layer: 3, playing: true })")
            assert browser.console() == []
            assert [
                each for each in browser.requests() if not each.startswith((own, "file:", "data:", "blob:", "about:"))
            ] == []
    finally:
        server.shutdown()
        server.server_close()


def test_a_single_file_opens_from_disk(browser, small_tour, tmp_path):
    browser.open(engine.export(small_tour, out=tmp_path / "tour.html", single_file=True).as_uri())
    browser.ready()
    view = View(layer=3, color_by="kind")
    show(browser, view)
    assert apart(browser, small_tour, view)[0] < 0.005
    assert browser.console() == []


def test_labels_and_captions_are_text(browser, small_tour, tmp_path):
    small_tour.attributes["kind"] = small_tour.attributes["kind"].cat.rename_categories(
        {"ant": EVIL, "bee": "&lt;b&gt;"}
    )
    small_tour.attributes["note"] = [f"{EVIL} {k}" for k in range(60)]
    small_tour.attributes[EVIL] = pd.Categorical(["a", "b"] * 30)
    handle = Handle(EVIL, range(10))
    small_tour.views[:] = [SavedView(EVIL, View(color_by="kind", handles=(handle,))), SavedView("b", View())]
    browser.open(engine.export(small_tour, out=tmp_path / "site", title=EVIL).as_uri())
    browser.ready()
    browser.run("await umapTour.set({ handles: [{ name: given[0], points: [1, 2, 3] }], playing: false })", EVIL)
    browser.key("b")
    browser.run("while (!document.querySelector('.scene')) await new Promise(requestAnimationFrame)")
    browser.run("document.querySelector('.scene').click(); await new Promise((done) => setTimeout(done, 300))")
    browser.drag((640, 400), (640, 400))
    assert browser.run("return document.title") == EVIL
    assert EVIL in browser.run("return document.querySelector('.umap-tour').textContent")
    assert browser.run("return [window.hacked ?? null, document.querySelectorAll('.umap-tour img').length]") == [
        None,
        0,
    ]
    assert browser.console() == []


def view_of(browser):
    return browser.run("return umapTour.view()")


def settle(browser, seconds=1.2):
    browser.run("await new Promise((done) => setTimeout(done, 1000 * given[0]))", seconds)


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
    settle(page)
    assert view_of(page)["zoom"] == 1.0 and view_of(page)["center"] == [0, 0]


def test_keys_do_what_they_do_in_the_window(page):
    page.key("j")
    settle(page)
    assert view_of(page)["layer"] == 1
    page.key("k")
    settle(page)
    assert view_of(page)["layer"] == 0
    page.key("i")
    page.key("t")
    assert (view_of(page)["mode"], view_of(page)["theme"]) in {("images", "dark"), ("images", "light")}
    before = view_of(page)["frame"]
    page.key(" ")
    settle(page, 0.5)
    page.key("p")
    settle(page, 0.2)
    moved = np.abs(np.subtract(view_of(page)["frame"], before)).max()
    assert 1e-3 < moved
    page.key("/")
    settle(page, 0.2)
    page.key("j")  # into the search box
    settle(page, 0.3)
    assert view_of(page)["layer"] == 0
    assert page.run("return document.activeElement.value") == "j"


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
    settle(page, 0.3)
    card = page.run("return document.querySelector('.card').innerText")
    assert f"#{point}" in card and "Nearest in layer 0" in card
    assert page.run("return document.querySelectorAll('.near button').length") == 6


def test_the_legend_shows_one_class_alone_and_keeps_it(page):
    page.run("await umapTour.set({ color_by: 'kind' })")
    x, y = page.run(
        "const row = [...document.querySelectorAll('.rows button')].find((each) => each.textContent.includes('bee'));"
        "const box = row.getBoundingClientRect(); return [box.x + 40, box.y + 10]"
    )
    page.drag((x, y), (x, y))
    assert view_of(page)["groups"] == [1]
    settle(page, 0.2)
    settle(page, 0.2)
    assert "20 of 60 shown" in page.run("return document.querySelector('.legend').innerText")


def test_the_address_leads_to_what_one_saw(page, site):
    wanted = {
        "layer": 2,
        "zoom": 1.5,
        "center": [0.1, 0.2],
        "color_by": "size",
        "selected": [1, 5, 9],
        "theme": "light",
    }
    page.run("await umapTour.set(given[0])", wanted)
    settle(page, 0.8)
    address = page.run("return location.href")
    page.open(address)
    page.ready()
    found = view_of(page)
    assert {key: found[key] for key in wanted} == wanted
    page.open(f"{site}#nonsense")
    page.ready()
    assert "does not lead to a view" in page.run("return document.querySelector('.message').textContent")


def test_a_lost_context_comes_back(page, small_tour):
    view = View(color_by="kind", layer=1)
    show(page, view)
    page.run(
        "const lose = document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context');"
        "lose.loseContext(); await new Promise((done) => setTimeout(done, 200)); lose.restoreContext();"
        "await new Promise((done) => setTimeout(done, 300))"
    )
    show(page, view)
    assert apart(page, small_tour, view)[0] < 0.005


def test_a_resize_fits_again(page):
    page.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 800, "height": 600, "deviceScaleFactor": 1, "mobile": False}
    )
    settle(page, 0.3)
    assert page.run("const c = document.querySelector('canvas'); return [c.width, c.height]") == [800, 600]
    outside = page.run(
        "const all = [...document.querySelectorAll('.umap-tour section.panel, .reset')].filter((e) => e.offsetParent);"
        "return all.map((e) => [e.className, e.getBoundingClientRect()])"
        ".filter(([, r]) => r.left < 0 || r.top < 0 || r.right > 800 || r.bottom > 600).map(([name]) => name)"
    )
    assert outside == []


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


def test_an_article_flies_from_scene_to_scene_as_one_scrolls(browser, small_tour, frame, tmp_path):
    small_tour.views[:] = [
        SavedView("First, from the front.", View(color_by="kind")),
        SavedView("Then *another* layer.", View(layer=2, frame=frame, zoom=2.0, color_by="size")),
    ]
    browser.open(engine.export(small_tour, out=tmp_path / "site", article=True).as_uri())
    browser.ready()
    settle(browser, 0.3)
    assert view_of(browser)["layer"] == 0
    assert browser.run("return document.querySelector('section.read').textContent.trim()") == "First, from the front."
    browser.run("document.querySelectorAll('#article section')[1].scrollIntoView()")
    settle(browser, 2.5)
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
        "return [[...new Uint32Array(context.getImageData(0, 0, width, height).data.buffer)], width, last.naturalWidth]"
    )
    assert len(set(drawn[0])) > 10 and drawn[1:] == [1920, 960]
    assert browser.run("return window.hacked ?? null") is None
    index.write_text(index.read_text().replace('{"version":1', '{"version":2'))
    browser.open(index.as_uri())
    browser.run("await new Promise((done) => setTimeout(done, 300))")
    assert browser.run(f"return {stills}.every((each) => each.offsetHeight > 100 && each.naturalWidth === 960)")
    page = engine.export(small_tour, out=tmp_path / "one.html", article=True, single_file=True).read_text()
    assert page.count('src="data:image/webp;base64,') == 3

"""An exported page in a real browser: its pictures against `snapshot`, its address, and what must never happen."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import engine
from engine.render.atlas import premultiply
from engine.render.matte import matted
from engine.tour.view import Handle, SavedView, View

from .pages import EVIL, apart, settle, show, until, view_of


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
        View(layer=2, color_by="weight", background=-0.87, dot_size=3.0, theme=theme),
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


def test_images_are_those_of_the_snapshot(browser, pictured, frame, tmp_path):
    browser.open(engine.export(pictured, out=tmp_path / "site").as_uri())
    browser.ready()
    for view in (
        View(mode="images", frame=frame, color_by="kind"),
        View(mode="images", frame=frame, color_by="kind", class_frames=True, zoom=3.0),
        View(mode="images", frame=frame, layer=1.5, color_by="kind", selected=range(20), theme="light"),
    ):
        show(browser, view)
        share, mean = apart(browser, pictured, view)
        assert share < 0.02 and mean < 1.5, view


def test_images_of_any_shape_have_the_outlines_of_the_snapshot(browser, small_tour, make_sprites, frame, tmp_path):
    """Discs, strokes and rings, sharp and soft, that leave most of their tiles to what is behind."""
    y, x = np.mgrid[:64, :64] - 31.5
    away = np.hypot(x, y)
    shapes = [away - 20, np.abs(x - y) - 3, np.abs(away - 18) - 4, np.maximum(np.abs(x), np.abs(y)) - 31]
    soft = [np.clip(0.5 - each / width, 0, 1) for each in shapes for width in (1, 6)]
    tiles = np.zeros((60, 64, 64, 4), dtype=np.uint8)
    tiles[..., :3] = [90, 200, 60]
    tiles[..., 3] = np.round(255 * np.stack([soft[k % len(soft)] for k in range(60)]))
    tour = replace(small_tour, sprites=make_sprites(tiles))
    browser.open(engine.export(tour, out=tmp_path / "site").as_uri())
    browser.ready()
    images = View(mode="images", frame=frame, color_by="kind", class_frames=True)
    for view in (
        images,
        replace(images, zoom=3.0, image_size=2.0, theme="light"),
        replace(images, image_size=0.5, layer=1.5, opacity=0.6),
        replace(images, selected=range(20)),
        replace(images, class_frames=False, theme="light"),
        replace(images, color_by=None, selected=range(5, 40)),
    ):
        show(browser, view)
        share, mean = apart(browser, tour, view)
        assert share < 0.005 and mean < 1.0, view


def test_the_matte_of_images_is_that_of_the_window(browser, modules, rng):
    """Number for number, whatever the images: noise, faint veils, shapes at the edge, nothing and everything."""
    tiles = rng.integers(0, 256, (6, 16, 16, 4), dtype=np.uint8)
    tiles[0, ..., 3] = rng.choice([0, 3, 7, 8, 200, 255], (16, 16), p=[0.9, 0.02, 0.02, 0.02, 0.02, 0.02])
    tiles[1, ..., 3], tiles[2, ..., 3], tiles[3, ..., 3] = 0, 255, 7
    tiles[4, ..., 3] = np.arange(16) * 17
    tiles[5, 1:, 1:, 3] = 0
    tiles = premultiply(tiles)
    row = tiles.swapaxes(0, 1).reshape(16, -1, 4)
    browser.open(f"{modules}index.html")
    found = browser.run(
        "const { matte } = await import('/draw/matte.js'); const texels = Uint8Array.from(given[0]);"
        "matte(texels, given[1], 16); return [...texels];",
        row.ravel().tolist(),
        row.shape[1],
    )
    assert (np.reshape(found, row.shape) == matted(tiles).swapaxes(0, 1).reshape(row.shape)).all()


def test_nothing_on_the_console_and_no_request_to_anyone_else(browser, small_tour, host, tmp_path):
    page = engine.export(small_tour, out=tmp_path / "site")
    own = host(page.parent)
    for address in (own, page.as_uri()):
        browser.open(address)
        browser.ready()
        browser.run("await umapTour.set({ layer: 3, playing: true })")
        assert browser.console() == []
        assert [
            each for each in browser.requests() if not each.startswith((own, "file:", "data:", "blob:", "about:"))
        ] == []


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
    assert until(browser, "document.querySelector('.scene')")
    browser.run("document.querySelector('.scene').click(); await new Promise((done) => setTimeout(done, 300))")
    browser.drag((640, 400), (640, 400))
    assert browser.run("return document.title") == EVIL
    assert EVIL in browser.run("return document.querySelector('.umap-tour').textContent")
    assert browser.run("return [window.hacked ?? null, document.querySelectorAll('.umap-tour img').length]") == [
        None,
        0,
    ]
    assert browser.console() == []


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
    assert until(page, 'decodeURIComponent(location.hash).includes(\'"color_by":"size"\')')
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
    page.resize((800, 600))
    settle(page, 0.3)
    assert page.run("const c = document.querySelector('canvas'); return [c.width, c.height]") == [800, 600]
    outside = page.run(
        "const all = [...document.querySelectorAll('.umap-tour section.panel, .reset')].filter((e) => e.offsetParent);"
        "return all.map((e) => [e.className, e.getBoundingClientRect()])"
        ".filter(([, r]) => r.left < 0 || r.top < 0 || r.right > 800 || r.bottom > 600).map(([name]) => name)"
    )
    assert outside == []


def test_the_first_frame_after_a_resize_has_the_colours_of_the_next(page):
    page.run("await umapTour.set({ color_by: 'kind', density: true, fit: false })")
    colours, apart = page.run("""
        const [root, canvas] = [document.querySelector("#tour"), document.querySelector("canvas")];
        const copy = () => createImageBitmap(canvas).then((image) => {
          const sheet = new OffscreenCanvas(image.width, image.height).getContext("2d");
          sheet.drawImage(image, 0, 0);
          return sheet.getImageData(0, 0, image.width, image.height).data;
        });
        const first = await new Promise((done) => {
          root.style.width = "500px";
          new ResizeObserver(() => done(copy())).observe(root); // after the page's own, which draws
        });
        await umapTour.set({});
        const later = await copy();
        return [new Set(later).size, first.filter((value, k) => !(Math.abs(value - later[k]) <= 8)).length];
    """)
    assert colours > 10 and apart == 0


def test_what_others_do_to_a_view_does_not_reach_the_page(page):
    assert page.run("const { frame } = umapTour.view(); frame[0][0] = 7; return umapTour.view().frame[0][0]") == 1


def test_with_forced_colours_classes_keep_theirs_and_what_is_on_has_an_outline(page):
    seen = (
        "return ['.legend .rows i', '.dock .on', '.legend .rows button'].map((each) => {"
        "const { backgroundColor, outlineStyle } = getComputedStyle(document.querySelector(each));"
        "return [backgroundColor, outlineStyle] })"
    )
    forced = {"features": [{"name": "forced-colors", "value": "active"}]}
    page.run("await umapTour.set({ color_by: 'kind' })")
    (before, _), *_ = page.run(seen)
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", forced)
    (after, _), (_, on), (_, off) = page.run(seen)
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert (after, on, off) == (before, "solid", "none")
